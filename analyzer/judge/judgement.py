"""Rules applied to a capture: kinds of flows in, findings out.

Rules of this file
- A finding says what was seen, with its numbers and packets; what it means
  beyond that stands in its caveat.
- Same result, same rules: same findings, ids included, in the same order.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from analyzer import labels
from analyzer.judge import units, words
from analyzer.judge.evidence import evidence
from analyzer.judge.kinds import Kind, Scene, kinds, scene
from analyzer.judge.policies import Policy
from analyzer.judge.rules import Rule
from analyzer.model import Certainty, Finding, Result, Severity

_GRAVEST_FIRST = {severity: place for place, severity in enumerate(reversed(Severity))}
_SLUG = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")
_LONGEST_ID = 80


def findings(result: Result, policy: Policy | None, rules: Sequence[Rule]) -> list[Finding]:
    """What the rules find, gravest first, then by bytes up."""
    at = scene(result, policy)
    seen = kinds(at)
    date = _date(result.capture.first)
    found = [finding for rule in rules for finding in _apply(rule, seen, at, date)]
    _part_ids(found)
    found.sort(key=lambda f: (_GRAVEST_FIRST[f.severity], -_up(f), f.id))
    return found


def _apply(rule: Rule, seen: Iterable[Kind], at: Scene, date: str) -> list[Finding]:
    groups: dict[str, list[Kind]] = {}
    for kind in seen:
        if rule.when(kind) is True:
            groups.setdefault(rule.group(kind), []).append(kind)
    if len(groups) > rule.at_most:
        groups = _gathered(groups, rule.at_most)
    found = []
    for key, group in groups.items():
        numbers = _numbers(group, at)
        if _reaches(numbers, rule.at_least):
            found.append(_finding(rule, key, group, numbers, at, date))
    return found


def _gathered(groups: dict[str, list[Kind]], most: int) -> dict[str, list[Kind]]:
    """The groups with most bytes up, and all others as one."""
    ranked = sorted(groups, key=lambda key: (-_bytes_up(groups[key]), key))
    kept = {key: groups[key] for key in ranked[:most]}
    rest = ranked[most:]
    kept[f"{len(rest)} others"] = [kind for key in rest for kind in groups[key]]
    return kept


def _bytes_up(group: Iterable[Kind]) -> int:
    return sum(flow.bytes_up for kind in group for flow in kind.flows)


def _finding(
    rule: Rule, key: str, group: list[Kind], numbers: dict[str, int], at: Scene, date: str
) -> Finding:
    flows = [flow for kind in group for flow in kind.flows]
    proof = evidence(flows, rule.cleartext)
    said = _said(key, group, numbers, at, proof.frames[0])
    return Finding(
        id=f"{rule.id}-{_slug(key)}" if key else rule.id,
        rule=rule.id,
        severity=_severity(rule, numbers, date),
        title=words.fill(rule.title, said),
        text=_begun(words.fill(rule.text, said), rule.text),
        subject=said["subject"],
        numbers={**numbers, **_shares(group)},
        evidence=proof,
        caveat=words.fill(rule.caveat, said),
    )


# ---------------------------------------------------------------- numbers


def _numbers(group: list[Kind], at: Scene) -> dict[str, int]:
    """The numbers of rules.NUMBERS."""
    flows = [flow for kind in group for flow in kind.flows]
    return {
        "flows": len(flows),
        "endpoints": len({kind.flow.server_ip for kind in group}),
        "packets": sum(flow.packets_up + flow.packets_down for flow in flows),
        "bytes_up": sum(flow.bytes_up for flow in flows),
        "bytes_down": sum(flow.bytes_down for flow in flows),
        "payload_up": sum(flow.payload_up for flow in flows),
        "payload_down": sum(flow.payload_down for flow in flows),
        "requests": sum(at.requests[flow.id] for flow in flows),
    }


def _shares(group: list[Kind]) -> dict[str, int | float | str]:
    """Addresses by certainty of their place, and who runs and owns them."""
    sure = Counter(certainty for certainty, _ in {(k["certainty"], k["server_ip"]) for k in group})
    return {
        **{f"places_{c}": sure[str(c)] for c in Certainty if sure[str(c)]},
        "operators": ", ".join(f"{name} {n}" for name, n in _tally(group, _operator)),
        "owners": ", ".join(f"{name} {n}" for name, n in _tally(group, _owner)),
    }


def _tally(group: list[Kind], what: Callable[[Kind], str]) -> list[tuple[str, int]]:
    """How many addresses share a property, most first."""
    seen = {(what(kind), kind.flow.server_ip) for kind in group}
    counted = Counter(name for name, _ in seen if name)
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def _operator(kind: Kind) -> str:
    """The provider, else the network that announces the address."""
    if kind["provider"]:
        return words.clean(labels.provider(kind["provider"]))
    return words.clean(kind.endpoint.place.operator.name or "") if kind.endpoint else ""


def _owner(kind: Kind) -> str:
    return words.clean(kind["owner"] or "")


def _reaches(numbers: dict[str, int], least: Mapping[str, float]) -> bool:
    return all(numbers[name] >= amount for name, amount in least.items())


def _severity(rule: Rule, numbers: dict[str, int], date: str) -> Severity:
    if date and date < rule.since:
        return rule.before
    for severity, least in rule.raised:
        if _reaches(numbers, least):
            return severity
    return rule.severity


def _up(finding: Finding) -> int:
    up = finding.numbers["bytes_up"]
    return up if isinstance(up, int) else 0


# ------------------------------------------------------------------ words


def _said(
    key: str, group: list[Kind], numbers: dict[str, int], at: Scene, frame: int
) -> dict[str, str]:
    """The values of words.PLACEHOLDERS."""
    countries = sorted({labels.country(k["country"]) for k in group if k["country"]})
    return {
        "who": _who(at),
        "subject": words.clean(key) or units.counted(numbers["endpoints"], "address", "addresses"),
        "home": labels.country(at.home),
        "country": units.joined(countries) or "no known country",
        "sent": units.size(numbers["bytes_up"]),
        "received": units.size(numbers["bytes_down"]),
        "endpoints": units.counted(numbers["endpoints"], "address", "addresses"),
        "flows": units.counted(numbers["flows"], "conversation", "conversations"),
        "requests": units.counted(numbers["requests"], "request", "requests"),
        "frame": str(frame),
        "names": units.joined(_names(group)) or "no name",
        "operators": units.joined([f"{name} ({n})" for name, n in _tally(group, _operator)])
        or "not known",
        "owners": units.joined([name for name, _ in _tally(group, _owner)]) or "not known",
        "protocols": _known(group, lambda kind: kind["app_protocol"]),
        "versions": _known(group, lambda kind: kind["tls_version"]),
        "reasons": _known(group, lambda kind: kind["why_no_name"]),
        "policy": at.policy.title if at.policy else "",
    }


def _begun(text: str, template: str) -> str:
    """A sentence that begins with us gets its capital; a captured name keeps its own."""
    return text[:1].upper() + text[1:] if template.startswith("{who}") else text


def _who(at: Scene) -> str:
    handsets = len(at.result.handsets)
    return f"{handsets} handsets" if handsets > 1 else "the handset"


def _names(group: list[Kind]) -> list[str]:
    """Names, most bytes up first."""
    up: Counter[str] = Counter()
    for kind in group:
        if kind["name"]:
            up[kind["name"]] += sum(flow.bytes_up for flow in kind.flows)
    return [words.clean(name) for name in sorted(up, key=lambda name: (-up[name], name))]


def _known(group: list[Kind], what: Callable[[Kind], str | None]) -> str:
    found = sorted({value for kind in group if (value := what(kind))})
    return units.joined([words.clean(str(value)) for value in found]) or "not known"


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
