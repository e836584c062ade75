"""Vendor claims held against a capture: contradicted, consistent, or not testable here.

Rules of this file (docs/methodology.md)
- A universal claim can be refuted, never shown to hold: one predicate that an
  endpoint does not meet contradicts it; all met is only consistent.
- Without first-party traffic nothing is tested, and nothing is consistent.
- A claim about other users, another time or another vendor's handset is not
  testable, whatever was seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analyzer.judge import claim_words
from analyzer.judge.claim_files import ANY, Claim, Example
from analyzer.judge.claim_sight import Known, Seen, lists_of_the_time, traffic
from analyzer.judge.demands import SURE, Day
from analyzer.judge.predicates import concerns
from analyzer.judge.predicates import judge as judge_predicate
from analyzer.model import ClaimVerdict, Coverage, Party, PredicateVerdict, Result, Verdict

__all__ = ["Known", "judge_claims", "try_example"]


def judge_claims(
    result: Result, claims: Iterable[Claim], known: Known | None = None
) -> list[ClaimVerdict]:
    """What the capture says of each claim, in their order."""
    known = known or Known()
    claims = list(claims)
    day = Day(result.run.home, lists_of_the_time(result, known))
    wide = any(not p.first_party for claim in claims for p in claim.predicates)
    found = traffic(result, known, wide) if claims else {}
    return [_judge(claim, result, found, known, day) for claim in claims]


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
    predicates = [judge_predicate(one, seen, day, claim.least_share) for one in claim.predicates]
    return _verdict(claim, seen, predicates)[0]


# ------------------------------------------------------------------ one claim


def _judge(
    claim: Claim, result: Result, all_seen: dict[str, list[Seen]], known: Known, day: Day
) -> ClaimVerdict:
    phones = [h for h in result.handsets if h.vendor and claim.vendor in (ANY, h.vendor)]
    clients = {ip for phone in phones for ip in phone.addresses}
    seen = [one for ip in sorted(clients) for one in all_seen.get(ip, ())]
    date = claim_words.day(result.capture.first)
    predicates = [judge_predicate(one, seen, day, claim.least_share) for one in claim.predicates]
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
        bytes=total,
        placed=placed / total if total else 0.0,
    )


def _spoken_of(claim: Claim, seen: Sequence[Seen]) -> list[Seen]:
    return [one for one in seen if any(concerns(p, one) for p in claim.predicates)]
