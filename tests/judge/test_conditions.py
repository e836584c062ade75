"""analyzer/judge/conditions.py: each operation, and what is not known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.judge.checks import Sheet
from analyzer.judge.conditions import condition, facts_in
from analyzer.judge.facts import FACTS, is_group
from analyzer.problems import Problems
from analyzer.yamlfile import parse


def made(text: str) -> tuple[Any, list[str]]:
    problems = Problems()
    test = condition(Sheet(parse(f"when: {text}", Path("r.yaml")), problems), ("when",))
    return test, problems.lines


def ask(text: str, **facts: Any) -> bool | None:
    test, problems = made(text)
    assert problems == []
    answer: bool | None = test({**dict.fromkeys(FACTS), **facts})
    return answer


@pytest.mark.parametrize(
    ("when", "facts", "answer"),
    [
        ("{country: SG}", {"country": "SG"}, True),
        ("{country: SG}", {"country": "US"}, False),
        ("{country: SG}", {}, None),
        ("{country: NO}", {"country": "NO"}, True),
        ("{country: {not: SG}}", {"country": "US"}, True),
        ("{country: {not: SG}}", {}, None),
        ("{country: {not: [SG, US]}}", {"country": "US"}, False),
        ("{country: [SG, US]}", {"country": "US"}, True),
        ("{at_home: false}", {"at_home": False}, True),
        ("{name: {under: [bad.com]}}", {"name": "bad.com"}, True),
        ("{name: {under: [bad.com]}}", {"name": "A.Bad.Com."}, True),
        ("{name: {under: [bad.com]}}", {"name": "notbad.com"}, False),
        ("{name: {under: bad.com}}", {"name": "bad.com.evil"}, False),
        ("{server_ip: {within: 10.0.0.0/8}}", {"server_ip": "10.255.0.1"}, True),
        ("{server_ip: {within: 10.0.0.0/8}}", {"server_ip": "11.0.0.1"}, False),
        ("{server_ip: {within: 0.0.0.0/0}}", {"server_ip": "::1"}, False),
        ("{server_ip: {within: ['::/0']}}", {"server_ip": "2001:db8::1"}, True),
        ("{server_ip: {within: ['2001:db8::/33']}}", {"server_ip": "2001:db8:8000::1"}, False),
        ("{server_ip: {within: 192.0.2.7}}", {"server_ip": "192.0.2.7"}, True),
        ("{server_port: {from: 1024, to: 2000}}", {"server_port": 1024}, True),
        ("{server_port: {from: 1024, to: 2000}}", {"server_port": 2001}, False),
        ("{server_port: {from: 1024}}", {}, None),
        ("{provider: {known: false}}", {}, True),
        ("{provider: {known: true}}", {}, False),
        ("{provider: {known: true}}", {"provider": "aws"}, True),
        ("{country: SG, provider: aws}", {"country": "SG", "provider": "gcp"}, False),
        ("{country: SG, provider: aws}", {"country": "SG"}, None),
        ("{country: SG, provider: aws}", {"provider": "gcp"}, False),
        ("{any: [{country: SG}, {provider: aws}]}", {"provider": "aws"}, True),
        ("{any: [{country: SG}, {provider: aws}]}", {"provider": "gcp"}, None),
        ("{any: [{country: SG}, {provider: aws}]}", {"provider": "gcp", "country": "US"}, False),
        ("{not: {country: SG}}", {}, None),
        ("{not: {country: SG}}", {"country": "US"}, True),
        (
            "{all: [{country: SG}, {not: {provider: aws}}]}",
            {"country": "SG", "provider": "x"},
            True,
        ),
    ],
)
def test_conditions(when: str, facts: dict[str, Any], answer: bool | None) -> None:
    assert ask(when, **facts) is answer


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("{}", "no condition; expected at least one"),
        ("x", "'x'; expected a mapping in 'when'"),
        ("{contry: SG}", "fix: did you mean 'country'?"),
        ("{certainty: statd}", "fix: did you mean 'stated'?"),
        ("{country: sg}", "expected a country code"),
        ("{country: [SG, 1]}", "1; expected a country"),
        ("{at_home: no}", "fix: write true or false"),
        ("{server_port: '443'}", "expected a number"),
        ("{server_ip: {within: 10.0.0.0/33}}", "expected a prefix length from 0 to 32"),
        ("{server_ip: {within: 10.0.0.0/-1}}", "expected a prefix length"),
        ("{server_ip: {within: 10.0.0.0/٣}}", "expected"),
        ("{server_ip: {within: [[]]}}", "expected an address or a range"),
        ("{name: {under: '*.bad.com'}}", "expected a domain"),
        ("{name: {matches: '.*'}}", "the key 'matches'"),
        ("{server_port: {from: lots}}", "expected a number with a unit"),
        ("{any: [x]}", "expected a mapping"),
        ("{provider: {known: perhaps}}", "expected true or false"),
    ],
)
def test_what_is_refused(when: str, said: str) -> None:
    _, problems = made(when)
    assert len(problems) == 1
    assert problems[0].startswith("r.yaml:1:")
    assert said in problems[0]


json_like = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text("ab.:/0 -{}", max_size=8)
    | st.sampled_from(list(FACTS)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [*FACTS, "all", "any", "not", "is", "known", "under", "within", "from"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(json_like)
def test_any_data_is_a_condition_or_noted_problems(data: object) -> None:
    problems = Problems()
    text = json.dumps({"when": data}, ensure_ascii=True)
    sheet = Sheet(parse(text, Path("r.yaml")), problems)
    test = condition(sheet, ("when",))
    if not problems.lines:
        assert test(dict.fromkeys(FACTS)) in (True, False, None)


def test_facts_in_finds_them_however_deep() -> None:
    when = {"any": [{"country": "SG"}, {"not": {"name": {"under": ["country.example"]}}}]}
    assert facts_in(when) == {"country", "name"}


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("224.0.0.251", True),
        ("255.255.255.255", True),
        ("223.255.255.255", False),
        ("ff02::fb", True),
        ("fe80::1", False),
        ("ff::1", False),
    ],
)
def test_groups_of_hosts(address: str, group: bool) -> None:
    assert is_group(address) is group
