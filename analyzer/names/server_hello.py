"""A TLS ServerHello (RFC 8446 4.1.3): what was agreed."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct

from analyzer.record import Record

_HH = Struct(">HH").unpack_from

VERSIONS = {
    0x0304: "TLS 1.3", 0x0303: "TLS 1.2", 0x0302: "TLS 1.1", 0x0301: "TLS 1.0",
    0x0300: "SSL 3.0", 0x0002: "SSL 2.0", 0xFEFF: "DTLS 1.0", 0xFEFD: "DTLS 1.2",
    0xFEFC: "DTLS 1.3",
}  # fmt: skip

_RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


class ServerHello(Record):
    """Version and cipher agreed on; ``retry`` is a HelloRetryRequest."""

    version: int
    cipher: int
    retry: bool
    resumed: bool  # a pre-shared key was taken (TLS 1.3)


def parse(body: bytes) -> ServerHello | None:
    """Read a ServerHello's body; None if it is too short to agree on anything."""
    if len(body) < 38 or len(body) < 37 + body[34]:
        return None
    at = 35 + body[34]
    hello = ServerHello(
        body[0] << 8 | body[1], body[at] << 8 | body[at + 1], body[2:34] == _RETRY, False
    )
    at += 5  # cipher, compression, length of the extensions
    while at + 4 <= len(body):
        kind, length = _HH(body, at)
        if kind == 43 and length == 2 and at + 6 <= len(body):
            hello.version = body[at + 4] << 8 | body[at + 5]
        hello.resumed = hello.resumed or kind == 41
        at += 4 + length
    return hello


def messages(buffer: bytearray) -> list[tuple[int, bytes]]:
    """Takes the handshake messages that are whole (RFC 8446 4) off a buffer: kind and body."""
    found, at = [], 0
    while len(buffer) - at >= 4:
        end = at + 4 + int.from_bytes(buffer[at + 1 : at + 4], "big")
        if end > len(buffer):
            break
        found.append((buffer[at], bytes(buffer[at + 4 : end])))
        at = end
    del buffer[:at]
    return found


def extensions(body: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Extensions as (kind, content) from the offset of their length; ends where one is cut."""
    end = min(at + 2 + int.from_bytes(body[at : at + 2], "big"), len(body))
    at += 2
    while at + 4 <= end:
        kind, length = _HH(body, at)
        at += 4 + length
        if at > end:
            return
        yield kind, body[at - length : at]


def version_text(version: int) -> str:
    """ "TLS 1.3"; drafts of it count as it; else the number."""
    if version >> 8 in (0x7F, 0xFB):  # drafts, and Facebook's (0xfb17 ...)
        return "TLS 1.3"
    return VERSIONS.get(version) or f"0x{version:04x}"


def is_13(version: int) -> bool:
    """Whether everything after the ServerHello is encrypted."""
    return version in (0x0304, 0xFEFC) or version >> 8 in (0x7F, 0xFB)
