"""What could be read of conversations, kept until it is searched.

The names room hands over clear bytes as it hears them; here each side's are
put one behind the other and given to whoever looks into them, whole where
that is possible.

Rules of this file
- At most ``limits.CLEAR_STREAM_BYTES`` of a side and ``limits.CONTENT_BYTES`` in all are
  held. What is over is given out at once, the oldest side first, and its end is
  given out again with what follows: nothing that is shorter is lost between two.
  Such ends take half as much again; the oldest are given up first.
- Order is that of the capture; nothing depends on hashes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Protocol, TypeAlias

from analyzer import limits

PIECE = 160
"""What keeping account of one piece takes, about: one byte may come alone."""


class Side:
    """The clear bytes of one side of a flow, or the stretch of them in hand.

    ``data`` holds them one behind the other. ``seams`` are the offsets where something
    new begins: a datagram, a message, what stands behind a hole. The first ``again``
    bytes were given out before, at the end of the stretch before.
    """

    __slots__ = ("again", "data", "flow_id", "offset", "pieces", "seam", "seams", "side")

    def __init__(self, flow_id: int, side: int) -> None:
        self.flow_id = flow_id
        self.side = side  # 0: sender of the flow's first packet; with DECRYPTED: read with keys
        self.data = bytearray()
        self.pieces: list[tuple[int, int, int]] = []  # offset, frame, ts
        self.seams: list[int] = []
        self.seam = False  # the next piece begins something new
        self.again = 0
        self.offset = 0  # bytes of this side let go before data[0]

    def parts(self) -> list[tuple[int, bytes]]:
        """Offset and bytes of what hangs together: the stream, or message by message."""
        data = bytes(self.data)
        if not self.seams:
            return [(0, data)]
        ends = sorted({0, *self.seams, len(data)})
        return [(start, data[start:end]) for start, end in pairwise(ends)]

    def where(self, offset: int) -> tuple[int, int]:
        """Frame and time of the piece that holds a byte of ``data``."""
        place = bisect_right(self.pieces, offset, key=lambda piece: piece[0]) - 1
        _, frame, ts = self.pieces[max(0, place)]
        return frame, ts

    def add(self, data: bytes, frame: int, ts: int, whole: bool) -> None:
        """Bytes behind the others."""
        start = len(self.data)
        if (whole or self.seam) and start:
            self.seams.append(start)
        self.seam = whole
        self.pieces.append((start, frame, ts))
        self.data += data

    def keep_end(self) -> None:
        """Lets go of all but the end, which the next stretch begins with."""
        cut = max(0, len(self.data) - limits.CONTENT_OVERLAP)
        place = bisect_right(self.pieces, cut, key=lambda piece: piece[0]) - 1
        del self.pieces[: max(0, place)]
        del self.data[:cut]
        self.pieces = [(max(0, start - cut), frame, ts) for start, frame, ts in self.pieces]
        self.seams = [seam - cut for seam in self.seams if seam > cut]
        self.offset += cut
        self.again = len(self.data)

    def weight(self) -> int:
        """Bytes it takes, about."""
        return len(self.data) + PIECE * len(self.pieces)


Tell: TypeAlias = "Callable[[int, int, str, bytes, int, int], None]"


class Consumer(Protocol):
    """Looks into clear bytes."""

    def look(self, side: Side) -> None:
        """A side's bytes, all of them or the next stretch; not to be kept."""


class Content:
    """Takes clear bytes while a capture is read, and gives each side's to the consumers."""

    def __init__(self, consumers: Sequence[Consumer], tell: Tell | None = None) -> None:
        self._consumers = consumers
        self._tell = tell
        self._sides: dict[tuple[int, int], Side] = {}  # oldest first
        self._ends: dict[tuple[int, int], Side] = {}  # given out, their ends kept
        self._held = 0
        self._ends_held = 0

    def take(
        self, flow_id: int, side: int, data: bytes, frame: int, ts: int, whole: bool = False
    ) -> None:
        """The next clear bytes of one side; ``whole``: a message of its own; ts in ns."""
        here = self._side(flow_id, side)
        most = limits.CLEAR_STREAM_BYTES
        for at in range(0, len(data), most):
            part = data[at : at + most]
            if len(here.data) > here.again and here.weight() + len(part) + PIECE > most:
                self._held -= here.weight()
                self._give(here)
                here.keep_end()
                self._held += here.weight()
            here.add(part, frame, ts, whole and not at)
            self._held += len(part) + PIECE
        if self._held > limits.CONTENT_BYTES:
            self._make_room()

    def gap(self, flow_id: int, side: int) -> None:
        """Bytes of that side are missing here: what follows does not continue it."""
        here = self._sides.get((flow_id, side)) or self._ends.get((flow_id, side))
        if here is not None:
            here.seam = True

    def tell(self, flow_id: int, side: int, kind: str, value: bytes, frame: int, ts: int) -> None:
        """Something a protocol says of its host in a place of its own: ``model``, ``build``."""
        if self._tell is not None:
            self._tell(flow_id, side, kind, value, frame, ts)

    def close(self) -> None:
        """All that is still held is given out."""
        for here in self._sides.values():
            if len(here.data) > here.again:
                self._give(here)
        self._sides.clear()
        self._ends.clear()
        self._held = self._ends_held = 0

    def _side(self, flow_id: int, side: int) -> Side:
        key = flow_id, side
        here = self._sides.get(key)
        if here is None:
            here = self._take_end(key) if key in self._ends else Side(flow_id, side)
            self._sides[key] = here
            self._held += here.weight()
        return here

    def _take_end(self, key: tuple[int, int]) -> Side:
        here = self._ends.pop(key)
        self._ends_held -= here.weight()
        return here

    def _make_room(self) -> None:
        """Gives out the oldest sides until half of the room is free."""
        while self._sides and self._held > limits.CONTENT_BYTES // 2:
            key = next(iter(self._sides))
            here = self._sides.pop(key)
            self._held -= here.weight()
            if len(here.data) > here.again:
                self._give(here)
            here.keep_end()
            self._ends[key] = here
            self._ends_held += here.weight()
        while self._ends_held > limits.CONTENT_BYTES // 2:
            self._take_end(next(iter(self._ends)))

    def _give(self, here: Side) -> None:
        for consumer in self._consumers:
            consumer.look(here)
