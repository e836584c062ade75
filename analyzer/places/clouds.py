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

from ..data.lists import DatedLists, Listing, read_lists
from ..data.table import Finder
from .dates import between, days, distance

UNCONFIRMED = ("no earlier list is at hand", "the list before that day does not have it")

YEAR = 366
"""Days that a list may be away from the day it speaks for."""

COARSE_DAYS = 183
"""A list without border groups is asked only if it is nearer by more than this."""

SOURCES = {
    "linode": "Linode geofeed",
    "fastly": "Fastly public-ip-list",
    "google": "Google goog.json",
    "github": "GitHub meta",
    "apple": "Apple iCloud Private Relay egress list",
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
    unconfirmed: bool = False  # later than the day, and nothing else speaks against it


class Lists:
    """Dated lists asked for one date; ``on`` None means: as the newest list says."""

    def __init__(self, lists: DatedLists, on: str | None) -> None:
        self._lists = lists
        self._on = on
        self._known: dict[int, Listed | None] = {0: None}
        self.before, self.after = around(lists.dates, on)
        self.date = lists.dates[self._nearest()]
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

    @property
    def providers(self) -> frozenset[str]:
        """The operators these lists are of."""
        return self._lists.providers

    @property
    def surrounds(self) -> bool:
        """Whether there is a list on both sides of the day asked."""
        return self.before is not None and self.after is not None

    @property
    def away(self) -> int:
        """Days from the nearest list to the day asked, more if that list is coarse."""
        coarse = COARSE_DAYS if self.date in self._lists.coarse else 0
        return abs(between(self.date, self._on)) + coarse if self._on else coarse - days(self.date)

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
        note = _joined(away and f"{away} {self._on}", why)
        return Listed(listing, date, not why, note, coarse, used == nearest, why in UNCONFIRMED)

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
            return UNCONFIRMED[0 if side is None else 1]
        return ""


class Pair:
    """Fetched and embedded lists of the same operators, asked as one: the nearer speaks."""

    def __init__(self, one: Lists, two: Lists, on: str | None) -> None:
        self._near, self._far = sorted((one, two), key=lambda lists: lists.away)
        self._on = on
        self.date = self._near.date
        self.used = sorted({*one.used, *two.used})

    def finder(self, family: int) -> Finder:
        """From a key to the numbers of both, in one."""
        near, far = self._near.finder(family), self._far.finder(family)
        return lambda key: near(key) << 32 | far(key)

    def listed(self, number: int) -> Listed | None:
        """The word of the nearer lists, in the light of the others."""
        near = self._near.listed(number >> 32)
        if self._near.surrounds:
            return near
        far = self._far.listed(number & 0xFFFFFFFF)
        if near is None and far and far.listing.provider in self._near.providers:
            why = f"the nearest list, of {self._near.date}, does not have this address"
            return far._replace(firm=False, nearest=False, note=_joined(far.note, why))
        if near is None or far is None or not self._between(near.date, far.date):
            return near or far
        if _place(near.listing) != _place(far.listing):
            why = f"the list of {far.date} says {far.listing.region or 'another place'} instead"
            return near._replace(firm=False, note=_joined(near.note, why))
        if near.unconfirmed and far.firm:
            return near._replace(firm=True, note=f"{distance(near.date, str(self._on))} {self._on}")
        return near

    def later(self, number: int) -> str | None:
        """The first list after the day that has an address the lists around it do not have."""
        if self.listed(number):
            return None
        found = (self._near.later(number >> 32), self._far.later(number & 0xFFFFFFFF))
        return min((date for date in found if date), default=None)

    def _between(self, one: str, two: str) -> bool:
        """Whether the day asked lies between two dates."""
        return self._on is not None and (one <= self._on) != (two <= self._on)


def unannounced(listed: Listed, looked: str) -> Listed:
    """The same listing for an address that no network announced on the day ``looked``.

    What an operator lists and nobody announces may have been another's until
    lately; what was looked at over a year apart says nothing about it.
    """
    if listed.listing.edge or abs(between(listed.date, looked)) > YEAR:
        return listed
    why = f"no network announced this address on {looked}"
    return listed._replace(firm=False, note=_joined(listed.note, why))


def _joined(*notes: str) -> str:
    return "; ".join(note for note in notes if note)


def _place(listing: Listing | None) -> object:
    return listing and ("edge" if listing.edge else listing.region)


def around(dates: tuple[str, ...], on: str | None) -> tuple[int | None, int | None]:
    """Indexes of the last list up to ``on`` and the first one from ``on`` on."""
    if on is None:
        return len(dates) - 1, None
    before = max((i for i, date in enumerate(dates) if date <= on), default=None)
    after = min((i for i, date in enumerate(dates) if date >= on), default=None)
    return before, after


def embedded(folder: Path, name: str, on: str | None) -> Lists:
    """The lists that travel with the package."""
    return Lists(read_lists((folder / name).read_bytes(), name), on)
