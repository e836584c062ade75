"""The sentences of the score: what each part rests on, and what could not be judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analyzer.judge import units, words
from analyzer.judge.score_file import Measure, Part, Weights
from analyzer.model import Score, ScoreCoverage, ScorePart

if TYPE_CHECKING:
    from analyzer.judge.score import Seen, Traffic

_MISSING = {
    "enough": "too little was seen",
    "home": "no home country was given (--home)",
    "policy": "no policy was given (--policy)",
    "claims": "no sentence of a vendor was put to the recording that it could test",
}
_IN_BYTES = frozenset(
    ("bytes_up", "bytes_down", "payload_up", "payload_down", "lookups_up", "content_up")
)


def why(part: Part, seen: Seen, traffic: Traffic) -> str:
    """What a part's points rest on."""
    if not seen.findings and not seen.claims:
        return part.unseen
    share = next((m.number for m in part.measures if m.per == "share"), "")
    count = part.measures[0].number
    amount = seen.amounts.get(count, 0)
    return words.fill(
        part.seen,
        {
            "findings": units.counted(len(seen.findings), "finding", "findings"),
            "endpoints": units.counted(len(seen.endpoints), "address", "addresses"),
            "claims": units.counted(len(seen.claims), "sentence", "sentences"),
            "amount": _amount(count, amount),
            "rate": _rate(count, amount, traffic),
            "share": _percent(seen.amounts.get(share, 0) / (traffic.totals.get(share) or 1)),
        },
    )


def not_judged(lacks: str) -> str:
    """Why a part has no points; ``lacks`` is one of score_file.NEEDS, or enough."""
    return f"Not judged: {_MISSING[lacks]}."


def sentence(
    total: int | None,
    weights: Weights,
    parts: Sequence[ScorePart],
    coverage: ScoreCoverage,
    enough: bool,
) -> str:
    """The score in words, with what is left out of it."""
    if not enough or total is None:
        return _too_little(weights, coverage)
    said = f"{total} of 100. 0 would be: {_lower(weights.low)}; 100: {_lower(weights.high)}."
    left = [part.title for part in parts if part.points is None]
    if not left:
        return said
    return f"{said} Not judged, and left out of the sum: {'; '.join(map(_lower, left))}."


def _too_little(weights: Weights, coverage: ScoreCoverage) -> str:
    least = weights.enough
    return (
        "No score, as too little was seen: with the Internet"
        f" {units.counted(coverage.flows, 'conversation', 'conversations')} and"
        f" {units.size(coverage.bytes)} in {_time(coverage.hours * 3_600)}; asked for are at least"
        f" {least['flows']:,.0f} and {units.size(int(least['bytes']))} in {_time(least['time'])}."
    )


# ------------------------------------------------------------ the rule file


def explained(part: Part) -> str:
    """A part of the rule file as one paragraph for ``rules show``."""
    counts = ", ".join(f"{rule} {weight:g}" for rule, weight in part.rules.items())
    counts = counts or f"contradicted claims {part.claims:g}"
    measures = "; ".join(map(_measured, part.measures))
    least = f" Of severity {part.least} or graver." if part.rules and part.least != "info" else ""
    return f"{part.title}, {part.of} points. {part.why} Counts: {counts}.{least} By: {measures}."


def _measured(measure: Measure) -> str:
    """``content_up per hour, from 1.0 kB, in full at 10 MB``."""
    start = f", from {_amount(measure.number, measure.start)}" if measure.start else ""
    full = f"{100 * measure.full:g}%" if measure.per == "share" else ""
    full = full or _amount(measure.number, measure.full)
    return f"{measure.number} per {measure.per}{start}, in full at {full}"


def conditions(weights: Weights) -> list[str]:
    """What a score asks for, and what it takes into account."""
    least, far = weights.enough, weights.comparable
    return [
        f"No score with less than {least['flows']:,.0f} conversations,"
        f" {units.size(int(least['bytes']))} or {_time(least['time'])} of traffic.",
        f"A shorter recording counts as {_time(weights.least_time)}.",
        f"A claim said over a year from the recording counts {weights.distant:g}.",
        f"Two recordings are not ranked as they stand where hours differ {far['hours']:g} times,"
        f" bytes {far['bytes']:g} times, or shares named or located by {100 * far['named']:g} or"
        f" {100 * far['located']:g} points.",
    ]


# -------------------------------------------------------------- comparing


def apart(one: Score, other: Score, limits: Mapping[str, float]) -> str | None:
    """Why two scores cannot be ranked as they stand; None if they can be."""
    reasons = list(_apart(one, other, limits))
    return f"Not to be ranked as they stand: {'; '.join(reasons)}." if reasons else None


def _apart(one: Score, other: Score, limits: Mapping[str, float]) -> list[str]:
    if one.total is None or other.total is None:
        return ["too little was seen for a score"]
    a, b = one.coverage, other.coverage
    reasons = []
    if a.rules_sha256 != b.rules_sha256:
        reasons.append("other rules were used")
    if _judged(one) != _judged(other):
        left = [_lower(p.title) for p in (*one.parts, *other.parts)
                if (p.name in _judged(one)) != (p.name in _judged(other))]  # fmt: skip
        reasons.append(f"only one was judged on this: {', '.join(dict.fromkeys(left))}")
    reasons += [
        f"{what} ({_time(x * 3_600) if name == 'hours' else units.size(int(x))} and"
        f" {_time(y * 3_600) if name == 'hours' else units.size(int(y))})"
        for name, what, x, y in (
            ("hours", "they cover very different times", a.hours, b.hours),
            ("bytes", "very different amounts were seen", a.bytes, b.bytes),
        )
        if max(x, y) > limits.get(name, 1.0) * min(x, y)
    ]
    reasons += [
        f"{what} ({_percent(x)} and {_percent(y)} of the bytes)"
        for name, what, x, y in (
            ("named", "names were seen for very different shares", a.named, b.named),
            ("located", "places are known for very different shares", a.located, b.located),
        )
        if abs(x - y) > limits.get(name, 0.0)
    ]
    return reasons


def _judged(score: Score) -> set[str]:
    return {part.name for part in score.parts if part.points is not None}


# ------------------------------------------------------------------ pieces


def _amount(count: str, value: float) -> str:
    if count in _IN_BYTES:
        return units.size(round(value))
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _rate(count: str, amount: float, traffic: Traffic) -> str:
    hours = traffic.coverage.hours
    if hours < traffic.hours:
        return f"in {_time(hours * 3_600)} that count as {_time(traffic.hours * 3_600)}"
    return f"{_amount(count, amount / hours)} an hour"


def _percent(share: float) -> str:
    percent = 100 * min(share, 1.0)
    if 0 < percent < 1:
        return "under 1%"
    return "over 99%" if 99 < percent < 100 else f"{percent:.0f}%"


def _time(seconds: float) -> str:
    if seconds < 1:
        return "under a second"
    if seconds < 90:
        return units.counted(round(seconds), "second", "seconds")
    if seconds < 3_600:
        return units.counted(round(seconds / 60), "minute", "minutes")
    return "1 hour" if seconds == 3_600 else f"{seconds / 3_600:,.1f} hours"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
