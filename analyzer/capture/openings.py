"""From pieces to conversations: the opening bytes of each flow, in order.

The hot room hands over pieces, (flow, side, sequence number, place in the
window), of flows whose names are not known yet. Here they are put in order and
given to a listener, until it wants no more.

Rules of this file
- A listener hears each side's bytes once, in sequence order; what is missing
  is announced as a gap, and where the recording kept too little, as a cut.
- The first copy of a byte counts; a different second one is an oddity.
- What is held for later is bounded, per side and in all.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from typing import Protocol, TypeAlias

from analyzer import limits

MASK = 0xFFFFFFFF
HALF = 0x80000000
HELD_PIECES = 64  # out-of-order segments kept of one side
HELD_BYTES = 32 << 20  # waiting in all conversations; that silent longest gives way
FRAGMENT_PARTS = 2_048  # 65,535 bytes in parts of 32

Piece = tuple[int, bytes, int, int, int]  # seq, data, whole length, frame, time


LookInto: TypeAlias = "Callable[[bytearray, int, int, int], tuple[array[int], int]]"


class Listener(Protocol):
    """Hears one flow; ``wants`` says how much of each side it still likes to hear.

    That is in bytes from the beginning of a stream, or in packets of a datagram's side.
    The hot room learns of it at the end of each window. Till then it hands over what any
    listener may want of a new flow: see ``_open`` and ``_wanted`` there, and ``follow``,
    with which that is every datagram and CLEAR_STREAM_BYTES of a stream.
    """

    wants: list[int]
    held: int  # bytes it keeps for later itself, about

    def stream(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """The next bytes of a side."""

    def gap(self, side: int, cut: bool) -> None:
        """Bytes of a side are missing here."""

    def datagram(self, side: int, data: bytes, frame: int, ts: int, cut: bool) -> None:
        """One datagram of a side."""

    def let_go(self, cut: bool) -> None:
        """Nothing more is heard and nothing kept; ``cut``: something might have followed."""


class Talk:
    """One flow's listener and what it cannot be given yet."""

    __slots__ = ("expected", "held", "kept", "listener", "wants")

    def __init__(self, listener: Listener, first: int, second: int) -> None:
        self.listener = listener
        self.wants = listener.wants
        self.expected = [first, second]  # next sequence number of each side; -1 unknown
        self.held: list[list[Piece]] = [[], []]
        self.kept: list[bytes | bytearray] = [b"", b""]  # delivered, for second copies

    def segment(self, side: int, piece: Piece, odd: Callable[[str, int], None]) -> None:
        """Takes a TCP segment: delivers it, holds it, or knows it already."""
        seq, data, whole, frame, ts = piece
        if self.expected[side] < 0:
            self.expected[side] = seq
        ahead = (seq - self.expected[side]) & MASK
        if ahead >= HALF:
            self._compare(side, ahead - MASK - 1, data, frame, odd)
            overlap = MASK + 1 - ahead
            if overlap >= whole:
                return
            seq, data, whole = self.expected[side], data[overlap:], whole - overlap
        elif ahead:
            self._hold(side, (seq, data, whole, frame, ts), odd)
            return
        self._deliver(side, data, whole, frame, ts)
        if self.held[side]:
            self._release(side, odd)

    def _deliver(self, side: int, data: bytes, whole: int, frame: int, ts: int) -> None:
        self.expected[side] = (self.expected[side] + whole) & MASK
        if data:
            self.listener.stream(side, data, frame, ts)
        if len(data) < whole:
            self.listener.gap(side, True)
            data += bytes(min(whole - len(data), limits.OPENING_BYTES))
        self._keep(side, data)

    def _keep(self, side: int, data: bytes) -> None:
        """Remembers what was delivered while more of its side is wanted: the last of it.

        Most flows are named by their first segment: that one is never copied.
        """
        kept = self.kept[side]
        if not self.wants[side]:
            self.kept[side] = b""
        elif isinstance(kept, bytearray):
            kept += data
            if len(kept) > 2 * limits.OPENING_BYTES:
                del kept[: -limits.OPENING_BYTES]
        else:
            self.kept[side] = bytearray(kept + data) if kept else data

    def _compare(
        self, side: int, back: int, data: bytes, frame: int, odd: Callable[[str, int], None]
    ) -> None:
        """A second copy of bytes delivered before should be the same.

        One byte alone is a keep-alive, its content meaningless (RFC 9293 3.8.4).
        """
        if len(data) < 2:
            return
        kept = self.kept[side]
        start = len(kept) + back
        if start >= 0:
            first = kept[start : start + len(data)]
            if first != data[: len(first)]:
                odd("tcp_conflicting_copies", frame)

    def _hold(self, side: int, piece: Piece, odd: Callable[[str, int], None]) -> None:
        held = self.held[side]
        for seq, data, _, frame, _ in held:
            if seq == piece[0]:
                shorter = min(len(data), len(piece[1]))
                if data[:shorter] != piece[1][:shorter]:
                    odd("tcp_conflicting_copies", max(frame, piece[3]))
                if piece[2] <= len(data):
                    return
        held.append(piece)
        if len(held) > HELD_PIECES:
            self.skip_gap(side, odd)

    def _release(self, side: int, odd: Callable[[str, int], None]) -> None:
        """Delivers held segments that have become the next ones."""
        held = self.held[side]
        held.sort(key=lambda piece: (piece[0] - self.expected[side] + HALF) & MASK)
        while held and self.wants[side]:
            ahead = (held[0][0] - self.expected[side]) & MASK
            if 0 < ahead < HALF:
                return
            seq, data, whole, frame, ts = held.pop(0)
            overlap = (self.expected[side] - seq) & MASK
            if overlap:
                self._compare(side, -overlap, data, frame, odd)
            if overlap < whole:
                self._deliver(side, data[overlap:], whole - overlap, frame, ts)
        if not self.wants[side]:
            held.clear()

    def skip_gap(self, side: int, odd: Callable[[str, int], None]) -> None:
        """Gives up waiting for what is missing and goes on behind it."""
        held = self.held[side]
        if held:
            nearest = min(held, key=lambda piece: (piece[0] - self.expected[side]) & MASK)
            self.expected[side] = nearest[0]
            self.kept[side] = b""
            self.listener.gap(side, False)
            self._release(side, odd)

    def let_go(self) -> None:
        """Nothing of this flow is wanted any more."""
        held, kept = self.held, self.kept
        if held[0] or held[1]:
            held[0].clear()
            held[1].clear()
        kept[0] = kept[1] = b""

    def waiting(self) -> int:
        """Bytes kept for this flow."""
        kept, held = self.kept, self.held
        later = sum(len(p[1]) for side in held for p in side) if held[0] or held[1] else 0
        return len(kept[0]) + len(kept[1]) + later + self.listener.held


class Fragments:
    """IP datagrams being put together again, each under its set's serial number."""

    def __init__(self) -> None:
        self._sets: dict[int, _Datagram] = {}

    def add(self, serial: int, at: int, last: bool, data: bytes) -> bytes | None:
        """The IP payload once the datagram is whole, else None."""
        parts = self._sets.get(serial)
        if parts is None:
            if len(self._sets) >= limits.FRAGMENT_SETS:
                del self._sets[next(iter(self._sets))]
            parts = self._sets[serial] = _Datagram()
        whole = parts.whole() if parts.add(at, last, data) else None
        if whole is not None:
            del self._sets[serial]
        return whole


class _Datagram:
    """The parts of one IP datagram; the first copy of a part counts."""

    __slots__ = ("end", "have", "parts")

    def __init__(self) -> None:
        self.parts: dict[int, bytes] = {}
        self.end = -1
        self.have = 0

    def add(self, at: int, last: bool, data: bytes) -> bool:
        """Whether the part was new and could be kept."""
        most = max(at, self.have) + len(data)  # parts that overlap take room, too
        if at in self.parts or most > 0xFFFF or len(self.parts) >= FRAGMENT_PARTS:
            return False
        self.parts[at] = data
        self.have += len(data)
        if last:
            self.end = at + len(data)
        return True

    def whole(self) -> bytes | None:
        """The payload, when it has come to its end without a hole."""
        if self.end < 0 or self.have < self.end:
            return None
        out = bytearray()
        for at in sorted(self.parts):
            if at > len(out):
                return None
            out += self.parts[at][len(out) - at :]
        return bytes(out[: self.end])


class Openings:
    """Takes the hot room's pieces, window by window, for all flows."""

    def __init__(
        self,
        layout: dict[str, int],
        listen: Callable[[int], Listener],
        look_into: LookInto,
        odd: Callable[[str, int], None],
    ) -> None:
        self._layout = layout
        self._look_into = look_into  # gives the pieces of a reassembled datagram
        self._listen = listen  # makes the listener of a flow, by its number
        self._odd = odd
        self._fragments = Fragments()
        self._live: dict[int, int] = {}  # flows that hold bytes back: how many; last heard last
        self._held = 0
        self.talks: dict[int, Talk] = {}
        self.apps: dict[int, str] = {}
        self.bursts: dict[int, tuple[array[int], array[int]]] = {}  # times of each side's

    def take(self, pieces: array[int], count: int, window: bytearray, rows: array[int]) -> None:
        """Hands the pieces of one window on and tells the hot room what is wanted now."""
        layout = self._layout
        row, want, base = layout["ROW"], layout["WANT"], layout["BASE"]
        tcp, udp = layout["TCP_PIECE"], layout["UDP_PIECE"]
        talks, touched = self.talks, set()
        for piece in _tuples(pieces, count):
            kind, flow, side, seq, start, length, whole, frame, ts = piece
            if kind != tcp and kind != udp:
                self._rarer(piece, window, rows)
                continue
            talk = talks.get(flow)
            if talk is None:
                at = flow * row + base
                talk = talks[flow] = Talk(self._listen(flow), rows[at], rows[at + 1])
                touched.add(flow)
            most = talk.wants[side]
            if not most or (kind == udp and seq > most):
                continue
            touched.add(flow)
            data = bytes(window[start : start + length])
            if kind == udp:
                talk.listener.datagram(side, data, frame, ts, length < whole)
            else:
                if talk.expected[side] < 0:
                    talk.expected[side] = rows[flow * row + base + side]
                talk.segment(side, (seq, data, whole, frame, ts), self._odd)
        for flow in sorted(touched):
            talk = talks[flow]
            at = flow * row + want
            rows[at], rows[at + 1] = talk.wants
            self._weigh(flow, talk)
        self._make_room(rows)

    def finish(self) -> None:
        """At the end of the capture: what still waits is delivered behind its gap."""
        for flow in self._live:
            talk = self.talks[flow]
            for side in (0, 1):
                while talk.held[side] and talk.wants[side]:
                    talk.skip_gap(side, self._odd)

    def _rarer(self, piece: tuple[int, ...], window: bytearray, rows: array[int]) -> None:
        """Fragments, what recorders add to packets, and who spoke up after a silence."""
        kind, flow, side, seq, start, length, whole, frame, ts = piece
        if kind == self._layout["BURST_PIECE"]:
            times = self.bursts.setdefault(flow, (array("q"), array("q")))[side]
            if len(times) < limits.BURSTS:
                times.append(ts)
            return
        data = bytes(window[start : start + length])
        if kind == self._layout["FRAGMENT_PIECE"]:
            joined = self._fragments.add(whole >> 1, seq, not whole & 1, data)
            if joined is not None:
                payload = bytearray(joined)
                pieces, count = self._look_into(payload, whole >> 1, frame, ts)
                self.take(pieces, count, payload, rows)
            return
        trailer = kind == self._layout["TRAILER_PIECE"]
        app = _app_of_trailer(data) if trailer else _app_of_comment(data)
        if app:
            self.apps.setdefault(flow, app)

    def _weigh(self, flow: int, talk: Talk) -> None:
        """Keeps account of what one flow holds back; lets go of what is done."""
        if not talk.wants[0] and not talk.wants[1]:
            talk.let_go()
            self._held -= self._live.pop(flow, 0)
            return
        now = talk.waiting()
        self._held += now - self._live.pop(flow, 0)
        self._live[flow] = now

    def _make_room(self, rows: array[int]) -> None:
        """Where too much waits, what was silent longest is not listened to any more."""
        row, want = self._layout["ROW"], self._layout["WANT"]
        while self._held > HELD_BYTES and self._live:
            flow = next(iter(self._live))
            talk = self.talks[flow]
            cut = talk.held != [[], []] or not self._is_over(rows, flow * row)
            talk.listener.let_go(cut)
            talk.wants[:] = [0, 0]
            rows[flow * row + want] = rows[flow * row + want + 1] = 0
            if cut:
                self._odd("openings_given_up", 0)
            self._weigh(flow, talk)

    def _is_over(self, rows: array[int], row: int) -> bool:
        """Whether both sides of a connection ended it, or one broke it off."""
        layout = self._layout
        flags = row + layout["FLAGS"]
        up, down, fin = rows[flags], rows[flags + 1], layout["FIN"]
        return bool((up | down) & layout["RST"] or up & down & fin)


def _tuples(pieces: array[int], count: int) -> Iterator[tuple[int, ...]]:
    """The first ``count`` pieces as tuples of nine."""
    values = iter(pieces[: count * 9])
    return zip(*[values] * 9, strict=True)


def _app_of_trailer(data: bytes) -> str | None:
    """PCAPdroid's trailer: magic, user id, 20 bytes of app name (its docs, dump mode)."""
    name = data[8:28].split(b"\0", 1)[0].decode("utf-8", "backslashreplace")
    uid = int.from_bytes(data[4:8], "big", signed=True)
    return name or (f"uid {uid}" if uid >= 0 else None)


def _app_of_comment(data: bytes) -> str | None:
    """PCAPdroid's packet comments: ``u-`` and the user id of the app."""
    if data[:2] == b"u-" and data[2:].isdigit() and len(data) < 14:
        return f"uid {int(data[2:])}"
    return None
