"""Random addresses of Amazon's published lists: what is stated is right, edges have no country."""

from __future__ import annotations

import csv
import lzma
import random
from collections import Counter
from pathlib import Path

import pytest

from analyzer.addresses import text
from analyzer.data.lists import EDGE_SERVICES
from analyzer.data.prefixes import parse
from analyzer.data.tsv import read
from analyzer.model import Certainty
from analyzer.places.atlas import Atlas
from analyzer.shipped import data_folder

DRAWN = 600
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def history(shared: Path) -> Rows:
    with lzma.open(shared / "data" / "aws-ranges-history.tsv.xz", "rt") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def listed_on(history: Rows, day: str) -> dict[tuple[int, int, int], Rows]:
    """The rows of one day by family, size of the span and its first key."""
    found: dict[tuple[int, int, int], Rows] = {}
    for row in history:
        parsed = parse(row["prefix"])
        if parsed and row["first_seen"] <= day <= row["last_seen"]:
            family, (first, last) = parsed
            found.setdefault((family, last - first + 1, first), []).append(row)
    return found


def most_specific(listed: dict[tuple[int, int, int], Rows], family: int, key: int) -> Rows:
    sizes = sorted({size for f, size, _ in listed if f == family})
    spans = ((family, size, key - key % size) for size in sizes)
    return next(listed[span] for span in spans if span in listed)


@pytest.mark.parametrize(
    ("day", "whole", "least"),
    [
        ("2017-08-03", False, 500), ("2017-10-17", False, 500), ("2018-06-01", False, 400),
        ("2019-07-19", False, 500), ("2020-09-28", False, 500), ("2022-09-01", False, 500),
        ("2017-09-05", True, 500), ("2021-03-15", True, 500), ("2024-06-01", True, 450),
        ("2026-08-01", True, 450), ("2026-08-01", False, 150),
    ],
)  # fmt: skip
def test_random_amazon_addresses(
    history: Rows, shared: Path, day: str, whole: bool, least: int
) -> None:
    atlas = Atlas.open(day, user_data=shared / "data" if whole else None)
    countries = {row[1]: row[4] for row in read(data_folder() / "regions.tsv") if row[0] == "aws"}
    listed = listed_on(history, day)
    spans, drawn, seen = sorted(listed), random.Random(20170905), Counter[Certainty]()
    for _ in range(DRAWN):
        family, size, first = drawn.choice(spans)
        key = first + drawn.randrange(size)
        ip = text(key.to_bytes(4, "big") if family == 4 else key.to_bytes(8, "big") + bytes(8))
        place, rows = atlas.place(ip), most_specific(listed, family, key)
        regions = {row["network_border_group"] or row["region"] for row in rows}
        at = place.location
        seen[at.certainty] += 1
        if at.certainty is Certainty.EDGE:
            assert at.country is place.region is None
        if at.certainty is Certainty.STATED:
            assert place.region in regions, ip
            assert at.country == countries[str(place.region)], ip
        if any(row["service"] in EDGE_SERVICES for row in rows) or regions == {"GLOBAL"}:
            assert at.certainty is not Certainty.STATED, ip
    assert seen[Certainty.STATED] >= least, seen
