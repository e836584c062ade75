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


def section(application: str, comment: str) -> bytes:
    """The block a file begins with."""
    head = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
    return _block(SECTION, head, _text(COMMENT, comment) + _text(APPLICATION, application))


def interface(link_type: int) -> bytes:
    """An interface whose times are in ns."""
    return _block(INTERFACE, struct.pack("<HHI", link_type, 0, 0), _option(RESOLUTION, b"\x09"))


def packet(number: int, ts: int, wire: int, data: bytes, comments: Sequence[str]) -> bytes:
    """A packet of the interface with this number."""
    head = struct.pack("<IIIII", number, ts >> 32, ts & 0xFFFFFFFF, len(data), wire)
    return _block(PACKET, head + _padded(data), b"".join(_text(COMMENT, c) for c in comments))


def _block(kind: int, body: bytes, options: bytes) -> bytes:
    if options:
        options += bytes(4)  # the end of options
    length = struct.pack("<I", 12 + len(body) + len(options))
    return struct.pack("<I", kind) + length + body + options + length


def _text(code: int, text: str) -> bytes:
    cut = visible(text).encode("utf-8", "backslashreplace")[:LONGEST]
    return _option(code, cut.decode("utf-8", "ignore").encode())


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + _padded(value)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
