"""Files of a comparison: valid, the same every time, and no text acts in them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from analyzer.compare import output, plain, to_html
from analyzer.compare.compared import document
from analyzer.compare.sides import Side, side
from analyzer.compare.words import TEXT
from analyzer.errors import UsageError
from analyzer.model import (
    Certainty,
    Verdict,
)
from analyzer.record import replace
from analyzer.report.safe import columns
from analyzer.report.to_json import result_json
from tests.compare.pairs import SCHEMA, Json, scored
from tests.markup import Reader
from tests.report.conftest import HOSTILE, forged


def test_files_are_valid_whole_and_the_same_every_time(
    pair: tuple[Path, Path], tmp_path: Path
) -> None:
    found = document(*map(side, pair))
    for name in ("1", "2"):
        output.write(found, tmp_path / name, output.formats("html,md,json"))
    there = sorted(p.name for p in (tmp_path / "1").iterdir())
    assert there == ["compare.html", "compare.json", "compare.md"]
    for name in there:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()
    again = json.loads((tmp_path / "1" / "compare.json").read_text())
    jsonschema.validate(again, SCHEMA)
    assert again == found
    assert str(tmp_path) not in (tmp_path / "1" / "compare.json").read_text()


def test_a_format_there_is_not() -> None:
    with pytest.raises(UsageError, match="choose from html, md, json"):
        output.formats("pdf")


def _told(text: str) -> Json:
    """A comparison with a text in every field of two results that holds one."""
    a, b = (Side(text, "capture") for _ in "ab")
    kept = {*map(str, Certainty), *map(str, Verdict), "complete", "incomplete", "failed"}

    def change(old: Any) -> Any:
        if isinstance(old, str):
            return old if old in kept or re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", old) else text
        if isinstance(old, dict):
            return {k: change(v) for k, v in old.items()}
        return [change(v) for v in old] if isinstance(old, list) else old

    result = change(result_json(replace(forged(), score=scored(40))))
    a.add(result, lambda name: name)
    other = {**result, "endpoints": result["endpoints"][2:], "claims": [], "findings": []}
    other["endpoints"] = [{**e, "ip": f"{e['ip']}-{i}", "names": []}
                          for i, e in enumerate(other["endpoints"])]  # fmt: skip
    b.add(other, lambda name: name)
    return document(a, b)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_acts_nowhere(text: str) -> None:
    found = _told(text)
    wild = b"".join(to_html.render(found)).decode()
    tame = b"".join(to_html.render(_told("harmless"))).decode()
    if text:
        assert Reader(wild).tags == Reader(tame).tags
    body = wild[wild.index("<body") : wild.rindex("<script>")]
    assert all(c.isprintable() or c == "\n" for c in body)
    for line in plain.terminal(found, 80).split("\n"):
        assert line.isprintable()
        assert columns(line) <= 80
    marked = b"".join(plain.render_markdown(found)).decode()
    assert all(line.isprintable() for line in marked.split("\n"))
    acting = re.sub(r"`[^`]*`", "", marked)
    assert not re.search(r"(?<!\\)(<script|\]\()", acting)


def test_every_page_credits_the_data_it_shows() -> None:
    for render in (to_html.render, plain.render_markdown):
        page = b"".join(render(_told("harmless"))).decode().replace("</a>", "")
        assert "IP Geolocation by DB-IP, CC BY 4.0. Network data: RouteViews, NRO." in page


def test_no_text_says_that_something_is_gone_or_accuses() -> None:
    texts = re.sub(r"\{\w+\}", "", " ".join(TEXT.values()))
    assert not re.search(r"\b(gone|disappeared|stopped|spying|secretly)\b", texts)
