"""One predicate of a claim held against conversations: its verdict and counter-examples.

Rules of this file
- One endpoint that does not meet a predicate contradicts it.
- It is consistent only when what could be tested meets it and is enough of the
  bytes it speaks of; else it is not testable, with the shares and the reasons.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from analyzer.judge import claim_words
from analyzer.judge.claim_files import Predicate
from analyzer.judge.claim_sight import Seen
from analyzer.judge.demands import Day, Demand
from analyzer.model import Counterexample, PredicateVerdict, Verdict
from analyzer.record import Record, field

MOST_COUNTEREXAMPLES = 20


class _Parts(Record):
    """Conversations by what they say of a demand."""

    meeting: set[str] = field(default_factory=set)  # addresses
    failing: list[Seen] = field(default_factory=list)
    bytes: int = 0  # of both
    open: Counter[str] = field(default_factory=Counter)  # bytes by why they leave it open


def concerns(predicate: Predicate, one: Seen) -> bool:
    """Whether a predicate speaks of these conversations."""
    return (one.first or not predicate.first_party) and predicate.of(one.facts) is True


def judge(
    predicate: Predicate, seen: Sequence[Seen], day: Day, least_share: float
) -> PredicateVerdict:
    """What these conversations say of a predicate."""
    scope = [one for one in seen if concerns(predicate, one)]
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
    parts = _sorted(demand, least_up, scope, day)
    total = sum(one.bytes for one in scope)
    found.tested = parts.bytes / total if total else 0.0
    found.endpoints = len(parts.meeting | {one.ip for one in parts.failing})
    if parts.failing:
        found.verdict = Verdict.CONTRADICTED
        found.counterexamples = _counterexamples(demand, parts.failing, day)
        found.counterexample_count = len(found.counterexamples)
        del found.counterexamples[MOST_COUNTEREXAMPLES:]
        texts = [example.text for example in found.counterexamples]
        found.reason = claim_words.against(texts, found.counterexample_count)
    elif not parts.meeting or found.tested < least_share:
        found.reason = claim_words.left_open(parts.open, total)
    else:
        found.verdict = Verdict.CONSISTENT
        found.reason = claim_words.met(found.endpoints, found.tested, parts.open, total)


def _sorted(demand: Demand, least_up: float, scope: Sequence[Seen], day: Day) -> _Parts:
    """What meets the demand, what does not, and what leaves it open.

    An address that took fewer payload bytes than ``least_up`` is no evidence against.
    """
    parts = _Parts()
    outcomes = [demand.meets(one.facts, day) for one in scope]
    up: Counter[str] = Counter()
    for one, (met, _) in zip(scope, outcomes, strict=True):
        up[one.ip] += one.payload_up if met is False else 0
    for one, (met, why) in zip(scope, outcomes, strict=True):
        if met is None or (not met and up[one.ip] < least_up):
            parts.open[why or "little"] += one.bytes
            continue
        parts.bytes += one.bytes
        if met:
            parts.meeting.add(one.ip)
        else:
            parts.failing.append(one)
    return parts


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
    in_clear = demand.fact in ("encrypted", "identifier_in_clear")
    shows = readable if in_clear and readable else [first.first_frame]
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
