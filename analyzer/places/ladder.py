"""The ladder: from what each source says to one location with one certainty.

Rules of this file (METHODS.md 1)
- Never an average. The operator's own list of the right time outranks every
  database; an edge has no country; databases count once per publisher.
- Who runs a network, and where it is registered, is never a location.
- Every statement is kept and shown, whatever the ladder makes of it.
"""

from __future__ import annotations

from typing import NamedTuple

from ..model import Certainty, Location, Statement
from . import words
from .clouds import SOURCES, Listed
from .databases import Opinion
from .dates import between, distance
from .edges import Anycast
from .networks import Network, Provider
from .regions import Region

EDGE_NOTE = "not used: the address answers from the nearest of many places"
OWN_LIST_NOTE = "the operator's own list outranks a database"
WORLDWIDE_NOTE = (
    "the network stands in several countries; databases tend to repeat its registration"
)
NO_LIST_NOTE = "the operator publishes no list of its regions"


class Evidence(NamedTuple):
    """All that the sources say of one address."""

    network: Network
    opinions: tuple[Opinion, ...] = ()
    anycast: Anycast | None = None
    listed: Listed | None = None
    region: Region | None = None  # of the list, where the table of regions knows it
    zones_abroad: bool = False  # the region has Local Zones in other countries


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
        if seen.listed and seen.listed.listing.edge:
            listing = seen.listed.listing
            note = f"listed as {listing.service or 'global'}, which gives no place"
            if seen.listed.note:
                note += f"; {seen.listed.note}"
            said = Statement(_source(listing.provider), None, None, seen.listed.date, note)
            return said, listing.provider, listing.service
        asn, owner = seen.network.operator.asn, seen.network.provider
        note = f"AS{asn} is the network of a content delivery or front-end service"
        said = Statement("phonehome's table of edge networks", None, None, None, note)
        return said, owner.id if owner else "", None

    def _stated(self, seen: Evidence, listed: Listed, region: Region) -> Location:
        own = self._list_statement(listed, region)
        databases = self._databases(seen, OWN_LIST_NOTE)
        others = [s for s in databases if s.country and s.country != region.country]
        doubt = self._doubt(seen, listed) if others else ""
        if doubt:
            plain = [own, *self._databases(seen, "")]
            sentence = f"{words.disputed(plain, self._countries)}; {doubt}"
            return _placed(region, Certainty.DISPUTED, plain, sentence)
        spot = words.where(region.country, region.city, self._countries)
        name = self._name(listed.listing.provider)
        sentence = words.stated(spot, name, listed.listing.region, listed.date, listed.note)
        return _placed(region, Certainty.STATED, [own, *databases], sentence)

    def _doubt(self, seen: Evidence, listed: Listed) -> str:
        """Why a list of the right time is not enough once a database differs; or nothing."""
        if listed.coarse and seen.zones_abroad:
            return (
                "this list does not tell the region's Local Zones in other countries apart, "
                "which 'phonehome data update' brings"
            )
        if seen.network.operator.asn is None:
            return "the operator lists the address, but nobody announced it when last looked"
        return ""

    def _opinions(self, seen: Evidence) -> Location:
        """Nothing is stated: each publisher has one voice, a list out of its time too."""
        weak = seen.listed if seen.listed and seen.region else None
        own = [self._list_statement(weak, seen.region)] if weak and seen.region else []
        note = self._network_note(seen)
        databases = self._databases(seen, note)
        voices: dict[str, set[str]] = {}
        if weak and seen.region:
            voices[weak.listing.provider] = {seen.region.country}
        for opinion in seen.opinions:
            if opinion.country:
                voices.setdefault(opinion.source.publisher, set()).add(opinion.country)
        statements = [*own, *databases]
        said = [s for s in statements if s.country]
        answers = set().union(*voices.values()) if voices else set()
        if not said:
            return Location(None, Certainty.UNKNOWN, statements, sentence=words.unknown())
        if len(answers) > 1:
            sentence = words.disputed(said, self._countries)
            return Location(None, Certainty.DISPUTED, statements, sentence=sentence)
        return self._one_answer(seen, statements, said, len(voices), note)

    def _one_answer(
        self,
        seen: Evidence,
        statements: list[Statement],
        said: list[Statement],
        voices: int,
        note: str,
    ) -> Location:
        cities = {s.place for s in said if s.place}
        city = cities.pop() if len(cities) == 1 else None
        spot = words.where(said[0].country, city, self._countries)
        if voices > 1 and not _worldwide(seen):
            found = Location(
                said[0].country, Certainty.AGREED, statements, sentence=words.agreed(spot, said)
            )
        else:
            why = said[0].note or note
            found = Location(
                said[0].country,
                Certainty.SINGLE,
                statements,
                sentence=words.single(spot, said[0], why),
            )
        found.city = city
        if seen.region and seen.region.city == city:
            found.latitude, found.longitude = seen.region.latitude, seen.region.longitude
        return found

    def _list_statement(self, listed: Listed, region: Region) -> Statement:
        listing = listed.listing
        early = _opened_later(region, self._on)
        note = "; ".join(part for part in (listed.note, early) if part)
        return Statement(_source(listing.provider), region.country, region.city, listed.date, note)

    def _databases(self, seen: Evidence, note: str) -> list[Statement]:
        out = []
        for opinion in seen.opinions:
            if opinion.country:
                notes = [part for part in (note, self._far(opinion.source.date)) if part]
                out.append(
                    Statement(
                        opinion.source.name,
                        opinion.country,
                        opinion.city,
                        opinion.source.date,
                        "; ".join(notes),
                    )
                )
        return out

    def _far(self, date: str | None) -> str:
        """A caveat for a database more than a year away from the capture."""
        if not date or not self._on or abs(between(date, self._on)) <= 366:
            return ""
        return f"this database is {distance(date, self._on)} the capture"

    def _network_note(self, seen: Evidence) -> str:
        owner = seen.network.provider
        if owner is None:
            return ""
        if owner.kind == "worldwide":
            return WORLDWIDE_NOTE
        return NO_LIST_NOTE if owner.kind == "cloud" else ""

    def _name(self, provider: str) -> str:
        known = self._providers.get(provider)
        return known.name if known else provider


def _edge_network(seen: Evidence) -> bool:
    """Whether the whole network is an edge and no list of the operator says otherwise."""
    owner = seen.network.provider
    return owner is not None and owner.kind == "edge" and seen.listed is None


def _worldwide(seen: Evidence) -> bool:
    owner = seen.network.provider
    return owner is not None and owner.kind == "worldwide"


def _source(provider: str) -> str:
    return SOURCES.get(provider, f"{provider} range list")


def _opened_later(region: Region, on: str | None) -> str:
    if on and region.opened and len(region.opened) == 10 and region.opened > on:
        return f"the region opened on {region.opened}, after the capture"
    return ""


def _placed(region: Region, certainty: Certainty, said: list[Statement], sentence: str) -> Location:
    return Location(
        region.country,
        certainty,
        said,
        sentence=sentence,
        city=region.city,
        latitude=region.latitude,
        longitude=region.longitude,
    )
