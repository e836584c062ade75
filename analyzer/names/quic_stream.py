"""Bytes that come in any order put in order, and given on stream by stream.

Rules of this file
- The first copy of a byte counts. A hole is waited for as long as there is room, then it
  is announced and passed over.
- What is kept of one connection is bounded, in bytes and in pieces.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from analyzer.named import Named
from analyzer.names.talk import Talk

HELD_BYTES = 65_536
"""Bytes of one connection that wait for a hole to be filled, or for the end of their stream."""

_FAR = 1 << 63  # an offset no stream reaches
_PIECE = 160  # what keeping account of one piece takes, about


class Piece(Named):
    """Bytes and the packet that brought them; time in ns. ``hole`` bytes are missing before."""

    data: bytes
    frame: int
    ts: int
    hole: int = 0


class Ordered:
    """One direction of a stream."""

    __slots__ = ("_later", "_nearest", "end", "held", "next")

    def __init__(self) -> None:
        self._later: dict[int, Piece] = {}
        self._nearest = _FAR  # offset of the first of those
        self.next = 0  # offset of the byte awaited
        self.held = 0  # bytes waiting behind a hole
        self.end = -1  # where the stream ends, once that was told

    def add(self, offset: int, piece: Piece, last: bool = False) -> Iterator[Piece]:
        """Take a part of the stream; what is in order now comes out."""
        end = offset + len(piece.data)
        if last:
            self.end = end
        if piece.data and end > self.next:
            self._keep(offset, piece)
            yield from self._in_order()

    def pass_over(self) -> Iterator[Piece]:
        """Give up waiting for the first hole; what stands behind it comes out."""
        if self._later:
            piece = self._later[self._nearest]
            self._later[self._nearest] = piece._replace(hole=self._nearest - self.next)
            self.next = self._nearest
            yield from self._in_order()

    @property
    def whole(self) -> bool:
        """All of the stream came out."""
        return self.next == self.end

    def _keep(self, offset: int, piece: Piece) -> None:
        known = self._later.get(offset)
        if known is not None and len(known.data) >= len(piece.data):
            return
        self.held += _weight(piece) - (_weight(known) if known else 0)
        self._later[offset] = piece
        self._nearest = min(self._nearest, offset)

    def _in_order(self) -> Iterator[Piece]:
        later = self._later
        while self._nearest <= self.next:
            offset = self._nearest
            piece = later.pop(offset)
            self.held -= _weight(piece)
            fresh = piece.data[self.next - offset :]
            self.next += len(fresh)
            self._nearest = self.next if self.next in later else min(later, default=_FAR)
            if fresh:
                yield piece._replace(data=fresh)


class Reader(Protocol):
    """Makes sense of the streams of one connection."""

    def piece(self, side: int, stream: int, piece: Piece) -> None:
        """The next bytes of one direction of a stream."""

    def end(self, side: int, stream: int) -> None:
        """That direction of the stream is over."""

    def close(self) -> None:
        """The connection is over: use what is only half read."""


class Outlet:
    """Gives decrypted bytes to whoever judges content: what belongs together without a seam,
    however streams took turns. By itself a Reader of streams of no known protocol.
    """

    __slots__ = ("_held", "_last", "_talk", "_weight")

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._held: dict[tuple[int, int], list[Piece]] = {}  # by side and stream, oldest first
        self._last = [-1, -1]  # the stream given last, of each side
        self._weight = 0

    def piece(self, side: int, stream: int, piece: Piece) -> None:
        """The next bytes of a stream; those after a ``hole`` do not continue it."""
        if self._talk.heard.content is None or not piece.data:
            return
        self._held.setdefault((side, stream), []).append(piece)
        self._weight += _weight(piece)
        while self._weight > HELD_BYTES:
            self.end(*next(iter(self._held)))

    def end(self, side: int, stream: int) -> None:
        """Give on what is held of a stream."""
        content = self._talk.heard.content
        for piece in self._held.pop((side, stream), ()):
            if content and (self._last[side] != stream or piece.hole):
                content.gap(self._talk.start.id, side)
            self._last[side] = stream
            self._weight -= _weight(piece)
            self._talk.share(side, piece.data, piece.frame, piece.ts)

    def apart(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """A message of its own."""
        self._last[side] = -1
        self._talk.share(side, data, frame, ts, True)

    def close(self) -> None:
        """Give on everything."""
        while self._held:
            self.end(*next(iter(self._held)))


def _weight(piece: Piece) -> int:
    return len(piece.data) + _PIECE
