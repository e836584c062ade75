"""Cloud regions: city, country, coordinates and opening date of an operator's code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ..data.tsv import read


class Region(NamedTuple):
    """A row of regions.tsv."""

    provider: str
    code: str
    city: str | None
    country: str
    latitude: float | None
    longitude: float | None
    opened: str | None  # YYYY, YYYY-MM or YYYY-MM-DD


class Regions:
    """The hand-made table of regions, by provider and code."""

    def __init__(self, path: Path) -> None:
        self._rows = {(row[0], row[1]): row for row in read(path)}
        self._known: dict[tuple[str, str], Region] = {}
        self._abroad: frozenset[tuple[str, str]] | None = None

    def get(self, provider: str, code: str | None) -> Region | None:
        """The region, or None where the table does not know it."""
        key = (provider, code or "")
        row = self._rows.get(key)
        if row is None:
            return None
        if key not in self._known:
            self._known[key] = _region(row)
        return self._known[key]

    def zones_abroad(self, provider: str, code: str | None) -> bool:
        """Whether a region has Local Zones that stand in another country."""
        if self._abroad is None:
            self._abroad = frozenset(self._homes_of_zones_abroad())
        return (provider, code or "") in self._abroad

    def _homes_of_zones_abroad(self) -> Iterator[tuple[str, str]]:
        for provider, code in self._rows:
            parts = code.split("-")
            home = self._rows.get((provider, "-".join(parts[:3])))
            if len(parts) > 3 and home and home[4] != self._rows[provider, code][4]:
                yield provider, home[1]


def _region(row: list[str]) -> Region:
    provider, code, _, city, country, latitude, longitude, opened = row
    north, east = (float(cell) if cell else None for cell in (latitude, longitude))
    return Region(provider, code, city or None, country, north, east, opened or None)
