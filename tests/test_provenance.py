"""The day a recording is judged by."""

from __future__ import annotations

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
