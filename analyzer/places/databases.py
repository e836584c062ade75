"""What country databases say of an address: the embedded one and the user's own.

Rules of this file
- A database is named with its publisher and date. Databases of one publisher
  are one source, however many files of it there are.
- maxminddb is imported only when a file is opened (115 ms).
- A file of the wrong kind, cut, or not a database at all is an error at once,
  never an empty answer later.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..data.table import Finder, open_table
from ..errors import DataFileError

if TYPE_CHECKING:
    from maxminddb import Reader


class Source(NamedTuple):
    """Who says something, in the words of a report."""

    name: str
    publisher: str
    date: str | None
    licence: str = "the user's own copy"
    independent: bool = True  # False: made from others' databases, so it confirms nothing


class Opinion(NamedTuple):
    """What one database says of an address."""

    source: Source
    country: str | None
    city: str | None = None
    asn: int | None = None
    network: str | None = None
    registered: str | None = None  # country of registration: never a location


class Countries:
    """The embedded country tables."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        codes = (folder / "country-codes.txt").read_text(encoding="ascii").split()
        self.codes: list[str | None] = [None, *codes]

    def finder(self, family: int) -> Finder:
        """From a key to the number of its country in ``codes``; 0 for none."""
        return open_table(self._folder / f"country{family}.tbl").find


# ------------------------------------------------------------ MMDB files

_WORDS = {
    "country": {"country"},
    "city": {"country", "city"},
    "enterprise": {"country", "city"},
    "location": {"country", "city"},
    "asn": {"asn"},
    "isp": {"asn"},
}
"""Words of an MMDB's database_type and the options it then fits."""

_IPINFO = {"lite": {"country", "asn"}, "core": {"country", "city", "asn"}}
"""IPinfo names its products otherwise; the larger ones hold what Core holds."""

_TRIED = 200
"""Records read to learn the kind of a database whose name does not tell it."""

_PUBLISHERS = (
    ("dbip", "DB-IP"),
    ("geolite", "MaxMind"),
    ("geoip", "MaxMind"),
    ("maxmind", "MaxMind"),
    ("ipinfo", "IPinfo"),
    ("ip2location", "IP2Location"),
)
"""Marks, in a database's own words or its file's name, of who made it. A maker
nobody can name may have copied another's data: such a file confirms nothing."""

_REGISTRATION = ("whois", "iptoasn")
"""Marks of databases made from registrations, which are no locations."""

_SAMPLES = tuple(
    f"{first}.{second}.0.1" for first in (1, 5, 47, 91, 185) for second in (0, 101, 202)
)
"""Addresses looked up once, to meet a damaged file before the analysis does."""


class UserDatabase:
    """One MMDB of the user's, opened and tried."""

    def __init__(self, path: Path, kind: str) -> None:
        """Open ``path`` as ``kind`` (country, city, asn); DataFileError if it is not one."""
        self.path = path
        self._reader = _opened(path, kind)
        meta = self._reader.metadata()
        self._six = meta.ip_version == 6
        named = f"{meta.database_type} {meta.description} {path.name}".lower().replace("-", "")
        maker = next((name for mark, name in _PUBLISHERS if mark in named), None)
        date, title = _built(meta.build_epoch), _text(meta.database_type) or path.name
        self.source = Source(title, maker or title, date, independent=maker is not None)
        self._registration = any(mark in named for mark in _REGISTRATION)
        self.broken = ""
        self._check_kind(str(meta.database_type), kind)
        for sample in _SAMPLES:
            self._record(sample)
        if self.broken:
            raise DataFileError(f"{path} is damaged ({self.broken}); fetch the file again")

    def opinion(self, ip: str) -> Opinion | None:
        """What the database says of an address; None if nothing, or once it proved broken."""
        record = None if self.broken else self._record(ip)
        if not isinstance(record, dict):
            return None
        network = _text(record.get("autonomous_system_organization") or record.get("as_name"))
        country, asn = _country(record), _asn(record)
        if self._registration:
            return Opinion(self.source, None, None, asn, network, country)
        found = Opinion(self.source, country, _city(record), asn, network)
        return found if country or asn else None

    def sha256(self) -> str:
        """The digest of the file."""
        import hashlib

        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _record(self, ip: str) -> object:
        if ":" in ip and not self._six:
            return None
        try:
            return self._reader.get(ip)
        except Exception as problem:  # a damaged tree fails in many ways
            self.broken = str(problem) or type(problem).__name__
            return None

    def _check_kind(self, named: str, kind: str) -> None:
        fits = _kinds_by_name(named) or self._kinds_by_content()
        if kind not in fits:
            raise DataFileError(
                f"{self.path} is a database of the kind {named[:60]!r}, not one of {kind}; "
                f"give --{kind}-db a file made for that"
            )

    def _kinds_by_content(self) -> set[str]:
        readers = {"country": _country, "city": _city, "asn": _asn}
        try:
            records = [record for _, record in islice(self._reader, _TRIED)]
        except Exception:  # a damaged tree fails in many ways
            return set()
        return {
            kind
            for kind, read in readers.items()
            if any(isinstance(record, dict) and read(record) for record in records)
        }


def _kinds_by_name(named: str) -> set[str]:
    """The options a database_type fits; empty if its words tell nothing."""
    words = "".join(c if c.isalnum() else " " for c in named.lower()).split()
    found = [_WORDS[word] for word in words if word in _WORDS]
    if "ipinfo" in words and not found:
        found = [_IPINFO["lite" if "lite" in words else "core"]]
    return set().union(*found)


def _opened(path: Path, kind: str) -> Reader:
    import maxminddb

    try:
        return maxminddb.open_database(path)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as problem:
        if isinstance(problem, OSError):
            reason = problem.strerror or "it cannot be read"
        else:
            reason = "it is cut, empty or something else"
        raise DataFileError(
            f"{path} is not a readable MMDB file ({reason}); give --{kind}-db a whole .mmdb file"
        ) from problem


def _built(epoch: int) -> str | None:
    from datetime import UTC, datetime

    try:
        return datetime.fromtimestamp(epoch, UTC).date().isoformat()
    except (OverflowError, OSError, ValueError):
        return None


def _country(record: Mapping[str, Any]) -> str | None:
    """ISO code in MaxMind's and DB-IP's form, or in IPinfo's and ip-location-db's."""
    nested = record.get("country")
    if isinstance(nested, dict):
        nested = nested.get("iso_code")
    code = record.get("country_code") or nested
    found = isinstance(code, str) and len(code) == 2 and code.isascii() and code.isalpha()
    return code.upper() if found and isinstance(code, str) else None


def _city(record: Mapping[str, Any]) -> str | None:
    city = record.get("city")
    if isinstance(city, dict):
        names = city.get("names")
        city = names.get("en") if isinstance(names, dict) else None
    return _text(city)


def _asn(record: Mapping[str, Any]) -> int | None:
    number = record.get("autonomous_system_number") or record.get("asn")
    if isinstance(number, str):
        digits = number.upper().removeprefix("AS")
        number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 11 else None
    return number if isinstance(number, int) and 0 < number < 1 << 32 else None


def _text(value: object) -> str | None:
    return value[:200] if isinstance(value, str) and value else None
