"""``when``: conditions as data, made into one test.

    when:
      country: SG                        # is
      certainty: [stated, agreed]        # is one of
      name: {under: [example.com]}       # the domain or a name below it
      server_ip: {within: [10.0.0.0/8]}
      server_port: {from: 1024, to: 49151}
      app_protocol: {not: [dns, mdns]}
      provider: {known: true}
      any: [{...}, {...}]                # also: all, not

Rules of this file
- All entries of a mapping must be met.
- A fact that is not known meets nothing, nor the negation of anything (three
  values, Kleene's logic): what we do not know accuses nobody.
- No code, no regular expressions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from analyzer.judge import checks, networks, units
from analyzer.judge.checks import Keys, Sheet
from analyzer.judge.facts import FACTS, Fact
from analyzer.problems import nearest, shown

Answer = bool | None
Test = Callable[[Mapping[str, Any]], Answer]
Check = Callable[[Any], bool]  # of a known value

_ENTRIES = frozenset((*FACTS, "all", "any", "not"))


def are_met(tests: Sequence[Test], facts: Mapping[str, Any]) -> bool:
    """Whether all of some tests are met; what cannot be known is not met."""
    for test in tests:  # noqa: SIM110 (a generator costs as much as the tests)
        if test(facts) is not True:
            return False
    return True


def condition(sheet: Sheet, keys: Keys) -> Test:
    """The test that the mapping at ``keys`` describes; problems are noted."""
    return all_of(list(entries(sheet, keys).values()))


def entries(sheet: Sheet, keys: Keys) -> dict[str, Test]:
    """The test of each entry of the mapping at ``keys``; problems are noted."""
    found = sheet.mapping(keys, _ENTRIES)
    if sheet.value(keys) == {}:
        sheet.wrong(keys, "no condition", "at least one", "name a fact: " + ", ".join(FACTS))
    return {key: _part(sheet, (*keys, key)) for key in found if key in _ENTRIES}


def facts_in(when: object) -> set[str]:
    """The facts a condition asks for, however deep (a document has 20 levels at most)."""
    if isinstance(when, list):
        return {name for part in when for name in facts_in(part)}
    if isinstance(when, dict):
        inner = {name for part in when.values() for name in facts_in(part)}
        return inner | {name for name in when if name in FACTS}
    return set()


def _part(sheet: Sheet, keys: Keys) -> Test:
    word = str(keys[-1])
    if word == "not":
        return _not(condition(sheet, keys))
    if word in ("all", "any"):
        tests = sheet.each(keys, lambda item: condition(sheet, item))
        return all_of(tests) if word == "all" else _any(tests)
    return _fact(sheet, keys, word)


def all_of(tests: list[Test]) -> Test:
    """The test that all are met; of none, one that always is."""
    if len(tests) == 1:
        return tests[0]

    def test(facts: Mapping[str, Any]) -> Answer:
        answer: Answer = True
        for part in tests:
            met = part(facts)
            if met is False:
                return False
            answer = answer and met
        return answer

    return test


def _any(tests: list[Test]) -> Test:
    def test(facts: Mapping[str, Any]) -> Answer:
        answers = [part(facts) for part in tests]
        return True if True in answers else None if None in answers else False

    return test


def _not(part: Test) -> Test:
    def test(facts: Mapping[str, Any]) -> Answer:
        met = part(facts)
        return None if met is None else not met

    return test


# ------------------------------------------------------------ of one fact


def _fact(sheet: Sheet, keys: Keys, name: str) -> Test:
    value = sheet.value(keys)
    if not isinstance(value, dict):
        return _asks(name, _is(sheet, keys, FACTS[name]))
    tests = []
    for word in sheet.mapping(keys, {*fitting(FACTS[name]), "known"}):
        if word == "known":
            tests.append(_known(sheet, (*keys, word), name))
        elif word in fitting(FACTS[name]):
            tests.append(_asks(name, OPERATIONS[word](sheet, (*keys, word), FACTS[name])))
    return all_of(tests)


def _asks(name: str, check: Check) -> Test:
    def test(facts: Mapping[str, Any]) -> Answer:
        value = facts[name]
        return None if value is None else check(value)

    return test


def _known(sheet: Sheet, keys: Keys, name: str) -> Test:
    wanted = sheet.made(keys, _flag, True)
    return lambda facts: (facts[name] is not None) is wanted


def _is(sheet: Sheet, keys: Keys, fact: Fact) -> Check:
    """One value, or one of a list."""
    return frozenset(sheet.each(keys, lambda item: _value(sheet, item, fact))).__contains__


def _is_not(sheet: Sheet, keys: Keys, fact: Fact) -> Check:
    check = _is(sheet, keys, fact)
    return lambda value: not check(value)


def _under(sheet: Sheet, keys: Keys, fact: Fact) -> Check:
    domains = tuple(sheet.each(keys, lambda item: sheet.made(item, _domain, "")))
    ends = tuple("." + domain for domain in domains)
    return lambda value: networks.ends_in(str(value), ends)


def _within(sheet: Sheet, keys: Keys, fact: Fact) -> Check:
    nowhere = networks.Network(0, 0, 0)
    ranges = sheet.each(keys, lambda item: sheet.made(item, _network, nowhere))
    return lambda value: any(one.holds(str(value)) for one in ranges)


def _from(sheet: Sheet, keys: Keys, fact: Fact) -> Check:
    least = sheet.made(keys, units.quantity, 0.0)
    return lambda value: bool(value >= least)


def _to(sheet: Sheet, keys: Keys, fact: Fact) -> Check:
    most = sheet.made(keys, units.quantity, 0.0)
    return lambda value: bool(value <= most)


OPERATIONS: dict[str, Callable[[Sheet, Keys, Fact], Check]] = {
    "is": _is,
    "not": _is_not,
    "under": _under,
    "within": _within,
    "from": _from,
    "to": _to,
}
"""What can be asked of one fact; each makes a check of a known value."""

_FIT = {"name": ("under",), "address": ("within",), "number": ("from", "to")}


def fitting(fact: Fact) -> tuple[str, ...]:
    """The operations that can be asked of a fact of this type."""
    return ("is", "not", *_FIT.get(fact.type, ()))


_TYPES = {
    "text": str,
    "name": str,
    "address": str,
    "country": str,
    "flag": bool,
    "number": int,
}


def _value(sheet: Sheet, keys: Keys, fact: Fact) -> Any:
    """A value to compare with, of the type the fact has."""
    value = sheet.value(keys)
    if type(value) is not _TYPES[fact.type]:
        fix = "write true or false" if fact.type == "flag" else "quote it if it is text"
        sheet.wrong(keys, shown(value), f"a {fact.type} ({fact.what})", fix)
    elif fact.values and value not in fact.values:
        fix = nearest(str(value), fact.values)
        sheet.wrong(keys, shown(value), "a value the fact can have", fix)
    elif fact.type == "country":
        return sheet.made(keys, checks.country, "")
    return value if isinstance(value, (str, int)) else None


def _flag(value: object) -> bool:
    if type(value) is bool:
        return value
    raise ValueError("true or false")


def _domain(value: object) -> str:
    if isinstance(value, str) and networks.is_domain(value):
        return value.lower().rstrip(".")
    raise ValueError("a domain such as example.com")


def _network(value: object) -> networks.Network:
    return networks.network(value if isinstance(value, str) else "")
