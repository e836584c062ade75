"""Prefixes to ranges: the most specific wins, on every address."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.data.prefixes import Ranges, Span, flatten, merge, parse, whole_ranges


def at(ranges: Ranges[int], key: int) -> int | None:
    found = bisect_right([first for first, _ in ranges], key) - 1
    return ranges[found][1] if found >= 0 else None


def test_parse() -> None:
    assert parse("10.0.0.0/8") == (4, (0x0A000000, 0x0AFFFFFF))
    assert parse("8.8.8.8") == (4, (0x08080808, 0x08080808))
    assert parse("2406:da1a::/36") == (6, (0x2406DA1A << 32, (0x2406DA1A << 32) + (1 << 28) - 1))
    assert parse("2406:da1a::/65") is None


@pytest.mark.parametrize("text", ["", "x", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "1.2.3/24"])
def test_parse_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"prefix|address|literal"):
        parse(text)


@given(st.ip_addresses(v=6), st.integers(0, 64))
def test_parse_ipv6(address: object, length: int) -> None:
    key = int(address) >> 64  # type: ignore[call-overload]
    assert parse(f"{address}/{length}") == (
        6,
        ((key >> 64 - length) << 64 - length, key | (1 << 64 - length) - 1),
    )


@pytest.mark.parametrize(
    "text",
    ["0x1f::/32", "1_0::/32", "+1::/32", "\uff11::/16", "+1.2.3.4/32", "1.2.3._4"],
)
def test_parse_refuses_what_only_python_takes_for_numbers(text: str) -> None:
    with pytest.raises(ValueError, match="address"):
        parse(text)


@st.composite
def prefixes(draw: st.DrawFn) -> dict[Span, int]:
    spans = {}
    for label in range(draw(st.integers(0, 12))):
        bits = draw(st.integers(0, 8))
        first = draw(st.integers(0, (1 << 8 - bits) - 1)) << bits
        spans[first, first + (1 << bits) - 1] = label
    return spans


@given(prefixes())
def test_the_most_specific_wins_on_every_key(spans: dict[Span, int]) -> None:
    ranges = flatten(spans)
    for key in range(258):
        around = [
            (last - first, label) for (first, last), label in spans.items() if first <= key <= last
        ]
        assert at(ranges, key) == (min(around)[1] if around else None)
    assert all(a[0] < b[0] and a[1] != b[1] for a, b in pairwise(ranges))


@given(prefixes(), prefixes())
def test_merge_keeps_both(one: dict[Span, int], two: dict[Span, int]) -> None:
    left, right = flatten(one), flatten(two)
    both = merge([left, right])
    for key in range(258):
        found = bisect_right([first for first, _ in both], key) - 1
        assert (both[found][1] if found >= 0 else (None, None)) == (at(left, key), at(right, key))


def test_whole_ranges_fill_gaps_and_cut_overlaps() -> None:
    rows = [(0, 9, "a"), (10, 19, "a"), (15, 30, "b"), (40, 40, "c")]
    assert whole_ranges(rows) == [(0, "a"), (20, "b"), (31, None), (40, "c"), (41, None)]
