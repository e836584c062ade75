"""Blocks of a pcapng file, written: the same packets give the same bytes.

Format: draft-ietf-opsawg-pcapng, sections 4.1 to 4.3. Little-endian, times in
ns. A comment is shown by whoever opens the file, so it is visible text only.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from analyzer.report.safe import visible

SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
COMMENT, APPLICATION, RESOLUTION = 1, 4, 9
LONGEST = 16_000  # bytes of one text; its length field could say 65,535

_PADDING = (b"", b"\0\0\0", b"\0\0", b"\0")  # by length modulo 4
_HEAD, _PAIR, _WORD, _HALVES = (
    struct.Struct(form).pack for form in ("<IIIII", "<II", "<I", "<HH")
)  # thousands of packets are written


def section(application: str, comment: str) -> bytes:
    """The block a file begins with."""
    head = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
    return _block(SECTION, head, _text(COMMENT, comment) + _text(APPLICATION, application))


def interface(link_type: int) -> bytes:
    """An interface whose times are in ns."""
    return _block(INTERFACE, struct.pack("<HHI", link_type, 0, 0), _option(RESOLUTION, b"\x09"))


def packet(number: int, ts: int, wire: int, data: bytes, comments: Sequence[str]) -> bytes:
    """A packet of the interface with this number."""
    head = _HEAD(number, ts >> 32, ts & 0xFFFFFFFF, len(data), wire)
    options = b"".join([_text(COMMENT, comment) for comment in comments])
    return _block(PACKET, head + data + _PADDING[len(data) % 4], options)


def _block(kind: int, body: bytes, options: bytes) -> bytes:
    if options:
        options += bytes(4)  # the end of options
    length = 12 + len(body) + len(options)
    return b"".join((_PAIR(kind, length), body, options, _WORD(length)))


def _text(code: int, text: str) -> bytes:
    value = visible(text).encode("utf-8", "backslashreplace")
    if len(value) > LONGEST:
        value = value[:LONGEST].decode("utf-8", "ignore").encode()
    return _option(code, value)


def _option(code: int, value: bytes) -> bytes:
    return _HALVES(code, len(value)) + value + _PADDING[len(value) % 4]
