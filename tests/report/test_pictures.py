import re

from hypothesis import given
from hypothesis import strategies as st

from analyzer.model import Flow, Result
from analyzer.record import replace
from analyzer.report.answer import facts
from analyzer.report.pictures import STEPS, bar, spread, timeline


def test_a_bar_is_as_long_as_its_share(result: Result) -> None:
    known = facts(result)
    drawn = bar(known.countries[1], known.countries[0].up)
    assert re.findall(r'class="(\w+)" x="0.00" width="34.21"', drawn) == ["agreed"]


def _flow(model: Flow, first: int, last: int, up: int, down: int) -> Flow:
    return replace(model, first=first, last=last, bytes_up=up, bytes_down=down)


def test_spread_puts_bytes_where_they_were(result: Result) -> None:
    model, span = result.flows[0], STEPS * 1_000
    flows = [_flow(model, 500, 500, 7, 1), _flow(model, 1_000, 3_000, 20, 0),
             _flow(model, span, span, 5, 0)]  # fmt: skip
    up, down = spread(flows, 0, span)
    assert up[:4] == [7, 10, 10, 0]
    assert up[-1] == 5
    assert (len(up), len(down), down[0], sum(down)) == (STEPS, STEPS, 1, 1)


times = st.tuples(st.integers(0, 10**15), st.integers(0, 10**15)).map(sorted)


@given(st.lists(st.tuples(times, st.integers(0, 10**12)), min_size=1, max_size=20))
def test_spread_loses_nothing(spans: list[tuple[list[int], int]]) -> None:
    from tests.report.conftest import forged

    model = forged().flows[0]
    flows = [_flow(model, a, b, n, 2 * n) for (a, b), n in spans]
    up, down = spread(flows, 0, 10**15)
    total = sum(n for _, n in spans)
    assert abs(sum(up) - total) <= STEPS + total * 1e-9
    assert abs(sum(down) - 2 * total) <= STEPS + total * 1e-9
    assert min(up) >= 0


def test_the_timeline_says_its_numbers(result: Result) -> None:
    drawn = timeline(result)
    assert "Bytes up, at most 22 kB in 68 seconds" in drawn
    assert "from 2019-10-16 13:05 to 2019-10-16 14:53 UTC" in drawn
    assert drawn.count("<svg") == 2
    assert "<th scope=row>2019-10-16 13:05" in drawn


def test_a_short_recording_is_told_in_seconds(result: Result) -> None:
    first = result.flows[0].first
    result.flows = [replace(result.flows[0], first=first, last=first + 51_000_000_000)]
    drawn = timeline(result)
    ticks = re.findall("<span>([^<]*)</span>", drawn)
    assert ticks == [f"2019-10-16 13:05:{s:02}" for s in (8, 21, 34, 47, 59)]
    assert "in 0.53 seconds" in drawn
    assert "<th scope=row>2019-10-16 13:05:08.779" in drawn
    assert "from 2019-10-16 13:05:08 to 2019-10-16 13:05:59 UTC" in drawn


def test_a_broken_clock_does_not_stretch_it(result: Result) -> None:
    drawn = timeline(result)
    result.flows.append(replace(result.flows[0], last=2**70))
    assert timeline(result) == drawn


def test_one_packet_and_none(result: Result) -> None:
    result.flows = [replace(result.flows[0], last=result.flows[0].first)]
    assert "Bytes up" in timeline(result)
    result.flows = []
    assert timeline(result) == "<p>There are no conversations with times to draw.</p>"
