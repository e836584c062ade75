"""Nothing is ranked that cannot be."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.batch import board_cover
from analyzer.batch.board_cover import Cover
from tests.batch.forged_records import FAR, records, rows


def covers() -> st.SearchStrategy[Cover]:
    share = st.floats(0, 1)
    return st.builds(
        Cover, st.sampled_from([("a",), ("a", "b")]), st.sampled_from(["r1", "r2"]),
        st.floats(0, 1e4), st.floats(0, 1e12), share, share,
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(covers(), max_size=12), st.randoms(use_true_random=False))
def test_any_two_scores_of_a_group_may_be_ranked(found: list[Cover], shuffle: Any) -> None:
    groups = board_cover.groups(found, FAR)
    for x in found:
        for y in found:
            if groups[x] != groups[y]:
                continue
            assert (x.judged, x.rules) == (y.judged, y.rules)
            assert max(x.hours, y.hours) <= 4 * min(x.hours, y.hours)
            assert max(x.bytes, y.bytes) <= 10 * min(x.bytes, y.bytes)
            assert abs(x.named - y.named) <= 0.3
            assert abs(x.located - y.located) <= 0.3
    shuffle.shuffle(found)
    assert board_cover.groups(found, FAR) == groups


def test_the_limits_are_those_of_the_score() -> None:
    assert board_cover.limits() == pytest.approx(dict(board_cover.USUAL))


def test_groups_are_said_and_sorting_by_score_keeps_them(written: Path) -> None:
    page = (written / "scoreboard.html").read_text()
    assert "Scores of recordings that show differing amounts are not put in one order" in page
    body = page.split('<section id="captures">')[1].split("</section>")[0]
    told = re.findall(r'data-n=(\d+)>(\d+) <b class="letter">([A-Z]+)', body)
    assert len(told) == sum(r["status"] != "failed" for r in records(60)())
    keys = [int(number) for number, _, _ in told]
    assert keys == sorted(keys, reverse=True)  # as shown: groups, in each the highest first
    letters = [letter for _, _, letter in told]
    assert letters == sorted(letters)
    assert len(set(letters)) == 3
    scores = [int(score) for _, score, _ in told]
    assert scores != sorted(scores, reverse=True)  # over groups there is no order


def test_the_group_is_in_the_table_beside_the_score(written: Path) -> None:
    for row in rows(written):
        assert bool(row["score"]) == bool(row["coverage_group"]) == bool(row["coverage"])


def test_the_letters_go_on_after_z() -> None:
    many = [Cover(("a",), "r", 1.0, 10.0**i * 20, 0.5, 0.5) for i in range(0, 56, 2)]
    letters = [g.letter for g in sorted(set(board_cover.groups(many, FAR).values()))]
    assert letters[:3] == ["A", "B", "C"]
    assert letters[25:] == ["Z", "AA", "AB"]
