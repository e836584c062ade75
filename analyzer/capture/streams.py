"""Conversations and who listens to them: TCP segments in order, datagrams as they come.

Rules of this file
- A listener hears each side's bytes once, in sequence order; what is missing
  is announced as a gap, and where the recording kept too little, as a cut.
- The first copy of a byte counts; a different second one is an oddity.
- What is held for later is bounded per side.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from analyzer import limits

MASK = 0xFFFFFFFF
HALF = 0x80000000
HELD_PIECES = 64  # out-of-order segments kept of one side

Piece = tuple[int, bytes, int, int, int]  # seq, data, whole length, frame, time


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
    """One flow's listener; of datagrams nothing waits for others."""

    __slots__ = ("listener", "wants")

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.wants = listener.wants

    def skip_gaps(self, odd: Callable[[str, int], None]) -> None:
        """Nothing more comes: delivers what still waits."""

    def let_go(self) -> None:
        """Nothing of this flow is wanted any more."""

    def lacks(self) -> bool:
        """Whether something waits for what is missing."""
        return False

    def waiting(self) -> int:
        """Bytes kept for this flow."""
        return self.listener.held


class Stream(Talk):
    """That of a TCP connection, and what it cannot be given yet."""

    __slots__ = ("expected", "held", "kept")

    def __init__(self, listener: Listener, first: int, second: int) -> None:
        super().__init__(listener)
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
            self._skip_gap(side, odd)

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

    def _skip_gap(self, side: int, odd: Callable[[str, int], None]) -> None:
        """Gives up waiting for what is missing and goes on behind it."""
        nearest = min(self.held[side], key=lambda piece: (piece[0] - self.expected[side]) & MASK)
        self.expected[side] = nearest[0]
        self.kept[side] = b""
        self.listener.gap(side, False)
        self._release(side, odd)

    def skip_gaps(self, odd: Callable[[str, int], None]) -> None:
        """Nothing more comes: delivers what still waits, behind its gaps."""
        for side in (0, 1):
            while self.held[side] and self.wants[side]:
                self._skip_gap(side, odd)

    def let_go(self) -> None:
        """Nothing of this flow is wanted any more."""
        held, kept = self.held, self.kept
        if held[0] or held[1]:
            held[0].clear()
            held[1].clear()
        kept[0] = kept[1] = b""

    def lacks(self) -> bool:
        """Whether something waits for what is missing."""
        return bool(self.held[0] or self.held[1])

    def waiting(self) -> int:
        """Bytes kept for this flow."""
        kept = self.kept
        later = sum(len(p[1]) for side in self.held for p in side) if self.lacks() else 0
        return len(kept[0]) + len(kept[1]) + later + self.listener.held
