"""Captured text acts nowhere on the page, and nothing is loaded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from analyzer.batch import board
from analyzer.batch.board_survey import survey
from tests.batch.forged_records import FAR, SETTINGS, record, records, rows
from tests.markup import Reader
from tests.report.conftest import HOSTILE, retold


def hostile(text: str) -> Any:
    kept = {"complete", "incomplete", "failed", "stated", "agreed", "single", "edge", "unknown",
            "disputed", "private", "contradicted", "consistent", "not_testable"}  # fmt: skip
    fixed = ("key", "first", "last", "report", "schema")

    def change(value: Any, name: str = "") -> Any:
        if isinstance(value, str):
            return value if value in kept or name in fixed else text
        if isinstance(value, dict):
            return {k: change(v, k) for k, v in value.items()}
        return [change(v) for v in value] if isinstance(value, list) else value

    return lambda: (change(each) for each in records(12)())


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_changes_no_tag_and_no_cell(text: str, tmp_path: Path) -> None:
    for name, said in (("tame", "harmless"), ("wild", text)):
        settings_ = retold(SETTINGS, lambda old, said=said: said if old != "html" else old)
        board.write(hostile(said), tmp_path / name, {**settings_, "asked": {}})
    tame, wild = ((tmp_path / name / "scoreboard.html").read_text() for name in ("tame", "wild"))
    body = wild[wild.index("<body") : wild.rindex("<script>")]
    assert all(c.isprintable() or c == "\n" for c in body)
    if text:
        assert Reader(wild).tags == Reader(tame).tags
    for name in ("scoreboard.csv", "cohorts.csv"):
        for row in rows(tmp_path / "wild", name):
            for cell in row.values():
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
                assert cell.isprintable()
    assert all(line.isprintable() for line in board.summary_lines(survey(hostile(text)(), FAR)))


def links(folder: Path) -> list[str]:
    """Where the scoreboard leads, without its own sections and the credit for the data."""
    page = (folder / "scoreboard.html").read_text()
    found = re.findall(r'href="([^"#][^"]*)"', page)
    found.remove("https://db-ip.com")
    return found


def test_links_are_made_of_keys_alone(written: Path, tmp_path: Path) -> None:
    hrefs = links(written)
    assert len(hrefs) == sum(r["status"] != "failed" for r in records(60)())
    assert all(re.fullmatch(r"captures/[0-9a-f]{20}/report\.html", href) for href in hrefs)
    bad = record(0, report="javascript:alert(1)", key="../../etc/passwd-00000")
    board.write(lambda: iter([bad]), tmp_path, SETTINGS)
    assert links(tmp_path) == []
    board.write(records(5), tmp_path, {**SETTINGS, "formats": ["csv"]})
    assert links(tmp_path) == []


def test_nothing_is_loaded_and_the_policy_forbids_it(written: Path) -> None:
    page = (written / "scoreboard.html").read_text()
    assert "default-src 'none'" in page
    assert " style=" not in page
    assert not {tag for tag, _ in Reader(page).tags} & {"img", "link", "iframe", "object", "embed"}
