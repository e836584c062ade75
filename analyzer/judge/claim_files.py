"""Claim files: what somebody said, what it means as predicates, and what no traffic shows.

The whole format, with an example, is in rules/claims/README.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from analyzer.errors import UsageError
from analyzer.judge import checks, demands, units, words
from analyzer.judge.checks import Keys, Sheet, read_or_note
from analyzer.judge.conditions import Test, all_of, condition
from analyzer.judge.demands import SURE, Demand
from analyzer.judge.facts import FACTS
from analyzer.model import Verdict
from analyzer.problems import Problems, nearest
from analyzer.yamlfile import Document

ANY = "any"
"""The vendor of claims that may be put to the handset of every vendor."""

NEEDED = ("claim", "vendor", "quote", "source", "means", "predicates", "cannot_show", "examples")
KEYS = (*NEEDED, "speaker", "said_on", "users_in", "holds_from", "at_least", "context")
PREDICATE = ("id", "text", "whose", "of", "demand", "sure", "at_least", "never", "shows")
WHOSE = ("first_party", "all")
LEAST_SHARE = 50.0
"""Per cent of the bytes a predicate must be testable on before it can be consistent."""

NUMBERS = ("bytes", "bytes_up", "payload_up")
"""What an example's endpoint may count, beside the facts of rules; 1,000 each if not said."""


class Predicate(NamedTuple):
    """One thing a claim means, which can fail alone."""

    id: str
    text: str
    first_party: bool  # it speaks of the vendor's own names only
    of: Test  # and of traffic that meets this
    demand: Demand | None  # None: no traffic can decide it
    never: str  # why none can
    shows: Demand | None  # what is counted all the same, to stand beside it
    least_up: float  # payload bytes to an address, below which nothing speaks against it


class Example(NamedTuple):
    """Forged endpoints as facts, and the verdict they must lead to."""

    verdict: Verdict
    seen: tuple[Mapping[str, Any], ...]
    keys: Keys


class Claim(NamedTuple):
    """One claim, checked and ready to be held against a capture."""

    id: str
    path: Path
    vendor: str
    quote: str
    speaker: str
    said_on: str
    source: str
    means: str
    users_in: str | None  # it speaks of users in this country only
    holds_from: str  # and of the time from this day on
    predicates: tuple[Predicate, ...]
    least_endpoints: int
    least_share: float  # 0 to 1
    cannot_show: tuple[str, ...]
    context: tuple[str, ...]
    examples: tuple[Example, ...] = ()


def load(folders: Sequence[Path], vendors: Iterable[str] | None = None) -> list[Claim]:
    """The claims of the folders by id, those of some vendors alone if any are named.

    A later folder's claim replaces an earlier one's. Raises one DataFileError with
    every problem of every file read.
    """
    problems = Problems()
    found = {path.stem: path for path in files(folders)}
    asked = None if vendors is None else set(vendors)
    claims = []
    for _, path in sorted(found.items()):
        if asked is None or _may_concern(path, asked):
            claims.append(parse(read_or_note(path, problems), problems))
    problems.stop()
    return [claim for claim in claims if asked is None or claim.vendor in asked]


def choose(wanted: Iterable[str], folders: Sequence[Path]) -> list[Claim]:
    """The claims of these ids in the folders, or in the files of these paths, once each.

    UsageError where there is none, DataFileError with all that is wrong in them.
    """
    problems = Problems()
    shipped = {path.stem: path for path in files(folders)}
    paths = dict.fromkeys(_path(one, shipped) for one in wanted)
    claims = [parse(read_or_note(path, problems), problems) for path in paths]
    problems.stop()
    return claims


def files(folders: Sequence[Path]) -> list[Path]:
    """The claim files of rules folders; a later folder's come last."""
    return [path for folder in folders for path in sorted((folder / "claims").glob("*.yaml"))]


def _path(wanted: str, shipped: Mapping[str, Path]) -> Path:
    if wanted.endswith((".yaml", ".yml")) or "/" in wanted:
        return Path(wanted)
    if wanted not in shipped:
        remedy = nearest(wanted, shipped)
        raise UsageError(f"There is no claim '{wanted}' and no such file; {remedy}")
    return shipped[wanted]


def _may_concern(path: Path, vendors: set[str]) -> bool:
    """Whether a file names one of the vendors: most can be left unread."""
    try:
        raw = path.read_bytes()
    except OSError:
        return True
    return any(vendor.encode() in raw for vendor in vendors)


# ------------------------------------------------------------------- parsing


def parse(document: Document, problems: Problems) -> Claim:
    """The claim of a document; what is wrong, its examples included, is noted."""
    return checks.tried(document, problems, _claim, _try_examples)


def _claim(sheet: Sheet) -> Claim:
    data = sheet.mapping((), KEYS, NEEDED)
    if data.get("vendor") != ANY:
        sheet.mapping((), KEYS, ("speaker", "said_on"))
    at_least = sheet.mapping(("at_least",), ("endpoints", "share")) if "at_least" in data else {}
    endpoints, share = at_least.get("endpoints", 1), at_least.get("share", LEAST_SHARE)
    predicates = sheet.each(("predicates",), lambda keys: _predicate(sheet, keys))
    _part_ids(sheet, predicates)
    return Claim(
        id=sheet.made(("claim",), checks.identifier, "unnamed"),
        path=sheet.document.path,
        vendor=sheet.made(("vendor",), checks.identifier, ANY),
        **{key: sheet.text((key,)) for key in ("quote", "speaker", "source")},
        said_on=sheet.made(("said_on",), date, "") if "said_on" in data else "",
        means=_said(sheet, ("means",)),
        users_in=sheet.made(("users_in",), checks.country, "") if "users_in" in data else None,
        holds_from=sheet.made(("holds_from",), date, "") if "holds_from" in data else "",
        predicates=tuple(predicates),
        least_endpoints=int(_amount(sheet, ("at_least", "endpoints"), endpoints)),
        least_share=_amount(sheet, ("at_least", "share"), share) / 100,
        cannot_show=tuple(sheet.each(("cannot_show",), lambda keys: _said(sheet, keys))),
        context=tuple(sheet.each(("context",), lambda keys: _said(sheet, keys))),
        examples=_examples(sheet),
    )


def _predicate(sheet: Sheet, keys: Keys) -> Predicate:
    data = sheet.mapping(keys, PREDICATE, ("id", "text"))
    if ("demand" in data) == ("never" in data):
        fix = "keep what traffic can decide, or say why none can"
        sheet.wrong(keys, "no decision or two", "one of 'demand' and 'never'", fix)
    of = condition(sheet, (*keys, "of")) if "of" in data else all_of([])
    if "at_least" in data:
        sheet.mapping((*keys, "at_least"), ("payload_up",), ("payload_up",))
    sure = tuple(sheet.each((*keys, "sure"), lambda item: sheet.choice(item, SURE))) or SURE
    return Predicate(
        id=sheet.made((*keys, "id"), checks.identifier, "unnamed"),
        text=_said(sheet, (*keys, "text")),
        first_party=(sheet.choice((*keys, "whose"), WHOSE) or WHOSE[0]) == WHOSE[0],
        of=of,
        demand=demands.parse(sheet, (*keys, "demand"), sure) if "demand" in data else None,
        never=_said(sheet, (*keys, "never")),
        shows=demands.parse(sheet, (*keys, "shows"), sure) if "shows" in data else None,
        least_up=_amount(sheet, (*keys, "at_least", "payload_up"), 0),
    )


def _part_ids(sheet: Sheet, predicates: Sequence[Predicate]) -> None:
    for number, predicate in enumerate(predicates):
        if predicate.id in {earlier.id for earlier in predicates[:number]}:
            where: Keys = ("predicates", number, "id")
            sheet.wrong(where, f"the predicate '{predicate.id}' again", "it once", "rename it")


def _said(sheet: Sheet, keys: Keys) -> str:
    """A sentence of the file's author, which must not claim more than traffic shows."""
    text = " ".join(sheet.text(keys).split())
    for word in words.forbidden(text):
        fix = "say what was seen"
        sheet.wrong(keys, f"the word '{word}'", "no word that claims more than was seen", fix)
    return text


def _amount(sheet: Sheet, keys: Keys, default: object) -> float:
    given = sheet.value(keys) is not None
    return sheet.made(keys, units.quantity, 0.0) if given else units.quantity(default)


def date(value: object) -> str:
    """``2017``, ``2017-09`` or ``2017-09-06``; ValueError if it is none."""
    from datetime import date as calendar

    text = str(value) if type(value) in (str, int) else ""
    try:
        if len(text) in (4, 7, 10) and text.isascii() and text.replace("-", "").isdigit():
            calendar.fromisoformat(text + "-01-01"[len(text) - 4 :])
            return text
    except ValueError:
        pass
    raise ValueError("a year, month or day such as 2017, 2017-09 or 2017-09-06")


# ------------------------------------------------------------------ examples


def _examples(sheet: Sheet) -> tuple[Example, ...]:
    """By verdict, lists of ``{note, endpoints}``; endpoints as facts of rules and counts."""
    verdicts = [str(verdict) for verdict in Verdict]
    found = sheet.mapping(("examples",), verdicts, (str(Verdict.NOT_TESTABLE),))
    return tuple(
        example
        for verdict in verdicts
        if verdict in found
        for example in sheet.each(("examples", verdict), lambda keys: _example(sheet, keys))
    )


def _example(sheet: Sheet, keys: Keys) -> Example:
    sheet.mapping(keys, ("note", "endpoints"), ("note",))
    seen = sheet.each((*keys, "endpoints"), lambda item: _endpoint(sheet, item))
    return Example(Verdict(str(keys[1])), tuple(seen), keys)


def _endpoint(sheet: Sheet, keys: Keys) -> dict[str, Any]:
    data = sheet.mapping(keys, (*FACTS, *NUMBERS))
    facts: dict[str, Any] = dict.fromkeys(FACTS)
    facts.update(dict.fromkeys(NUMBERS, 1_000))
    facts.update({key: sheet.made((*keys, key), _plain, "") for key in data if key in FACTS})
    facts.update({key: int(_amount(sheet, (*keys, key), 0)) for key in NUMBERS if key in data})
    return facts


def _plain(value: object) -> Any:
    if isinstance(value, (str, int)):
        return value
    raise ValueError("one value")


def _try_examples(claim: Claim, sheet: Sheet) -> None:
    from analyzer.judge.claims import try_example

    for example in claim.examples:
        verdict = try_example(claim, example)
        if verdict is not example.verdict:
            expected = f"an example that is {example.verdict}"
            fix = "correct the predicates or the example"
            sheet.wrong(example.keys, f"an example that is {verdict}", expected, fix)
    if all(p.demand for p in claim.predicates):
        for verdict in Verdict:
            if all(example.verdict is not verdict for example in claim.examples):
                sheet.wrong(("examples",), f"no example of '{verdict}'", "one", "add one")
