"""Rules applied to a capture: kinds of flows in, findings out.

Rules of this file
- A finding says what was seen, with its numbers and packets; what it means
  beyond that stands in its caveat.
- Same result, same rules: same findings, ids included, in the same order.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Sequence

from analyzer.judge import groups, phrases, units, words
from analyzer.judge.conditions import are_met
from analyzer.judge.evidence import evidence
from analyzer.judge.groups import Group, reached
from analyzer.judge.kinds import DomainOf, Kind, Scene, kinds, scene
from analyzer.judge.policies import Policy
from analyzer.judge.rules import Rule
from analyzer.judge.tests_registry import Tested
from analyzer.model import Finding, Result, Severity

_GRAVEST_FIRST = {severity: place for place, severity in enumerate(reversed(Severity))}
_SLUG = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")
_LONGEST_ID = 80

Numbers = dict[str, int | float | str]


def findings(
    result: Result, policy: Policy | None, rules: Sequence[Rule], domain: DomainOf | None = None
) -> list[Finding]:
    """What the rules find, gravest first, then by bytes up."""
    at = scene(result, policy, domain)
    seen = kinds(at)
    date = _date(result.capture.first)
    found = [
        (group, _finding(rule, group, one, date))
        for rule in rules
        for group, one in _found(rule, seen, at)
    ]
    found.sort(key=lambda f: (_GRAVEST_FIRST[f[1].severity], -f[0].numbers["bytes_up"], f[1].id))
    _part_ids(finding for _, finding in found)
    return [finding for _, finding in found]


def _found(rule: Rule, seen: Iterable[Kind], at: Scene) -> list[tuple[Group, Tested]]:
    """What the rule finds: groups as they are, or what its test finds in them."""
    parts = _groups(rule, seen, at)
    if rule.test is None:
        return [(group, Tested("", group.flows)) for group in parts]
    found = [
        (groups.narrowed(group, one.flows), one) for group in parts for one in rule.test.run(group)
    ]
    return found if len(found) <= rule.at_most else _most(found, rule.at_most)


def _most(found: list[tuple[Group, Tested]], most: int) -> list[tuple[Group, Tested]]:
    """Those with most bytes up; the last of them says how many more there are."""
    found.sort(key=lambda f: (-f[0].numbers["bytes_up"], f[0].key, f[1].key))
    group, last = found[most - 1]
    rest = {"not_listed": len(found) - most}
    return [*found[: most - 1], (group, last._replace(numbers={**last.numbers, **rest}))]


def _groups(rule: Rule, seen: Iterable[Kind], at: Scene) -> list[Group]:
    """What the rule selects, parted as it says, large enough to tell."""
    parts: dict[str, list[Kind]] = {}
    for kind in _selected(rule, seen):
        parts.setdefault(rule.group(kind), []).append(kind)
    if len(parts) > rule.at_most + 1 and rule.test is None:  # one left over stays as it is
        parts = _gathered(parts, rule.at_most)
    all_groups = (Group(key, at, part).total() for key, part in parts.items())
    return [group for group in all_groups if group.reaches(rule.at_least)]


def _selected(rule: Rule, seen: Iterable[Kind]) -> list[Kind]:
    found = [part for kind in seen if are_met(rule.coarse, kind) for part in kind.parts]
    return [kind for kind in found if are_met(rule.fine, kind)] if rule.fine else found


def _gathered(parts: dict[str, list[Kind]], most: int) -> dict[str, list[Kind]]:
    """The parts with most bytes up, and all others as one."""
    up = {key: groups.bytes_up(part) for key, part in parts.items()}
    ranked = sorted(parts, key=lambda key: (-up[key], key))
    kept = {key: parts[key] for key in ranked[:most]}
    rest = ranked[most:]
    kept[f"{len(rest)} others"] = [kind for key in rest for kind in parts[key]]
    return kept


def _finding(rule: Rule, group: Group, one: Tested, date: str) -> Finding:
    said = phrases.Said(group, one.words)
    numbers = {**_numbers(group), **one.numbers}
    key = "-".join(filter(None, (group.key, one.key)))
    return Finding(
        id=f"{rule.id}-{_slug(key)}" if key else rule.id,
        rule=rule.id,
        severity=_severity(rule, numbers, date),
        title=phrases.sentence(rule.title, said),
        text=phrases.sentence(rule.text, said),
        subject=words.clean(one.words.get("subject", "")) or phrases.subject(group),
        numbers=numbers,
        evidence=evidence(
            group.flows,
            rule.cleartext,
            groups.is_shared(group),
            groups.is_crowded(group),
            group.scene.errors,
            one.frames,
        ),
        caveat=phrases.sentence(rule.caveat, said) + _left_out(numbers),
        endpoints=groups.addresses(group),
    )


def _left_out(numbers: Numbers) -> str:
    """Said with the last finding a rule may make: no silent gap."""
    count = numbers.get("not_listed", 0)
    times = units.counted(int(count), "more time", "more times")
    return f" The same was found {times}, with less sent each." if count else ""


def _severity(rule: Rule, numbers: Numbers, date: str) -> Severity:
    if date and date < rule.since:
        return rule.before
    for severity, least in rule.raised:
        if reached(numbers, least):
            return severity
    return rule.severity


def _numbers(group: Group) -> Numbers:
    """Everything countable, addresses by certainty of their place, and who took part."""
    return {
        **group.numbers,
        **{f"places_{sure}": count for sure, count in groups.certainties(group).items()},
        "handsets": ", ".join(groups.handsets(group)),
        "operators": _listed(groups.operators(group)),
        "owners": _listed(groups.owners(group)),
    }


def _listed(tally: list[tuple[str, int]]) -> str:
    """``AWS 3, Google Cloud 1``: names with how many addresses each."""
    return ", ".join(f"{name} {count}" for name, count in tally)


# -------------------------------------------------------------------- ids


def _slug(key: str) -> str:
    """A key as part of a file name; a changed one is told apart by its hash."""
    slug = "".join(c if c in _SLUG else "-" for c in key[:_LONGEST_ID]).strip(".-")
    return slug if slug == key else f"{slug[:40]}-{_hash(key)}".lstrip("-")


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _part_ids(found: Iterable[Finding]) -> None:
    """Ids differ even where a file system does not see capitals."""
    taken: set[str] = set()
    for finding in found:
        if finding.id.lower() in taken:
            finding.id += "-" + _hash(finding.id)
        taken.add(finding.id.lower())


def _date(ns: int | None) -> str:
    """The UTC date of a time, empty where it is not known."""
    if ns is None or not 0 <= ns < 1 << 63:
        return ""
    return time.strftime("%Y-%m-%d", time.gmtime(ns // 1_000_000_000))
