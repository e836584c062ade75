"""The published JSON Schemas: made from the loader's tables, and agreeing with it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from forged_results import RULES

from analyzer.judge import catalogue, schema, units
from analyzer.judge.tests_registry import READERS, TESTS
from analyzer.owners.vendors import PURPOSES
from analyzer.owners.vendors import check as check_vendors
from analyzer.problems import Problems
from analyzer.yamlfile import parse, read

jsonschema = pytest.importorskip("jsonschema")
KINDS = {"rule": "detect", "policy": "policies", "claim": "claims", "vendor": "vendors",
         "score": "score"}  # fmt: skip
SHIPPED = [(kind, path) for kind, folder in KINDS.items()
           for path in sorted((RULES / folder).glob("*.yaml"))]  # fmt: skip


def validator(kind: str) -> Any:
    made = json.loads((schema.FOLDER / f"{kind}.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(made)
    return jsonschema.Draft202012Validator(made)


def problems_of(data: object) -> list[str]:
    """What the loader says of one file."""
    problems = Problems()
    name = next(iter(data.values()), "x") if isinstance(data, dict) else "x"
    catalogue.check_document(parse(json.dumps(data), Path(f"{name}.yaml")), problems)
    return problems.lines


def test_the_files_are_what_the_tables_say() -> None:
    for name, made in schema.schemas().items():
        held = (schema.FOLDER / name).read_text("utf-8")
        assert held == schema.text(made), f"{name}: run python -m analyzer.judge.schema"
    purposes = json.loads((schema.FOLDER / "vendor.json").read_text())["$defs"]["purpose"]
    assert set(purposes["enum"]) == PURPOSES


def test_every_kind_of_file_has_a_schema() -> None:
    assert {path.stem for path in schema.FOLDER.glob("*.json")} == set(KINDS)
    folders = {path.parent.name for path in RULES.rglob("*.yaml")}
    assert folders <= set(KINDS.values())


@pytest.mark.parametrize(("kind", "path"), SHIPPED, ids=[path.stem for _, path in SHIPPED])
def test_shipped_files_are_valid(kind: str, path: Path) -> None:
    validator(kind).validate(read(path).data)


RULE = read(RULES / "detect" / "periodic-contact.yaml").data
POLICY = read(RULES / "policies" / "india-2015-localisation.yaml").data
CLAIM = read(RULES / "claims" / "demo-2026-all-on-aws.yaml").data
PERIODIC = RULE["test"]["periodic"]
PREDICATE = CLAIM["predicates"][0]


def without(data: dict[str, Any], key: str) -> dict[str, Any]:
    return {each: value for each, value in data.items() if each != key}


def with_identifiers(**parameters: list[str]) -> dict[str, Any]:
    """A rule for identifiers; these parameters and else right ones."""
    right = {"kinds": ["any"], "found_by": ["sheet"], "apart": ["kind"]}
    sentences = {"title": "{kinds}", "text": "{values}", "caveat": ""}
    return {**RULE, **sentences, "test": {"identifiers": {**right, **parameters}}}


WRONG: dict[str, tuple[str, dict[str, Any]]] = {
    "unknown key": ("rule", {**RULE, "colour": "red"}),
    "no title": ("rule", without(RULE, "title")),
    "no examples": ("rule", without(RULE, "examples")),
    "severity": ("rule", {**RULE, "severity": "grave"}),
    "no condition": ("rule", {**RULE, "when": {}}),
    "unknown fact": ("rule", {**RULE, "when": {"cuntry": "SG"}}),
    "unknown value": ("rule", {**RULE, "when": {"certainty": "statd"}}),
    "country as a word": ("rule", {**RULE, "when": {"country": "Singapore"}}),
    "flag as text": ("rule", {**RULE, "when": {"public": "yes"}}),
    "port as text": ("rule", {**RULE, "when": {"server_port": "443"}}),
    "unknown operation": ("rule", {**RULE, "when": {"name": {"matches": ".*"}}}),
    "domains of a country": ("rule", {**RULE, "when": {"country": {"under": "example.com"}}}),
    "from of a text": ("rule", {**RULE, "when": {"app": {"from": 5}}}),
    "range of a name": ("rule", {**RULE, "when": {"name": {"within": "10.0.0.0/8"}}}),
    "nested unknown fact": ("rule", {**RULE, "when": {"any": [{"all": [{"nam": "x"}]}]}}),
    "group by": ("rule", {**RULE, "group_by": "city"}),
    "unknown number": ("rule", {**RULE, "at_least": {"bytes": 1}}),
    "raised to what": ("rule", {**RULE, "raised": {"urgent": {"flows": 1}}}),
    "unknown test": ("rule", {**RULE, "test": {"periodical": PERIODIC}}),
    "two tests": ("rule", {**RULE, "test": {"periodic": PERIODIC, "upload_heavy":
                                            {"payload_up": 1, "ratio": 1}}}),
    "no test": ("rule", {**RULE, "test": {}}),
    "unknown parameter": ("rule", {**RULE, "test": {"periodic": {**PERIODIC, "gap": 1}}}),
    "parameter missing": ("rule", {**RULE, "test": {"periodic": without(PERIODIC, "gaps")}}),
    "parameter as a list": ("rule", {**RULE, "test": {"periodic": {**PERIODIC, "gaps": [8]}}}),
    "since no day": ("rule", {**RULE, "since": {"date": "2021", "before": "info"}}),
    "since no such month": ("rule", {**RULE, "since": {"date": "2021-13-01", "before": "info"}}),
    "less than nothing": ("rule", {**RULE, "at_least": {"payload_up": -5}}),
    "parameter below zero": ("rule", {**RULE, "test": {"periodic": {**PERIODIC, "gaps": -8}}}),
    "at most none": ("rule", {**RULE, "at_most": 0}),
    "at most one and a half": ("rule", {**RULE, "at_most": 1.5}),
    "identifiers of no kind": ("rule", with_identifiers(kinds=["imeii"])),
    "identifiers found by none": ("rule", with_identifiers(found_by=["shet"])),
    "identifiers apart by none": ("rule", with_identifiers(apart=["owner"])),
    "evidence": ("rule", {**RULE, "evidence": "all"}),
    "allows nothing said": ("policy", without(without(POLICY, "allowed"), "endpoints")),
    "country in small letters": ("policy", {**POLICY, "allowed": {"countries": ["in"]}}),
    "unknown list": ("policy", {**POLICY, "allowed": {"cities": ["Mumbai"]}}),
    "home as a word": ("policy", {**POLICY, "home": "India"}),
    "endpoint of both": ("policy", {**POLICY, "endpoints": [{"name": "a.b", "address": "::1"}]}),
    "no quote": ("claim", without(CLAIM, "quote")),
    "no speaker": ("claim", without(CLAIM, "speaker")),
    "said when": ("claim", {**CLAIM, "said_on": "in autumn"}),
    "nothing it cannot show": ("claim", without(CLAIM, "cannot_show")),
    "demand and never": ("claim", {**CLAIM, "predicates": [{**PREDICATE, "never": "so"}]}),
    "unknown demand": ("claim", {**CLAIM, "predicates": [{**PREDICATE, "demand": {"city": "x"}}]}),
    "of unknown fact": ("claim", {**CLAIM, "predicates": [{**PREDICATE, "of": {"nam": "x"}}]}),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_loader_and_schema_refuse_the_same(case: str) -> None:
    kind, data = WRONG[case]
    lines = problems_of(data)
    assert lines
    assert all(re.match(r".+\.yaml:\d+:\d+: .+; expected .+; fix: .+", line) for line in lines)
    assert not validator(kind).is_valid(data)


def test_the_unchanged_ones_pass_both() -> None:
    for kind, data in (("rule", RULE), ("policy", POLICY), ("claim", CLAIM)):
        assert problems_of(data) == []
        assert validator(kind).is_valid(data)
    assert problems_of(with_identifiers(kinds=["imei", "email"])) == []
    assert validator("rule").is_valid(with_identifiers(kinds=["imei", "email"]))


@pytest.mark.parametrize("number", [float("inf"), float("nan"), -1, 10**400])
def test_amounts_have_an_end(number: float) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        units.quantity(number)


@pytest.mark.parametrize("text", ["{who", "who} sent", "{{who}}", "{who} {sent"])
def test_braces_come_in_pairs(text: str) -> None:
    assert any("braces" in line or "placeholder" in line for line in problems_of(
        {**RULE, "text": text}))  # fmt: skip


def test_every_parameter_can_be_read_and_is_published() -> None:
    for test in TESTS.values():
        assert test.what
        for parameter in test.parameters.values():
            assert parameter.kind in READERS
            assert parameter.kind in schema.PARAMETERS
            assert parameter.what


def test_readme_and_page_tell_every_test(capsys: pytest.CaptureFixture[str]) -> None:
    readme = (RULES / "README.md").read_text("utf-8")
    assert readme == schema.readme(readme), "run python -m analyzer.judge.schema"
    for name, test in TESTS.items():
        assert f"**`{name}`**" in readme
        for word in (*test.parameters, *test.numbers):
            assert f"`{word}`" in readme, word
        for word in test.words:
            assert f"`{{{word}}}`" in readme, word
    page = catalogue.show("periodic-contact", [RULES])
    assert "test: periodic: gaps: 8, merge: 5 s, period: 20 s, spread: 0.25" in " ".join(
        page.split()
    )


def test_placeholders_of_a_test_belong_to_its_rules_only() -> None:
    wrong = {**without(RULE, "test"), "text": "{period} {who}", "caveat": "{who}"}
    (line,) = problems_of(wrong)
    assert "the placeholder 'period'" in line


def test_all_errors_of_all_files_come_at_once(tmp_path: Path) -> None:
    for folder, text in (("detect", "rule: a\nwhen: {cuntry: SG}\n"), ("policies", "policy: b\n"),
                         ("claims", "claim: c\n"), ("vendors", "id: x\n")):  # fmt: skip
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{text[text.index(':') + 2]}.yaml").write_text(text)
    lines = catalogue.check([tmp_path]) + check_vendors([tmp_path / "vendors"], RULES / "vendors")
    for name in ("a.yaml:2:", "b.yaml:1:", "c.yaml:1:", "x.yaml:1:"):
        assert any(name in line for line in lines), name
    assert check_vendors([], RULES / "vendors") == []
