"""Content of connections of many streams, given on stream by stream however they took turns.

Rules of this file
- What belongs together is given without a seam, with the frames that brought it.
- What is kept of one connection is bounded, in bytes and in pieces.
"""

from __future__ import annotations

from typing import NamedTuple

from analyzer.names.talk import Talk

HELD_BYTES = 65_536
"""Bytes of one connection that wait for a hole to be filled, or for the end of their stream."""

PIECE = 160
"""Bytes that keeping account of one piece takes, about."""


class Piece(NamedTuple):
    """Bytes and the packet that brought them; time in ns. ``hole`` bytes are missing before."""

    data: bytes
    frame: int
    ts: int
    hole: int = 0


def weight(piece: Piece) -> int:
    """Bytes a piece takes, about."""
    return len(piece.data) + PIECE


class Outlet:
    """Gives bytes of streams to whoever judges content, when their stream ends or much is held."""

    __slots__ = ("_last", "_streams", "_talk", "held")

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._streams: dict[tuple[int, int], list[Piece]] = {}  # by side and number, oldest first
        self._last = [-1, -1]  # the stream given last, of each side
        self.held = 0  # bytes kept, about

    def piece(self, side: int, stream: int, piece: Piece) -> None:
        """The next bytes of a stream; those after a ``hole`` do not continue it."""
        if self._talk.heard.content is None or not piece.data:
            return
        self._streams.setdefault((side, stream), []).append(piece)
        self.held += weight(piece)
        while self.held > HELD_BYTES:
            self.end(*next(iter(self._streams)))

    def end(self, side: int, stream: int) -> None:
        """Give on what is held of a stream."""
        content = self._talk.heard.content
        for piece in self._streams.pop((side, stream), ()):
            self.held -= weight(piece)
            if content and (self._last[side] != stream or piece.hole):
                content.gap(self._talk.start.id, side)
            self._last[side] = stream
            self._talk.share(side, piece.data, piece.frame, piece.ts)

    def apart(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """A message of its own."""
        self._last[side] = -1
        self._talk.share(side, data, frame, ts, True)

    def close(self) -> None:
        """Give on everything."""
        while self._streams:
            self.end(*next(iter(self._streams)))
