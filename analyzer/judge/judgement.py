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

from analyzer.judge import groups, phrases
from analyzer.judge.conditions import are_met
from analyzer.judge.evidence import evidence
from analyzer.judge.groups import Group
from analyzer.judge.kinds import Kind, Scene, kinds, scene
from analyzer.judge.policies import Policy
from analyzer.judge.rules import Rule
from analyzer.model import Finding, Result, Severity

_GRAVEST_FIRST = {severity: place for place, severity in enumerate(reversed(Severity))}
_SLUG = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")
_LONGEST_ID = 80


def findings(result: Result, policy: Policy | None, rules: Sequence[Rule]) -> list[Finding]:
    """What the rules find, gravest first, then by bytes up."""
    at = scene(result, policy)
    seen = kinds(at)
    date = _date(result.capture.first)
    found = [
        (group, _finding(rule, group, date)) for rule in rules for group in _groups(rule, seen, at)
    ]
    found.sort(key=lambda f: (_GRAVEST_FIRST[f[1].severity], -f[0].numbers["bytes_up"], f[1].id))
    _part_ids(finding for _, finding in found)
    return [finding for _, finding in found]


def _groups(rule: Rule, seen: Iterable[Kind], at: Scene) -> list[Group]:
    """What the rule selects, parted as it says, large enough to tell."""
    parts: dict[str, list[Kind]] = {}
    for kind in _selected(rule, seen):
        parts.setdefault(rule.group(kind), []).append(kind)
    if len(parts) > rule.at_most:
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


def _finding(rule: Rule, group: Group, date: str) -> Finding:
    said = phrases.Said(group)
    return Finding(
        id=f"{rule.id}-{_slug(group.key)}" if group.key else rule.id,
        rule=rule.id,
        severity=_severity(rule, group, date),
        title=phrases.sentence(rule.title, said),
        text=phrases.sentence(rule.text, said),
        subject=phrases.subject(group),
        numbers=_numbers(group),
        evidence=evidence(
            group.flows, rule.cleartext, groups.is_shared(group), groups.is_crowded(group)
        ),
        caveat=phrases.sentence(rule.caveat, said),
    )


def _severity(rule: Rule, group: Group, date: str) -> Severity:
    if date and date < rule.since:
        return rule.before
    for severity, least in rule.raised:
        if group.reaches(least):
            return severity
    return rule.severity


def _numbers(group: Group) -> dict[str, int | float | str]:
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
