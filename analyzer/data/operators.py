"""The names of networks: what number and name a value of the ASN tables stands for.

Rules of this file
- Values count from 1; 0 is no network.
- The file holds two arrays (ASN, place of the name) over one text of all names,
  each name once, so that a look-up reads nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import DataFileError
from .table import from_disk, to_disk

MAGIC = b"PHO2"
_HEADER = 8  # magic, rows


class Operators:
    """The operators of the ASN tables, by value."""

    __slots__ = ("_asns", "_names", "_starts", "rows")

    def __init__(self, data: bytes, name: str = "operators.tbl") -> None:
        """Open packed ``data``; DataFileError naming ``name`` if it is something else."""
        self.rows = rows = int.from_bytes(data[4:_HEADER], "little")
        heap = _HEADER + 8 * rows
        if data[:4] != MAGIC or len(data) < heap:
            raise DataFileError(f"{name} is not a table of operators; reinstall phonehome")
        view = memoryview(data)
        self._asns = from_disk("I", view[_HEADER : _HEADER + 4 * rows])
        self._starts = from_disk("I", view[_HEADER + 4 * rows : heap])
        self._names = data[heap:]

    def __getitem__(self, value: int) -> tuple[int, str]:
        """Number and name of the network ``value`` stands for."""
        start = self._starts[value - 1]
        end = self._names.find(b"\n", start)
        return self._asns[value - 1], self._names[start:end].decode("utf-8")


def pack_operators(operators: Sequence[tuple[int, str]]) -> bytes:
    """The packed form of (number, name) in the order of their values."""
    starts: dict[str, int] = {}
    names = bytearray()
    for _, name in operators:
        if name not in starts:
            starts[name] = len(names)
            names += " ".join(name.split()).encode() + b"\n"
    head = MAGIC + len(operators).to_bytes(4, "little")
    asns = to_disk("I", [asn for asn, _ in operators])
    return head + asns + to_disk("I", [starts[name] for _, name in operators]) + bytes(names)
