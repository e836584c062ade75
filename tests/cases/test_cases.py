"""Every scenario: forged, analysed from bytes to verdict, held against what is expected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from analyzer.judge import claim_files, words
from analyzer.model import Result, Verdict
from analyzer.owners.registry import Registry
from analyzer.report import to_csv, to_html, to_json, to_markdown
from analyzer.report.terminal import terminal
from tests.cases import scenario
from tests.cases.expectations import CHECKS, misses, spoiled
from tests.cases.scenario import Runs, Scene
from tests.conftest import ROOT

CASES = scenario.folders()
SCENES = [scene for case in CASES for scene in scenario.scenes(case)]
CLAIMS = {claim.id: claim for claim in claim_files.load([ROOT / "rules"])}
IDS = [scene.id for scene in SCENES]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    return Runs(tmp_path_factory.mktemp("cases"))


@pytest.fixture(params=SCENES, ids=IDS)
def scene(request: pytest.FixtureRequest) -> Scene:
    made: Scene = request.param
    return made


def test_what_a_scene_expects_is_found(scene: Scene, runs: Runs) -> None:
    assert misses(scene.expected, runs.result(scene)) == []


def test_no_expectation_is_met_by_whatever_comes(scene: Scene, runs: Runs) -> None:
    result = runs.result(scene)
    for key, expected in scene.expected.items():
        wrongs = list(spoiled(expected))
        assert wrongs, f"{key} expects nothing"
        for wrong in wrongs:
            assert misses({key: wrong}, result), f"{key}: {wrong} would be met, too"


def test_a_claim_is_consistent_only_with_first_party_traffic(scene: Scene, runs: Runs) -> None:
    check_consistent(runs.result(scene))


def check_consistent(result: Result) -> None:
    """An answered conversation under a name of the vendor stands behind each such verdict."""
    consistent = [claim for claim in result.claims if claim.verdict is Verdict.CONSISTENT]
    registry = Registry.open([ROOT / "rules" / "vendors"]) if consistent else None
    for claim in consistent:
        assert registry is not None
        answered = [flow for flow in result.flows if flow.name and flow.packets_down]
        owners = {registry.vendor_of_name(flow.name or "") for flow in answered} - {None}
        assert claim.vendor in owners or (claim.vendor == "any" and owners), claim.id
        assert claim.coverage.flows > 0
        assert claim.coverage.endpoints > 0
        assert claim.coverage.bytes > 0


def test_no_output_claims_more_than_was_seen(scene: Scene, runs: Runs) -> None:
    result = runs.result(scene)
    for name, text in outputs(result):
        assert words.forbidden(text) == [], name
        assert [value for value in scene.private if value in text] == [], name


def outputs(result: Result) -> Iterator[tuple[str, str]]:
    """Every text of every format; of HTML what a reader sees, of JSON the strings."""
    for form in (to_html, to_markdown, to_csv):
        for name, parts in form.render(result):
            text = b"".join(parts).decode()
            yield name, _visible(text) if form is to_html else text
    yield "result.json", "\n".join(strings(to_json.result_json(result)))
    yield "summary", "\n".join(strings(to_json.summary_json(result)))
    yield "terminal", terminal(result, None, width=110)


def _visible(page: str) -> str:
    page = re.sub(r"<(script|style)>.*?</\1>", "", page, flags=re.DOTALL)
    said = re.findall(r'(?:aria-label|title|alt)="([^"]*)"', page)
    return unescape("\n".join([re.sub(r"<[^>]*>", " ", page), *said]))


def strings(value: Any) -> Iterator[str]:
    """Every text inside a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for item in value.values() for text in strings(item))
    elif isinstance(value, list):
        yield from (text for item in value for text in strings(item))


# ----------------------------------------------------------- of all of them


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 40
    assert len(set(IDS)) == len(IDS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_scenario_is_whole(case: Path) -> None:
    """README says in a paragraph what it is; every scene is forged, and every forge expected."""
    text = (case / "README.md").read_text(encoding="utf-8").strip()
    assert len(text) > 120
    assert text.startswith("# ")
    assert words.forbidden(text) == []
    assert set(scenario.forges(case)) == {scene.name for scene in scenario.scenes(case)}
    source = (case / "forge.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 70
    assert all(text in source for scene in scenario.scenes(case) for text in scene.private)


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_shipped_claim_meets_all_verdicts_it_can(claim: str) -> None:
    """An intention shows in no traffic: such a claim is never more than not testable."""
    met = {scene.expected.get("claims", {}).get(claim) for scene in SCENES} - {None}
    can_fail = any(predicate.demand for predicate in CLAIMS[claim].predicates)
    wanted = {str(verdict) for verdict in Verdict} if can_fail else {"not_testable"}
    assert met == wanted, f"{claim} wants scenes here that end {wanted}"


# --------------------------------------------------------------- the runner


def test_unknown_expectations_are_errors(runs: Runs) -> None:
    with pytest.raises(ValueError, match="no expectation is called 'clams'"):
        misses({"clams": {}}, runs.result(SCENES[0]))


def test_a_wrong_expectation_fails(runs: Runs) -> None:
    """Each kind once, against a result that has something of it."""
    for scene in SCENES:
        result = runs.result(scene)
        if result.findings and result.claims:
            break
    rule = result.findings[0].rule
    wrong: dict[str, Any] = {
        "status": "failed",
        "claims": {"no-such-claim": "consistent"},
        "findings": {"no-such-finding": "low"},
        "absent": [rule],
        "places": {"192.0.2.1": {"country": "SG"}},
        "flows": 0,
        "handsets": [],
        "says": ["no such words"],
        "score": {"parts": {"no-such-part": None}},
        "anomalies": ["no-such-kind"],
        "visibility": {"hours": {"from": 100}},
    }
    for key, expected in wrong.items():
        assert misses({key: expected}, result), key
    assert misses({"absent": ["no-such-rule"]}, result)


def test_every_expectation_is_explained_and_used() -> None:
    text = (scenario.HERE / "README.md").read_text(encoding="utf-8")
    used = {key for scene in SCENES for key in scene.expected}
    for key in CHECKS:
        assert f"| `{key}` |" in text, key
    assert used == set(CHECKS)
