"""Distances between dates, in the words of a report."""

from __future__ import annotations

import pytest

from analyzer.places.dates import between, distance


@pytest.mark.parametrize(
    ("of", "on", "words"),
    [
        ("2017-08-03", "2017-09-05", "33 days before"),
        ("2017-09-06", "2017-09-05", "1 day after"),
        ("2017-09-05", "2017-09-05", ""),
        ("2022-09-01", "2024-03-01", "18 months before"),
        ("2026-06", "2017-09-05", "9 years after"),
    ],
)
def test_distance(of: str, on: str, words: str) -> None:
    assert distance(of, on) == words


def test_between() -> None:
    assert between("2020-02-28", "2020-03-01") == 2
    assert between("2020-03-01", "2020-02-28") == -2
