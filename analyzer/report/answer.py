"""What a result comes to: the numbers behind the first sentences, and those.

Every format says the same answer because all take it from here. Endpoints of
the local network are counted apart; only a place that is stated, agreed or
named by a single source counts as known. What a network edge answered, what
sources dispute and what physics rules out never counts as a country.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from analyzer.labels import country
from analyzer.model import Certainty, Endpoint, Location, Result, Status
from analyzer.report.figures import share, size, span
from analyzer.report.words import counted, joined, say

KNOWN = (Certainty.STATED, Certainty.AGREED, Certainty.SINGLE)
APART = (Certainty.EDGE, Certainty.DISPUTED, Certainty.EXCLUDED, Certainty.UNKNOWN)
Key = Callable[[Endpoint], str]
_NAMED_COUNTRIES = 3


@dataclass(slots=True)
class Group:
    """Endpoints that share something: a country, a certainty, an owner."""

    key: str
    endpoints: int = 0
    up: int = 0
    down: int = 0
    sure: dict[Certainty, int] = field(default_factory=dict)  # bytes up

    def add(self, endpoint: Endpoint) -> None:
        """Count an endpoint in."""
        self.endpoints += 1
        self.up += endpoint.bytes_up
        self.down += endpoint.bytes_down
        certainty = standing(endpoint.place.location)
        self.sure[certainty] = self.sure.get(certainty, 0) + endpoint.bytes_up


@dataclass(slots=True)
class Facts:
    """The numbers of a result. Bytes are frame bytes of public endpoints."""

    ranking: list[Endpoint]  # public ones, most bytes up first
    countries: list[Group]  # of known places, most bytes up first
    apart: list[Group]  # without a country, keyed by certainty, in the order of APART
    sure: dict[Certainty, int]  # bytes up by certainty
    up: int
    down: int
    abroad: int  # bytes up to known places that are not home
    local: int  # endpoints of the local network
    local_bytes: int

    @property
    def endpoints(self) -> int:
        """Endpoints on the public Internet."""
        return len(self.ranking)


def facts(result: Result) -> Facts:
    """Count what the answer rests on."""
    public = [e for e in result.endpoints if e.place.location.certainty != Certainty.PRIVATE]
    local = [e for e in result.endpoints if e.place.location.certainty == Certainty.PRIVATE]
    whole = group(public, lambda e: "")
    known = [e for e in public if standing(e.place.location) in KNOWN]
    apart = {g.key: g for g in group([e for e in public if standing(e.place.location) in APART],
                                     lambda e: str(standing(e.place.location)))}  # fmt: skip
    countries = group(known, lambda e: e.place.location.country or "")
    return Facts(
        ranking=sorted(public, key=lambda e: (-e.bytes_up, -e.bytes_down, e.ip)),
        countries=countries,
        apart=[apart[c] for c in APART if c in apart],
        sure=whole[0].sure if whole else {},
        up=sum(e.bytes_up for e in public),
        down=sum(e.bytes_down for e in public),
        abroad=sum(g.up for g in countries if g.key != result.run.home),
        local=len(local),
        local_bytes=sum(e.bytes_up + e.bytes_down for e in local),
    )


def group(endpoints: Iterable[Endpoint], key: Key) -> list[Group]:
    """Endpoints by a key, most bytes up first."""
    groups: dict[str, Group] = {}
    for endpoint in endpoints:
        name = key(endpoint)
        if name not in groups:
            groups[name] = Group(name)
        groups[name].add(endpoint)
    return sorted(groups.values(), key=lambda g: (-g.up, -g.down, g.key))


def standing(location: Location) -> Certainty:
    """The certainty, with a known place that names no country taken as unknown."""
    if location.certainty in KNOWN and not location.country:
        return Certainty.UNKNOWN
    return location.certainty


def where(location: Location) -> str:
    """The place in a few words; a country that is ruled out is said to be."""
    certainty = standing(location)
    if certainty in KNOWN:
        return country(location.country)
    if certainty == Certainty.DISPUTED:
        named = list(dict.fromkeys(country(s.country) for s in location.statements if s.country))
        return joined(named, last="or") or say("where.disputed")
    if certainty == Certainty.EXCLUDED and location.country:
        return say("where.excluded_from", country=country(location.country))
    return say(f"where.{certainty}")


def answer(result: Result, known: Facts) -> list[str]:
    """The answer in one to four sentences."""
    sentences = [say("answer.part")] if result.status == Status.INCOMPLETE else []
    if not known.ranking:
        return [*sentences, _nothing(result, known)]
    return [*sentences, _spoke(result, known), _went(result, known), _how_sure(known)]


def duration(result: Result) -> str:
    """How long was recorded, in words."""
    first, last = result.capture.first, result.capture.last
    between = (last - first) / 3.6e12 if first is not None and last is not None else 0.0
    return span(result.visibility.hours or max(between, 0.0))


def subject(result: Result) -> str:
    """Who is meant: the handset, 2 handsets, or the recorded devices."""
    return counted("handsets", len(result.handsets)) if result.handsets else say("subject.none")


def _nothing(result: Result, known: Facts) -> str:
    if known.local:
        return say("answer.local", local=counted("addresses", known.local), span=duration(result))
    return say("answer.nothing", packets=counted("packets", result.capture.packets))


def _spoke(result: Result, known: Facts) -> str:
    key = "answer.spoke" if known.countries else "answer.spoke_nowhere"
    return say(
        key,
        span=duration(result),
        who=subject(result),
        endpoints=counted("endpoints", known.endpoints),
        countries=counted("countries", len(known.countries)),
    )


def _went(result: Result, known: Facts) -> str:
    """What left home; without a home, where most went."""
    home = result.run.home
    there = [g for g in known.countries if g.key != home]
    named = [f"{country(g.key)} {size(g.up)}" for g in there[:_NAMED_COUNTRIES]]
    if len(there) > _NAMED_COUNTRIES:
        rest = sum(g.up for g in there[_NAMED_COUNTRIES:])
        others = counted("others", len(there) - _NAMED_COUNTRIES)
        named.append(f"{others} {size(rest)}")
    values = {
        "sent": size(known.up),
        "home": country(home),
        "abroad": size(known.abroad),
        "share": share(known.abroad, known.up),
        "named": joined(named),
    }
    if not named:
        return say("answer.none_left" if home else "answer.no_country", **values)
    return say("answer.left" if home else "answer.went", **values)


def _how_sure(known: Facts) -> str:
    """What share of the bytes sent is placed, and how surely."""
    sure = known.sure
    placed = [say(f"sure.{c}", share=share(sure[c], known.up)) for c in KNOWN if sure.get(c)]
    edge = sure.get(Certainty.EDGE, 0)
    rest = sum(sure.get(c, 0) for c in APART) - edge
    apart = [say("sure.edge", share=share(edge, known.up))] if edge else []
    apart += [say("sure.open", share=share(rest, known.up))] if rest else []
    if not known.up:
        return say("answer.sent_nothing")
    key = "answer.all_apart" if not placed else "answer.sure_apart" if apart else "answer.sure"
    return say(key, placed=joined(placed), apart="; ".join(apart))
