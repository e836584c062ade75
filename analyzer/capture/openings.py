"""From pieces to conversations: the opening bytes of each flow.

The hot room hands over pieces, (flow, side, sequence number, place in the
window), of flows whose names are not known yet. Here each goes to the
conversation it belongs to, until its listener wants no more; what waits in all
of them together is bounded.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from typing import TypeAlias

from analyzer import limits
from analyzer.capture.fragments import Fragments
from analyzer.capture.streams import Listener, Stream, Talk

UDP, UDP_HEADER = 17, 8
HELD_BYTES = 32 << 20  # waiting in all conversations; that silent longest gives way

LookInto: TypeAlias = "Callable[[bytearray, int, int, int], tuple[array[int], int]]"


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
        row, base = layout["ROW"], layout["BASE"]
        tcp, udp = layout["TCP_PIECE"], layout["UDP_PIECE"]
        talks, touched = self.talks, set()
        for piece in _tuples(pieces, count):
            kind, flow, side, seq, start, length, whole, frame, ts = piece
            if kind != tcp and kind != udp:
                self._rarer(piece, window, rows)
                continue
            talk = talks.get(flow)
            if talk is None:
                talk = self._begin(flow, kind == tcp, rows)
                touched.add(flow)
            most = talk.wants[side]
            if not most or (kind == udp and seq > most):
                continue
            touched.add(flow)
            data = bytes(window[start : start + length])
            if not isinstance(talk, Stream):
                talk.listener.datagram(side, data, frame, ts, length < whole)
            else:
                if talk.expected[side] < 0:
                    talk.expected[side] = rows[flow * row + base + side]
                talk.segment(side, (seq, data, whole, frame, ts), self._odd)
        for flow in sorted(touched):
            self._weigh(flow, rows)
        self._make_room(rows)

    def finish(self, rows: array[int]) -> None:
        """At the end of the capture: what still waits is delivered behind its gap."""
        self._give_up(0, rows)
        for flow in self._live:
            self.talks[flow].skip_gaps(self._odd)

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
            whence = flow, side, frame, ts
            joined = self._fragments.add(whole >> 1, seq, not whole & 1, data, whence)
            self._give_up(limits.FRAGMENT_SETS, rows)
            if joined is not None:
                payload = bytearray(joined)
                pieces, count = self._look_into(payload, whole >> 1, frame, ts)
                self.take(pieces, count, payload, rows)
            return
        trailer = kind == self._layout["TRAILER_PIECE"]
        app = _app_of_trailer(data) if trailer else _app_of_comment(data)
        if app:
            self.apps.setdefault(flow, app)

    def _give_up(self, most: int, rows: array[int]) -> None:
        """Hands on the first part of datagrams whose others never came.

        It may be all there is: a recording filtered by port has no other.
        """
        row, want = self._layout["ROW"], self._layout["WANT"]
        for (flow, side, frame, ts), data in self._fragments.give_up(most):
            if not rows[flow * row + want + side] or not self._is_udp(rows, flow * row, side, data):
                continue
            talk = self.talks.get(flow) or self._begin(flow, False, rows)
            if talk.wants[side]:
                talk.listener.datagram(side, data[UDP_HEADER:], frame, ts, True)
            self._weigh(flow, rows)

    def _is_udp(self, rows: array[int], row: int, side: int, data: bytes) -> bool:
        """Whether a part of a datagram begins with its flow's UDP header, not with a tunnel's."""
        layout = self._layout
        if rows[row + layout["PROTO"]] != UDP or len(data) <= UDP_HEADER:
            return False
        ports = [rows[row + layout["A_PORT"]], rows[row + layout["B_PORT"]]]
        said = [int.from_bytes(data[at : at + 2], "big") for at in (0, 2)]
        return said == (ports[::-1] if side else ports)

    def _begin(self, flow: int, tcp: bool, rows: array[int]) -> Talk:
        """From here on a flow is listened to."""
        listener, at = self._listen(flow), flow * self._layout["ROW"] + self._layout["BASE"]
        talk = Stream(listener, rows[at], rows[at + 1]) if tcp else Talk(listener)
        self.talks[flow] = talk
        return talk

    def _weigh(self, flow: int, rows: array[int]) -> None:
        """Tells the hot room what a flow wants, and keeps account of what it holds back."""
        talk, at = self.talks[flow], flow * self._layout["ROW"] + self._layout["WANT"]
        rows[at], rows[at + 1] = talk.wants
        if not talk.wants[0] and not talk.wants[1]:
            talk.let_go()
            self._held -= self._live.pop(flow, 0)
            return
        now = talk.waiting()
        self._held += now - self._live.pop(flow, 0)
        self._live[flow] = now

    def _make_room(self, rows: array[int]) -> None:
        """Where too much waits, what was silent longest is not listened to any more."""
        row = self._layout["ROW"]
        while self._held > HELD_BYTES and self._live:
            flow = next(iter(self._live))
            talk = self.talks[flow]
            cut = talk.lacks() or not self._is_over(rows, flow * row)
            talk.listener.let_go(cut)
            talk.wants[:] = [0, 0]
            if cut:
                self._odd("openings_given_up", 0)
            self._weigh(flow, rows)

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
