"""The documented queries run as they stand, and DuckDB and pandas give the same answer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from analyzer.batch import board, dataset
from analyzer.model import Result
from analyzer.record import replace
from tests.batch.forged_records import SETTINGS, records
from tests.conftest import ROOT
from tests.report.conftest import forged

TEXT = (ROOT / "docs" / "queries.md").read_text("utf-8")


def blocks(language: str) -> list[tuple[str, str]]:
    """(heading, code) of each block."""
    found = []
    for section in TEXT.split("\n## ")[1:]:
        heading = section.split("\n", 1)[0]
        found += [
            (heading, code) for code in re.findall(rf"```{language}\n(.*?)```", section, re.S)
        ]
    return found


def sent(factor: int, home: str | None = "IN") -> Result:
    """The forged result with its bytes multiplied; at one, 1.2 MB go to SG and 0.4 MB to CN."""
    result = forged()
    for end in result.endpoints:
        end.bytes_up *= factor
    return replace(result, run=replace(result.run, home=home))


@pytest.fixture
def batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A batch folder in the current one: one large sender, one small, one without home or id."""
    rows: list[tuple[str, str | None, str | None, Result]] = [
        ("a" * 20, "one", "xiaomi", sent(1)), ("b" * 20, "one", "xiaomi", sent(2)),
        ("c" * 20, "two", "xiaomi", sent(0)), ("d" * 20, None, None, sent(9, home=None)),
    ]  # fmt: skip
    for key, device, vendor, result in rows:
        whose = {"id": device, "vendor": vendor, "model": None, "firmware": None, "home": None}
        dataset.write(result, key, whose, tmp_path / "batch" / "dataset")
    board.write(records(12), tmp_path / "batch", SETTINGS)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "batch"


def asked(heading: str) -> list[Any]:
    [code] = [code for name, code in blocks("sql") if name.startswith(heading)]
    return duckdb.sql(code).fetchall()


def computed() -> dict[str, Any]:
    """The answer of each Python block, run one after another as a reader would."""
    known: dict[str, Any] = {}
    answers = {}
    for heading, code in blocks("python"):
        exec(compile(code, "queries.md", "exec"), known)
        answers[heading] = known["answer"]
    return answers


def test_there_are_queries() -> None:
    assert len(blocks("sql")) == 6
    assert len(blocks("python")) == 3


def test_every_query_runs(batch: Path) -> None:
    for heading, code in blocks("sql"):
        assert duckdb.sql(code).fetchall(), heading
    assert all(len(answer) for answer in computed().values())


def test_which_handsets_sent_over_1_mb_to_a_country_other_than_home(batch: Path) -> None:
    found = asked("Which handsets sent")
    assert found == [
        ("one", "xiaomi", "IN", "SG", 3 * 1_204_331, 2),
        ("one", "xiaomi", "IN", "CN", 3 * 412_009, 2),
    ]
    answer = next(a for h, a in computed().items() if h.startswith("Which handsets"))
    assert [tuple(row) for row in answer.itertuples(index=False)] == found


def test_what_one_source_says_is_apart(batch: Path) -> None:
    found = {(row[0], row[1]): row[2] for row in asked("What does one source")}
    assert found == {("one", "US"): 3 * 96_100, ("two", "US"): 0}
    answer = next(a for h, a in computed().items() if h.startswith("What does one"))
    assert {(r.handset, r.country): r.bytes_up for r in answer.itertuples()} == found


def test_nothing_is_outside_an_unknown_home(batch: Path) -> None:
    found = {row[0]: row[1:] for row in asked("How much of what was sent")}
    total, outside, home, rest = found["phone.pcap"]
    assert (outside, home) == (None, None)
    assert total == rest > 0
    total, outside, home, rest = found["one"]
    assert total == outside + home + rest
    assert home == 3 * 88_412


def test_names_of_all_handsets(batch: Path) -> None:
    names = {row[1] for row in asked("Which names do all")}
    assert names == {f.name for f in forged().flows if f.name}
