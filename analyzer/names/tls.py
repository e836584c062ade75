"""Listens to TLS over TCP: record layer, hellos, certificates up to TLS 1.2.

Rules of this file
- Records are unpacked as they come; each byte is touched once, whatever the segments.
- Reading stops as soon as the rest would be encrypted.
"""

from __future__ import annotations

from analyzer import limits
from analyzer.model import NameSeen, NameSource, TlsSeen, WhyNoName
from analyzer.names import certificate, ciphers, client_hello, server_hello
from analyzer.names.client_hello import ClientHello
from analyzer.names.ja4 import ja4
from analyzer.names.resolvers import is_encrypted_resolver
from analyzer.names.talk import Deaf, Ear, Heard, Talk
from analyzer.names.text import host

_CHANGE, _ALERT, _HANDSHAKE = 20, 21, 22
_CLIENT_HELLO, _SERVER_HELLO, _CERTIFICATE, _SERVER_DONE = 1, 2, 11, 14
_OPENERS = (_CLIENT_HELLO, _SERVER_HELLO)


def tell_hello(
    talk: Talk, hello: ClientHello, transport: str, frame: int, ts: int, source: NameSource
) -> None:
    """Put what a ClientHello says into the flow's story; ``transport`` as in JA4."""
    tls = talk.tls or TlsSeen()
    talk.tls = tls
    if tls.version is None:
        tls.version = server_hello.version_text(hello.highest)
    tls.alpn = client_hello.alpn_text(hello.alpn)
    tls.ech = hello.ech
    if hello.complete:
        tls.ja4 = ja4(hello, transport)
    if hello.names > 1:
        talk.heard.odd("tls_two_sni", frame)
    name = host(hello.sni) if hello.sni else None
    if name:
        talk.named(source, name, frame)
        talk.seen(source.value, name, frame, ts, "outer" if hello.ech else "")
    elif hello.complete:
        talk.why = WhyNoName.ECH if hello.ech else WhyNoName.NO_SNI
    _tell_resolver(talk, name, tls.alpn, transport)


def _tell_resolver(talk: Talk, name: str | None, alpn: tuple[str, ...], transport: str) -> None:
    """Encrypted DNS: by port (RFC 7858, 9250), by ALPN, by known resolver."""
    start = talk.start
    if "doq" in alpn or (transport == "q" and 853 in (start.a_port, start.b_port)):
        talk.encrypted_dns = "doq"
    elif "dot" in alpn or 853 in (start.a_port, start.b_port):
        talk.encrypted_dns = "dot"
    elif any(is_encrypted_resolver(name, ip) for ip in (start.a_ip, start.b_ip)):
        talk.encrypted_dns = "doh"


def is_version_two(data: bytes) -> bool:
    """An SSLv2-framed ClientHello (RFC 5246 E.2): length, type 1, version, lengths that add up."""
    if len(data) < 11 or data[0] < 0x80 or data[2] != 1:
        return False
    version, size = data[3] << 8 | data[4], (data[0] & 0x7F) << 8 | data[1]
    parts = [data[i] << 8 | data[i + 1] for i in (5, 7, 9)]
    return version in (2, 0x300, 0x301, 0x302, 0x303) and size == 9 + sum(parts)


def tell_certificate(
    talk: Talk, leaf: certificate.Certificate, frame: int, ts: int, heard: Heard
) -> None:
    """Put what a server's certificate says into the flow's story, its name as heard."""
    tls = talk.tls = talk.tls or TlsSeen()
    tls.certificate_names = leaf.names or ((leaf.common_name,) if leaf.common_name else ())
    tls.certificate_not_before = leaf.not_before
    tls.certificate_not_after = leaf.not_after
    tls.certificate_issuer = leaf.issuer
    tls.certificate_self_signed = leaf.self_signed
    name = leaf.best_name
    if name:
        others = [each for each in leaf.names if each != name]
        detail = ("also " + " ".join(others))[: limits.TEXT] if others else ""
        talk.named(NameSource.CERT, name, frame)
        heard.name(NameSeen(frame, ts, talk.start.id, "cert", name, None, detail))


class _Records:
    """One side's records, unpacked into its handshake bytes."""

    __slots__ = ("at", "frame", "hand", "head", "kind", "left", "over", "ts")

    def __init__(self) -> None:
        self.hand = bytearray()
        self.head = bytearray()
        self.at = 0  # start of the handshake message being awaited
        self.kind = self.left = 0
        self.frame = self.ts = 0  # of the bytes fed last
        self.over = 0  # type of the record after which nothing is readable

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the stream."""
        at, size = 0, len(data)
        while at < size and not self.over:
            if self.left:
                stop = min(at + self.left, size)
                if self.kind == _HANDSHAKE:
                    self.hand += data[at:stop]
                self.left -= stop - at
                at = stop
                continue
            missing = 5 - len(self.head)
            self.head += data[at : at + missing]
            at += missing
            if len(self.head) == 5:
                self._header()

    def _header(self) -> None:
        head = self.head
        self.kind, self.left = head[0], head[3] << 8 | head[4]
        if self.kind not in (_ALERT, _HANDSHAKE) or head[1] != 3:
            self.over = self.kind or 255
        head.clear()


class TlsEar(Deaf):
    """Both hellos of a TLS connection and, up to TLS 1.2, the server's leaf certificate."""

    __slots__ = ("client", "done", "lost", "sides", "talk")

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.sides: list[_Records | None] = [None, None]
        self.done = [False, False]
        self.client = -1  # the side that sent the ClientHello
        self.lost: WhyNoName | None = None
        talk.protocol = "tls"
        talk.encrypted = "yes" if talk.cleartext_frame is None else "mixed"
        talk.tls = talk.tls or TlsSeen()
        for side in (0, 1):
            talk.wants[side] = talk.opening(side)

    def stream(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """The next bytes of one side."""
        if self.done[side]:
            return
        records = self.sides[side]
        if records is None:
            if self._at_once(side, data, frame, ts):
                return
            records = self.sides[side] = _Records()
        records.frame, records.ts = frame, ts
        records.feed(data)
        self._messages(side, records)
        if records.over and not self.done[side]:
            self._ended(side, records)

    def _at_once(self, side: int, data: bytes, frame: int, ts: int) -> bool:
        """The usual case: the first segment holds a whole hello, alone in its record."""
        if self.client < 0 and is_version_two(data):
            self._version_two(side, data)
            return True
        if len(data) < 9 or data[0] != _HANDSHAKE or data[6]:
            return False
        end = 9 + (data[7] << 8 | data[8])
        if end > len(data) or end != 5 + (data[3] << 8 | data[4]):
            return False
        if data[5] == _CLIENT_HELLO:
            self._client_hello(side, data[9:end], frame, ts)
            return True
        if data[5] != _SERVER_HELLO:
            return False
        self._server_hello(side, data[9:end])
        if not self.done[side]:
            self.sides[side] = _Records()
            self.stream(side, data[end:], frame, ts)
        return True

    def gap(self, side: int, cut: bool) -> None:
        """What comes after a hole cannot be aligned: that side is over."""
        if not self.done[side]:
            self.lost = WhyNoName.CUT if cut else WhyNoName.GAP
            self._half_hello(side)
            self._stop(side)

    def close(self) -> None:
        """The flow is over: a ClientHello half read may still hold its name."""
        talk = self.talk
        for side in (0, 1):
            if not self.done[side]:
                self._half_hello(side)
        if talk.why is None and talk.name_source not in _SOURCE_NAMES:
            late = WhyNoName.STARTED_LATE if talk.start.late_start else WhyNoName.GAP
            talk.why = self.lost or late

    def _stop(self, side: int) -> None:
        self.done[side] = True
        self.sides[side] = None
        self.talk.wants[side] = 0

    def _messages(self, side: int, records: _Records) -> None:
        """Read each handshake message that is whole, and a leaf certificate as soon as it is."""
        hand = records.hand
        while len(hand) - records.at >= 4 and not self.done[side]:
            at = records.at
            kind, end = hand[at], at + 4 + int.from_bytes(hand[at + 1 : at + 4], "big")
            if kind == _CERTIFICATE and side != self.client:
                self._certificate(side, records, at + 4, min(end, len(hand)))
            elif kind not in _OPENERS and not at and self.client < 0 and not self._agreed():
                self._stop(side)  # encrypted handshake of a connection joined late
            if end > len(hand):
                return
            records.at = end
            if kind == _CLIENT_HELLO:
                self._client_hello(side, bytes(hand[at + 4 : end]), records.frame, records.ts)
            elif kind == _SERVER_HELLO:
                self._server_hello(side, bytes(hand[at + 4 : end]))
            elif kind == _SERVER_DONE:
                self._stop(side)

    def _agreed(self) -> bool:
        return self.talk.tls is not None and self.talk.tls.cipher is not None

    def _client_hello(self, side: int, body: bytes, frame: int, ts: int) -> None:
        hello = client_hello.parse(body)
        if not hello.complete:
            self.talk.heard.odd("tls_damaged", frame)
        self.client = side
        tell_hello(self.talk, hello, "t", frame, ts, NameSource.SNI)
        self._stop(side)

    def _half_hello(self, side: int) -> None:
        """Use a ClientHello of which the end never came."""
        records = self.sides[side]
        if records is None or self.client >= 0:
            return
        if len(records.hand) > 4 and records.hand[0] == _CLIENT_HELLO:
            hello = client_hello.parse(bytes(records.hand[4:]))
            hello.complete = False
            self.client = side
            tell_hello(self.talk, hello, "t", records.frame, records.ts, NameSource.SNI)

    def _server_hello(self, side: int, body: bytes) -> None:
        hello = server_hello.parse(body)
        if hello is None:
            return
        tls = self.talk.tls
        assert tls is not None
        tls.version = server_hello.version_text(hello.version)
        tls.cipher = ciphers.name(hello.cipher)
        tls.resumed = hello.resumed
        if server_hello.is_13(hello.version):
            self._stop(side)

    def _certificate(self, side: int, records: _Records, at: int, end: int) -> None:
        """The first certificate of the list, once it is whole."""
        hand = records.hand
        if end - at < 6:
            return
        stop = at + 6 + int.from_bytes(hand[at + 3 : at + 6], "big")
        if stop > end:
            return
        leaf = certificate.parse(bytes(hand[at + 6 : stop]))
        if leaf is not None:
            tell_certificate(self.talk, leaf, records.frame, records.ts, self.talk.heard)
        self._stop(side)

    def _ended(self, side: int, records: _Records) -> None:
        """Encrypted records began, or something that is no record."""
        tls = self.talk.tls
        if tls is not None and records.over == _CHANGE and tls.cipher and not tls.certificate_names:
            tls.resumed = True
        self._stop(side)

    def _version_two(self, side: int, data: bytes) -> None:
        """An SSLv2-framed ClientHello has no room for a name."""
        if self.talk.tls is not None:
            self.talk.tls.version = server_hello.version_text(data[3] << 8 | data[4])
        self.talk.why = WhyNoName.NO_SNI
        self.client = side
        self._stop(side)


def tls_ear(talk: Talk) -> Ear:
    """Who listens to TLS: where secrets are at hand, one that reads on behind the handshake."""
    if talk.heard.secrets is None:
        return TlsEar(talk)
    from analyzer.names.tls_open import KeyedTlsEar

    return KeyedTlsEar(talk)


_SOURCE_NAMES = (NameSource.SNI, NameSource.QUIC_SNI, NameSource.HTTP_HOST, NameSource.CERT)
