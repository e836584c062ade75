"""Operators' range lists with their dates: what did each list say of an address?

Rules of this file
- A listing is (provider, region, service, edge): edge listings give no place,
  whatever region stands beside them.
- One file holds all dated lists of a family of providers: a table of ranges
  whose value is a row of the histories, one listing number per date.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from ..errors import DataFileError
from .prefixes import Ranges, Span, flatten, merge, parse
from .table import (
    Finder,
    RangeTable,
    WideTable,
    from_disk,
    inflate,
    pack,
    pack_wide,
    table_of,
    to_disk,
)

MAGIC = b"PHL2"
_HEADER = 20  # magic and the sizes of head, histories, IPv4 and IPv6 table

WIDE_FROM = 16_384
"""Rows from which the 262 KB index of a WideTable pays."""

EDGE_SERVICES = ("CLOUDFRONT", "CLOUDFRONT_ORIGIN_FACING", "GLOBALACCELERATOR", "ROUTE53")
"""Amazon's services that answer from the nearest of many places."""

CATCH_ALLS = ("AMAZON", "AZURECLOUD")
"""Services that every prefix of the provider is listed under."""


class Listing(NamedTuple):
    """What a range list says of an address."""

    provider: str
    region: str | None  # the operator's own code; for Amazon the network border group
    service: str | None
    edge: bool


Row = tuple[str, str | None, str | None]  # prefix, region, service


class DatedLists:
    """Range lists of several dates over one pair of tables."""

    def __init__(
        self,
        dates: Sequence[str],
        listings: Sequence[str],
        histories: Sequence[int],
        tables: Mapping[int, RangeTable | WideTable],
        coarse: Sequence[str] = (),
    ) -> None:
        self.dates = tuple(dates)
        self.coarse = frozenset(coarse)  # dates whose list lacks the border groups of its time
        self._listings = listings
        self._histories = histories
        self._tables = tables

    @property
    def rows(self) -> int:
        """Ranges over all dates and both families."""
        return sum(table.rows for table in self._tables.values())

    @property
    def providers(self) -> frozenset[str]:
        """The operators that have a listing here."""
        return frozenset(line.partition("\t")[0] for line in self._listings if line)

    def finder(self, family: int) -> Finder:
        """From a key to the number of its history; 0 where no list of any date has it."""
        return self._tables[family].find

    def history(self, number: int) -> tuple[Listing | None, ...]:
        """What each date's list says, in the order of ``dates``."""
        width = len(self.dates)
        row = self._histories[number * width : (number + 1) * width]
        return tuple(_listing(self._listings[i]) for i in row)


def pick(provider: str, rows: Sequence[tuple[str | None, str | None]]) -> Listing:
    """The listing of one prefix from its (region, service) rows.

    An edge service outranks all, then the service that says most; a catch-all
    comes last, EC2 before it. Rows of different regions make a region "a or b",
    which no table knows: such a prefix has no place.
    """
    region, service = min(rows, key=_order) if len(rows) > 1 else rows[0]
    edge = is_edge(region, service)
    regions = sorted({said for said, _ in rows if said})
    return Listing(provider, region if edge else " or ".join(regions) or None, service, edge)


def is_edge(region: str | None, service: str | None) -> bool:
    """Whether a row of a list gives no place: anycast, CDN, or global by its own word."""
    name = service or ""
    front = name in EDGE_SERVICES or name.startswith("AZUREFRONTDOOR") or name == "CDN"
    return front or (region or "").upper() == "GLOBAL"


def complete(inner: Listing, outer: Listing) -> Listing:
    """A more specific listing that keeps what only the one around it says.

    A row without region stands where the row around it stands; a catch-all
    row within the same region has the service of the row around it.
    """
    if inner.edge or outer.edge:
        return inner
    if inner.region is None:
        return inner._replace(region=outer.region)
    if inner.service in CATCH_ALLS and inner.region == outer.region:
        return inner._replace(service=outer.service)
    return inner


def ranges(provider: str, rows: Sequence[Row]) -> dict[int, Ranges[Listing]]:
    """The flattened ranges of one provider's list, by family (4, 6)."""
    spans: dict[int, dict[Span, list[tuple[str | None, str | None]]]] = {4: {}, 6: {}}
    for prefix, region, service in rows:
        parsed = parse(prefix)
        if parsed:
            spans[parsed[0]].setdefault(parsed[1], []).append((region, service))
    return {
        family: flatten({span: pick(provider, said) for span, said in found.items()}, complete)
        for family, found in spans.items()
    }


def united(columns: Sequence[Mapping[int, Ranges[Listing]]]) -> dict[int, Ranges[Listing]]:
    """Lists of several providers as one; of overlapping ones the first wins."""
    out: dict[int, Ranges[Listing]] = {}
    for family in (4, 6):
        found: Ranges[Listing] = []
        for first, row in merge([column[family] for column in columns]):
            listing = next((said for said in row if said), None)
            if (found[-1][1] if found else None) != listing:
                found.append((first, listing))
        out[family] = found
    return out


def pack_lists(
    dates: Sequence[str],
    columns: Sequence[Mapping[int, Ranges[Listing]]],
    coarse: Sequence[str] = (),
) -> bytes:
    """The file of dated lists: ``columns`` hold the ranges of each of ``dates``."""
    numbered = _Numbered(len(dates))
    tables = []
    for family, key_bytes in ((4, 4), (6, 8)):
        merged = merge([column[family] for column in columns])
        values = [numbered.history(row) for _, row in merged]
        keys = [first for first, _ in merged]
        wide = family == 4 and len(keys) > WIDE_FROM
        tables.append(pack_wide(keys, values) if wide else pack(keys, values, key_bytes=key_bytes))
    head = "\n".join([" ".join(dates), " ".join(coarse), *numbered.listings]).encode()
    histories = to_disk("H", numbered.histories)
    parts = [zlib.compress(head, 9), zlib.compress(histories, 9), *tables]
    return MAGIC + b"".join(len(part).to_bytes(4, "little") for part in parts) + b"".join(parts)


def read_lists(data: bytes, name: str) -> DatedLists:
    """Dated lists from a packed file; DataFileError naming ``name`` if it is none."""
    if len(data) < _HEADER or data[:4] != MAGIC:
        raise DataFileError(f"{name} is not a file of range lists; reinstall phonehome")
    ends = [_HEADER]
    for i in range(4, _HEADER, 4):
        ends.append(ends[-1] + int.from_bytes(data[i : i + 4], "little"))
    parts = [data[a:b] for a, b in pairwise(ends)]
    dates, coarse, *listings = inflate(parts[0], name).decode().split("\n")
    histories = from_disk("H", inflate(parts[1], name))
    tables = {4: table_of(parts[2], name), 6: table_of(parts[3], name)}
    return DatedLists(dates.split(), listings, histories, tables, coarse.split())


def in_memory(dates: Sequence[str], columns: Sequence[Mapping[int, Ranges[Listing]]]) -> DatedLists:
    """Dated lists that were never on disk (a fetched history cut to two dates)."""
    numbered = _Numbered(len(dates))
    tables = {}
    for family in (4, 6):
        merged = merge([column[family] for column in columns])
        values = [numbered.history(row) for _, row in merged]
        tables[family] = RangeTable.of_rows([first for first, _ in merged], values)
    return DatedLists(dates, numbered.listings, numbered.histories, tables)


class _Numbered:
    """Numbers for listings and for histories, in order of appearance; 0 is nothing."""

    def __init__(self, width: int) -> None:
        self.listings = [""]
        self.histories = [0] * width
        self._listing_numbers: dict[Listing | None, int] = {None: 0}
        self._history_numbers: dict[tuple[Listing | None, ...], int] = {(None,) * width: 0}

    def history(self, row: tuple[Listing | None, ...]) -> int:
        number = self._history_numbers.get(row)
        if number is None:
            number = self._history_numbers[row] = len(self._history_numbers)
            self.histories.extend(self._listing(listing) for listing in row)
        return number

    def _listing(self, listing: Listing | None) -> int:
        number = self._listing_numbers.get(listing)
        if number is None:
            assert listing is not None  # None is number 0 from the start
            number = self._listing_numbers[listing] = len(self.listings)
            edge = "edge" if listing.edge else ""
            self.listings.append("\t".join((*(cell or "" for cell in listing[:3]), edge)))
        return number


def _listing(line: str) -> Listing | None:
    """The listing of a line ``provider TAB region TAB service TAB edge``; an empty one is none."""
    if not line:
        return None
    provider, region, service, edge = line.split("\t")
    return Listing(provider, region or None, service or None, bool(edge))


def _order(row: tuple[str | None, str | None]) -> tuple[int, str, str]:
    """What says most comes first: edges, services, EC2, catch-alls."""
    region, service = row
    if is_edge(None, service):
        rank = 0
    elif not service or service in CATCH_ALLS:
        rank = 3
    else:
        rank = 2 if service == "EC2" else 1
    return rank, region or "", service or ""
