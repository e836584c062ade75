"""Reads DNS over QUIC (RFC 9250) out of opened streams: messages with a length before each."""

from __future__ import annotations

from analyzer.names.dns_ear import Messages
from analyzer.names.outlet import Piece
from analyzer.names.talk import Talk


class DnsStreams:
    """Both directions of one connection; a query and its answer are one stream."""

    __slots__ = ("_buffers", "_messages", "held")

    def __init__(self, talk: Talk) -> None:
        self._messages = Messages(talk, "dns")
        self._buffers: dict[tuple[int, int], bytearray] = {}
        self.held = 0  # bytes in them

    def piece(self, side: int, stream: int, piece: Piece) -> None:
        """The next bytes of a stream; behind a hole no message begins."""
        buffer = self._buffers.setdefault((side, stream), bytearray())
        self.held -= len(buffer)
        buffer += piece.data
        size = int.from_bytes(buffer[:2], "big")
        if piece.hole:
            buffer.clear()
        elif 2 < 2 + size <= len(buffer):
            self._messages.message(side, bytes(buffer[2 : 2 + size]), piece.frame, piece.ts, False)
            del buffer[: 2 + size]
        self.held += len(buffer)

    def end(self, side: int, stream: int) -> None:
        """That direction of the stream is over."""
        self.held -= len(self._buffers.pop((side, stream), b""))

    def close(self) -> None:
        """Nothing waits."""
