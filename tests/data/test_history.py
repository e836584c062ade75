"""AWS's history: what a merge keeps, moves and adds."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.data import history
from analyzer.data.history import latest, merged, read_history, write_history
from analyzer.data.listings import AwsRow
from analyzer.errors import DataFileError
from tests.conftest import SHARED

A = AwsRow("203.0.113.0/24", "ap-south-1", "ap-south-1", "EC2")
B = AwsRow("198.51.100.0/24", "ap-southeast-1", "ap-southeast-1-bkk-1", "EC2")
C = AwsRow("2001:db8::/32", "GLOBAL", "GLOBAL", "CLOUDFRONT")
OLD = {A: ("2016-06-27", "2026-08-01"), B: ("2022-01-01", "2026-08-01")}


def test_a_merge_moves_adds_and_keeps() -> None:
    assert merged(OLD, [A, C], "2026-11-20") == {
        A: ("2016-06-27", "2026-11-20"),
        B: ("2022-01-01", "2026-08-01"),
        C: ("2026-11-20", "2026-11-20"),
    }
    assert OLD[A] == ("2016-06-27", "2026-08-01")


def test_the_latest_list() -> None:
    assert latest(OLD) == ("2026-08-01", 2)
    assert latest(merged(OLD, [C], "2026-11-20")) == ("2026-11-20", 1)
    assert latest({}) == ("", 0)


def test_a_history_survives_being_written() -> None:
    content = write_history(OLD)
    assert read_history(content) == OLD
    assert content == write_history(dict(reversed(OLD.items())))


def test_the_real_history_is_read(tmp_path: Path) -> None:
    path = SHARED / "data" / "aws-ranges-history.tsv.xz"
    if not path.exists():
        pytest.skip("the shared data is not here")
    found = read_history(path.read_bytes())
    assert len(found) == 23_450
    assert latest(found) == ("2026-08-01", 16_562)
    assert read_history(write_history(found)) == found


HEAD = "prefix\tregion\tnetwork_border_group\tservice\tfirst_seen\tlast_seen\n"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        lzma.compress(b""),
        lzma.compress(b"something else\n"),
        lzma.compress((HEAD + "1.2.3.0/24\ta\tb\tc\t2020-01-01\n").encode()),
        lzma.compress((HEAD + "1.2.3.0/24\ta\tb\tc\t2020-01-01\t2020-13-01\n").encode()),
        lzma.compress((HEAD + "é\ta\tb\tc\t2020-01-01\t2020-01-01\n").encode()),
        write_history(OLD)[:-20],
    ],
)
def test_a_damaged_history_says_what_to_do(content: bytes) -> None:
    with pytest.raises(DataFileError, match="data update --only aws"):
        read_history(content)


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MAX_BYTES", 10_000)
    with pytest.raises(DataFileError):
        read_history(lzma.compress(HEAD.encode() + bytes(1_000_000)))


DAYS = st.dates().map(lambda day: day.isoformat())


@given(st.lists(st.tuples(st.sets(st.sampled_from([A, B, C])), DAYS), max_size=6))
def test_first_is_never_after_last(lists: list[tuple[set[AwsRow], str]]) -> None:
    together: history.History = {}
    for rows, date in lists:
        together = merged(together, rows, date)
    for row, (first, last) in together.items():
        days = [date for rows, date in lists if row in rows]
        assert (first, last) == (min(days), max(days))
