"""docs/formats.md names every column and format there is, so it cannot drift."""

import re
from pathlib import Path

import pytest

from analyzer.formats import FORMATS
from analyzer.report.tables import TABLES

PAGE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", TABLES)
def test_columns(table: str) -> None:
    paragraph = PAGE.split(f"\n`{table}.csv`, one ")[1].split("\n\n")[0]
    named = re.sub(r"\([^)]*\)", "", paragraph.split("a row: ")[1].replace("\n", " "))
    assert [word.strip() for word in named.rstrip(".").split(",")] == list(TABLES[table][0])


@pytest.mark.parametrize("name", FORMATS)
def test_formats(name: str) -> None:
    assert f"--format {name}" in PAGE or name == "json"
