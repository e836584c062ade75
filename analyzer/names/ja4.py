"""JA4, the TLS client fingerprint (FoxIO's specification, BSD-3-Clause part).

Phones repeat themselves: the two digests are remembered for equal input.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

from analyzer.names.client_hello import ALPN, GREASE, SERVER_NAME, ClientHello

_VERSIONS = {
    0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10", 0x0300: "s3", 0x0002: "s2",
    0xFEFF: "d1", 0xFEFD: "d2", 0xFEFC: "d3",
}  # fmt: skip


def ja4(hello: ClientHello, transport: str) -> str:
    """The fingerprint of a whole ClientHello; transport is "t", "q" or "d"."""
    version = _VERSIONS.get(hello.highest, "00")
    where = "d" if SERVER_NAME in hello.extensions else "i"
    ciphers, first = _ciphers(hello.ciphers)
    kinds, second = _extensions(tuple(sorted(hello.extensions)), hello.signatures)
    return f"{transport}{version}{where}{ciphers}{kinds}{_alpn(hello)}_{first}_{second}"


@lru_cache(1_024)
def _ciphers(offered: tuple[int, ...]) -> tuple[str, str]:
    """Number and digest of the cipher suites."""
    kept = sorted(c for c in offered if c not in GREASE)
    return _count(kept), _digest(_hex(kept))


@lru_cache(1_024)
def _extensions(offered: tuple[int, ...], signatures: tuple[int, ...]) -> tuple[str, str]:
    """Number and digest of the (sorted) extensions and the signature algorithms."""
    kept = [e for e in offered if e not in GREASE]
    listed = _hex([e for e in kept if e not in (SERVER_NAME, ALPN)])
    if signatures:
        listed += "_" + _hex([s for s in signatures if s not in GREASE])
    return _count(kept), _digest(listed)


def _count(values: list[int]) -> str:
    return f"{min(len(values), 99):02d}"


def _hex(values: list[int]) -> str:
    return ",".join(["%04x" % value for value in values])


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12] if text else "000000000000"


def _alpn(hello: ClientHello) -> str:
    """First and last character of the first protocol; of its hex if not alphanumeric."""
    if not hello.alpn or not hello.alpn[0]:
        return "00"
    first, last = hello.alpn[0][:1], hello.alpn[0][-1:]
    if first.isalnum() and last.isalnum():
        return (first + last).decode("ascii")
    return first.hex()[0] + last.hex()[1]
