"""What a result comes to: the numbers behind the first sentences, and those.

Every format says the same answer because all take it from here. Endpoints of
the local network are counted apart. A place counts as a country when it is
stated, agreed on or named by a single source; that something left home is said
of the first two only. What a network edge answered, what sources dispute and
what physics rules out never counts as a country.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from analyzer.labels import country, in_sentence
from analyzer.model import Certainty, Endpoint, Handset, Location, Result, Status
from analyzer.record import Record, field
from analyzer.report.figures import share, size, span
from analyzer.report.words import counted, joined, say, sentence

KNOWN = (Certainty.STATED, Certainty.AGREED, Certainty.SINGLE)
APART = (Certainty.EDGE, Certainty.DISPUTED, Certainty.EXCLUDED, Certainty.UNKNOWN)
Key = Callable[[Endpoint], str]
_NAMED_COUNTRIES = 3
_NAMED_DEVICES = 3


class Group(Record):
    """Endpoints that share something: a country, a certainty, an owner."""

    key: str
    endpoints: int = 0
    up: int = 0
    down: int = 0
    sure: dict[Certainty, int] = field(default_factory=dict)  # bytes up

    @property
    def firm(self) -> int:
        """Bytes up to places that are stated or agreed on."""
        return self.sure.get(Certainty.STATED, 0) + self.sure.get(Certainty.AGREED, 0)

    def add(self, endpoint: Endpoint) -> None:
        """Count an endpoint in."""
        self.endpoints += 1
        self.up += endpoint.bytes_up
        self.down += endpoint.bytes_down
        certainty = standing(endpoint.place.location)
        self.sure[certainty] = self.sure.get(certainty, 0) + endpoint.bytes_up


class Facts(Record):
    """The numbers of a result. Bytes are frame bytes of public endpoints."""

    ranking: list[Endpoint]  # public ones, most bytes up first
    countries: list[Group]  # of known places, most bytes up first
    apart: list[Group]  # without a country, keyed by certainty, in the order of APART
    sure: dict[Certainty, int]  # bytes up by certainty
    up: int
    down: int
    abroad: int  # bytes up to stated or agreed places that are not home
    abroad_single: int  # and to those that one source alone places outside
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
    abroad = [g for g in countries if g.key != result.run.home]
    return Facts(
        ranking=sorted(public, key=lambda e: (-e.bytes_up, -e.bytes_down, e.ip)),
        countries=countries,
        apart=[apart[c] for c in APART if c in apart],
        sure=whole[0].sure if whole else {},
        up=sum(e.bytes_up for e in public),
        down=sum(e.bytes_down for e in public),
        abroad=sum(g.firm for g in abroad),
        abroad_single=sum(g.up - g.firm for g in abroad),
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


def certainties(group: Group) -> str:
    """How surely a group is placed: ``stated``, or ``stated 94%, agreed 6%`` of its bytes up."""
    sure = {c: group.sure[c] for c in (*KNOWN, *APART) if c in group.sure}
    return ", ".join(f"{c} {share(n, group.up)}" if len(sure) > 1 else c for c, n in sure.items())


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


_IN_DOUBT = (
    "duplicate_file", "recorded_twice", "recording_clock", "recording_days", "recording_place",
)  # fmt: skip
"""Anomalies that the answer itself tells: without them it may be read for what it is not."""


def answer(result: Result, known: Facts) -> list[str]:
    """The answer in one to eight sentences."""
    sentences = [say("answer.part")] if result.status == Status.INCOMPLETE else []
    sentences += _together(result)
    if not known.ranking:
        return [*sentences, _nothing(result, known)]
    sentences += [_spoke(result, known), *_for_want_of_a_phone(_speakers(result, known))]
    sentences += [sentence(a.effect) for a in result.anomalies if a.kind in _IN_DOUBT]
    if not known.up:
        return [*sentences, say("answer.sent_nothing")]
    went = _left(result, known) if result.run.home else _went(known)
    return [*sentences, *went, _how_sure(known, said=bool(went))]


def duration(result: Result) -> str:
    """How long was recorded, in words; a merge of recordings says over what time."""
    recorded, between = length(result)
    return say("span.spread", recorded=recorded, between=between) if between else recorded


def length(result: Result) -> tuple[str, str]:
    """How long was recorded and, of a merge of recordings, over what time; else nothing."""
    first, last = result.capture.first, result.capture.last
    between = (last - first) / 3.6e12 if first is not None and last is not None else 0.0
    hours = result.visibility.hours
    if result.flows and between > 2 * hours:
        return span(hours), span(between)
    return span(hours or max(between, 0.0)), ""


def subject(result: Result, known: Facts) -> str:
    """Who is meant: the handset, 2 handsets, or the recorded devices.

    Of several handsets those count that had traffic with the Internet.
    """
    if not result.handsets:
        return say("subject.none")
    every, spoke = len(result.handsets), _speakers(result, known)
    if _are_desktops(spoke):
        return counted("desktops", len(spoke))
    if every > 1 and len(spoke) == 1:
        return say("subject.one", all=every)
    return counted("handsets", len(spoke) or every)


def _speakers(result: Result, known: Facts) -> list[Handset]:
    """The handsets that had traffic with the Internet."""
    public = {endpoint.ip for endpoint in known.ranking}
    spoke = {flow.client_ip for flow in result.flows if flow.server_ip in public}
    return [phone for phone in result.handsets if not spoke.isdisjoint(phone.addresses)]


def _are_desktops(phones: list[Handset]) -> bool:
    return bool(phones) and all(phone.desktop for phone in phones)


def _for_want_of_a_phone(speakers: list[Handset]) -> list[str]:
    """That what is called the handset calls itself a desktop computer."""
    if not _are_desktops(speakers):
        return []
    named = [phone.addresses[0] for phone in speakers[:_NAMED_DEVICES]]
    if rest := speakers[_NAMED_DEVICES:]:
        named.append(counted("others", len(rest)))
    return [say("answer.desktop", addresses=joined(named))]


def _together(result: Result) -> list[str]:
    """How much is in no endpoint, as its conversations did not fit into the table of them."""
    flows = [flow for flow in result.flows if not flow.client_ip]
    if not flows:
        return []
    whole = sum(flow.bytes_up + flow.bytes_down for flow in flows)
    packets = sum(flow.packets_up + flow.packets_down for flow in flows)
    return [say("answer.together", size=size(whole), packets=counted("packets", packets))]


def _nothing(result: Result, known: Facts) -> str:
    if known.local:
        return say("answer.local", local=counted("addresses", known.local), span=duration(result))
    if not result.capture.packets:
        return say("answer.nothing_read")
    return say("answer.nothing", packets=counted("packets", result.capture.packets))


def _spoke(result: Result, known: Facts) -> str:
    return say(
        "answer.spoke" if known.countries else "answer.spoke_nowhere",
        span=duration(result),
        who=subject(result, known),
        endpoints=counted("endpoints", known.endpoints),
        placed=_placed(known),
    )


def _placed(known: Facts) -> str:
    """``3 of them (2 countries)``; ``it`` where there is one endpoint alone."""
    if known.endpoints == 1:
        return say("answer.placed_one")
    placed = sum(g.endpoints for g in known.countries)
    key = "answer.placed" if placed < known.endpoints else "answer.placed_all"
    return say(key, n=f"{placed:,}", countries=counted("countries", len(known.countries)))


def _left(result: Result, known: Facts) -> list[str]:
    """What left home; what one source alone says is not enough to say so, and told apart."""
    firm = _firm([g for g in known.countries if g.key != result.run.home])
    keys = {
        (True, False): ("answer.left",),
        (True, True): ("answer.left", "answer.left_single"),
        (False, True): ("answer.only_single",),
        (False, False): ("answer.none_left",),
    }[bool(firm), bool(known.abroad_single)]
    values = {
        "sent": size(known.up),
        "home": in_sentence(result.run.home),
        "firm": size(known.abroad),
        "share": share(known.abroad, known.up),
        "single": size(known.abroad_single),
        "single_share": share(known.abroad_single, known.up),
        "named": _named(firm),
    }
    return [say(key, **values) for key in keys]


def _went(known: Facts) -> list[str]:
    """Without a home: where it went, as far as that is stated or agreed on."""
    groups = _firm(known.countries)
    firm = sum(g.firm for g in groups)
    values = {"sent": size(known.up), "firm": size(firm), "share": share(firm, known.up)}
    return [say("answer.went", **values, named=_named(groups))] if groups else []


def _firm(groups: Iterable[Group]) -> list[Group]:
    """Those with bytes to stated or agreed places, most of these first."""
    return sorted((g for g in groups if g.firm), key=lambda g: (-g.firm, g.key))


def _named(groups: list[Group]) -> str:
    """One country by its name, several with their bytes, and the others in one sum."""
    if len(groups) == 1:
        return country(groups[0].key)
    named = [f"{country(g.key)} {size(g.firm)}" for g in groups[:_NAMED_COUNTRIES]]
    if rest := groups[_NAMED_COUNTRIES:]:
        named.append(f"{counted('others', len(rest))} {size(sum(g.firm for g in rest))}")
    return joined(named)


def _how_sure(known: Facts, said: bool) -> str:
    """What share of the bytes sent is placed, and how surely; how many unless that was said."""
    sure = known.sure
    placed = [say(f"sure.{c}", share=share(sure[c], known.up)) for c in KNOWN if sure.get(c)]
    edge = sure.get(Certainty.EDGE, 0)
    rest = sum(sure.get(c, 0) for c in APART) - edge
    apart = [say("sure.edge", share=share(edge, known.up))] if edge else []
    apart += [say("sure.open", share=share(rest, known.up))] if rest else []
    of = say("sure.of") if said else say("sure.of_sent", sent=size(known.up))
    key = "answer.all_apart" if not placed else "answer.sure_apart" if apart else "answer.sure"
    return say(key, of=of, placed=joined(placed), apart="; ".join(apart))
