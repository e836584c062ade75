"""The score of a recording: how much in it deserves a reader's eye, part by part.

Rules of this file
- It sorts recordings, it judges none: 0 is nothing the score counts, 100 is
  every part met in full. What counts stands in rules/score/score.yaml.
- Points come from numbers of findings and contradicted claims, which each part
  names; they are counted by the hour and as shares of the traffic that was seen.
- Where too little was seen there is no score, and what could not be judged is
  left out of the sum and said: a gap is no clean bill.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import Any, NamedTuple

from analyzer.judge import groups, kinds, score_file, score_words
from analyzer.judge.score_file import Measure, Part, Weights
from analyzer.model import (
    Certainty,
    Endpoint,
    Finding,
    Flow,
    Result,
    Score,
    ScoreCoverage,
    ScorePart,
    Severity,
    Verdict,
)

_PLACED = frozenset((Certainty.STATED, Certainty.AGREED, Certainty.SINGLE))
_GRADES = list(Severity)


class Seen(NamedTuple):
    """What one part of the score rests on."""

    findings: Sequence[Finding] = ()
    claims: Sequence[str] = ()
    endpoints: Sequence[str] = ()
    amounts: Mapping[str, float] = {}  # of each number, as found
    counted: Mapping[str, float] = {}  # the same, each finding by its weight


class Traffic(NamedTuple):
    """The conversations of the handsets with the Internet."""

    hours: float
    totals: Mapping[str, float]  # of each number, for shares
    coverage: ScoreCoverage


def score(result: Result, weights: Weights, policy: bool) -> Score:
    """The score of a result whose findings and claims are known.

    ``policy``: whether one was given.
    """
    seen = _traffic(result, weights)
    enough = _is_enough(seen.coverage, weights)
    given = {"home": result.run.home is not None, "policy": policy, "claims": _tested(result)}
    missing = {need for need in given if not given[need]} if enough else {"enough"}
    parts = [_part(part, result, seen, weights, missing) for part in weights.parts]
    judged = [(part.points, part.of) for part in parts if part.points is not None]
    of = sum(of for _, of in judged)
    total = round(100 * sum(points for points, _ in judged) / of) if of else None
    sentence = score_words.sentence(total, weights, parts, seen.coverage, enough)
    return Score(total, sentence, parts, seen.coverage)


def comparable(one: Score, other: Score, weights: Weights | None = None) -> str | None:
    """Why two scores should not be ranked as they stand, as a sentence; None if they can be.

    ``weights``: those of the run, for its limits; else those that ship.
    """
    if weights is None:
        from analyzer import shipped

        weights = score_file.load([shipped.rules_folder()])
    limits = weights.comparable if weights else {}
    return score_words.apart(one, other, limits)


def read(value: Mapping[str, Any]) -> Score:
    """A score from its form in result.json; lists that were cut stay cut."""
    names = ("name", "title", "points", "of", "why", "findings", "claims", "endpoints")
    parts = [ScorePart(**{name: part[name] for name in names}) for part in value["parts"]]
    coverage = ScoreCoverage(**{k: value["coverage"][k] for k in ScoreCoverage.__slots__})
    return Score(value["total"], value["sentence"], parts, coverage)


# ------------------------------------------------------------------- parts


def _part(
    part: Part, result: Result, traffic: Traffic, weights: Weights, missing: set[str]
) -> ScorePart:
    seen = _of_claims(part, result, weights) if part.claims else _of_rules(part, result)
    lacks = next((need for need in ("enough", part.needs) if need in missing), "")
    points = None
    if not lacks:
        levels = [_level(measure, seen, traffic) for measure in part.measures]
        points = round(part.of * sum(levels) / len(levels), 1)
    return ScorePart(
        name=part.id,
        title=part.title,
        points=points,
        of=part.of,
        why=score_words.not_judged(lacks) if lacks else score_words.why(part, seen, traffic),
        findings=[finding.id for finding in seen.findings],
        claims=list(seen.claims),
        endpoints=list(seen.endpoints),
    )


def _of_rules(part: Part, result: Result) -> Seen:
    """The findings of the part's rules, and their numbers added up."""
    least = _GRADES.index(part.least)
    found = [
        finding
        for finding in result.findings
        if part.rules.get(finding.rule) and _GRADES.index(finding.severity) >= least
    ]
    addresses = list(dict.fromkeys(ip for finding in found for ip in finding.endpoints))
    amounts, counted = {}, {}
    for name in dict.fromkeys(measure.number for measure in part.measures):
        numbers = [(_number(finding, name), part.rules[finding.rule]) for finding in found]
        amounts[name] = sum(number for number, _ in numbers)
        counted[name] = sum(number * weight for number, weight in numbers)
    return Seen(found, (), addresses, amounts, counted)


def _number(finding: Finding, name: str) -> float:
    value = 1 if name == "findings" else finding.numbers.get(name, 0)
    return value if isinstance(value, int | float) else 0


def _of_claims(part: Part, result: Result, weights: Weights) -> Seen:
    """The contradicted claims, with the addresses that speak against them."""
    found = [claim for claim in result.claims if claim.verdict is Verdict.CONTRADICTED]
    against = (e.ip for claim in found for p in claim.predicates for e in p.counterexamples)
    counted = sum(part.claims * (weights.distant if c.gap_sentence else 1) for c in found)
    return Seen(
        (),
        [claim.id for claim in found],
        list(dict.fromkeys(against)),
        {"findings": len(found)},
        {"findings": counted},
    )


def _level(measure: Measure, seen: Seen, traffic: Traffic) -> float:
    """How much of a measure was met, 0 to 1."""
    value = seen.counted.get(measure.number, 0.0)
    if measure.per == "hour":
        value /= traffic.hours
    elif measure.per == "share":
        value /= traffic.totals.get(measure.number) or 1
    if not measure.start:
        return min(value / measure.full, 1.0)
    if value <= measure.start:
        return 0.0
    return min(log(value / measure.start) / log(measure.full / measure.start), 1.0)


# ----------------------------------------------------------------- traffic


def _traffic(result: Result, weights: Weights) -> Traffic:
    """Sums over the endpoints on the Internet and the handsets' conversations with them."""
    public = {e.ip: e for e in result.endpoints if _certainty(e) is not Certainty.PRIVATE}
    flows = [flow for flow in kinds.judged(result) if flow.server_ip in public]
    hours = result.visibility.hours
    totals = _totals(public.values(), flows)
    total = int(totals["bytes_up"] + totals["bytes_down"])
    named = sum([flow.bytes_up + flow.bytes_down for flow in flows if flow.name is not None])
    coverage = ScoreCoverage(
        hours=hours,
        bytes=total,
        content_up=int(totals["content_up"]),
        flows=len(flows),
        endpoints=len(public),
        named=_share(named, total),
        located=_share(_bytes(e for e in public.values() if _certainty(e) in _PLACED), total),
        edge=_share(_bytes(e for e in public.values() if _certainty(e) is Certainty.EDGE), total),
        hidden=_share(result.visibility.vpn_bytes, total),
        home=result.run.home,
        rules_sha256=result.run.rules_sha256,
    )
    return Traffic(max(hours, weights.least_time / 3_600), totals, coverage)


def _totals(public: Iterable[Endpoint], flows: Sequence[Flow]) -> dict[str, float]:
    """The numbers of score_file.SHARED, of all traffic with the Internet."""
    ends = list(public)
    return {
        "flows": len(flows),
        "endpoints": len(ends),
        "packets": sum([e.packets_up + e.packets_down for e in ends]),
        "bytes_up": sum([e.bytes_up for e in ends]),
        "bytes_down": sum([e.bytes_down for e in ends]),
        "payload_up": sum([flow.payload_up for flow in flows]),
        "payload_down": sum([flow.payload_down for flow in flows]),
        "content_up": sum([f.payload_up for f in flows if groups.has_content(f)]),
    }


def _certainty(endpoint: Endpoint) -> Certainty:
    return endpoint.place.location.certainty


def _bytes(endpoints: Iterable[Endpoint]) -> int:
    return sum([e.bytes_up + e.bytes_down for e in endpoints])


def _share(part: int, whole: int) -> float:
    return min(part / whole, 1.0) if whole else 0.0


def _is_enough(coverage: ScoreCoverage, weights: Weights) -> bool:
    found = {"time": coverage.hours * 3_600, "flows": coverage.flows, "bytes": coverage.bytes}
    return all(found[name] >= least for name, least in weights.enough.items())


def _tested(result: Result) -> bool:
    return any(claim.verdict is not Verdict.NOT_TESTABLE for claim in result.claims)
