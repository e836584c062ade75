"""Mutants of captures that still look like captures.

A file is taken apart into its header and its records or blocks; those are
changed, and the file is put together again. So most mutants get past the
container and into packets. The same seed gives the same mutant.
"""

from __future__ import annotations

import gzip
import random
import struct
from collections.abc import Callable

Records = list[bytes]  # the file header first, then records or blocks

LENGTHS = (0, 1, 2, 3, 4, 7, 8, 12, 15, 16, 20, 28, 40, 255, 256, 0x7FFF, 0x8000, 0xFFFF)
LARGE = (
    1 << 16,
    262_144,
    262_145,
    393_216,
    1 << 20,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFF0,
    0xFFFFFFFF,
)
LINKS = (0, 1, 9, 12, 101, 104, 105, 107, 113, 119, 127, 143, 163, 228, 229, 239, 258, 276)
TEXTS = (
    b"<script>alert(1)</script>",
    b"=cmd|' /C calc'!A0",
    b"\x1b]0;x\x07",
    b"\xe2\x80\xae",
    b"\0",
)


def mutant(data: bytes, seed: int) -> bytes:
    """One mutant of a capture file."""
    chance = random.Random(seed)  # noqa: S311  # the same again is what is wanted
    records = taken_apart(data)
    for _ in range(chance.choice((1, 1, 2, 3, 5, 8))):
        chance.choice(CHANGES)(records, chance)
    out = b"".join(records)
    if chance.random() < 0.1:
        out = out[: chance.randrange(len(out) + 1)]
    return gzip.compress(out, mtime=0) if chance.random() < 0.03 else out


def taken_apart(data: bytes) -> Records:
    """A capture's header and records; what cannot be read as such is one part."""
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    order = ">" if data[:4] in (b"\xa1\xb2\xc3\xd4", b"\xa1\xb2\x3c\x4d") else "<"
    if data[:4] == b"\x0a\x0d\x0d\x0a":
        order = ">" if data[8:12] == b"\x1a\x2b\x3c\x4d" else "<"
        return _steps(data, 0, lambda at: _number(data, at + 4, order), 12)
    return _steps(data, 24, lambda at: 16 + _number(data, at + 8, order), 16)


def _number(data: bytes, at: int, order: str) -> int:
    value: int = struct.unpack_from(order + "I", data, at)[0]
    return value


def _steps(data: bytes, at: int, length: Callable[[int], int], shortest: int) -> Records:
    records = [data[:at]]
    while at + shortest <= len(data) and shortest <= length(at) <= len(data) - at:
        records.append(data[at : at + length(at)])
        at += length(at)
    return [*records, data[at:]]


# ---------------------------------------------------------------------- changes


def flip(records: Records, chance: random.Random) -> None:
    """A few bits."""
    at, part = _some(records, chance)
    for _ in range(chance.randrange(1, 6)):
        part[chance.randrange(len(part))] ^= 1 << chance.randrange(8)
    records[at] = bytes(part)


def number(records: Records, chance: random.Random) -> None:
    """A two- or four-byte number becomes one that lies."""
    at, part = _some(records, chance)
    order, size = chance.choice("<>"), chance.choice((1, 2, 4))
    if size == 4:
        value = chance.choice((*LENGTHS, *LARGE, len(part)))
    else:
        value = chance.choice((*LENGTHS, len(part))) & (1 << 8 * size) - 1
    where = chance.randrange(min(len(part), chance.choice((16, 60, 120, 1 << 20))))
    changed = struct.pack(order + {1: "B", 2: "H", 4: "I"}[size], value)
    part[where : where + size] = changed
    records[at] = bytes(part)


def remove(records: Records, chance: random.Random) -> None:
    """Some bytes, or a whole record."""
    at, part = _some(records, chance)
    if chance.random() < 0.3 and len(records) > 2:
        del records[at]
        return
    start = chance.randrange(len(part))
    del part[start : start + chance.choice((1, 2, 4, 8, 40, 1_000))]
    records[at] = bytes(part)


def insert(records: Records, chance: random.Random) -> None:
    """Some bytes: of nothing, of chance, of text, or of the same part."""
    at, part = _some(records, chance)
    start = chance.randrange(len(part) + 1)
    count = chance.choice((1, 2, 4, 8, 40, 1_000))
    kinds = (bytes(count), chance.randbytes(count), chance.choice(TEXTS), bytes(part[:count]))
    part[start:start] = chance.choice(kinds)
    records[at] = bytes(part)


def overwrite(records: Records, chance: random.Random) -> None:
    """Text or another part's bytes in place of what was there."""
    at, part = _some(records, chance)
    other = chance.choice(records)
    new = chance.choice((chance.choice(TEXTS), other[: chance.randrange(64)], b"\xff" * 8))
    start = chance.randrange(len(part))
    part[start : start + len(new)] = new
    records[at] = bytes(part)


def shuffle(records: Records, chance: random.Random) -> None:
    """Records in another order."""
    body = records[1:]
    start = chance.randrange(len(body))
    part = body[start : start + chance.choice((2, 5, 50))]
    chance.shuffle(part)
    records[1 + start : 1 + start + len(part)] = part


def repeat(records: Records, chance: random.Random) -> None:
    """A record several times, perhaps elsewhere."""
    record = chance.choice(records)
    where = chance.randrange(1, len(records) + 1)
    records[where:where] = [record] * chance.choice((1, 2, 20))


def link(records: Records, chance: random.Random) -> None:
    """Another link type in the pcap header."""
    if len(records[0]) == 24:
        records[0] = records[0][:20] + struct.pack("<I", chance.choice(LINKS))


CHANGES = (flip, flip, number, number, number, remove, insert, overwrite, shuffle, repeat, link)


def _some(records: Records, chance: random.Random) -> tuple[int, bytearray]:
    """A part that is not empty, seldom the header."""
    at = (
        chance.randrange(len(records))
        if chance.random() < 0.2
        else chance.randrange(1, len(records))
    )
    return at, bytearray(records[at] or b"\0")
