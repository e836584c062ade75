"""Listens to DTLS (RFC 6347, 9147): the ClientHello, in fragments or whole."""

from __future__ import annotations

from analyzer import limits
from analyzer.model import NameSource, TlsSeen, WhyNoName
from analyzer.names import ciphers, client_hello, server_hello
from analyzer.names.quic import Pieces
from analyzer.names.talk import Deaf, Talk
from analyzer.names.tls import tell_hello

_RECORD, _HANDSHAKE = 13, 12  # header lengths


def is_dtls(data: bytes) -> bool:
    """A plaintext handshake or alert record, or a record of DTLS 1.0 to 1.2."""
    return (
        len(data) > _RECORD
        and data[0] in (20, 21, 22, 23)
        and data[1] == 0xFE
        and data[2] in (0xFF, 0xFD)
        and _RECORD + (data[11] << 8 | data[12]) <= len(data)
    )


class DtlsEar(Deaf):
    """Both hellos of one DTLS association."""

    __slots__ = ("pieces", "talk")

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.pieces: dict[tuple[int, int], Pieces] = {}
        talk.protocol = "dtls"
        talk.encrypted = "yes"
        talk.wants[:] = [limits.DATAGRAMS, limits.DATAGRAMS]

    def datagram(self, side: int, data: bytes, frame: int, ts: int, cut: bool) -> None:
        """The handshake records of one datagram."""
        at = 0
        while is_dtls(data[at : at + 16_400]):
            stop = at + _RECORD + (data[at + 11] << 8 | data[at + 12])
            if data[at] == 22 and data[at + 3 : at + 5] == b"\0\0":  # epoch 0: in clear
                self._handshake(side, data[at + _RECORD : stop], frame, ts)
            at = stop

    def close(self) -> None:
        """A flow without a hello began before the recording."""
        if self.talk.why is None and self.talk.name is None:
            self.talk.why = WhyNoName.STARTED_LATE

    def _handshake(self, side: int, data: bytes, frame: int, ts: int) -> None:
        if len(data) < _HANDSHAKE or data[0] not in (1, 2) or len(self.pieces) > 8:
            return
        length = int.from_bytes(data[1:4], "big")
        key = (side, data[4] << 8 | data[5])
        pieces = self.pieces.setdefault(key, Pieces())
        stop = _HANDSHAKE + int.from_bytes(data[9:12], "big")
        pieces.add(int.from_bytes(data[6:9], "big"), data[_HANDSHAKE:stop])
        body = pieces.joined()
        if len(body) < length or not body:
            return
        if data[0] == 1:
            hello = client_hello.parse(body, dtls=True)
            tell_hello(self.talk, hello, "d", frame, ts, NameSource.SNI)
        else:
            self._server(body)

    def _server(self, body: bytes) -> None:
        hello = server_hello.parse(body)
        if hello is not None:
            self.talk.tls = self.talk.tls or TlsSeen()
            self.talk.tls.version = server_hello.version_text(hello.version)
            self.talk.tls.cipher = ciphers.name(hello.cipher)
