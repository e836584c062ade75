"""Bytes of QUIC streams that come in any order, put in order.

Rules of this file
- The first copy of a byte counts. A hole is waited for as long as there is room, then it
  is announced and passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from analyzer.names.outlet import Piece, weight

_FAR = 1 << 63  # an offset no stream reaches


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
        self.held += weight(piece) - (weight(known) if known else 0)
        self._later[offset] = piece
        self._nearest = min(self._nearest, offset)

    def _in_order(self) -> Iterator[Piece]:
        later = self._later
        while self._nearest <= self.next:
            offset = self._nearest
            piece = later.pop(offset)
            self.held -= weight(piece)
            fresh = piece.data[self.next - offset :]
            self.next += len(fresh)
            self._nearest = self.next if self.next in later else min(later, default=_FAR)
            if fresh:
                yield piece._replace(data=fresh)


class Reader(Protocol):
    """Makes sense of the streams of one connection."""

    @property
    def held(self) -> int:
        """Bytes kept for later, about."""

    def piece(self, side: int, stream: int, piece: Piece) -> None:
        """The next bytes of one direction of a stream."""

    def end(self, side: int, stream: int) -> None:
        """That direction of the stream is over."""

    def close(self) -> None:
        """The connection is over: use what is only half read."""
