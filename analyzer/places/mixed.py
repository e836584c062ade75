"""The optional databases of the extra ``phonehome[plevin]``, if they are installed.

Rules of this file
- plevin mixes the databases of others, so its agreement is not independent:
  it can dispute a place, and does not make one "agreed".
- What its network database says of a country is a registration. It is shown as
  one and is never a location.
"""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .databases import Opinion, Source

PUBLISHER = "plevin"


class Mixed:
    """One installed plevin database; the same shape as a user's own database."""

    def __init__(self, path: Path, name: str, version: str) -> None:
        import plevin  # type: ignore[import-not-found,unused-ignore]

        self.path = path
        self.broken = ""
        self._plevin: Any = plevin.Plevin(path)
        self.source = Source(name, PUBLISHER, version, "mixed, see the package", False)

    def opinion(self, ip: str) -> Opinion | None:
        """What the database says of an address; None if nothing, or once it proved broken."""
        if self.broken:
            return None
        try:
            found = self._plevin.lookup(ip)
        except Exception as problem:  # another's code over a file that may be damaged
            self.broken = str(problem) or type(problem).__name__
            return None
        place, network = found.place, found.network
        country = place.country.code if place and place.country else None
        city = place.city.name if place and place.city else None
        if network is None:
            return Opinion(self.source, country, city) if country else None
        name = network.operator.company if network.operator else None
        return Opinion(self.source, country, city, network.asn, name, network.country)

    def sha256(self) -> str:
        """The digest of the database file."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def installed() -> list[Mixed]:
    """The databases found; an empty list if the extra is not installed or not readable."""
    if find_spec("plevin") is None:
        return []
    out = []
    for name in ("country", "network"):
        package = find_spec(f"plevin_db_{name}")
        folder = Path(package.origin).parent if package and package.origin else None
        for path in sorted((folder / "data").glob("plevin.*.plv")) if folder else ():
            try:
                out.append(Mixed(path, f"plevin {name}", _version(f"plevin-db-{name}")))
            except Exception:  # noqa: S112  an optional source that fails is a missing one
                continue
    return out


def _version(package: str) -> str:
    """The package's version as a date: 2026.10.4.2 is 2026-10-04."""
    from importlib.metadata import version

    year, month, day = (*version(package).split("."), "1", "1")[:3]
    return f"{year}-{month.zfill(2)}-{day.zfill(2)}"
