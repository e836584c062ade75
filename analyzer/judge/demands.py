"""What a claim demands of an endpoint, as data: met, not met, or not to be told from it.

    demand: {country: [SG, US]}       # or: {not: CN}, or home
    demand: {provider: aws}
    demand: {region: [ap-south-1]}
    demand: {encrypted: true}
    demand: {identifier_in_clear: false}
    demand: {tls_version: [TLS 1.2, TLS 1.3]}
    demand: {cipher_fault: {not: [rc4, des]}}
    demand: {party: {not: third}}

Rules of this file
- A place speaks for or against a claim only where the operator's own list states
  it or independent sources agree. One source alone, a dispute, a place physics
  rules out and a network edge leave it open, each with its reason.
- That an operator does not run an address rests on its own list of the time, or
  on another operator's list that has the address.
- What is said of encryption rests on frames.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from analyzer.judge import checks
from analyzer.judge.checks import Keys, Sheet
from analyzer.judge.facts import FACTS
from analyzer.model import Certainty, Party
from analyzer.problems import shown

Facts = Mapping[str, Any]
SURE = (str(Certainty.STATED), str(Certainty.AGREED))
HOME = "home"


class Outcome(NamedTuple):
    """Whether a demand is met; where that is open (None), ``why`` is a key of OPEN."""

    met: bool | None
    why: str = ""


class Day(NamedTuple):
    """What demands are measured against: the home country, and lists near the capture's day."""

    home: str | None = None
    lists: Mapping[str, str] = MappingProxyType({})  # provider -> date of its own list


class Demand(NamedTuple):
    """One demand: a fact, and the values it must, or must not, have."""

    fact: str = ""
    values: frozenset[str] = frozenset()
    excluded: bool = False  # the values are those it must not have
    sure: tuple[str, ...] = SURE  # certainties that count for a place

    def meets(self, facts: Facts, day: Day) -> Outcome:
        """Whether an endpoint with these facts meets it."""
        return _TESTS[self.fact](self, facts, day)

    def wants(self, value: object, day: Day) -> bool:
        """Whether a known value is as demanded."""
        values = self.values if self.values != {HOME} else {day.home}
        return (value in values) is not self.excluded


OPEN = {
    "edge": "were answered at a network edge, where no country can be given",
    "single": "rest on one source alone for their place",
    "agreed": "are placed by databases that agree, not by the operator’s own list",
    "disputed": "went to addresses whose place is disputed",
    "excluded": "went to addresses whose listed place the round trip rules out",
    "unknown": "went to addresses whose place no source knows",
    "private": "went to the local network",
    "home": "cannot be judged without a home country; give one with --home",
    "operator": "went to addresses whose operator is not known, or not well enough to compare",
    "list": "cannot be judged without a list of the operator’s own from the year of the recording",
    "region": "went to addresses without a region in an operator’s list",
    "opaque": "show neither readable content nor encryption",
    "unread": "are not encrypted and show none of the identifiers looked for",
    "version": "show no TLS version both sides agreed on",
    "cipher": "show no cipher suite both sides agreed on, or one not known by name",
    "party": "went to names of no known owner",
    "little": "belong to conversations too small to count",
}
"""Why a demand stays open, said of a share of the bytes."""


def _country(demand: Demand, facts: Facts, day: Day) -> Outcome:
    if demand.values == {HOME} and day.home is None:
        return Outcome(None, "home")
    certainty = facts["certainty"] or "unknown"
    if certainty not in demand.sure:
        return Outcome(None, certainty)
    if facts["country"] is None:
        return Outcome(None, "unknown")
    return Outcome(demand.wants(facts["country"], day))


def _region(demand: Demand, facts: Facts, day: Day) -> Outcome:
    certainty = facts["certainty"] or "unknown"
    if certainty != Certainty.STATED:
        return Outcome(None, certainty)
    if facts["region"] is None:
        return Outcome(None, "region")
    return Outcome(demand.wants(facts["region"], day))


def _provider(demand: Demand, facts: Facts, day: Day) -> Outcome:
    """Refuted by the list of the time that lacks the address, or by another operator's list."""
    provider, certainty = facts["provider"], facts["certainty"]
    if provider is None:
        return Outcome(None, "operator")
    if demand.wants(provider, day):
        return Outcome(True)
    if demand.excluded or certainty == Certainty.STATED:
        return Outcome(False)
    if certainty == Certainty.EDGE:
        return Outcome(None, "edge")
    return Outcome(False) if demand.values <= set(day.lists) else Outcome(None, "list")


def _encrypted(demand: Demand, facts: Facts, day: Day) -> Outcome:
    """A readable greeting that turns to TLS (STARTTLS) carries no content yet.

    TLS with a NULL suite encrypts nothing (RFC 4346 A.5), and no frame shows it readable.
    """
    if facts["encrypted"] == "yes":
        return Outcome(None, "opaque") if facts["cipher_fault"] == "null" else Outcome(True)
    if facts["encrypted"] == "mixed" and facts["starttls"] == "taken":
        return Outcome(True)
    return Outcome(False) if facts["encrypted"] in ("no", "mixed") else Outcome(None, "opaque")


def _identifier(demand: Demand, facts: Facts, day: Day) -> Outcome:
    """Encryption leaves none to be read; without it, one not found may not have been looked for."""
    if facts["identifier_in_clear"]:
        return Outcome(False)
    closed = facts["encrypted"] == "yes" and facts["cipher_fault"] != "null"
    return Outcome(True) if closed else Outcome(None, "unread")


def _tls_version(demand: Demand, facts: Facts, day: Day) -> Outcome:
    version = facts["tls_version"]
    return Outcome(None, "version") if version is None else Outcome(demand.wants(version, day))


def _cipher_fault(demand: Demand, facts: Facts, day: Day) -> Outcome:
    """A suite without a fault meets what excludes faults; one without a name may have any."""
    if not (facts["cipher"] or "").startswith("TLS_"):
        return Outcome(None, "cipher")
    return Outcome(demand.wants(facts["cipher_fault"], day))


def _party(demand: Demand, facts: Facts, day: Day) -> Outcome:
    party = facts["party"]
    if party in (None, Party.UNKNOWN):
        return Outcome(None, "party")
    return Outcome(demand.wants(str(party), day))


_TESTS: dict[str, Callable[[Demand, Facts, Day], Outcome]] = {
    "country": _country,
    "region": _region,
    "provider": _provider,
    "encrypted": _encrypted,
    "identifier_in_clear": _identifier,
    "tls_version": _tls_version,
    "cipher_fault": _cipher_fault,
    "party": _party,
}
_FLAGS = {"encrypted": True, "identifier_in_clear": False}  # what alone can be demanded of them
DEMANDS = tuple(_TESTS)
"""What can be demanded."""


# ------------------------------------------------------------------- reading


def parse(sheet: Sheet, keys: Keys, sure: tuple[str, ...] = SURE) -> Demand:
    """The demand at ``keys``; what is wrong is noted."""
    found = sheet.mapping(keys, DEMANDS)
    facts = [name for name in found if name in DEMANDS]
    if len(facts) != 1:
        sheet.wrong(keys, f"{len(facts)} demands", "one", "make a predicate of each")
        return Demand("country")
    fact = facts[0]
    if fact in _FLAGS:
        if found[fact] is not _FLAGS[fact]:
            word = str(_FLAGS[fact]).lower()
            sheet.wrong((*keys, fact), shown(found[fact]), word, f"write '{word}'")
        return Demand(fact)
    negated = isinstance(found[fact], dict)
    where: Keys = (*keys, fact)
    if negated:
        sheet.mapping(where, ("not",), ("not",))
        where = (*where, "not")
    values = frozenset(sheet.each(where, lambda item: _value(sheet, item, fact)))
    return Demand(fact, values, negated, sure)


def _value(sheet: Sheet, keys: Keys, fact: str) -> str:
    if fact == "country":
        if sheet.value(keys) == HOME and type(keys[-1]) is str:
            return HOME
        return sheet.made(keys, checks.country, "")
    if fact in ("cipher_fault", "party"):
        return sheet.choice(keys, FACTS[fact].values)
    return sheet.made(keys, _text, "")


def _text(value: object) -> str:
    if isinstance(value, str) and value:
        return value
    raise ValueError("text")
