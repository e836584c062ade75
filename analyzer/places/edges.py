"""The anycast table: addresses for which no country can be given, by prefix."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..data.prefixes import Span, flatten, parse
from ..data.table import Finder, RangeTable
from ..data.tsv import read


class Anycast(NamedTuple):
    """A row of anycast.tsv."""

    provider: str
    service: str
    source: str


class Edges:
    """The anycast table; its finders give numbers of ``rows``."""

    def __init__(self, path: Path) -> None:
        self.rows: list[Anycast | None] = [None]
        spans: dict[int, dict[Span, int]] = {4: {}, 6: {}}
        for prefix, provider, service, source in read(path):
            parsed = parse(prefix)
            if parsed:
                spans[parsed[0]][parsed[1]] = len(self.rows)
                self.rows.append(Anycast(provider, service, source))
        self._tables = {family: _table(found) for family, found in spans.items()}

    def finder(self, family: int) -> Finder:
        """From a key to the number of the row that holds it; 0 for none."""
        return self._tables[family].find


def _table(spans: dict[Span, int]) -> RangeTable:
    ranges = flatten(spans)
    return RangeTable.of_rows([first for first, _ in ranges], [row or 0 for _, row in ranges])
