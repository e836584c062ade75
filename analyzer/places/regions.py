"""Cloud regions: city, country, coordinates and opening date of an operator's code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..data.tsv import read


@dataclass(slots=True, frozen=True)
class Region:
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

    def get(self, provider: str, code: str | None) -> Region | None:
        """The region, or None where the table does not know it."""
        row = self._rows.get((provider, code or ""))
        if row is None:
            return None
        _, name, _, city, country, latitude, longitude, opened = row
        north, east = (float(cell) if cell else None for cell in (latitude, longitude))
        return Region(provider, name, city or None, country, north, east, opened or None)

    def zones_abroad(self, provider: str, code: str | None) -> bool:
        """Whether a region has Local Zones that stand in another country."""
        home = self._rows.get((provider, code or ""))
        return home is not None and any(
            row[0] == provider and row[1].startswith(f"{code}-") and row[4] != home[4]
            for row in self._rows.values()
        )
