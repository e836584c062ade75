"""Vendor claims held against a capture: contradicted, consistent, or not testable here.

Rules of this file (METHODS.md 3)
- A universal claim can be refuted, never shown to hold: one endpoint that does
  not meet a predicate contradicts it; meeting it everywhere is only consistent.
- Without first-party traffic nothing is tested, and nothing is consistent.
- First-party is traffic of the vendor's own handset under the vendor's own names.
  A conversation without a name, or without an answer, speaks for nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analyzer.judge import claim_words
from analyzer.judge.claim_files import ANY, Claim, Example, Predicate
from analyzer.judge.demands import SURE, Day, Demand
from analyzer.judge.kinds import Kind, kinds, scene
from analyzer.model import (
    ClaimVerdict,
    Counterexample,
    Coverage,
    Endpoint,
    Flow,
    Party,
    PredicateVerdict,
    Result,
    Verdict,
)

MOST_COUNTEREXAMPLES = 20
YEAR = 366  # days


@dataclass(frozen=True, slots=True)
class Known:
    """What other rooms know of names and lists; without it, what the endpoints say."""

    vendor_of: Callable[[str], str | None] | None = None  # id of the vendor whose name it is
    purpose_of: Callable[[str], str | None] | None = None  # what the name is for
    list_dates: Mapping[str, str] = field(default_factory=dict)  # provider -> its list used
    vendor_given: bool = True  # by the user; else it was guessed from the traffic


@dataclass(frozen=True, slots=True)
class Seen:
    """Conversations of one kind, as facts and counts; flows and endpoint if they are real."""

    facts: Mapping[str, Any]
    first: bool  # the vendor's own
    ip: str
    bytes: float
    payload_up: float
    flows: Sequence[Flow] = ()
    endpoint: Endpoint | None = None


class _Facts(dict[str, Any]):
    """A kind's facts, with some that are better known for its very name."""

    def __init__(self, kind: Kind, own: Mapping[str, Any]) -> None:
        super().__init__(own)
        self.kind = kind

    def __missing__(self, name: str) -> Any:
        return self.kind[name]


def judge_claims(
    result: Result, claims: Iterable[Claim], known: Known | None = None
) -> list[ClaimVerdict]:
    """What the capture says of each claim, in their order."""
    known = known or Known()
    claims = list(claims)
    day = Day(result.run.home, _lists_of_the_time(result, known))
    seen = _seen(result, known) if claims else {}
    return [_judge(claim, result, seen, known, day) for claim in claims]


def try_example(claim: Claim, example: Example) -> Verdict:
    """The verdict on forged endpoints; every operator's list is at hand."""
    home = next((facts["home"] for facts in example.seen if facts["home"]), None)
    wanted = (p.demand.values for p in claim.predicates if p.demand)
    day = Day(home, {provider: "" for values in wanted for provider in values})
    seen = [
        Seen(facts, facts["party"] == Party.FIRST, facts["server_ip"] or str(number),
             facts["bytes"], facts["payload_up"])
        for number, facts in enumerate(example.seen)
    ]  # fmt: skip
    predicates = [_predicate(one, seen, day, claim.least_share) for one in claim.predicates]
    return _verdict(claim, seen, predicates)[0]


# ------------------------------------------------------------------ one claim


def _judge(
    claim: Claim, result: Result, all_seen: dict[str, list[Seen]], known: Known, day: Day
) -> ClaimVerdict:
    phones = [h for h in result.handsets if h.vendor and claim.vendor in (ANY, h.vendor)]
    clients = {ip for phone in phones for ip in phone.addresses}
    seen = [one for ip in sorted(clients) for one in all_seen.get(ip, ())]
    date = claim_words.day(result.capture.first)
    predicates = [_predicate(one, seen, day, claim.least_share) for one in claim.predicates]
    coverage = _coverage(claim, seen, result)
    verdict, why = _verdict(claim, seen, predicates)
    outside = _outside(claim, bool(phones), day, date)
    if outside:
        verdict, why, predicates = Verdict.NOT_TESTABLE, outside, _open(predicates, outside)
    gap = claim_words.gap(claim.said_on, date)
    said = [
        claim_words.verdict(verdict, why, date if gap else ""),
        claim_words.coverage(verdict, coverage) if coverage.endpoints else "",
        claim_words.guessed(phones) if phones and not known.vendor_given else "",
        gap or claim_words.dates(claim.said_on, date),
    ]
    return ClaimVerdict(
        claim.id, claim.vendor, claim.quote, claim.speaker, claim.said_on, claim.source,
        verdict, " ".join(filter(None, said)), coverage, predicates,
        list(claim.cannot_show), list(claim.context), gap,
    )  # fmt: skip


def _outside(claim: Claim, of_vendor: bool, day: Day, date: str) -> str:
    """Why the claim does not speak of this recording at all; empty where it does."""
    if not of_vendor:
        return claim_words.no_handset(claim.vendor)
    if claim.users_in and day.home is None:
        return claim_words.no_home(claim.users_in)
    if claim.users_in and day.home != claim.users_in:
        return claim_words.other_users(claim.users_in, str(day.home))
    if claim.holds_from and (not date or date < claim.holds_from):
        return claim_words.too_early(claim.holds_from)
    return ""


def _open(predicates: list[PredicateVerdict], why: str) -> list[PredicateVerdict]:
    """The predicates of a claim that does not speak of the recording: none is judged."""
    reason = claim_words.sentence(why)
    return [PredicateVerdict(p.id, p.text, Verdict.NOT_TESTABLE, reason) for p in predicates]


def _verdict(
    claim: Claim, seen: Sequence[Seen], predicates: Sequence[PredicateVerdict]
) -> tuple[Verdict, str]:
    """The verdict, and why as a clause."""
    if not any(one.first for one in seen):
        return Verdict.NOT_TESTABLE, claim_words.NOTHING_FIRST
    against = [p.reason for p in predicates if p.verdict is Verdict.CONTRADICTED]
    if against:
        return Verdict.CONTRADICTED, claim_words.clause(against)
    unclear = [p.reason for p in predicates if p.verdict is Verdict.NOT_TESTABLE]
    if unclear:
        return Verdict.NOT_TESTABLE, claim_words.clause(unclear)
    endpoints = len({one.ip for one in _spoken_of(claim, seen)})
    if endpoints < claim.least_endpoints:
        return Verdict.NOT_TESTABLE, claim_words.too_few(endpoints, claim.least_endpoints)
    return Verdict.CONSISTENT, ""


def _coverage(claim: Claim, seen: Sequence[Seen], result: Result) -> Coverage:
    spoken_of = _spoken_of(claim, seen)
    total = sum(one.bytes for one in spoken_of)
    placed = sum(
        one.bytes for one in spoken_of if one.facts["certainty"] in SURE and one.facts["country"]
    )
    return Coverage(
        hours=result.visibility.hours,
        endpoints=len({one.ip for one in spoken_of}),
        flows=sum(len(one.flows) for one in spoken_of),
        bytes=int(total),
        placed=placed / total if total else 0.0,
    )


def _spoken_of(claim: Claim, seen: Sequence[Seen]) -> list[Seen]:
    return [one for one in seen if any(_concerns(p, one) for p in claim.predicates)]


# -------------------------------------------------------------- one predicate


def _concerns(predicate: Predicate, one: Seen) -> bool:
    return (one.first or not predicate.first_party) and predicate.of(one.facts) is True


def _predicate(
    predicate: Predicate, seen: Sequence[Seen], day: Day, least_share: float
) -> PredicateVerdict:
    scope = [one for one in seen if _concerns(predicate, one)]
    found = PredicateVerdict(predicate.id, predicate.text, Verdict.NOT_TESTABLE, "")
    if predicate.demand is None:
        shown = _tested(predicate.shows, scope, day) if predicate.shows else None
        found.reason = claim_words.never(predicate.never, predicate.shows, shown, day)
    elif not scope:
        found.reason = claim_words.sentence(claim_words.NOTHING_SEEN)
    else:
        _decide(found, predicate.demand, predicate.least_up, scope, day, least_share)
    return found


def _tested(demand: Demand, scope: Sequence[Seen], day: Day) -> tuple[int, int]:
    """(addresses that meet a demand, addresses it can be tested on)."""
    outcomes = [(one.ip, demand.meets(one.facts, day).met) for one in scope]
    failing = {ip for ip, met in outcomes if met is False}
    meeting = {ip for ip, met in outcomes if met} - failing
    return len(meeting), len(meeting | failing)


def _decide(
    found: PredicateVerdict,
    demand: Demand,
    least_up: float,
    scope: Sequence[Seen],
    day: Day,
    least_share: float,
) -> None:
    """Fills in the verdict with its reason and counter-examples."""
    up: dict[str, float] = {}
    open_bytes: dict[str, float] = {}
    outcomes = [demand.meets(one.facts, day) for one in scope]
    for one, outcome in zip(scope, outcomes, strict=True):
        if outcome.met is False:
            up[one.ip] = up.get(one.ip, 0) + one.payload_up
    tested, failing, meeting = 0.0, [], set()
    for one, (met, why) in zip(scope, outcomes, strict=True):
        if met is False and up[one.ip] < least_up:
            met, why = None, "little"
        if met is None:
            open_bytes[why] = open_bytes.get(why, 0) + one.bytes
            continue
        tested += one.bytes
        if met:
            meeting.add(one.ip)
        else:
            failing.append(one)
    total = sum(one.bytes for one in scope)
    found.tested = tested / total if total else 0.0
    found.endpoints = len(meeting | {one.ip for one in failing})
    if failing:
        found.verdict = Verdict.CONTRADICTED
        found.counterexamples = _counterexamples(demand, failing, day)
        found.counterexample_count = len(found.counterexamples)
        del found.counterexamples[MOST_COUNTEREXAMPLES:]
        texts = [example.text for example in found.counterexamples]
        found.reason = claim_words.against(texts, found.counterexample_count)
    elif not meeting or found.tested < least_share:
        found.reason = claim_words.left_open(open_bytes, total)
    else:
        found.verdict = Verdict.CONSISTENT
        found.reason = claim_words.met(found.endpoints, found.tested, open_bytes, total)


def _counterexamples(demand: Demand, failing: Sequence[Seen], day: Day) -> list[Counterexample]:
    """One an address and name, the most bytes up first; none of forged facts."""
    parts: dict[tuple[str, str], list[Seen]] = {}
    for one in failing:
        if one.flows and one.endpoint:
            parts.setdefault((one.ip, one.facts["name"] or ""), []).append(one)
    found = [_counterexample(demand, part, day) for part in parts.values()]
    return sorted(found, key=lambda ce: (-ce.bytes_up, ce.ip, ce.name or ""))


def _counterexample(demand: Demand, part: Sequence[Seen], day: Day) -> Counterexample:
    flows = [flow for one in part for flow in one.flows]
    endpoint = part[0].endpoint
    assert endpoint is not None
    place = endpoint.place
    first = min(flows, key=lambda flow: flow.first_frame)
    readable = [flow.cleartext_frame for flow in flows if flow.cleartext_frame is not None]
    named = [flow.name_frame for flow in flows if flow.name_frame is not None]
    shows = readable if demand.fact == "encrypted" and readable else [first.first_frame]
    return Counterexample(
        ip=endpoint.ip,
        name=first.name,
        name_frame=min(named, default=None),
        frame=min(shows),
        country=place.location.country,
        certainty=place.location.certainty,
        provider=place.provider,
        region=place.region,
        operator=place.operator.name,
        bytes_up=sum(flow.bytes_up for flow in flows),
        bytes_down=sum(flow.bytes_down for flow in flows),
        text=claim_words.counterexample(demand, part[0].facts, endpoint, first, min(shows), day),
    )


# ------------------------------------------------------------- what was seen


def _seen(result: Result, known: Known) -> dict[str, list[Seen]]:
    """Answered conversations by the address of their handset."""
    at = scene(result, None)
    vendor_of = {ip: phone.vendor for phone in result.handsets for ip in phone.addresses}
    found: dict[str, list[Seen]] = {}
    for coarse in kinds(at):
        for kind in coarse.parts:
            flows = [flow for flow in kind.flows if flow.packets_down]
            if flows and kind.endpoint:
                client = kind.flow.client_ip
                one = _of_kind(kind, flows, vendor_of.get(client), known)
                found.setdefault(client, []).append(one)
    return found


def _of_kind(kind: Kind, flows: list[Flow], vendor: str | None, known: Known) -> Seen:
    name, endpoint = kind.flow.name, kind.endpoint
    assert endpoint is not None
    first = name is not None and endpoint.party == Party.FIRST
    own: dict[str, Any] = {}
    if known.vendor_of and name is not None:
        first = vendor is not None and known.vendor_of(name) == vendor
        own["party"] = str(Party.FIRST) if first else _others(endpoint.party)
    if known.purpose_of and name is not None:
        own["category"] = known.purpose_of(name)
    if kind["encrypted"] in ("no", "mixed") and not any(f.cleartext_frame for f in flows):
        own["encrypted"] = "unknown"  # no frame shows it
    size = sum(flow.bytes for flow in flows)
    up = sum(flow.payload_up for flow in flows)
    return Seen(_Facts(kind, own), first, endpoint.ip, size, up, flows, endpoint)


def _others(party: Party) -> str:
    """The party of a name that is not the vendor's, on an address that may serve both."""
    return str(Party.UNKNOWN if party == Party.FIRST else party)


def _lists_of_the_time(result: Result, known: Known) -> dict[str, str]:
    """The operators' lists that may say an address is not theirs: of the same year."""
    on = result.run.on or claim_words.day(result.capture.first)
    near = {}
    for provider, date in known.list_dates.items():
        if on and abs(claim_words.days(date) - claim_words.days(on)) <= YEAR:
            near[provider] = date
    return near
