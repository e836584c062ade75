"""A TLS ClientHello (RFC 8446 4.1.2, RFC 6066 3, RFC 9849) by hand, in a few microseconds.

The body may be cut anywhere: what was readable is kept, ``complete`` tells.
"""

from __future__ import annotations

from functools import lru_cache
from struct import Struct, unpack_from

from analyzer.names.text import clean
from analyzer.record import Record

SERVER_NAME, SIGNATURES, ALPN, VERSIONS = 0, 13, 16, 43
ECH, ESNI = 0xFE0D, 0xFFCE

GREASE = frozenset(step << 12 | 0x0A00 | step << 4 | 0x0A for step in range(16))
"""Code points that mean nothing and must be ignored (RFC 8701): 0x0a0a, 0x1a1a ... 0xfafa."""

_H = Struct(">H").unpack_from
_HH = Struct(">HH").unpack_from


class ClientHello(Record):
    """What a client says in clear before it is encrypted. Lists keep wire order."""

    version: int = 0
    ciphers: tuple[int, ...] = ()
    extensions: tuple[int, ...] = ()
    sni: bytes | None = None
    names: int = 0  # host names in the SNI extension(s)
    alpn: tuple[bytes, ...] = ()
    versions: tuple[int, ...] = ()
    signatures: tuple[int, ...] = ()
    ech: bool = False
    complete: bool = False

    @property
    def highest(self) -> int:
        """The highest version offered, GREASE left out."""
        offered = [v for v in self.versions if v not in GREASE]
        return max(offered) if offered else self.version


def parse(body: bytes, dtls: bool = False) -> ClientHello:
    """Read a ClientHello's body (after the four bytes of handshake header); never raises."""
    hello = ClientHello()
    size = len(body)
    if size < 35:
        return hello
    hello.version = _H(body)[0]
    at = 35 + body[34]
    if dtls and at < size:  # cookie, RFC 6347 4.2.1
        at += 1 + body[at]
    if at + 2 > size:
        return hello
    end = at + 2 + _H(body, at)[0]
    if end > size:
        return hello
    hello.ciphers = _words(body, at + 2, end)
    if end >= size:
        return hello
    at = end + 1 + body[end]
    if at == size:
        hello.complete = True  # SSL 3 and TLS 1.0 allow no extensions at all
    if at + 2 <= size:
        _extensions(body, at, hello)
    return hello


def _extensions(body: bytes, at: int, hello: ClientHello) -> None:
    size = len(body)
    end = at + 2 + _H(body, at)[0]
    at += 2
    kinds: list[int] = []
    while at + 4 <= size and at < end:
        kind, length = _HH(body, at)
        at += 4
        stop = at + length
        kinds.append(kind)
        if stop > size:
            break
        reader = _READERS.get(kind)
        if reader is not None:
            reader(body, at, stop, hello)
        at = stop
    hello.extensions = tuple(kinds)
    hello.complete = at == end and end <= size


def _server_name(body: bytes, at: int, stop: int, hello: ClientHello) -> None:
    """The first host_name; how many there are is counted."""
    at += 2
    while at + 3 <= stop:
        kind, length = body[at], _H(body, at + 1)[0]
        at += 3
        if at + length > stop:
            return
        if kind == 0:
            hello.names += 1
            if hello.sni is None:
                hello.sni = body[at : at + length]
        at += length


def _alpn(body: bytes, at: int, stop: int, hello: ClientHello) -> None:
    at += 2
    protocols: list[bytes] = []
    while at < stop:
        length = body[at]
        if at + 1 + length > stop:
            break
        protocols.append(body[at + 1 : at + 1 + length])
        at += 1 + length
    hello.alpn = tuple(protocols)


def _versions(body: bytes, at: int, stop: int, hello: ClientHello) -> None:
    if at < stop:
        hello.versions = _words(body, at + 1, stop)


def _signatures(body: bytes, at: int, stop: int, hello: ClientHello) -> None:
    hello.signatures = _words(body, at + 2, stop)


def _ech(body: bytes, at: int, stop: int, hello: ClientHello) -> None:
    hello.ech = True


_READERS = {
    SERVER_NAME: _server_name,
    SIGNATURES: _signatures,
    ALPN: _alpn,
    VERSIONS: _versions,
    ECH: _ech,
    ESNI: _ech,
}


def _words(body: bytes, at: int, stop: int) -> tuple[int, ...]:
    """Big-endian 16-bit words; an odd byte at the end is left out."""
    count = (stop - at) >> 1
    return unpack_from(f">{count}H", body, at) if count > 0 else ()


@lru_cache(256)
def alpn_text(protocols: tuple[bytes, ...]) -> tuple[str, ...]:
    """The first protocols offered, as text, GREASE left out."""
    return tuple(clean(p) for p in protocols[:16] if not _greased(p))


def _greased(protocol: bytes) -> bool:
    return len(protocol) == 2 and protocol[0] == protocol[1] and protocol[0] & 15 == 10
