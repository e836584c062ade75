"""What a scenario may expect, how it is held against a result, and how each is put wrongly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from analyzer.model import Finding, Result
from analyzer.report import to_markdown
from tests.conftest import ROOT

RULES = {path.stem for path in (ROOT / "rules" / "detect").glob("*.yaml")}


def misses(expected: dict[str, Any], result: Result) -> list[str]:
    """Each expectation the result does not meet, in words."""
    found = []
    for key, wanted in expected.items():
        if key not in CHECKS:
            raise ValueError(f"no expectation is called '{key}'; known are {', '.join(CHECKS)}")
        found += [f"{key}: {miss}" for miss in CHECKS[key](wanted, result)]
    return found


def spoiled(expected: Any) -> Iterator[Any]:
    """The expectation with one of its values changed, for each of them."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            if key in ("from", "to"):
                yield {key: 10**18 if key == "from" else -1}
                continue
            for other in spoiled(value):
                yield {**expected, key: other}
    elif isinstance(expected, list):
        for i, value in enumerate(expected):
            for other in spoiled(value):
                yield [*expected[:i], other, *expected[i + 1 :]]
    elif isinstance(expected, str):
        yield expected + "-other"
    else:
        yield 424_242 if expected is None else expected + 1


# ------------------------------------------------------------------ checks


def _each(seen: Callable[[Result], dict[str, Any]]) -> Callable[[Any, Result], list[str]]:
    """A check that looks each wanted key up in what was seen."""

    def check(wanted: dict[str, Any], result: Result) -> list[str]:
        values = seen(result)
        return [
            miss for key, want in wanted.items() for miss in _differ(key, want, values.get(key))
        ]

    return check


def _one(seen: Callable[[Result], Any]) -> Callable[[Any, Result], list[str]]:
    return lambda wanted, result: _differ("", wanted, seen(result))


def _differ(what: str, wanted: Any, seen: Any) -> list[str]:
    """Nothing, or one miss; a mapping with from or to is a range, another is looked into."""
    if isinstance(wanted, dict):
        if set(wanted) <= {"from", "to"} and wanted:
            low, high = wanted.get("from", float("-inf")), wanted.get("to", float("inf"))
            ok = seen is not None and low <= seen <= high
            return [] if ok else [f"{what} {seen}, not within {wanted}"]
        seen = seen or {}
        return [m for k, want in wanted.items() for m in _differ(f"{what}.{k}", want, seen.get(k))]
    if isinstance(wanted, float) and isinstance(seen, float):
        return [] if abs(wanted - seen) < 0.05 else [f"{what} {seen}, not {wanted}"]
    return [] if wanted == seen else [f"{what} {seen}, not {wanted}"]


def _findings(wanted: dict[str, Any], result: Result) -> list[str]:
    rules = Counter(finding.rule for finding in result.findings)
    seen = {f.rule: f for f in result.findings if rules[f.rule] == 1}  # the only one of its rule
    seen.update((finding.id, finding) for finding in result.findings)
    found = []
    for id, want in wanted.items():
        if id not in seen:
            found.append(f"no {id} among {', '.join(seen)}")
        else:
            found += _finding(id, want if isinstance(want, dict) else {"severity": want}, seen[id])
    return found


def _finding(id: str, wanted: dict[str, Any], seen: Finding) -> list[str]:
    told = f"{seen.title} {seen.text} {seen.caveat}"
    shown = {"severity": str(seen.severity), "numbers": seen.numbers, "endpoints": seen.endpoints}
    rest = {key: value for key, value in wanted.items() if key != "says"}
    if unknown := set(rest) - set(shown):
        raise ValueError(f"a finding has no {unknown}")
    parts = wanted.get("says", [])
    return _differ(id, rest, shown) + [f"{id} lacks '{p}': {told}" for p in parts if p not in told]


def _absent(wanted: list[str], result: Result) -> list[str]:
    there = Counter(finding.rule for finding in result.findings)
    unknown = [f"{rule} is no rule" for rule in wanted if rule not in RULES]
    return unknown + [f"{rule} found {there[rule]} times" for rule in wanted if there[rule]]


def _places(result: Result) -> dict[str, Any]:
    return {
        end.ip: {
            "certainty": str(end.place.location.certainty),
            "country": end.place.location.country,
            "region": end.place.region,
            "provider": end.place.provider,
            "party": str(end.party),
        }
        for end in result.endpoints
    }


def _of_server(result: Result, field: str) -> dict[str, str]:
    """A word of each address's conversations, several with a slash between them."""
    seen: dict[str, set[str]] = {}
    for flow in result.flows:
        seen.setdefault(flow.server_ip, set()).add(str(getattr(flow, field)))
    return {ip: "/".join(sorted(words)) for ip, words in seen.items()}


def _identifiers(result: Result) -> dict[str, int]:
    """Sightings by how they were written; those the device sheet does not name are marked."""
    seen: Counter[str] = Counter()
    for one in result.identifiers:
        seen["-".join(one.stack) + ("" if one.confirmed else " unconfirmed")] += one.count
    return dict(seen)


def _score(wanted: dict[str, Any], result: Result) -> list[str]:
    assert result.score is not None
    parts = {part.name: part.points for part in result.score.parts}
    unknown = set(wanted) - {"total", "parts"} | set(wanted.get("parts", {})) - set(parts)
    return [f"there is no {name}" for name in unknown] + _differ(
        "score", wanted, {"total": result.score.total, "parts": parts}
    )


def _anomalies(wanted: list[str], result: Result) -> list[str]:
    seen = {odd.kind for odd in result.anomalies}
    return [f"no {kind} among {', '.join(sorted(seen))}" for kind in wanted if kind not in seen]


def _says(wanted: list[str], result: Result) -> list[str]:
    ((_, parts),) = to_markdown.render(result)
    text = b"".join(parts).decode().replace("\\", "")
    return [f"'{part}' is not said" for part in wanted if part not in text]


CHECKS: dict[str, Callable[[Any, Result], list[str]]] = {
    "status": _one(lambda result: str(result.status)),
    "claims": _each(lambda result: {claim.id: str(claim.verdict) for claim in result.claims}),
    "findings": _findings,
    "absent": _absent,
    "places": _each(_places),
    "names": _each(lambda result: {e.ip: [n.name for n in e.names] for e in result.endpoints}),
    "unnamed": _one(lambda result: result.visibility.unnamed_flows),
    "flows": _one(lambda result: len(result.flows)),
    "handsets": _one(lambda result: [handset.addresses for handset in result.handsets]),
    "apps": _one(lambda result: dict(Counter(f.app for f in result.flows if f.app))),
    "encrypted": _each(lambda result: _of_server(result, "encrypted")),
    "content": _each(lambda result: _of_server(result, "content")),
    "visibility": _each(
        lambda result: {n: getattr(result.visibility, n) for n in result.visibility.__slots__}
    ),
    "score": _score,
    "identifiers": _each(_identifiers),
    "anomalies": _anomalies,
    "says": _says,
}
"""Every expectation by its key; tests/cases/README.md says them in words."""
