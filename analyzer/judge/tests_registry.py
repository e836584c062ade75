"""Tests a rule may ask for with ``test:`` beside its conditions: what counting cannot say.

A test looks at one group (all flows a rule selected, parted by its ``group_by``)
and hands back what it found in it, each a finding of its own. The table says in
which file a test stands, what it must be given, and what it adds to a finding.

Rules of this file
- Every parameter stands in the rule file, none has a value here.
- A test is imported when the first group is put to it, and not before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from analyzer.judge import units
from analyzer.judge.checks import Keys, Sheet

if TYPE_CHECKING:
    from analyzer.judge.groups import Group
    from analyzer.model import Flow


class Tested(NamedTuple):
    """One thing a test found in a group."""

    key: str  # joins the finding's id; "" where there is one at most
    flows: list[Flow]  # those the finding rests on
    numbers: Mapping[str, int | float | str] = {}  # join the finding's
    words: Mapping[str, str] = {}  # for the sentences; "subject" replaces the group's own
    frames: Sequence[int] = ()  # that show it; none: where the flows begin


class Parameter(NamedTuple):
    """What a test must be given."""

    kind: str  # number (with a unit or without), texts, table
    what: str


class Test(NamedTuple):
    """A test as rules see it; its function is ``name`` in ``analyzer/judge/<file>.py``."""

    file: str
    what: str
    parameters: Mapping[str, Parameter]
    numbers: Mapping[str, str]  # what it counts, for ``raised`` and the reader
    words: Mapping[str, str]  # what it adds to words.PLACEHOLDERS


class Chosen(NamedTuple):
    """A test with the parameters a rule gives it."""

    name: str
    parameters: Mapping[str, Any]

    def run(self, group: Group) -> list[Tested]:
        """What the test finds in a group."""
        found: list[Tested] = _function(self.name)(group, self.parameters)
        return found


def _function(name: str) -> Callable[[Group, Mapping[str, Any]], list[Tested]]:
    module = import_module(f"analyzer.judge.{TESTS[name].file}")
    function: Callable[[Group, Mapping[str, Any]], list[Tested]] = getattr(module, name)
    return function


TESTS: dict[str, Test] = {}
"""Every test, by the name rules use."""


# ---------------------------------------------------------------- reading


def chosen(sheet: Sheet, keys: Keys) -> Chosen | None:
    """The one test that a rule names, with all its parameters; problems are noted."""
    names = [name for name in sheet.mapping(keys, TESTS) if name in TESTS]
    if len(names) != 1:
        fix = "name one, and write a second rule for the other"
        sheet.wrong(keys, f"{len(names)} tests", "one of " + ", ".join(TESTS), fix)
        return None
    (name,) = names
    known = TESTS[name].parameters
    given = sheet.mapping((*keys, name), known, known)
    read = {
        key: READERS[known[key].kind](sheet, (*keys, name, key)) for key in given if key in known
    }
    return Chosen(name, read)


def _number(sheet: Sheet, keys: Keys) -> float:
    return sheet.made(keys, units.quantity, 0.0)


def _texts(sheet: Sheet, keys: Keys) -> tuple[str, ...]:
    return tuple(sheet.texts(keys))


def _table(sheet: Sheet, keys: Keys) -> dict[str, str | float]:
    """``{name: number or text}``."""
    value = sheet.value(keys)
    empty: str | float = ""
    rows = sheet.mapping(keys, value if isinstance(value, dict) else ())
    return {str(key): sheet.made((*keys, key), _cell, empty) for key in rows}


def _cell(value: object) -> str | float:
    return value if isinstance(value, str) else units.quantity(value)


READERS: dict[str, Callable[[Sheet, Keys], Any]] = {
    "number": _number,
    "texts": _texts,
    "table": _table,
}
