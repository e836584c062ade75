"""What the operators' own range lists say of an address on a given date.

Rules of this file
- Only two lists speak: the last one before the date and the first one after
  it. The nearer one is used; the other can confirm it.
- A list speaks for its own time. More than a year away from the date, or later
  than it without an earlier list that agrees, it is only one opinion among
  others (``firm`` is False) and says so.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..data.lists import DatedLists, Listing, Row, in_memory, ranges, read_lists
from ..data.table import Finder
from ..errors import DataFileError
from .dates import between, days, distance

YEAR = 366
HISTORY = "aws-ranges-history.tsv.xz"
HISTORY_BYTES = 256 << 20
"""Unpacked size accepted of a fetched history; today's is 2 MB."""

SOURCES = {
    "aws": "Amazon ip-ranges.json",
    "gcp": "Google cloud.json",
    "azure": "Microsoft Azure Service Tags",
    "oracle": "Oracle public_ip_ranges.json",
    "digitalocean": "DigitalOcean geofeed",
    "cloudflare": "Cloudflare ips-v4, ips-v6",
}


class Listed(NamedTuple):
    """The word of an operator's list on one address."""

    listing: Listing
    date: str  # of the list used
    firm: bool  # may be taken as stated for the date asked
    note: str  # what a reader must know with it
    coarse: bool  # the list lacks the border groups of its time
    nearest: bool = True  # False: only the list on the other side of the date has it


class Lists:
    """Dated lists asked for one date; ``on`` None means: as the newest list says."""

    def __init__(self, lists: DatedLists, on: str | None) -> None:
        self._lists = lists
        self._on = on
        self._known: dict[int, Listed | None] = {0: None}
        self.before, self.after = _around(lists.dates, on)
        self.date = lists.dates[self._nearest()]
        self.newest = lists.dates[-1]
        asked = {i for i in (self.before, self.after) if i is not None}
        self.used = [lists.dates[i] for i in sorted(asked)]

    def finder(self, family: int) -> Finder:
        """From a key to the number of what the lists say of it; 0 for nothing."""
        return self._lists.finder(family)

    def listed(self, number: int) -> Listed | None:
        """The word of the lists behind a number."""
        if number not in self._known:
            self._known[number] = self._judge(self._lists.history(number))
        return self._known[number]

    def later(self, number: int) -> str | None:
        """The first list after the date that has an address the lists around it do not have."""
        if not number or self._on is None or self.listed(number):
            return None
        said = self._lists.history(number)
        dates = (date for date, listing in zip(self._lists.dates, said, strict=True) if listing)
        return next((date for date in dates if date > str(self._on)), None)

    def _nearest(self) -> int:
        """The index of the list nearest the date asked; the earlier one on ties."""
        if self.before is None or self.after is None or self._on is None:
            only = self.before if self.before is not None else self.after
            return only if only is not None else len(self._lists.dates) - 1
        dates = self._lists.dates
        back = between(dates[self.before], self._on)
        return self.before if back <= between(self._on, dates[self.after]) else self.after

    def _judge(self, said: tuple[Listing | None, ...]) -> Listed | None:
        dates, nearest = self._lists.dates, self._nearest()
        used = nearest
        if said[used] is None:  # only the list on the other side may know it
            other = self.after if nearest == self.before else self.before
            if other is None or said[other] is None:
                return None
            used = other
        listing = said[used]
        assert listing is not None
        date, coarse = dates[used], dates[used] in self._lists.coarse
        if self._on is None:
            return Listed(listing, date, True, "", coarse)
        why = self._why_not_firm(said, used, nearest)
        away = distance(date, self._on)
        note = "; ".join(part for part in (away and f"{away} {self._on}", why) if part)
        return Listed(listing, date, not why, note, coarse, used == nearest)

    def _why_not_firm(self, said: tuple[Listing | None, ...], used: int, nearest: int) -> str:
        dates, on = self._lists.dates, self._on or ""
        if used != nearest:
            return f"the nearest list, of {dates[nearest]}, does not have this address"
        if abs(between(dates[used], on)) > YEAR:
            return "more than a year away it cannot speak for that day"
        if dates[used] == on:
            return ""
        side = self.after if used == self.before else self.before
        other = said[side] if side is not None else None
        if other and side is not None and _place(other) != _place(said[used]):
            return f"the list of {dates[side]} says {other.region or 'another place'} instead"
        if dates[used] > on and not other:
            return "no earlier list agrees with it"
        return ""


def unannounced(listed: Listed, looked: str) -> Listed:
    """The same listing for an address that no network announced on the day ``looked``.

    What an operator lists and nobody announces may have been another's until
    lately; what was looked at over a year apart says nothing about it.
    """
    if listed.listing.edge or abs(between(listed.date, looked)) > YEAR:
        return listed
    why = f"no network announced this address on {looked}"
    return listed._replace(firm=False, note=f"{listed.note}; {why}" if listed.note else why)


def _place(listing: Listing | None) -> object:
    return listing and ("edge" if listing.edge else listing.region)


def _around(dates: tuple[str, ...], on: str | None) -> tuple[int | None, int | None]:
    """Indexes of the last list up to ``on`` and the first one from ``on`` on."""
    if on is None:
        return len(dates) - 1, None
    before = max((i for i, date in enumerate(dates) if date <= on), default=None)
    after = min((i for i, date in enumerate(dates) if date >= on), default=None)
    return before, after


def embedded(folder: Path, name: str, on: str | None) -> Lists:
    """The lists that travel with the package."""
    return Lists(read_lists((folder / name).read_bytes(), name), on)


def fetched(path: Path, on: str | None) -> Lists:
    """Amazon's whole history, cut to the two lists around ``on``; DataFileError if unusable."""
    import lzma

    try:
        rows = _history_rows(path)
        seen = sorted({row[4] for row in rows} | {row[5] for row in rows})
        for date in seen:
            days(date)
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError, ValueError) as problem:
        raise DataFileError(
            f"{path} is not a readable history of Amazon's ranges ({problem}); "
            "run 'phonehome data update' or delete it"
        ) from problem
    before, after = _around(tuple(seen), on)
    dates = sorted({seen[i] for i in (before, after, len(seen) - 1) if i is not None})
    columns = [ranges("aws", _rows_of(rows, date)) for date in dates]
    return Lists(in_memory(dates, columns), on)


def _history_rows(path: Path) -> list[list[str]]:
    import lzma

    with lzma.open(path) as file:
        data = file.read(HISTORY_BYTES + 1)
    if len(data) > HISTORY_BYTES:
        raise ValueError("it is far larger than any such history")
    head, *lines = data.decode("ascii").splitlines()
    columns = ["prefix", "region", "network_border_group", "service", "first_seen", "last_seen"]
    if head.split("\t") != columns or not lines:
        raise ValueError("its columns are not the known ones")
    rows = [line.split("\t") for line in lines]
    if any(len(row) != 6 for row in rows):
        raise ValueError("a row of it is not whole")
    return rows


def _rows_of(rows: list[list[str]], date: str) -> list[Row]:
    return [(row[0], row[2] or row[1], row[3]) for row in rows if row[4] <= date <= row[5]]
