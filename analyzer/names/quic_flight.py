"""What a QUIC server says once its handshake is opened: protocol chosen, and certificate."""

from __future__ import annotations

from analyzer.names import certificate, server_hello
from analyzer.names.outlet import Piece
from analyzer.names.talk import Talk
from analyzer.names.text import clean
from analyzer.names.tls import tell_certificate

_EXTENSIONS, _CERTIFICATE, _FINISHED = 8, 11, 20
_ALPN = 16
_LONGEST = 65_536  # bytes of a flight that is read


class Flight:
    """A server's handshake messages behind its ServerHello (RFC 8446 4.3, 4.4)."""

    __slots__ = ("_buffer", "_talk", "alpn", "over")

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._buffer = bytearray()
        self.over = False  # nothing more is read
        self.alpn = ""  # once it was told

    @property
    def held(self) -> int:
        """Bytes kept for later."""
        return len(self._buffer)

    def piece(self, piece: Piece) -> None:
        """The next bytes; behind a hole no message begins."""
        if piece.hole or len(self._buffer) > _LONGEST:
            self.over = True
        if self.over:
            self._buffer.clear()
            return
        self._buffer += piece.data
        for kind, body in server_hello.messages(self._buffer):
            if not self.over:
                self._message(kind, body, piece.frame, piece.ts)

    def _message(self, kind: int, body: bytes, frame: int, ts: int) -> None:
        talk = self._talk
        if kind == _EXTENSIONS:
            self.alpn = _chosen(dict(server_hello.extensions(body, 0)).get(_ALPN, b""))
        elif kind == _CERTIFICATE:
            leaf = certificate.of_13(body)
            if leaf is not None:
                tell_certificate(talk, leaf, frame, ts, talk.heard.inside())
            self.over = True
        elif kind == _FINISHED:  # without a certificate: keys of an earlier session
            if talk.tls is not None:
                talk.tls.resumed = True
            self.over = True


def _chosen(listed: bytes) -> str:
    """The only protocol of a server's ALPN extension (RFC 7301 3.1)."""
    return clean(listed[3 : 3 + listed[2]]) if len(listed) > 2 else ""
