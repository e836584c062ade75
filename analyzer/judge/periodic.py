"""Contact at regular intervals: the gaps between contacts against chance.

Contacts are the beginnings of conversations, or within one that stays open the
times the handset speaks up after a silence (limits.QUIET).

Rules of this file
- Contacts closer than ``merge`` to the last one counted are retries or the
  parallel connections of one, and count as one. Of contacts at random times (a
  Poisson process) the gaps less ``merge`` are then still exponential; those
  within a conversation nearly so, which its p-value makes up for.
- Score: (MAD / median) x (1 + |Bowley skew|) of these gaps. Small is regular;
  exponential gaps score about 0.9.
- Null model: Monte Carlo. Given how many there are, the score of exponential
  gaps does not depend on their rate, so series of as many gaps share their
  draws. They are of the next smaller number in ``DRAWN``: scores of fewer gaps
  spread wider, so the p-value only grows.
- The p-value is multiplied by the number of series tested (Bonferroni).
- Same gaps, same p-value: the draws are seeded with their number. Only as many of
  the smallest scores are kept as it takes to call a series chance.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import Any, NamedTuple

from analyzer import limits
from analyzer.judge import series, units
from analyzer.judge.groups import Group
from analyzer.judge.tests_registry import Tested
from analyzer.judge.words import clean
from analyzer.model import Flow

SECOND = 1_000_000_000
DRAWN = (3, 4, 5, 6, 8, 10, 12, 16)
"""Gaps in a draw of the null model; so few sizes bound the work, and err towards chance."""

MOST_SERIES = 100
"""Series tested, those with most contacts first: with each the threshold gets lower."""

LEAST_SAID = 0.1
"""Seconds; gaps closer than words tell are said to be within so much, never within none."""

BULK = 100_000
"""Payload bytes that come with each contact, from which on it may be a film or a file in pieces."""

DRAWS_EACH = 4
"""Draws for each chance in 1 / p-value: so many that a few of them below the score still pass."""

MOST_DRAWS = 100_000
"""Draws of one size; 100 series at a p-value of 0.01 take 40,000, a third of a second."""


PIECES = " On average {} came each time; a film, music or a file loaded in pieces looks the same."


class Regular(NamedTuple):
    """How regular some gaps are. Times in seconds."""

    gaps: int
    period: float  # the median gap
    spread: float  # median absolute deviation from it
    skew: float  # Bowley's, -1 to 1: 0 is symmetric
    score: float


def periodic(group: Group, parameters: Mapping[str, Any]) -> list[Tested]:
    """The series of contacts (handset and endpoint) that are too regular for chance."""
    found = series.by_endpoint(group.scene, group.flows)
    times = {who: [flow.first for flow in flows] for who, flows in found.items()}
    return _too_regular(group, found, times, parameters)


def periodic_within(group: Group, parameters: Mapping[str, Any]) -> list[Tested]:
    """The same within a conversation: of each endpoint's, the one spoken up in most often."""
    talks = series.by_endpoint(group.scene, [flow for flow in group.flows if flow.bursts[0]])
    most = {who: max(flows, key=lambda flow: len(flow.bursts[0])) for who, flows in talks.items()}
    times = {who: sorted(flow.bursts[0]) for who, flow in most.items()}
    found = {who: [flow] for who, flow in most.items()}
    return _too_regular(group, found, times, parameters)


def _too_regular(
    group: Group,
    found: Mapping[series.Who, list[Flow]],
    times: Mapping[series.Who, Sequence[int]],
    parameters: Mapping[str, Any],
) -> list[Tested]:
    """The series whose times are too regular for chance, with the flows they are of."""
    looked_at = _regular(times, parameters)
    draws = int(min(MOST_DRAWS, DRAWS_EACH * len(looked_at) / max(parameters["p_value"], 1e-9)))
    enough = int(min(1.0, parameters["p_value"] / max(len(looked_at), 1)) * (draws + 1)) + 1
    close = {who: r for who, r in looked_at.items() if r.spread <= parameters["spread"] * r.period}
    nulls = _nulls(close.values(), draws, enough)
    tested = []
    for who, regular in close.items():
        as_regular = bisect_right(nulls[_drawn(regular)], regular.score)
        p_value = (as_regular + 1) / (draws + 1) * len(looked_at)  # never 0
        if p_value <= parameters["p_value"]:
            numbers = _numbers(regular, min(1.0, p_value), len(looked_at))
            said = _words(who, regular, times[who], found[who])
            tested.append(Tested(series.key(group.scene, who), found[who], numbers, said))
    return tested


def _regular(
    found: Mapping[series.Who, Sequence[int]], parameters: Mapping[str, Any]
) -> dict[series.Who, Regular]:
    """The series that have enough gaps, and are no bursts."""
    least, merge = max(3, parameters["gaps"]), parameters["merge"]
    gaps = {who: contacts(times, merge) for who, times in found.items() if len(times) > least}
    long_enough = {who: each for who, each in gaps.items() if len(each) >= least}
    ranked = sorted(long_enough, key=lambda who: (-len(long_enough[who]), who.endpoint))
    measured = {who: measure(long_enough[who], merge) for who in ranked[:MOST_SERIES]}
    return {who: each for who, each in measured.items() if each.period >= parameters["period"]}


def contacts(times: Sequence[int], merge: float) -> list[float]:
    """Gaps in seconds between contacts at these ns, in order; retries are merged."""
    gaps = []
    last = times[0]
    for time in times[1:]:
        gap = (time - last) / SECOND
        if gap >= merge:
            gaps.append(gap)
            last = time
    return gaps


def measure(gaps: Sequence[float], merge: float = 0.0) -> Regular:
    """How regular gaps are that are all at least ``merge`` long."""
    excess = sorted(gap - merge for gap in gaps)
    median = _quantile(excess, 0.5)
    spread = _quantile(sorted(abs(gap - median) for gap in excess), 0.5)
    skew = _bowley(excess)
    score = spread / median * (1 + abs(skew)) if median > 0 else 1.0
    return Regular(len(gaps), median + merge, spread, skew, score)


def _bowley(ordered: Sequence[float]) -> float:
    low, middle, high = (_quantile(ordered, share) for share in (0.25, 0.5, 0.75))
    return (low + high - 2 * middle) / (high - low) if high > low else 0.0


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Linear between the two nearest."""
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def _nulls(regulars: Iterable[Regular], draws: int, enough: int) -> dict[int, list[float]]:
    """By size of the draws: the smallest scores that chance gives, as far as these ask."""
    wanted: dict[int, list[float]] = {}
    for regular in regulars:
        wanted.setdefault(_drawn(regular), []).append(regular.score)
    return {gaps: chance(gaps, draws, enough, scores) for gaps, scores in wanted.items()}


def _drawn(regular: Regular) -> int:
    return max(size for size in DRAWN if size <= regular.gaps)


def chance(gaps: int, draws: int, kept: int, wanted: Sequence[float]) -> list[float]:
    """Of the scores of random series with so many gaps the ``kept`` smallest, in order.

    They decide on the scores ``wanted``: a larger one that ``kept`` draws undercut is
    chance, how many more do is no matter. Where that is all of them, drawing ends.
    """
    from random import Random

    at_random = Random(gaps).random  # noqa: S311 (chance, no secret)
    smallest: list[float] = []
    bound, least = max(wanted), min(wanted)
    for _ in range(draws):
        ordered = sorted([-log(1.0 - at_random()) for _ in range(gaps)])
        if _scattered(ordered, bound) or (score := measure(ordered).score) > bound:
            continue
        insort(smallest, score)
        if len(smallest) >= kept:
            del smallest[kept:]
            bound = smallest[-1]
            if bound <= least:
                break
    return smallest


def _scattered(ordered: Sequence[float], bound: float) -> bool:
    """Whether the score is above ``bound`` for certain: fewer than half of the gaps are as
    near to the median as a median deviation within the bound takes."""
    median = _quantile(ordered, 0.5)
    reach = bound * median * (1 + 1e-9)  # what rounding may add
    near = bisect_right(ordered, median + reach) - bisect_left(ordered, median - reach)
    return 2 * near < len(ordered)


def _numbers(regular: Regular, p_value: float, tested: int) -> dict[str, int | float | str]:
    return {
        "gaps": regular.gaps,
        "period_s": round(regular.period, 3),
        "spread_s": round(regular.spread, 3),
        "bowley_skew": round(regular.skew, 3),
        "p_value": float(f"{p_value:.2g}"),
        "series_tested": tested,
    }


def _words(
    who: series.Who, regular: Regular, times: Sequence[int], flows: Sequence[Flow]
) -> dict[str, str]:
    each = _bytes_each(regular, times, flows)
    return {
        "subject": clean(who.endpoint),
        "contacts": units.counted(regular.gaps + 1, "time", "times"),
        "period": units.duration(regular.period),
        "spread": units.duration(max(regular.spread, LEAST_SAID)),
        "hours": units.duration((times[-1] - times[0]) / SECOND),
        "bulk": PIECES.format(units.size(each)) if each >= BULK else "",
    }


def _bytes_each(regular: Regular, times: Sequence[int], flows: Sequence[Flow]) -> int:
    """Payload bytes that came with each contact. Of a conversation whose first contacts alone
    were kept they are those of its whole time, by the part of it that these take."""
    down = sum(flow.payload_down for flow in flows)
    if len(flows) == 1 and len(times) >= limits.BURSTS:
        kept = times[-1] - times[0]
        down = down * kept // max(1, kept, flows[0].last - flows[0].first)
    return down // (regular.gaps + 1)
