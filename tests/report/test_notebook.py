"""What Jupyter shows of an analysis: inert, loads nothing, says what the report says."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

import analyzer
from analyzer.model import Result
from analyzer.report import notebook
from analyzer.shipped import captures_folder
from tests.conftest import ROOT
from tests.report.conftest import HOSTILE, forged, retold
from tests.report.test_to_html import Reader, tags

DEMO = captures_folder() / "demo.pcapng"


def test_it_says_answer_sight_map_claims_and_findings(result: Result) -> None:
    shown = notebook.html(result)
    said = "".join(Reader(shown).text)
    for part in (
        "Where the traffic of phone.pcap went",
        "Incomplete: The last 512 bytes of the file are missing.",
        "Of 1.9 MB sent, 1.6 MB (84%) went to places outside India",
        "Belong to a conversation with a name: 92%",
        "Nothing outside the recording (2.4 hours) was seen.",
        "contradicted by this capture; said over a year from the recording: “All our servers",
        "high: Readable text sent without encryption",
        "tracking.intl.phone.example",
        "IP Geolocation by DB-IP",
    ):
        assert part in said, part
    assert [tag for tag, _ in Reader(shown).tags].count("svg") > 1


def test_it_loads_and_runs_nothing(result: Result) -> None:
    for tag, attributes in Reader(notebook.html(result)).tags:
        assert tag not in ("script", "link", "img", "iframe", "object", "embed", "base", "form")
        for name, value in attributes:
            assert name not in ("src", "srcset", "style", "action")
            assert not name.startswith("on")
            assert name != "href" or value == "https://db-ip.com"


def test_its_style_touches_nothing_else(result: Result) -> None:
    [style] = re.findall("<style>(.*?)</style>", notebook.html(result), re.DOTALL)
    assert style.startswith(".phonehome {")
    assert "--stated: #" in style
    assert ".map .line" in style
    assert "url(" not in style
    assert "@import" not in style
    depth = 0
    for place, character in enumerate(re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)):
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth > 0 or place < len(".phonehome {") or character == "}"
    assert depth == 0


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_changes_no_tag(text: str) -> None:
    harmless = notebook.html(retold(forged(), lambda _: "harmless"))
    hostile = notebook.html(retold(forged(), lambda _: text))
    if text:
        assert len(tags(hostile)) == len(tags(harmless))
        assert [t for t, _ in Reader(hostile).tags] == [t for t, _ in Reader(harmless).tags]
    body = hostile[hostile.index("</style>") :]
    assert all(c.isprintable() or c == "\n" for c in body)


def test_captured_text_is_in_no_attribute() -> None:
    for tag, attributes in Reader(notebook.html(retold(forged(), lambda t: "zq" + t))).tags:
        assert not any("zq" in (value or "") for _, value in attributes), tag


def test_the_markdown_says_it_too(result: Result) -> None:
    said = notebook.markdown(result)
    assert said.startswith("### Where the traffic of phone.pcap went\n\nIncomplete: ")
    assert "| Singapore | stated | 1.2 MB | 62% |" in said
    assert "| network edge, no country | edge | 61 kB | 3% |" in said
    assert "- high: Readable text sent without encryption" in said


def test_hostile_text_makes_no_markdown(hostile: Result) -> None:
    said = notebook.markdown(hostile)
    assert len([line for line in said.split("\n") if line.startswith("#")]) == 1
    assert not re.search(r"(?<!\\)[<\[]|www\.|://", said)
    assert all(line.isprintable() for line in said.split("\n"))


def test_nothing_seen_is_shown_as_that(result: Result) -> None:
    result.endpoints, result.flows, result.findings, result.claims = [], [], [], []
    assert "Nothing readable was found" in notebook.html(result)
    assert "Nothing readable was found" in notebook.markdown(result)


def test_maps_of_two_captures_have_ids_of_their_own(result: Result) -> None:
    other = forged()
    other.capture.files[0].sha256 = "ab" * 32
    ids = [set(Reader(notebook.html(each)).ids) for each in (result, other)]
    assert len(ids[0]) == 2
    assert not ids[0] & ids[1]


def test_ipython_shows_all_three() -> None:
    pytest.importorskip("IPython")
    script = f"""
import analyzer
from IPython.core.formatters import DisplayFormatter
shown, _ = DisplayFormatter().format(analyzer.analyze({str(DEMO)!r}, home="IN"))
assert shown["text/html"].startswith('<div class="phonehome">'), shown
assert shown["text/markdown"].startswith("### Where"), shown
assert shown["text/plain"].startswith("demo.pcapng"), shown
"""
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)


def test_it_is_the_same_each_time() -> None:
    one, two = (analyzer.analyze(DEMO, home="IN") for _ in range(2))
    assert one._repr_html_() == two._repr_html_()
    assert repr(one) == str(two)
