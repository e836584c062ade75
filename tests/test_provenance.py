"""The day a recording is judged by."""

from __future__ import annotations

import pytest

from analyzer import provenance
from analyzer.model import Flow
from analyzer.record import replace

DAY = 86_400 * 10**9


def begun(*days: int) -> list[Flow]:
    flow = Flow(1, "tcp", "10.0.0.1", 1, "192.0.2.1", 443, 0, 0, 1, 1, 1, 1, 60, 60, 0, 0)
    return [replace(flow, id=i + 1, first=day * DAY + 1) for i, day in enumerate(days)]


def test_a_time_is_of_its_utc_day() -> None:
    assert provenance.day(0) == "1970-01-01"
    assert provenance.day(DAY - 1) == "1970-01-01"
    assert provenance.day(17_414 * DAY) == "2017-09-05"
    assert provenance.day(None) is None


def test_one_stray_clock_does_not_date_a_recording() -> None:
    assert provenance.day_of(begun(0, 17_414, 17_414)) == "2017-09-05"
    assert provenance.day_of(begun(17_414, 17_414, 40_000)) == "2017-09-05"
    assert provenance.day_of([]) is None


def test_what_a_clock_said_before_it_was_set_counts_only_alone() -> None:
    """A board without a battery asks for the time a while after it began to record."""
    assert provenance.day_of(begun(0, 0, 10_957, 20_740)) == "2026-10-14"
    assert provenance.day_of(begun(0, 10_957)) == "2000-01-01"


@pytest.mark.parametrize("day", [0, 3_652, 10_957])
def test_a_clock_that_was_never_set_is_told_with_what_to_do(day: int) -> None:
    flows = begun(day, day)
    (odd,) = provenance.odd_days(flows, provenance.day_of(flows))
    assert odd.kind == "recording_clock"
    assert "give the day it was made with --on" in odd.effect
    assert str(provenance.day_of(flows)) in odd.effect


@pytest.mark.parametrize(
    ("days", "count"),
    [((20_740,), 0), ((20_374, 20_740, 20_740), 0), ((20_373, 20_740, 20_740), 1), ((), 0),
     ((17_414, 17_415, 20_739, 20_740, 20_741), 2), ((0, 20_740), 0)],
)  # fmt: skip
def test_what_lies_years_from_the_day_of_a_recording_is_counted(
    days: tuple[int, ...], count: int
) -> None:
    flows = begun(*days)
    odd = provenance.odd_days(flows, provenance.day_of(flows))
    assert [(each.kind, each.count) for each in odd] == [("recording_days", count)] * bool(count)
