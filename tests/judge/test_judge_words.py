"""analyzer/judge: units, words and filters."""

from __future__ import annotations

import pytest
from forged_results import flow
from hypothesis import given
from hypothesis import strategies as st

from analyzer.judge import units, words
from analyzer.judge.evidence import display_filter, evidence


@pytest.mark.parametrize(
    ("text", "value"),
    [("5 MB", 5e6), ("64 kB", 64e3), ("1.5 GB", 1.5e9), ("10 min", 600), ("2 h", 7200),
     ("12", 12), (12, 12), (0.5, 0.5), ("1 d", 86400), ("3 b", 3)],
)  # fmt: skip
def test_quantities(text: object, value: float) -> None:
    assert units.quantity(text) == value


@pytest.mark.parametrize("text", ["", "MB", "5 miles", "5 MB up", "1e3", "-1", None, True, [], "٣"])
def test_no_quantities(text: object) -> None:
    with pytest.raises(ValueError, match="a number with a unit"):
        units.quantity(text)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_000, "1.0 kB"), (9_949, "9.9 kB"),
     (9_960, "10 kB"), (999_499, "999 kB"), (999_500, "1.0 MB"), (34_000_000, "34 MB"),
     (5 * 10**12, "5.0 TB"), (5 * 10**16, "50,000 TB")],
)  # fmt: skip
def test_sizes(count: int, text: str) -> None:
    assert units.size(count) == text


@pytest.mark.parametrize(
    ("parts", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c"),
     (["a", "b", "c", "d"], "a, b, c and 1 more")],
)  # fmt: skip
def test_lists(parts: list[str], text: str) -> None:
    assert units.joined(parts) == text


def test_a_value_is_put_in_once() -> None:
    said = {"a": "{b}", "b": "x"}
    assert words.fill("{a} {b} {c} {a.__class__} {}", said) == "{b} x {c} {a.__class__} {}"


@given(st.text(max_size=300))
def test_clean_text_is_short_and_printable(text: str) -> None:
    assert words.clean(text).isprintable()
    assert len(words.clean(text)) <= 1_000


def test_filters() -> None:
    one = flow(1, "203.0.113.1")
    assert display_filter([one], [10]) == "ip.addr == 203.0.113.1 and tcp.port == 443"
    assert display_filter([one], [10], errors=True) == (
        "ip.addr == 203.0.113.1 and tcp.port == 443 and not icmp"
    )
    both = [one, flow(2, "2001:db8::1", proto="udp", server_port=443)]
    assert display_filter(both, [10]) == (
        "(ip.addr == 203.0.113.1 or ipv6.addr == 2001:db8::1) "
        "and (tcp.port == 443 or udp.port == 443)"
    )
    ping = flow(3, "203.0.113.1", proto="icmp", server_port=None)
    assert display_filter([one, ping], [10]) == "ip.addr == 203.0.113.1"
    assert display_filter([one, ping], [10], errors=True) == "ip.addr == 203.0.113.1"
    many = [flow(i, "203.0.113.1", server_port=i) for i in range(1, 7)]
    assert display_filter(many, [10]) == "ip.addr == 203.0.113.1"
    crowd = [flow(i, f"10.0.0.{i}") for i in range(1, 102)]
    assert display_filter(crowd, [30, 10]) == "frame.number in {10, 30}"
    assert display_filter([], []) == ""
    assert display_filter([one], [10], crowded=True) == (
        "ip.addr == 203.0.113.1 and tcp.port == 443 and tcp.port == 40001"
    )
    throng = [flow(i, "203.0.113.1") for i in range(1, 52)]
    assert (
        display_filter(throng, [10], crowded=True) == "ip.addr == 203.0.113.1 and tcp.port == 443"
    )


def test_no_flows_no_evidence() -> None:
    nothing = evidence([])
    assert (nothing.frames, nothing.frame_count, nothing.first) == ([], 0, None)
