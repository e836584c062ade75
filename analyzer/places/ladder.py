"""The ladder: from what each source says to one location with one certainty.

Rules of this file (docs/methodology.md)
- Never an average. The operator's own list of the right time outranks every
  database; an edge has no country; databases count once per publisher.
- Who runs a network, and where it is registered, is never a location.
- Years do not confirm each other: what nobody looked at within ``NEAR`` of the
  day is ``single`` at most, and what a region that opened after the day brought
  about is no word on that day at all.
- Every statement is kept and shown, whatever the ladder makes of it.
"""

from __future__ import annotations

from typing import NamedTuple

from ..model import Certainty, Location, Statement
from ..record import replace
from . import words
from .clouds import SOURCES, Listed
from .databases import Opinion
from .dates import between, distance
from .edges import Anycast
from .networks import Provider
from .regions import Region

EDGE_NOTE = "not used: the address answers from the nearest of many places"
OWN_LIST_NOTE = "the operator's own list outranks a database"
COARSE = (
    "the list does not tell the region's Local Zones in other countries apart, "
    "as the one that 'phonehome data update' brings does"
)
WORLDWIDE_NOTE = (
    "the network stands in several countries; databases tend to repeat its registration"
)
NO_LIST_NOTE = "no list of the operator's regions is at hand"

YEAR = 366
"""Days of distance from which on a statement says how far it is."""

NEAR = 1096
"""Three years, in days: within it one of the sources has to lie for several to agree."""


class Evidence(NamedTuple):
    """All that the sources say of one address."""

    owner: Provider | None  # of the network; never a location
    opinions: tuple[Opinion, ...] = ()
    anycast: Anycast | None = None
    listed: Listed | None = None
    region: Region | None = None  # of the list, where the table of regions knows it
    zones_abroad: bool = False  # the region has Local Zones in other countries
    later: str | None = None  # first list after the capture that has it, if those around do not


class Ladder:
    """Judges evidence, for captures of one date, in English."""

    def __init__(self, countries: words.Names, providers: dict[str, Provider], on: str | None):
        self._countries = countries
        self._providers = providers
        self._on = on

    def judge(self, seen: Evidence) -> Location:
        """The location of an address, with every statement and the sentence."""
        if seen.anycast or (seen.listed and seen.listed.listing.edge) or _edge_network(seen):
            return self._edge(seen)
        if seen.listed and seen.listed.firm and seen.region:
            return self._stated(seen, seen.listed, seen.region)
        return self._opinions(seen)

    def _edge(self, seen: Evidence) -> Location:
        said, provider, service = self._edge_statement(seen)
        sentence = words.at_edge(self._name(provider), service)
        return Location(
            None, Certainty.EDGE, [said, *self._databases(seen, EDGE_NOTE)], sentence=sentence
        )

    def _edge_statement(self, seen: Evidence) -> tuple[Statement, str, str | None]:
        if seen.anycast:
            found = seen.anycast
            note = f"anycast: {found.service}"
            return Statement(found.source, None, None, None, note), found.provider, found.service
        if seen.listed:
            listing = seen.listed.listing
            note = f"listed as {listing.service or 'global'}, which gives no place"
            if seen.listed.note:
                note += f"; {seen.listed.note}"
            said = Statement(_source(listing.provider), None, None, seen.listed.date, note)
            return said, listing.provider, listing.service
        owner = seen.owner
        note = "the whole network is of a content delivery or front-end service"
        said = Statement("phonehome's table of edge networks", None, None, None, note)
        return said, owner.id if owner else "", None

    def _stated(self, seen: Evidence, listed: Listed, region: Region) -> Location:
        own = self._list_statement(listed, region)
        others = {opinion.country for opinion in seen.opinions} - {None, region.country}
        if others and listed.coarse and seen.zones_abroad:
            return self._disputed([own, *self._databases(seen, "")], COARSE)
        spot = words.where(region.country, region.city, self._countries)
        name = self._name(listed.listing.provider)
        sentence = words.stated(spot, name, listed.listing.region, listed.date, own.note)
        found = Location(region.country, Certainty.STATED, sentence=sentence, city=region.city)
        found.statements = [own, *self._databases(seen, OWN_LIST_NOTE)]
        found.latitude, found.longitude = region.latitude, region.longitude
        return found

    def _opinions(self, seen: Evidence) -> Location:
        """Nothing is stated: a list out of its time is one voice among the databases'."""
        own = [self._list_statement(seen.listed, seen.region)] if seen.listed else []
        statements = [*own, *self._databases(seen, self._network_note(seen))]
        unused = [self._why_unused(statement, seen) for statement in statements]
        said = [s for s, why in zip(statements, unused, strict=True) if s.country and not why]
        both = zip(statements, unused, strict=True)
        statements = [replace(s, note=f"not used: {why}") if why else s for s, why in both]
        if not said:
            sentence = words.unknown(later=any(unused))
            return Location(None, Certainty.UNKNOWN, statements, sentence=sentence)
        if len({statement.country for statement in said}) > 1:
            return self._disputed(statements)
        return self._one_country(seen, said, statements)

    def _one_country(
        self, seen: Evidence, said: list[Statement], statements: list[Statement]
    ) -> Location:
        cities = {statement.place for statement in said if statement.place}
        city = cities.pop() if len(cities) == 1 else None
        spot = words.where(said[0].country, city, self._countries)
        found = Location(said[0].country, Certainty.SINGLE, statements, city=city)
        voices = {} if _worldwide(seen) else _voices(seen, said)
        if len(voices) < 2:
            found.sentence = words.single(spot, said)
        elif all(self._away(date) > NEAR for date in voices.values()):
            found.sentence = words.long_apart(spot, said, str(self._on))
        else:
            found.certainty, found.sentence = Certainty.AGREED, words.agreed(spot, said)
        if seen.region and seen.region.city == city:
            found.latitude, found.longitude = seen.region.latitude, seen.region.longitude
        return found

    def _disputed(self, statements: list[Statement], why: str = "") -> Location:
        said = [statement for statement in statements if statement.country]
        sentence = words.disputed(said, self._countries, why)
        return Location(None, Certainty.DISPUTED, statements, sentence=sentence)

    def _list_statement(self, listed: Listed, region: Region | None) -> Statement:
        provider, date = listed.listing.provider, listed.date
        if region is None:
            code = listed.listing.region
            unknown = f"region {code}, whose place is not known here" if code else "no region"
            note = f"{unknown}; {listed.note}" if listed.note else unknown
            return Statement(_source(provider), None, None, date, note)
        parts = (listed.note, opened_later(region, self._on))
        note = "; ".join(part for part in parts if part)
        return Statement(_source(provider), region.country, region.city, date, note)

    def _databases(self, seen: Evidence, note: str) -> list[Statement]:
        out = []
        for opinion in seen.opinions:
            name, date = opinion.source.name, opinion.source.date
            if opinion.country:
                far = self._far(date)
                whole = f"{note}; {far}" if note and far else note or far
                out.append(Statement(name, opinion.country, opinion.city, date, whole))
            if opinion.registered:
                told = f"registered in {opinion.registered}; a registration is no location"
                out.append(Statement(name, None, None, date, told))
            elif opinion.asn and not opinion.country:
                told = f"announced by AS{opinion.asn} {opinion.network or ''}".rstrip()
                out.append(Statement(name, None, None, date, told))
        return out

    def _why_unused(self, said: Statement, seen: Evidence) -> str:
        """Why what was said later is no word on the day: by then the address was put to
        another use. Empty: it is one."""
        if not said.country or (said.date and self._on and said.date <= self._on):
            return ""
        if seen.later:
            return f"by {seen.later} the address was a cloud's, which it was not on {self._on}"
        return opened_later(seen.region, self._on)

    def _away(self, date: str | None) -> int:
        """Days between a source and the day asked; 0 where one of them is not known."""
        return abs(between(date, self._on)) if date and self._on else 0

    def _far(self, date: str | None) -> str:
        """A caveat for a database more than a year away from the capture."""
        if not date or not self._on or self._away(date) <= YEAR:
            return ""
        return f"{distance(date, self._on)} {self._on}"

    def _network_note(self, seen: Evidence) -> str:
        owner = seen.owner
        if owner is None or seen.region:
            return ""
        if owner.kind == "worldwide":
            return WORLDWIDE_NOTE
        if owner.country:
            home = self._countries.get(owner.country, owner.country)
            return f"announced by {owner.name}, which serves {home}"
        return NO_LIST_NOTE if owner.kind == "cloud" else ""

    def _name(self, provider: str) -> str:
        known = self._providers.get(provider)
        return known.name if known else provider


def _edge_network(seen: Evidence) -> bool:
    """Whether the whole network is an edge and no list of the operator says otherwise."""
    owner = seen.owner
    return owner is not None and owner.kind == "edge" and seen.listed is None


def _voices(seen: Evidence, said: list[Statement]) -> dict[str, str | None]:
    """Who independently gives a country, with the date: the operator, and each publisher once."""
    used = {(statement.source, statement.date) for statement in said}
    sources = [o.source for o in seen.opinions if o.country and o.source.independent]
    voices = {s.publisher: s.date for s in sources if (s.name, s.date) in used}
    if seen.listed and (_source(seen.listed.listing.provider), seen.listed.date) in used:
        voices[seen.listed.listing.provider] = seen.listed.date
    return voices


def _worldwide(seen: Evidence) -> bool:
    """Whether databases are all there is for a network of several countries."""
    owner = seen.owner
    return seen.region is None and owner is not None and owner.kind == "worldwide"


def _source(provider: str) -> str:
    return SOURCES.get(provider, f"{provider} range list")


def opened_later(region: Region | None, on: str | None) -> str:
    """That the region an address is listed in opened after the day; empty if it is not known to."""
    opened = region.opened if region else None
    if not opened or not on or opened <= on[: len(opened)]:
        return ""
    when = "on" if len(opened) == len(on) else "in"
    return f"the region it is listed in opened {when} {opened}, after the capture"
