"""Which list speaks for a day, and when it may only whisper."""

from __future__ import annotations

import pytest

from analyzer.data.lists import Row, in_memory, ranges
from analyzer.places.clouds import Listed, Lists, unannounced

DATES = ("2017-08-03", "2017-10-17", "2022-09-01")
KEY = 52 << 24
MUMBAI, OREGON = ("52.0.0.0/8", "ap-south-1", "EC2"), ("52.0.0.0/8", "us-west-2", "EC2")
CDN = ("52.0.0.0/8", "GLOBAL", "CLOUDFRONT")


def lists(on: str | None, *said: Row | None) -> Lists:
    columns = [ranges("aws", [row] if row else []) for row in said]
    return Lists(in_memory(DATES, columns), on)


def listed(on: str | None, *said: Row | None) -> Listed | None:
    asked = lists(on, *said)
    return asked.listed(asked.finder(4)(KEY))


@pytest.mark.parametrize(
    ("on", "said", "date", "firm"),
    [
        (None, (None, None, MUMBAI), "2022-09-01", True),
        ("2017-08-03", (MUMBAI, None, None), "2017-08-03", True),  # its very day
        ("2017-09-05", (MUMBAI, MUMBAI, None), "2017-08-03", True),
        ("2017-10-10", (MUMBAI, MUMBAI, None), "2017-10-17", True),  # later, an earlier one agrees
        ("2017-10-10", (None, MUMBAI, None), "2017-10-17", False),  # later, none agrees
        ("2017-10-10", (OREGON, MUMBAI, None), "2017-10-17", False),  # they differ
        ("2017-09-05", (MUMBAI, None, None), "2017-08-03", True),  # still listed 33 days before
        ("2017-09-05", (None, MUMBAI, None), "2017-10-17", False),  # only the farther one has it
        ("2017-01-01", (MUMBAI, MUMBAI, None), "2017-08-03", False),  # before all lists
        ("2019-06-01", (MUMBAI, MUMBAI, MUMBAI), "2017-10-17", False),  # over a year away
        ("2023-01-01", (None, None, MUMBAI), "2022-09-01", True),
        ("2023-12-01", (None, None, MUMBAI), "2022-09-01", False),
    ],
)
def test_which_list_and_how_firmly(
    on: str | None, said: tuple[Row | None, ...], date: str, firm: bool
) -> None:
    found = listed(on, *said)
    assert found is not None
    assert (found.date, found.firm) == (date, firm)
    assert firm or found.note


def test_lists_far_from_the_day_do_not_speak() -> None:
    assert listed("2017-09-05", None, None, MUMBAI) is None
    assert listed("2023-01-01", MUMBAI, MUMBAI, None) is None


def test_a_later_list_tells_that_the_holder_changed() -> None:
    asked = lists("2017-09-05", None, None, MUMBAI)
    assert asked.later(asked.finder(4)(KEY)) == "2022-09-01"
    asked = lists("2017-09-05", MUMBAI, MUMBAI, OREGON)
    assert asked.later(asked.finder(4)(KEY)) is None


def test_edge_agrees_with_edge() -> None:
    found = listed("2017-10-10", CDN, CDN, None)
    assert found is not None
    assert found.listing.edge
    assert found.firm


def test_the_farther_list_alone_does_not_make_the_operator() -> None:
    found = listed("2017-09-05", None, MUMBAI, None)
    assert found is not None
    assert not found.nearest


def test_unannounced() -> None:
    found = listed(None, None, None, MUMBAI)
    assert found is not None
    assert not unannounced(found, "2022-10-01").firm
    assert unannounced(found, "2026-06-17") is found  # looked at too late to say anything
