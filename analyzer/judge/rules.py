"""Detection rules: which kinds of traffic are a finding, and in what words.

A rule file selects kinds of flows (``when``), parts them (``group_by``), drops
what is too small (``at_least``) and says one sentence about each part. The
whole format, with an example, is in rules/README.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from analyzer.judge import checks, tests_registry, units
from analyzer.judge.checks import Keys, Sheet
from analyzer.judge.conditions import Test, are_met, entries, facts_in
from analyzer.judge.facts import FACTS
from analyzer.judge.tests_registry import TESTS, Chosen
from analyzer.model import Severity
from analyzer.problems import Problems
from analyzer.yamlfile import Document

NEEDED = ("rule", "title", "text", "severity", "why", "false_positives", "when", "examples")
KEYS = (*NEEDED, "caveat", "group_by", "at_least", "test", "raised", "since", "at_most",
        "evidence", "reference")  # fmt: skip
NUMBERS = {
    "flows": "conversations",
    "endpoints": "addresses of endpoints",
    "packets": "packets of both directions",
    "bytes_up": "bytes on the wire from the handset",
    "bytes_down": "bytes on the wire to the handset",
    "payload_up": "payload bytes from the handset",
    "payload_down": "payload bytes to the handset",
    "lookups_up": "bytes on the wire from the handset that asked for names or the time",
    "content_up": "payload bytes from the handset, such look-ups, pings and ICMP errors left out",
    "requests": "requests seen in clear",
}
"""What can be counted of a finding, for ``at_least`` and ``raised``."""

AT_MOST = 20
"""Findings of one rule; the smaller ones are told together in one more."""


class Example(NamedTuple):
    """Facts of a forged flow, and whether the rule must select it."""

    hit: bool
    facts: Mapping[str, Any]
    keys: Keys  # where it stands in the file


class Rule(NamedTuple):
    """One detection rule, checked and ready to apply."""

    id: str
    path: Path
    title: str
    text: str
    caveat: str
    why: str
    false_positives: tuple[str, ...]
    severity: Severity
    coarse: tuple[Test, ...]  # the conditions that ask for coarse facts alone
    fine: tuple[Test, ...]  # those that ask for facts that differ between endpoints, too
    group_by: tuple[str, ...]  # the first of these facts that is known
    at_least: Mapping[str, float]
    test: Chosen | None  # what a group must show beside being large enough
    raised: tuple[tuple[Severity, Mapping[str, float]], ...]
    since: str  # date from which the severity holds, "" for always
    before: Severity  # and the one for captures before it
    at_most: int
    cleartext: bool  # evidence is where content is readable, else each flow's start
    reference: str
    examples: tuple[Example, ...]
    tuning: tuple[tuple[str, Any], ...]  # the parameters as written, for `rules show`

    def selects(self, facts: Mapping[str, Any]) -> bool:
        """Whether flows with these facts are the rule's business."""
        return are_met(self.coarse, facts) and are_met(self.fine, facts)

    def group(self, facts: Mapping[str, Any]) -> str:
        """What a finding about these flows is about."""
        for name in self.group_by:
            if facts[name] is not None:
                return str(facts[name])
        return ""


def load(folders: Sequence[Path]) -> list[Rule]:
    """The rules of the folders, by id; a later folder's rule replaces an earlier one's.

    Raises one DataFileError with all problems of all files.
    """
    problems = Problems()
    rules: dict[str, Rule] = {}
    for folder in folders:
        if not folder.is_dir():
            fix = "give a folder with detect/ or policies/ in it"
            problems.add(f"{folder}:1:1", "no such folder", "a folder of rules", fix)
        rules.update(_of_folder(folder, problems))
    problems.stop()
    return [rules[id] for id in sorted(rules)]


def _of_folder(folder: Path, problems: Problems) -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for path in files(folder):
        document = checks.read_or_note(path, problems)
        rule = parse(document, problems)
        if rule.id in found and rule.id != "unnamed":
            other = found[rule.id].path.name
            problems.add(
                document.at("rule"),
                f"the rule '{rule.id}' again",
                f"it once (see {other})",
                "rename",
            )
        found[rule.id] = rule
    return found


def files(folder: Path) -> list[Path]:
    """The rule files of one rules folder, in order."""
    return sorted((folder / "detect").glob("*.yaml"), key=lambda path: path.stem)


def parse(document: Document, problems: Problems) -> Rule:
    """The rule of a document; what is wrong, its examples included, is noted."""
    return checks.tried(document, problems, _rule, _try_examples)


def _rule(sheet: Sheet) -> Rule:
    data = sheet.mapping((), KEYS, NEEDED)
    test = tests_registry.chosen(sheet, ("test",)) if "test" in data else None
    more = TESTS[test.name].words if test else ()
    when = entries(sheet, ("when",))
    fine = {key for key in when if _is_fine({key: data["when"][key]})}
    tuned = ("when", "group_by", "at_least", "test", "raised", "since", "at_most")
    return Rule(
        id=sheet.made(("rule",), checks.identifier, "unnamed"),
        path=sheet.document.path,
        title=sheet.sentence(("title",), more),
        text=sheet.sentence(("text",), more),
        caveat=sheet.sentence(("caveat",), more),
        why=sheet.text(("why",)),
        false_positives=tuple(sheet.texts(("false_positives",))),
        severity=_severity(sheet, ("severity",)),
        coarse=tuple(test for key, test in when.items() if key not in fine),
        fine=tuple(test for key, test in when.items() if key in fine),
        group_by=_group_by(sheet),
        at_least=_amounts(sheet, ("at_least",), NUMBERS) if "at_least" in data else {},
        test=test,
        raised=_raised(sheet, TESTS[test.name].numbers if test else ()) if "raised" in data else (),
        since=_since(sheet) if "since" in data else "",
        before=_severity(sheet, ("since", "before")),
        at_most=sheet.made(("at_most",), _count, AT_MOST) if "at_most" in data else AT_MOST,
        cleartext=sheet.choice(("evidence",), ("cleartext", "start")) == "cleartext",
        reference=sheet.text(("reference",)),
        examples=_examples(sheet),
        tuning=tuple((key, data[key]) for key in tuned if key in data),
    )


def _is_fine(when: object) -> bool:
    return any(FACTS[name].fine for name in facts_in(when))


def _severity(sheet: Sheet, keys: Keys) -> Severity:
    known = [str(severity) for severity in Severity]
    word = sheet.choice(keys, known)
    return Severity(word) if word in known else Severity.INFO


def _group_by(sheet: Sheet) -> tuple[str, ...]:
    return tuple(sheet.each(("group_by",), lambda keys: sheet.choice(keys, FACTS)))


def _amounts(sheet: Sheet, keys: Keys, known: Iterable[str]) -> dict[str, float]:
    names = [name for name in sheet.mapping(keys, known) if name in known]
    return {name: sheet.made((*keys, name), units.quantity, 0.0) for name in names}


def _raised(sheet: Sheet, more: Iterable[str]) -> tuple[tuple[Severity, dict[str, float]], ...]:
    """``{medium: {payload_up: 64 kB}}``, the gravest first; ``more`` are a test's numbers."""
    known = {*NUMBERS, *more}
    ladder = [severity for severity in reversed(Severity) if severity is not Severity.INFO]
    given = sheet.mapping(("raised",), [str(severity) for severity in ladder])
    return tuple((s, _amounts(sheet, ("raised", str(s)), known)) for s in ladder if str(s) in given)


def _since(sheet: Sheet) -> str:
    sheet.mapping(("since",), ("date", "before", "source"), ("date", "before"))
    return sheet.made(("since", "date"), _date, "")


def _date(value: object) -> str:
    parts = value.split("-") if isinstance(value, str) else []
    shaped = [len(part) for part in parts] == [4, 2, 2]
    digits = shaped and all(part.isascii() and part.isdigit() for part in parts)
    if digits and "01" <= parts[1] <= "12" and "01" <= parts[2] <= "31":
        return "-".join(parts)
    raise ValueError("a date such as 2021-03-25")


def _count(value: object) -> int:
    if type(value) is int and value > 0:
        return value
    raise ValueError("a whole number of at least 1")


# --------------------------------------------------------------- examples


def _examples(sheet: Sheet) -> tuple[Example, ...]:
    """``hit`` and ``miss``: lists of facts, each with a ``note`` in words."""
    sheet.mapping(("examples",), ("hit", "miss"), ("hit", "miss"))
    return tuple(
        example
        for kind in ("hit", "miss")
        for example in sheet.each(("examples", kind), lambda keys: _example(sheet, keys))
    )


_UNKNOWN = dict.fromkeys(FACTS)
_EXAMPLE = frozenset((*FACTS, "note"))


def _example(sheet: Sheet, keys: Keys) -> Example:
    data = sheet.mapping(keys, _EXAMPLE)
    return Example(keys[1] == "hit", {**_UNKNOWN, **data}, keys)


def _try_examples(rule: Rule, sheet: Sheet) -> None:
    for example in rule.examples:
        if rule.selects(example.facts) is not example.hit:
            found = "a hit the rule misses" if example.hit else "a miss the rule hits"
            fix = "correct 'when' or the example"
            sheet.wrong(example.keys, found, "examples that agree with 'when'", fix)
