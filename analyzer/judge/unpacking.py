"""gzip, zlib, raw deflate and Zstandard, unpacked up to a number of bytes.

Rules of this file
- Output and memory are bounded whatever the input says of itself; nothing raises.
- What was unpacked before a fault or a cut is given out, as streams are seldom whole.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

STEP = 4_096
"""Bytes fed at a time: a later fault spoils at most what came of one such step."""

WINDOW = 1 << 23
"""Largest Zstandard window taken: the 8 MiB every decoder should support (RFC 8878 3.1.1.1.2)."""

TRIES = 64
"""Places within some bytes that are tried for each kind of packed data."""

LEAST = 24
"""Unpacked bytes below which a stream that did not end cleanly is taken for none."""

OPEN = 256
"""Bytes below which a stream without header and end is taken for none: of 25 random bytes
one in 300 looks like such a beginning, of 96 one in 100,000."""

GZIP, ZSTD = b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd"
ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


class Unpacked(NamedTuple):
    """What came out of packed bytes."""

    data: bytes
    used: int  # bytes of the input that surely belonged to it
    ended: bool  # it reached its own end; formats with a checksum compare it there
    fault: bool  # it broke off inside the input


Unpack = Callable[[bytes, int], Unpacked]


def gzip(data: bytes, most: int) -> Unpacked:
    """One member (RFC 1952), from its magic number on."""
    return _inflate(data, most, 31)


def zlib_stream(data: bytes, most: int) -> Unpacked:
    """One stream (RFC 1950)."""
    return _inflate(data, most, 15)


def deflate(data: bytes, most: int) -> Unpacked:
    """A stream without any header (RFC 1951), which some servers call ``deflate``."""
    return _inflate(data, most, -15)


def _inflate(data: bytes, most: int, bits: int) -> Unpacked:
    machine = zlib.decompressobj(bits)
    found: list[bytes] = []
    size = at = 0
    while at < len(data) and size < most and not machine.eof:
        step = data[at : at + STEP]
        try:
            piece = machine.decompress(step, most - size)
        except zlib.error:
            return Unpacked(b"".join(found), at, False, True)
        at += len(step) - len(machine.unused_data) - len(machine.unconsumed_tail)
        found.append(piece)
        size += len(piece)
    return Unpacked(b"".join(found), at, machine.eof, False)


def zstandard_frame(data: bytes, most: int) -> Unpacked:
    """One frame (RFC 8878 3.1.1); where it ended within the input is not told."""
    import zstandard

    found: list[bytes] = []
    size, fault, more = 0, False, True
    try:
        reader = zstandard.ZstdDecompressor(max_window_size=WINDOW).stream_reader(data, STEP)
        while more and size < most:
            wanted = min(16 * STEP, most - size)
            piece = reader.read(wanted)
            found.append(piece)
            size += len(piece)
            more = len(piece) == wanted
    except (zstandard.ZstdError, MemoryError):
        fault = True
    return Unpacked(b"".join(found), len(ZSTD), False, fault)


def inside(data: bytes, most: Callable[[], int]) -> Iterator[tuple[str, bytes]]:
    """Each packed stream within some bytes: its kind and at most ``most()`` bytes of it."""
    yield from _each("gzip", GZIP, gzip, data, most)
    for magic in ZLIB:
        yield from _each("zlib", magic, zlib_stream, data, most)
    yield from _each("zstd", ZSTD, zstandard_frame, data, most)
    bare = bare_deflate(data, most())
    if bare:
        yield "deflate", bare


def bare_deflate(data: bytes, most: int) -> bytes:
    """What a headerless stream that is all of ``data`` holds; nothing where it is none.

    Bytes that are no such stream fail or end within some dozen; that it also
    grew leaves out stored blocks.
    """
    got = deflate(data, most) if len(data) > LEAST else None
    if got is None or got.fault or len(got.data) <= got.used:
        return b""
    whole = got.used == len(data) if got.ended else len(data) >= OPEN
    return got.data if whole else b""


def _each(
    kind: str, magic: bytes, unpack: Unpack, data: bytes, most: Callable[[], int]
) -> Iterator[tuple[str, bytes]]:
    at = data.find(magic)
    for _ in range(TRIES):
        if at < 0:
            return
        got = unpack(data[at:], most())
        good = got.data and (got.ended or len(got.data) >= LEAST)
        if good:
            yield kind, got.data
        at = data.find(magic, at + (max(got.used, 1) if good else 1))
