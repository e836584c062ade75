"""The whole command in this process, and what its report folder must be whatever came in."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from analyzer import cli
from fuzz.oracle import SCHEMA
from tests.markup import Reader, Tag

FORMATS = "html,json,csv,md"


@dataclass(frozen=True)
class Ran:
    """What one run left behind."""

    code: int
    out: str
    err: str
    folder: Path

    def document(self) -> dict[str, object]:
        """result.json, read strictly."""
        text = (self.folder / "result.json").read_text("utf-8")
        found: dict[str, object] = json.loads(text, parse_constant=_refused)
        return found


def run(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    *captures: Path | str,
    more: tuple[str, ...] = (),
) -> Ran:
    """``phonehome analyze`` of these captures into ``folder``."""
    names = [str(capture) for capture in captures]
    words = ["phonehome", "analyze", *names, "-o", str(folder), "--format", FORMATS, *more]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    said = capsys.readouterr()
    code = stop.value.code
    assert isinstance(code, int)
    return Ran(code, said.out, said.err, folder)


def sound(ran: Ran) -> None:
    """Every file is whole and valid, and a terminal prints what it is given."""
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

    document = ran.document()
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(document)
    manifest = json.loads((ran.folder / "manifest.json").read_text("utf-8"))
    listed = {entry["name"] for entry in manifest["files"]} | {"manifest.json"}
    there = {str(p.relative_to(ran.folder)) for p in ran.folder.rglob("*") if p.is_file()}
    assert listed == there
    for path in ran.folder.glob("*.csv"):
        rows_of(path)
    page = ran.folder / "report.html"
    assert page.exists()
    for text in (ran.out, ran.err):
        assert all(c.isprintable() or c == "\n" for c in text), ascii(text)
        assert "Traceback" not in text


def rows_of(path: Path) -> list[list[str]]:
    """A CSV file's rows, none longer or shorter than its heading, no cell a formula."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, strict=True))
    assert {len(row) for row in rows} == {len(rows[0])}
    for row in rows:
        for cell in row:
            assert not cell.startswith(("=", "@", "\t", "\r")), (path.name, cell)
            assert not cell.startswith(("+", "-")) or _is_number(cell), (path.name, cell)
    return rows


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def tags(folder: Path) -> Counter[Tag]:
    """The tags of the report page."""
    return Reader((folder / "report.html").read_text("utf-8")).tags


def _refused(constant: str) -> object:
    raise AssertionError(f"result.json holds {constant}")
