"""What two sides rest on, and what they are judged by, is said before they are compared."""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import pytest

from analyzer.compare import plain, said, to_html
from analyzer.compare.compared import document
from analyzer.compare.sides import Side
from analyzer.model import (
    Severity,
    Verdict,
)
from analyzer.record import replace
from tests.compare.pairs import SCHEMA, Json, compared, end, scored, shown
from tests.markup import Reader
from tests.report.conftest import forged


def test_less_recorded_is_said_first_and_absence_with_the_hours() -> None:
    found = document(shown(end("192.0.2.1", "a.example"), hours=10.0),
                     shown(end("192.0.2.2", "b.example"), hours=0.5))  # fmt: skip
    assert found["coverage"][0]["key"] == "hours"
    assert "10.0 hours" in found["coverage"][0]["text"]
    [gone] = found["endpoints"]["gone"]
    assert gone["expected_flows"] == pytest.approx(4 / 10 * 0.5)
    assert gone["seldom"]
    text = " ".join(said.answer(found))
    assert "came so seldom in A (10.0 hours) that in 30 minutes they may well have stayed" in text
    pages = [plain.terminal(found), b"".join(plain.render_markdown(found)).decode(),
             Reader(b"".join(to_html.render(found)).decode()).text]  # fmt: skip
    for page in pages:
        words = " ".join(page.split())
        assert words.index("A covers 10.0 hours") < words.index("not seen in B")
        assert not re.search(r"\b(gone|disappeared|stopped)\b", page)


def test_bytes_are_compared_by_the_hour() -> None:
    found = document(shown(end("192.0.2.1", "a.example", up=1_000), hours=0.5),
                     shown(end("192.0.2.1", "a.example", up=1_000), hours=2.0))  # fmt: skip
    [rates] = [each["bytes"] for each in found["endpoints"]["rates"]]
    assert (rates["a_up_per_hour"], rates["b_up_per_hour"]) == (2_000, 500)
    assert (found["rates"]["a_up_per_hour"], found["rates"]["b_up_per_hour"]) == (2_000, 500)


def test_without_time_there_are_no_rates() -> None:
    found = document(shown(end("192.0.2.1", "a.example"), hours=0.0), shown(hours=1.0))
    assert found["rates"]["a_up_per_hour"] is None
    assert "Less than a minute was recorded in A: no bytes" in " ".join(said.answer(found))
    jsonschema.validate(found, SCHEMA)


def test_less_than_a_minute_gives_no_rate_and_every_page_says_so() -> None:
    both = end("192.0.2.1", "a.example")
    brief = shown(both, end("192.0.2.2", "b.example", flows=9), hours=59 / 3600)
    found = document(brief, shown(both, hours=1.0))
    jsonschema.validate(found, SCHEMA)
    [place] = found["rates"]["places"]
    [rates] = [each["bytes"] for each in found["endpoints"]["rates"]]
    for each in (found["rates"], place, rates):
        assert (each["a_up_per_hour"], each["b_up_per_hour"]) == (None, 1_000)
    [gone] = found["endpoints"]["gone"]
    assert (gone["bytes_up_per_hour"], gone["expected_flows"]) == (None, None)
    assert gone["seldom"]  # nine conversations in a minute are no 540 in an hour
    told = "Less than a minute was recorded in A: no bytes an hour"
    pages = [plain.terminal(found), *(b"".join(render(found)).decode()
             for render in (plain.render_markdown, to_html.render))]  # fmt: skip
    assert "seldom" not in " ".join(said.answer(found))
    assert "in A: how often what it alone shows" in " ".join(said.answer(found))
    for text, times in zip(pages, (1, 2, 3), strict=True):
        assert " ".join(text.split()).count(told) == times
    minute = document(shown(both, hours=1 / 60), shown(both, hours=1.0))
    assert minute["rates"]["a_up_per_hour"] == 60_000
    assert said.unrated(minute) == ""


def test_keys_on_one_side_alone_are_said() -> None:
    keyed = {"visibility": replace(forged().visibility, decrypted_flows=3)}

    def told(a: Side, b: Side) -> list[str]:
        return [each["text"] for each in document(a, b)["coverage"] if each["key"] == "keys"]

    [text] = told(shown(), shown(**keyed))
    assert text.startswith("Keys opened 3 conversations in B alone")
    assert told(shown(**keyed), shown(**keyed)) == []
    assert told(shown(), shown()) == []


def test_alike_sides_say_so_and_other_rules_data_and_homes_are_named() -> None:
    def keys(**changes: Any) -> set[str]:
        result = forged()
        run = replace(result.run, **changes)
        return {each["key"] for each in document(shown(), shown(run=run))["coverage"]}

    assert {"same", "hidden", "incomplete"} == keys()
    assert "rules" in keys(rules_sha256="00")
    assert "home" in keys(home="CN")
    assert "data" in keys(data=[])
    assert "day" in keys(on="2020-01-01")
    assert "version" in keys(version="9")


def test_verdicts_findings_and_their_grades() -> None:
    claims = [replace(c, verdict=Verdict.CONSISTENT) for c in forged().claims[1:]]
    one, two, three = forged().findings
    other = [replace(one, severity=Severity.HIGH), replace(two, subject="other.example"), three]
    found = compared([], [], claims=claims, findings=other)
    assert found["claims"] == {
        "changed": [{"claim": "phone-sg", "a": "contradicted", "b": "consistent"}],
        "one_side": [{"claim": "phone-edge", "a": "not_testable", "b": None}],
        "same": [],
        "far": ["phone-sg"],
    }
    text = " ".join(said.answer(found))
    assert "Verdicts differ on one claim: phone-sg. On one side only was judged: one claim" in text
    assert "Said over a year before or after a recording: one claim;" in text
    assert [f["subject"] for f in found["findings"]["new"]] == ["other.example"]
    assert [f["subject"] for f in found["findings"]["gone"]] == [two.subject]
    [changed] = found["findings"]["changed"]
    assert (changed["severity_a"], changed["severity"]) == ("low", "high")
    assert found["findings"]["both"] == 2


def test_scores_are_set_against_each_other_only_where_they_may_be() -> None:
    def score(**changes: Any) -> Json:
        a = shown(score=scored(40))
        found: Json = document(a, shown(**changes))["score"]
        return found

    assert score(score=scored(55))["change"] == 15
    apart = score(score=scored(55, hours=40.0))
    assert apart["change"] is None
    assert "Not to be ranked" in apart["why"]
    other_home = score(score=scored(55), run=replace(forged().run, home="CN"))
    assert other_home["change"] is None
    assert "home is not the same" in other_home["why"]
    assert score(score=None) == {"a": {"total": 40, "low": 40, "high": 40, "captures": 1},
                                 "b": None, "change": None, "why": None, "parts": []}  # fmt: skip
