"""The names of networks: what number and name a value of the ASN tables stands for.

Rules of this file
- Values count from 1; 0 is no network.
- Names lie in deflated blocks of OPERATORS lines ``asn TAB name``; operators
  with many addresses come first, so most look-ups fall into few blocks.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from ..errors import DataFileError

MAGIC = b"PHO1"
OPERATORS = 512
"""Lines of a block: one look-up inflates some 12 KB."""


class Operators:
    """The operators of the ASN tables, by value."""

    __slots__ = ("_blocks", "_data", "_ends", "rows")

    def __init__(self, data: bytes, name: str = "operators.tbl") -> None:
        """Open packed ``data``; DataFileError naming ``name`` if it is something else."""
        blocks = int.from_bytes(data[8:12], "little")
        if data[:4] != MAGIC or len(data) < 16 + 4 * blocks:
            raise DataFileError(f"{name} is not a table of operators; reinstall phonehome")
        self.rows = int.from_bytes(data[4:8], "little")
        offsets = memoryview(data)[12 : 16 + 4 * blocks]
        self._ends = [
            int.from_bytes(offsets[i : i + 4], "little") for i in range(0, len(offsets), 4)
        ]
        self._data = memoryview(data)[16 + 4 * blocks :]
        self._blocks: dict[int, list[str]] = {}

    def __getitem__(self, value: int) -> tuple[int, str]:
        """Number and name of the network ``value`` stands for."""
        at, line = divmod(value - 1, OPERATORS)
        block = self._blocks.get(at)
        if block is None:
            raw = zlib.decompress(self._data[self._ends[at] : self._ends[at + 1]])
            block = self._blocks[at] = raw.decode("utf-8").split("\n")
        asn, _, name = block[line].partition("\t")
        return int(asn), name


def pack_operators(operators: Sequence[tuple[int, str]]) -> bytes:
    """The packed form of (number, name) in the order of their values."""
    blocks = []
    for start in range(0, len(operators), OPERATORS):
        lines = (f"{asn}\t{' '.join(name.split())}" for asn, name in operators[start:][:OPERATORS])
        blocks.append(zlib.compress("\n".join(lines).encode(), 9))
    ends = [0]
    for block in blocks:
        ends.append(ends[-1] + len(block))
    numbers = [len(operators), len(blocks), *ends]
    return MAGIC + b"".join(n.to_bytes(4, "little") for n in numbers) + b"".join(blocks)
