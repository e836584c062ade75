"""A comparison as one document, schema phonehome/compare/1; every page is made from it.

Rules of this file
- What differs in coverage comes first and is said in sentences: less recorded is less seen.
- No clock, no path: the same two sides give the same document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analyzer import __version__
from analyzer.batch import board_cover
from analyzer.compare import match
from analyzer.compare.ends import sureness
from analyzer.compare.sides import MOST, Side
from analyzer.compare.words import counted, say
from analyzer.labels import in_sentence
from analyzer.report.figures import share, size, span
from analyzer.report.words import joined

SCHEMA = "phonehome/compare/1"
Document = dict[str, Any]


def document(a: Side, b: Side) -> Document:
    """Side B beside side A."""
    far = board_cover.limits()  # as far apart as two scores may be, before it is said
    return {
        "schema": SCHEMA,
        "tool": "phonehome",
        "version": __version__,
        "a": _side(a),
        "b": _side(b),
        "coverage": list(coverage(a, b, far)),
        "rates": {
            "a_up_per_hour": match.rate(a.up, a.hours), "b_up_per_hour": match.rate(b.up, b.hours),
            "a_down_per_hour": match.rate(a.down, a.hours),
            "b_down_per_hour": match.rate(b.down, b.hours),
            "places": _by_place(a, b),
        },
        "endpoints": match.endpoints(a, b),
        "claims": _claims(a, b),
        "findings": _findings(a, b),
        "score": _score(a, b),
    }  # fmt: skip


def _side(side: Side) -> Document:
    return {
        "name": side.name,
        "kind": side.kind,
        "captures": side.captures,
        "incomplete": side.incomplete,
        "failed": side.failed,
        "hours": round(side.hours, 9),
        "bytes": int(side.sums["bytes"]),
        "named": round(side.named, 9),
        "first": side.first,
        "last": side.last,
        "homes": sorted(home for home in side.homes if home),
        "endpoints": len(side.ends),
        "bytes_up": side.up,
        "bytes_down": side.down,
    }


def coverage(a: Side, b: Side, far: Mapping[str, float]) -> Iterator[Document]:
    """What a reader must know before comparing: ``{"key", "text"}``, the weightiest first."""
    told = False
    for key, text in _coverage(a, b, far):
        told = told or key in ("hours", "bytes", "named")
        yield {"key": key, "text": text}
    if not told:
        values = {"a_hours": span(a.hours), "b_hours": span(b.hours), "a_named": share(a.named),
                  "b_named": share(b.named)}  # fmt: skip
        yield {"key": "same", "text": say("cover.same", **values)}


def _coverage(a: Side, b: Side, far: Mapping[str, float]) -> Iterator[tuple[str, str]]:
    if _ratio(a.hours, b.hours) > far["hours"]:
        yield "hours", say("cover.hours", a=span(a.hours), b=span(b.hours))
    if _ratio(a.sums["bytes"], b.sums["bytes"]) > far["bytes"]:
        both = {"a": size(int(a.sums["bytes"])), "b": size(int(b.sums["bytes"]))}
        yield "bytes", say("cover.bytes", **both)
    if abs(a.named - b.named) > far["named"]:
        yield "named", say("cover.named", a=share(a.named), b=share(b.named))
    opened = [int(side.sums["decrypted_flows"]) for side in (a, b)]
    if any(opened) and not all(opened):
        yield (
            "keys",
            say("cover.keys", side="A" if opened[0] else "B", n=counted("flows", sum(opened))),
        )
    hidden = [_hidden(name, side) for name, side in (("A", a), ("B", b))]
    if any(hidden):
        yield "hidden", say("cover.hidden", sides=joined([each for each in hidden if each]))
    for name, side in (("A", a), ("B", b)):
        yield from _gaps(name, side)
    yield from _judged(a, b)


def _hidden(name: str, side: Side) -> str:
    """What hides names on one side; empty where nothing does."""
    sums = {key: int(value) for key, value in side.sums.items()}
    kinds = (("dns", "encrypted_dns_bytes"), ("ech", "ech_flows"), ("vpn", "vpn_bytes"))
    what = [
        say(f"cover.{key}", size=size(sums[of]), n=counted("flows", sums[of]))
        for key, of in kinds
        if sums[of]
    ]
    return say("cover.hidden_in", side=name, what=", ".join(what)) if what else ""


def _gaps(name: str, side: Side) -> Iterator[tuple[str, str]]:
    """What one side lacks."""
    if side.incomplete:
        whole = name if side.captures == 1 else f"{counted('captures', side.incomplete)} of {name}"
        yield "incomplete", say("cover.part", side=whole)
    if side.failed:
        yield "failed", say("cover.failed", failed=counted("captures", side.failed), side=name)
    if side.full:
        yield "full", say("cover.full", side=name, n=f"{MOST:,}")


def _judged(a: Side, b: Side) -> Iterator[tuple[str, str]]:
    """In what the two were judged otherwise."""
    if a.homes != b.homes:
        yield "home", say("cover.home", a=_homes(a), b=_homes(b))
    if a.rules != b.rules:
        yield "rules", say("cover.rules")
    if a.data != b.data:
        yield "data", say("cover.data")
    if a.days != b.days:
        yield "day", say("cover.day", a=_between(a.days), b=_between(b.days))
    if a.versions != b.versions:
        yield "version", say("cover.version", a=_between(a.versions), b=_between(b.versions))


def _homes(side: Side) -> str:
    unknown = say("cover.unknown_home")
    return ", ".join(sorted(in_sentence(home) if home else unknown for home in side.homes))


def _between(values: set[str]) -> str:
    """``2019-10-16``, or ``2019-10-16 to 2020-01-02``."""
    ends = sorted(values)
    return f"{ends[0]} to {ends[-1]}" if len(ends) > 1 else "".join(ends) or "-"


def _ratio(x: float, y: float) -> float:
    low, high = min(x, y), max(x, y)
    return high / low if low else float("inf") if high else 1.0


def _by_place(a: Side, b: Side) -> list[Document]:
    """Bytes sent an hour by place, most first; the largest of both sides decides."""
    rows = [
        {"country": spot.country, "certainty": spot.certainty,
         "a_up": a.by_place.get(spot, 0), "b_up": b.by_place.get(spot, 0),
         "a_up_per_hour": match.rate(a.by_place.get(spot, 0), a.hours),
         "b_up_per_hour": match.rate(b.by_place.get(spot, 0), b.hours)}
        for spot in sorted(a.by_place.keys() | b.by_place.keys(), key=sureness)
    ]  # fmt: skip
    return sorted(rows, key=lambda r: -max(r["a_up_per_hour"] or 0, r["b_up_per_hour"] or 0))


def _claims(a: Side, b: Side) -> Document:
    both = sorted(a.claims.keys() | b.claims.keys())
    pairs = [{"claim": c, "a": a.claims.get(c), "b": b.claims.get(c)} for c in both]
    return {
        "changed": [p for p in pairs if p["a"] and p["b"] and p["a"] != p["b"]],
        "one_side": [pair for pair in pairs if not pair["a"] or not pair["b"]],
        "same": [pair for pair in pairs if pair["a"] == pair["b"]],
        "far": sorted(a.far | b.far),
    }


def _findings(a: Side, b: Side) -> Document:
    def rows(keys: Any, *sides: Side) -> list[Document]:
        return [
            {"rule": key[0], "subject": key[1], "title": sides[-1].findings[key][1],
             "severity": sides[-1].findings[key][0]}
            for key in sorted(keys)
        ]  # fmt: skip

    both = a.findings.keys() & b.findings.keys()
    changed = [key for key in both if a.findings[key][0] != b.findings[key][0]]
    return {
        "new": rows(b.findings.keys() - both, b),
        "gone": rows(a.findings.keys() - both, a),
        "changed": [{**row, "severity_a": a.findings[row["rule"], row["subject"]][0]}
                    for row in rows(changed, b)],
        "both": len(both),
    }  # fmt: skip


def _score(a: Side, b: Side) -> Document:
    """Both scores; their difference only where they may be ranked."""
    told = {name: _told(side) for name, side in (("a", a), ("b", b))}
    if a.score is None or b.score is None:
        return {**told, "change": None, "why": None, "parts": []}
    why = _apart(a, b)
    change = None if why else b.score["total"] - a.score["total"]
    return {**told, "change": change, "why": why, "parts": _parts(a, b)}


def _told(side: Side) -> Document | None:
    if side.score is None:
        return None
    return {"total": side.score["total"], "low": min(side.scores), "high": max(side.scores),
            "captures": len(side.scores)}  # fmt: skip


def _apart(a: Side, b: Side) -> str | None:
    """Why the scores are not to be ranked; None if they can be."""
    from analyzer.judge import score

    if a.homes != b.homes:
        return say("score.home")
    try:
        return score.comparable(score.read(a.score or {}), score.read(b.score or {}))
    except (KeyError, TypeError):
        return say("score.other")


def _parts(a: Side, b: Side) -> list[Document]:
    points = [
        {str(p.get("name")): p for p in (side.score or {}).get("parts") or ()} for side in (a, b)
    ]
    return [
        {"name": name, "title": str((points[1].get(name) or points[0][name]).get("title")),
         "a": points[0].get(name, {}).get("points"), "b": points[1].get(name, {}).get("points")}
        for name in dict.fromkeys([*points[0], *points[1]])
    ]  # fmt: skip
