"""JA4, the TLS client fingerprint (FoxIO's specification, BSD-3-Clause part)."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from analyzer.names.client_hello import ALPN, SERVER_NAME, ClientHello
from analyzer.names.greased import is_grease

_VERSIONS = {
    0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10", 0x0300: "s3", 0x0002: "s2",
    0xFEFF: "d1", 0xFEFD: "d2", 0xFEFC: "d3",
}  # fmt: skip


def ja4(hello: ClientHello, transport: str) -> str:
    """The fingerprint of a whole ClientHello; transport is "t", "q" or "d"."""
    ciphers = [c for c in hello.ciphers if not is_grease(c)]
    kinds = [e for e in hello.extensions if not is_grease(e)]
    offered = [v for v in hello.versions if not is_grease(v)]
    version = _VERSIONS.get(max(offered) if offered else hello.version, "00")
    where = "d" if SERVER_NAME in kinds else "i"
    head = f"{min(len(ciphers), 99):02d}{min(len(kinds), 99):02d}{_alpn(hello)}"
    listed = _hex(sorted(e for e in kinds if e not in (SERVER_NAME, ALPN)))
    signatures = _hex(s for s in hello.signatures if not is_grease(s))
    if signatures:
        listed += "_" + signatures
    return f"{transport}{version}{where}{head}_{_digest(_hex(sorted(ciphers)))}_{_digest(listed)}"


def _hex(values: Iterable[int]) -> str:
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
