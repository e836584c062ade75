"""Shipped rules and policies, the README's examples, the catalogue and the schemas."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from forged_results import RULES

from analyzer import judge as judge_room
from analyzer.errors import DataFileError, UsageError
from analyzer.judge import catalogue, policies, rules, words
from analyzer.judge.facts import FACTS
from analyzer.judge.phrases import PHRASES
from analyzer.problems import Problems
from analyzer.yamlfile import parse, read

README = (RULES / "README.md").read_text(encoding="utf-8")
SCHEMAS = Path(judge_room.__file__).parent / "schemas"
GRAVE = {"identifier-sent", "password-in-clear"}  # what anybody on the way could read
SHIPPED = rules.files(RULES) + policies.files([RULES])


def examples() -> dict[str, str]:
    """The whole files shown in the README, by the path in their first line."""
    blocks = re.findall(r"```yaml\n# file: (\S+)\n(.*?)```", README, re.DOTALL)
    return dict(blocks)


def schema(kind: str) -> Any:
    jsonschema = pytest.importorskip("jsonschema")
    text = json.loads((SCHEMAS / f"{kind}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(text)
    return jsonschema.Draft202012Validator(text)


def test_shipped_files_are_well_and_carry_what_a_reader_needs() -> None:
    assert catalogue.check([RULES]) == []
    for rule in rules.load([RULES]):
        assert rule.why
        assert rule.false_positives
        assert rule.caveat
        assert {example.hit for example in rule.examples} == {True, False}
        assert rule.severity != "high" or rule.id in GRAVE, rule.id
    policy = policies.load_policy("india-2015-localisation", [RULES])
    assert policy.allowed == {"country": frozenset(["IN"])}
    assert policy.home == "IN"
    assert len(policy.cannot_show) >= 3
    assert policy.quote == "ordered services to keep servers in India"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_schemas_accept_shipped_files(path: Path) -> None:
    data = read(path).data
    schema("rule" if "rule" in data else "policy").validate(data)


def test_schemas_refuse_what_the_validator_refuses() -> None:
    data = read(RULES / "detect" / "left-home.yaml").data
    for wrong in (
        {**data, "extra": 1},
        {**data, "severity": "hihg"},
        {**data, "when": {"certainty": "statd"}},
        {**data, "when": {}},
        {**data, "when": {"cuntry": "SG"}},
        {key: value for key, value in data.items() if key != "why"},
    ):
        assert not schema("rule").is_valid(wrong)
        problems = Problems()
        rules.parse(parse(json.dumps(wrong), Path("x")), problems)
        assert problems.lines


def test_schemas_speak_of_every_key_and_fact() -> None:
    rule = json.loads((SCHEMAS / "rule.json").read_text())
    policy = json.loads((SCHEMAS / "policy.json").read_text())
    assert set(rule["properties"]) == set(rules.KEYS)
    assert rule["required"] == list(rules.NEEDED)
    assert set(policy["properties"]) == set(policies.KEYS)
    assert set(rule["$defs"]["condition"]["properties"]) == {*FACTS, "all", "any", "not"}
    assert set(rule["$defs"]["fact"]["enum"]) == set(FACTS)
    assert set(rule["$defs"]["amounts"]["properties"]) == set(rules.NUMBERS)


def test_the_readmes_examples_are_whole_and_well(tmp_path: Path) -> None:
    shown = examples()
    tested = shown.pop("detect/regular-reports.yaml")
    problems = Problems()
    assert rules.parse(parse(tested, tmp_path / "regular-reports.yaml"), problems).test
    assert problems.lines == []
    schema("rule").validate(parse(tested, tmp_path / "x.yaml").data)
    assert {"detect/readable-upload.yaml", "policies/office-phones.yaml"} <= set(shown)
    for name, text in shown.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        schema(text.split(":")[0]).validate(read(path).data)
    assert catalogue.check([tmp_path]) == []
    (rule,) = rules.load([tmp_path])
    assert rule.since == "2018-07-01"
    assert rule.at_least == {"payload_up": 10_000}
    assert rule.at_most == 10
    assert rule.cleartext
    assert rule.group_by == ("name", "server_ip")
    told = read(tmp_path / "detect/readable-upload.yaml").data
    assert set(rules.KEYS) == {*told, "test"}
    policy = policies.load_policy("office-phones", [tmp_path])
    assert policy.endpoints is not None
    assert len(policy.endpoints) == 4
    assert policy.endpoints[2].ports == {"443/tcp", "5223/tcp"}
    assert set(policies.KEYS) == set(read(tmp_path / "policies/office-phones.yaml").data)


def test_the_readme_names_every_fact_number_and_placeholder() -> None:
    for word in (*FACTS, *rules.NUMBERS):
        assert f"`{word}`" in README, word
    for word in words.PLACEHOLDERS:
        assert f"`{{{word}}}`" in README, word
    assert set(PHRASES) == set(words.PLACEHOLDERS)


def test_templates_hold_no_word_that_claims_too_much() -> None:
    for rule in rules.load([RULES]):
        assert words.forbidden(" ".join([rule.title, rule.text, rule.caveat])) == []
    assert words.forbidden("It is True, and Verified.") == ["true", "verified"]
    assert words.forbidden("construed, unproved") == []


# ------------------------------------------------------------------ check


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(
        "rule: x Y\ntitle: '{subjct} is proved'\nseverity: hihg\n"
        "when: {certainty: statd}\nat_least: {bytes: 5 MB, bytes_up: many}\n"
        "examples: {hit: {country: SG}, miss: []}\nsince: {date: 2021}\n"
    )
    (tmp_path / "y.yaml").write_text(
        "policy: why\ntitle: T\nwhy: W\nallowed: {countries: [India, in, NO]}\n"
        "endpoints: [bad domain, 1.2.3.4/33, {name: a, address: b}, {name: a.b, ports: [x]}]\n"
    )
    (tmp_path / "z.yaml").write_text("vendor: z\n")
    said = catalogue.check([tmp_path])
    for part in (
        "x.yaml:1:1: no 'text'",
        "x.yaml:1:1: no 'why'",
        "x.yaml:1:1: no 'false_positives'",
        "x.yaml:1:1: 'x Y'; expected an id",
        "x.yaml:2:1: the placeholder 'subjct'",
        "expected a known placeholder; fix: did you mean 'subject'?",
        "x.yaml:2:1: the word 'proved'",
        "x.yaml:3:1: 'hihg'; expected one of info, low, medium, high; fix: did you mean 'high'?",
        "x.yaml:4:8: 'statd'",
        "x.yaml:5:12: the key 'bytes'",
        "x.yaml:5:25: 'many'",
        "x.yaml:6:1: no 'miss'",
        "x.yaml:7:1: no 'before'",
        "x.yaml:7:9: 2021; expected a date",
        "y.yaml:4:23: 'India'",
        "y.yaml:4:30: 'in'",
        "y.yaml:5:13: 'bad domain'",
        "y.yaml:5:25: '1.2.3.4/33'",
        "y.yaml:5:37: 2 of name and address",
        "y.yaml:5:80: 'x'; expected a port",
        "y.yaml:1:1: the id 'why' in y.yaml",
        "z.yaml:1:1: neither a rule nor a policy",
    ):
        assert any(part in line for line in said), part
    assert len(said) == 21


def test_examples_that_disagree_are_told() -> None:
    data = read(RULES / "detect" / "encrypted-dns.yaml").data
    data["examples"] = {"hit": {"name": "a"}, "miss": {"encrypted_dns": "dot"}}
    problems = Problems()
    rules.parse(parse(json.dumps(data), Path("e.yaml")), problems)
    assert [line.split("; ")[0].split(": ")[1] for line in problems.lines] == [
        "a hit the rule misses",
        "a miss the rule hits",
    ]


def test_the_same_rule_twice_in_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "detect").mkdir()
    text = (RULES / "detect" / "left-home.yaml").read_text()
    for name in ("left-home.yaml", "other.yaml"):
        (tmp_path / "detect" / name).write_text(text)
    with pytest.raises(DataFileError, match=r"other\.yaml:1:1: the rule 'left-home' again"):
        rules.load([tmp_path])


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="no such folder; expected a folder of rules"):
        rules.load([RULES, tmp_path / "none"])


def test_an_empty_folder_and_a_missing_file_are_told(tmp_path: Path) -> None:
    (line,) = catalogue.check([tmp_path])
    assert "no rule or policy file" in line
    (line,) = catalogue.check([tmp_path / "none.yaml"])
    assert "unreadable (No such file or directory)" in line


@pytest.mark.parametrize(
    "text", ["", "[]", "1", "rule:", "rule: {}", "rule: a\nwhen: []", "policy: []"]
)
def test_stunted_files_are_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text)
    assert catalogue.check([path])


# -------------------------------------------------------------- catalogue


def test_listing_has_every_id() -> None:
    lines = catalogue.listing([RULES]).splitlines()
    listed = [line.split()[0] for line in lines if not line.startswith("score ")]
    assert listed == [path.stem for path in SHIPPED]
    assert ["left-home", "info", "Traffic went to {country}"] in [
        line.split(None, 2) for line in lines
    ]


def test_show_says_what_a_rule_means() -> None:
    page = catalogue.show("old-tls", [RULES])
    assert page.startswith("Rule\n  old-tls\nTitle\n")
    assert "2021-03-25; info in recordings from before" in page
    assert "May be wrong when\n  - Old handsets" in page
    page = catalogue.show("india-2015-localisation", [RULES])
    assert "Government of India, 2015: ordered services to keep servers in India" in page
    assert "Traffic cannot show\n  - Where data is stored" in page
    assert all(len(line) <= 100 for line in page.splitlines())


def test_unknown_ids_name_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'left-home'"):
        catalogue.show("left-hom", [RULES])
    with pytest.raises(UsageError, match="did you mean 'india-2015-localisation'"):
        policies.load_policy("india-2015", [RULES])


# ---------------------------------------------------------------- policies


def test_a_policy_by_path_and_a_missing_one(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("policy: mine\ntitle: T\nwhy: W\nendpoints: []\n")
    assert policies.load_policy(str(path), []).endpoints == ()
    with pytest.raises(DataFileError, match="unreadable"):
        policies.load_policy(str(tmp_path / "no.yaml"), [])


@pytest.mark.parametrize(
    ("entry", "names", "address", "port", "covered"),
    [
        ("example.com", ["a.Example.COM."], "203.0.113.1", "443/tcp", True),
        ("Example.com.", ["example.com"], "203.0.113.1", "443/tcp", True),
        ("example.com", ["notexample.com"], "203.0.113.1", "443/tcp", False),
        ("example.com", [], "203.0.113.1", "443/tcp", False),
        ("203.0.113.0/24", ["x.example"], "203.0.113.1", "443/tcp", True),
        ("203.0.113.0/24", [], "203.0.114.1", "443/tcp", False),
        ("{address: '2001:db8::/32', ports: 853}", [], "2001:db8::1", "853/tcp", True),
        ("{address: '2001:db8::/32', ports: 853/udp}", [], "2001:db8::1", "853/tcp", False),
        ("{name: example.com, ports: [80, 443/udp]}", ["example.com"], "::1", "443/udp", True),
    ],
)
def test_expected_entries(
    entry: str, names: list[str], address: str, port: str, covered: bool
) -> None:
    problems = Problems()
    text = f"policy: p\ntitle: T\nwhy: W\nendpoints: [{entry}]\n"
    policy = policies.parse(parse(text, Path("p.yaml")), problems)
    assert problems.lines == []
    assert policy.endpoints is not None
    assert policy.endpoints[0].covers(names, address, port) is covered
