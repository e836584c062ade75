"""The score's rule file: which findings count, how much, and how they are measured.

One file, ``score/score.yaml`` of the last rules folder that has one. The whole
format is in rules/README.md; judge/score.py does the sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from analyzer import shipped
from analyzer.judge import checks, rules, units, words
from analyzer.judge.checks import Keys, Sheet
from analyzer.model import Severity
from analyzer.problems import Problems, nearest
from analyzer.yamlfile import Document

ID = "score"
"""Under which ``rules show`` knows it, and the name of its file."""

KEYS = ("score", "low", "high", "why", "enough", "least_time", "comparable", "distant", "parts")
PART_KEYS = ("part", "title", "of", "needs", "rules", "claims", "least", "measures", "seen",
             "unseen", "why")  # fmt: skip
PART_NEEDED = ("part", "title", "of", "measures", "seen", "unseen", "why")
NEEDS = ("home", "policy", "claims")
"""Without which a part cannot be judged; claims: at least one that could be tested."""

COUNTS = (*rules.NUMBERS, "findings")
"""What can be measured: the numbers of findings, or how many findings there are."""

PER = ("recording", "hour", "share")
"""In itself; an hour of recording; of the same number of all traffic with the Internet."""

SHARED = ("flows", "endpoints", "packets", "bytes_up", "bytes_down", "payload_up", "payload_down",
          "content_up")  # fmt: skip
"""Of these there is a total of all traffic with the Internet."""

ENOUGH = ("time", "flows", "bytes")
COMPARABLE = ("hours", "bytes", "named", "located")
HOLES = {
    "findings": "number of findings, as '2 findings'",
    "endpoints": "number of addresses",
    "claims": "number of contradicted sentences",
    "amount": "what the first measure counts",
    "rate": "the same an hour of recording",
    "share": "the same as a share of all traffic with the Internet",
}
"""Placeholders of ``seen``."""


class Measure(NamedTuple):
    """A number and how large it has to be."""

    number: str
    per: str
    start: float  # up to here no points, from here to ``full`` in steps of one factor; 0: linear
    full: float


class Part(NamedTuple):
    """One part of the score."""

    id: str
    title: str
    of: int
    needs: str
    rules: Mapping[str, float]  # rule id -> what its findings count, 0 to 1
    claims: float  # what a contradicted claim counts
    least: Severity  # graver findings count, too
    measures: tuple[Measure, ...]
    seen: str
    unseen: str
    why: str


class Weights(NamedTuple):
    """What the file says, checked."""

    id: str
    path: Path
    title: str
    low: str
    high: str
    why: str
    enough: Mapping[str, float]  # time in seconds, flows, bytes
    least_time: float  # seconds
    comparable: Mapping[str, float]
    distant: float
    parts: tuple[Part, ...]


def find(folders: Sequence[Path]) -> Path | None:
    """The file of the last folder that has one."""
    paths = [folder / "score" / f"{ID}.yaml" for folder in folders]
    return next((path for path in reversed(paths) if path.is_file()), None)


def load(folders: Sequence[Path]) -> Weights | None:
    """The weights of the rules folders; DataFileError with all problems if they are wrong."""
    path = find(folders)
    if path is None:
        return None
    problems = Problems()
    weights = parse(checks.read_or_note(path, problems), problems, rule_ids(folders))
    problems.stop()
    return weights


def rule_ids(folders: Iterable[Path]) -> frozenset[str]:
    """The ids of all detection rules: their files' names."""
    return frozenset(path.stem for folder in folders for path in rules.files(folder))


def parse(document: Document, problems: Problems, known: frozenset[str]) -> Weights:
    """The weights of a document; what is wrong is noted. ``known``: the rules there are."""
    if checks.is_unread(document):
        problems = Problems()  # what is wrong is noted already
    sheet = Sheet(document, problems)
    sheet.mapping((), KEYS, KEYS)
    parts = tuple(_part(sheet, ("parts", i), known) for i in _places(sheet, ("parts",)))
    if parts and sum(part.of for part in parts) != 100:
        found = f"parts of {sum(part.of for part in parts)} points in all"
        sheet.wrong(("parts",), found, "parts of 100 points in all", "change an 'of'")
    _differ(sheet, [part.id for part in parts])
    return Weights(
        id=ID,
        path=document.path,
        title=_sentence(sheet, ("score",)),
        low=_sentence(sheet, ("low",)),
        high=_sentence(sheet, ("high",)),
        why=sheet.text(("why",)),
        enough=_amounts(sheet, ("enough",), ENOUGH),
        least_time=_amount(sheet, ("least_time",)),
        comparable=_amounts(sheet, ("comparable",), COMPARABLE),
        distant=_weight(sheet, ("distant",)),
        parts=parts,
    )


def parse_alone(document: Document, problems: Problems) -> Weights:
    """The same of one file that is looked at by itself; it may name shipped rules, too."""
    folders = (shipped.rules_folder(), document.path.parent.parent)
    return parse(document, problems, rule_ids(folders))


def _places(sheet: Sheet, keys: Keys) -> range:
    value = sheet.value(keys)
    if isinstance(value, list):
        return range(len(value))
    sheet.wrong(keys, "no list", "a list", "write '- ' before each")
    return range(0)


def _part(sheet: Sheet, at: Keys, known: frozenset[str]) -> Part:
    data = sheet.mapping(at, PART_KEYS, PART_NEEDED)
    if ("rules" in data) == ("claims" in data):
        sheet.wrong(at, "not one of 'rules' and 'claims'", "one of the two", "keep one")
    grades = [str(severity) for severity in Severity]
    least = sheet.choice((*at, "least"), grades)
    return Part(
        id=sheet.text((*at, "part")),
        title=_sentence(sheet, (*at, "title")),
        of=int(_amount(sheet, (*at, "of"))),
        needs=sheet.choice((*at, "needs"), NEEDS),
        rules=_rules(sheet, (*at, "rules"), known) if "rules" in data else {},
        claims=_weight(sheet, (*at, "claims")) if "claims" in data else 0.0,
        least=Severity(least) if least in grades else Severity.INFO,
        measures=tuple(
            _measure(sheet, (*at, "measures", i)) for i in _places(sheet, (*at, "measures"))
        ),
        seen=_sentence(sheet, (*at, "seen")),
        unseen=_sentence(sheet, (*at, "unseen")),
        why=sheet.text((*at, "why")),
    )


def _rules(sheet: Sheet, at: Keys, known: frozenset[str]) -> dict[str, float]:
    """What each rule's findings count; a rule that is not there is wrong."""
    value = sheet.value(at)
    names = list(value) if isinstance(value, dict) else []
    sheet.mapping(at, known)
    return {name: _weight(sheet, (*at, name)) for name in names}


def _measure(sheet: Sheet, at: Keys) -> Measure:
    data = sheet.mapping(at, ("count", "per", "from", "full"), ("count", "per", "full"))
    full = _amount(sheet, (*at, "full"))
    start = _amount(sheet, (*at, "from")) if "from" in data else 0.0
    if data and not start < full:
        found, fix = "a 'full' that is not above 'from' or nothing", "make it larger"
        sheet.wrong((*at, "full"), found, "a larger number", fix)
        full = start + 1
    count, per = sheet.choice((*at, "count"), COUNTS), sheet.choice((*at, "per"), PER)
    if per == "share" and count not in SHARED:
        fix = "count per recording or hour"
        sheet.wrong((*at, "per"), f"a share of {count}", f"one of {', '.join(SHARED)}", fix)
    return Measure(count, per, start, full)


def _amounts(sheet: Sheet, at: Keys, names: Sequence[str]) -> dict[str, float]:
    sheet.mapping(at, names, names)
    return {name: _amount(sheet, (*at, name)) for name in names}


def _amount(sheet: Sheet, at: Keys) -> float:
    return sheet.made(at, units.quantity, 0.0)


def _weight(sheet: Sheet, at: Keys) -> float:
    return sheet.made(at, _fraction, 0.0)


def _fraction(value: Any) -> float:
    if type(value) in (int, float) and 0 <= value <= 1:
        return float(value)
    raise ValueError("a number from 0 to 1")


def _sentence(sheet: Sheet, at: Keys) -> str:
    """A text with known placeholders and no word that claims too much."""
    text = " ".join(sheet.text(at).split())
    for hole in words.holes(text):
        if hole not in HOLES or at[-1] != "seen":
            fix = nearest(hole, HOLES) if at[-1] == "seen" else "leave it out"
            sheet.wrong(at, f"the placeholder '{hole[:40]}'", "a known placeholder", fix)
    for word in words.forbidden(text):
        expected = "no word that claims more than was seen"
        sheet.wrong(at, f"the word '{word}'", expected, "say what was seen")
    return text


def _differ(sheet: Sheet, ids: list[str]) -> None:
    for i, id in enumerate(ids):
        if id in ids[:i]:
            sheet.wrong(("parts", i, "part"), f"'{id}' again", "it once", "rename")
