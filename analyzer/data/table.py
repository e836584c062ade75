"""Sorted range tables: which range does an address fall in, and what stands there.

Rules of this file
- A key is an int: the IPv4 address, or the upper 64 bits of the IPv6 address.
- A row is (first key, value); it holds until the next row's first key. Value 0
  means "nothing known here".
- On disk little-endian. A RangeTable lies in blocks of ROWS rows, each deflated
  by itself under a directory of first keys: opening costs nothing, a look-up
  inflates only the block it falls in. A WideTable (the two big IPv4 tables) is
  not deflated but split by the upper 16 bits, so 5,000 scattered addresses do
  not pay for inflating all of it (44 ms) and the keys cost 2 bytes, not 4.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from ..errors import DataFileError

MAGIC = b"PHT1"
WIDE_MAGIC = b"PHW1"
ROWS = 1024
"""Rows of a block: at 5-12 bytes a row it inflates in some 20 microseconds."""

_HEADER = 20  # magic, key width, value width, 2 spare, rows, blocks, directory bytes
_CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}
Finder = Callable[[int], int]
"""From a key to the value that stands there, 0 for none."""

_Block = tuple["array[int]", "array[int]"]


class RangeTable:
    """A table of ranges; ``find(key)`` is the value of the range around a key."""

    __slots__ = ("_blocks", "_data", "_firsts", "_key", "_name", "_offsets", "_value", "rows")

    def __init__(self, data: bytes, name: str = "table") -> None:
        """Open packed ``data``; DataFileError naming ``name`` if it is not a table."""
        if len(data) < _HEADER or data[:4] != MAGIC or not {data[4], data[5]} <= _CODES.keys():
            raise DataFileError(f"{name} is not a range table; reinstall phonehome")
        self._name = name
        self._key, self._value = _CODES[data[4]], _CODES[data[5]]
        self.rows, blocks, size = (int.from_bytes(data[i : i + 4], "little") for i in (8, 12, 16))
        directory = inflate(data[_HEADER : _HEADER + size], name)
        split = blocks * data[4]
        if len(directory) != split + (blocks + 1) * 4:
            raise DataFileError(f"{name} is damaged; reinstall phonehome")
        self._firsts = from_disk(self._key, directory[:split])
        self._offsets = from_disk("I", directory[split:])
        self._data = memoryview(data)[_HEADER + size :]
        self._blocks: dict[int, _Block] = {}

    @classmethod
    def of_rows(cls, keys: Sequence[int], values: Sequence[int]) -> RangeTable:
        """A table made in memory from ascending ``keys`` and their ``values``."""
        table = cls.__new__(cls)
        table._name, table._key, table._value, table.rows = "table", "Q", "I", len(keys)
        table._firsts = array("Q", keys[:1])
        table._offsets, table._data = array("I"), memoryview(b"")
        table._blocks = {0: (array("Q", keys), array("I", values))}
        return table

    def find(self, key: int) -> int:
        """The value at ``key``; 0 where nothing is known."""
        at = bisect_right(self._firsts, key) - 1
        if at < 0:
            return 0
        block = self._blocks.get(at) or self._inflate(at)
        return block[1][bisect_right(block[0], key) - 1]

    def _inflate(self, at: int) -> _Block:
        raw = inflate(self._data[self._offsets[at] : self._offsets[at + 1]], self._name)
        width = array(self._key).itemsize
        rows = len(raw) // (width + array(self._value).itemsize)
        block = (
            from_disk(self._key, raw[: rows * width]),
            from_disk(self._value, raw[rows * width :]),
        )
        self._blocks[at] = block
        return block


def pack(keys: Sequence[int], values: Sequence[int], *, key_bytes: int) -> bytes:
    """The packed form of a table; the same rows always give the same bytes."""
    _check(keys, values)
    value_bytes = _width(values)
    key, value = _CODES[key_bytes], _CODES[value_bytes]
    starts = range(0, len(keys), ROWS)
    blocks = [
        zlib.compress(to_disk(key, keys[i : i + ROWS]) + to_disk(value, values[i : i + ROWS]), 9)
        for i in starts
    ]
    offsets = [0]
    for block in blocks:
        offsets.append(offsets[-1] + len(block))
    directory = zlib.compress(to_disk(key, [keys[i] for i in starts]) + to_disk("I", offsets), 9)
    numbers = (len(keys), len(blocks), len(directory))
    head = MAGIC + bytes((key_bytes, value_bytes, 0, 0))
    return head + b"".join(n.to_bytes(4, "little") for n in numbers) + directory + b"".join(blocks)


class WideTable:
    """A big IPv4 table, found by the upper 16 bits and bisected by the lower."""

    __slots__ = ("_index", "_keys", "_values", "rows")

    def __init__(self, data: bytes, name: str = "table") -> None:
        """Open packed ``data``; DataFileError naming ``name`` if it is not a table."""
        if len(data) < 12 or data[:4] != WIDE_MAGIC or data[4] not in _CODES:
            raise DataFileError(f"{name} is not a range table; reinstall phonehome")
        self.rows = int.from_bytes(data[8:12], "little")
        at = 12 + 4 * 65537
        if len(data) != at + self.rows * (2 + data[4]):
            raise DataFileError(f"{name} is damaged; reinstall phonehome")
        view = memoryview(data)
        self._index = from_disk("I", view[12:at])
        self._keys = from_disk("H", view[at : at + 2 * self.rows])
        self._values = from_disk(_CODES[data[4]], view[at + 2 * self.rows :])

    def find(self, key: int) -> int:
        """The value at IPv4 address ``key``; 0 where nothing is known."""
        high = key >> 16
        at = bisect_right(self._keys, key & 0xFFFF, self._index[high], self._index[high + 1]) - 1
        return self._values[at] if at >= 0 else 0


def open_table(path: Path) -> RangeTable | WideTable:
    """The table of a file, of whichever kind; DataFileError if it is none."""
    return table_of(path.read_bytes(), path.name)


def table_of(data: bytes, name: str) -> RangeTable | WideTable:
    """The table in ``data``, of whichever kind; DataFileError naming ``name`` if it is none."""
    return WideTable(data, name) if data[:4] == WIDE_MAGIC else RangeTable(data, name)


def pack_wide(keys: Sequence[int], values: Sequence[int]) -> bytes:
    """The packed form of a WideTable of IPv4 ``keys``."""
    _check(keys, values)
    index = [bisect_left(keys, high << 16) for high in range(65537)]
    width = _width(values)
    head = WIDE_MAGIC + bytes((width, 0, 0, 0)) + len(keys).to_bytes(4, "little")
    low = to_disk("H", [key & 0xFFFF for key in keys])
    return head + to_disk("I", index) + low + to_disk(_CODES[width], values)


def _check(keys: Sequence[int], values: Sequence[int]) -> None:
    if len(keys) != len(values) or any(a >= b for a, b in pairwise(keys)):
        raise ValueError("keys must ascend, one value each")


def _width(values: Sequence[int]) -> int:
    return next(w for w in (1, 2, 4) if max(values, default=0) < 1 << 8 * w)


def inflate(data: bytes | memoryview, name: str) -> bytes:
    """A deflated part of the file ``name``; DataFileError if it is damaged."""
    try:
        return zlib.decompress(data)
    except zlib.error as problem:
        raise DataFileError(f"{name} is damaged; reinstall phonehome") from problem


def from_disk(code: str, data: bytes | memoryview) -> array[int]:
    """Little-endian numbers of an array type code (B, H, I, Q)."""
    values = array(code)
    values.frombytes(data)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def to_disk(code: str, values: Sequence[int]) -> bytes:
    """The bytes that ``from_disk`` reads back."""
    packed = array(code, values)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()
