"""Endpoints of two sides matched: which are on one side only, which are said to be elsewhere.

Rules of this file
- Names are matched by name. A nameless address is matched with whatever the other side
  reached at it; a name that the other side may have reached without a name is on neither list.
- Nothing is said to have moved unless every address on both sides is firmly placed, no
  country is on both and no address is.
- What is new from A to B is what is gone from B to A, figures included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from analyzer.compare.ends import End
from analyzer.compare.sides import Side

Document = dict[str, Any]
SELDOM = 3.0
"""Conversations to be expected on a side below which absence says little: with so many on
average none comes in one of 20 recordings (Poisson: exp(-3) = 0.05)."""

SHORTEST = 1 / 60
"""Hours below which nothing is counted by the hour: a packet or two would become megabytes."""

_ADDRESSES = 20
_KINDS = ("provider", "region")


def endpoints(a: Side, b: Side) -> Document:
    """The part ``endpoints`` of a comparison."""
    both = sorted(a.ends.keys() & b.ends.keys())
    pairs = [_pair(a.ends[key], b.ends[key], a, b) for key in both]
    return {
        "both": len(both),
        "a_by_address": _by_address(a, b),
        "b_by_address": _by_address(b, a),
        "new": only(b, a),
        "gone": only(a, b),
        "changed": [pair for pair in pairs if pair["changes"]],
        "rates": [pair for pair in pairs if pair["bytes"]],
    }


def only(there: Side, other: Side) -> list[Document]:
    """What one side shows and the other does not, most bytes sent first."""
    known = {end.domain for end in other.ends.values()} - {None}
    absent = [end for end in there.ends.values() if not _stands(end, other)]
    absent.sort(key=lambda end: (-end.up, -end.down, end.key))
    return [_alone(end, there, other, known) for end in absent]


def _stands(end: End, other: Side) -> bool:
    """Is it on the other side, by its name or, perhaps, at its address?"""
    if end.key in other.ends:
        return True
    met = (key for ip in end.at for key in other.addresses.get(ip, ()))
    return any(end.key.kind == "address" or key.kind == "address" for key in met)


def _by_address(there: Side, other: Side) -> int:
    """How many the other side may have reached under a name, or without one, that it does not
    show here."""
    absent = (end for end in there.ends.values() if end.key not in other.ends)
    return sum(_stands(end, other) for end in absent)


def _alone(end: End, there: Side, other: Side, known: set[str | None]) -> Document:
    expected = end.flows / there.hours * other.hours if there.hours >= SHORTEST else None
    return {
        **_whose(end),
        "domain_on_both": end.domain is not None and end.domain in known,
        "addresses": sorted(end.at)[:_ADDRESSES],
        "address_count": len(end.at),
        "places": _places(end),
        "providers": sorted(end.values("provider")),
        "captures": end.captures,
        "flows": end.flows,
        "bytes_up": None if end.shares else end.up,
        "bytes_down": None if end.shares else end.down,
        "bytes_up_per_hour": None if end.shares else rate(end.up, there.hours),
        "expected_flows": None if end.shares or expected is None else round(expected, 3),
        "seldom": expected is None or end.shares or expected < SELDOM,
        "seen": {"source": end.seen[0], "frame": end.seen[1]} if end.seen else None,
    }


def _whose(end: End) -> Document:
    return {
        "kind": end.key.kind,
        "endpoint": end.key.text,
        "owners": sorted(end.owners),
        "domain": end.domain,
        "parties": sorted(end.parties),
    }


def _places(end: End) -> list[Document]:
    """What is said of its addresses, and of how many, the surest first."""
    spots = [at.spot for at in end.at.values()]
    return [
        {"country": s.country, "certainty": s.certainty, "addresses": spots.count(s)}
        for s in end.spots
    ]


def _pair(x: End, y: End, a: Side, b: Side) -> Document:
    """An endpoint of both sides. ``bytes`` is None where they stand with another name."""
    counted = None if x.shares or y.shares else {
        "a_up": x.up, "a_down": x.down, "b_up": y.up, "b_down": y.down,
        "a_up_per_hour": rate(x.up, a.hours), "b_up_per_hour": rate(y.up, b.hours),
        "a_down_per_hour": rate(x.down, a.hours), "b_down_per_hour": rate(y.down, b.hours),
    }  # fmt: skip
    return {**_whose(y), "owners": sorted(x.owners | y.owners), "bytes": counted,
            "changes": list(changes(x, y))}  # fmt: skip


def changes(x: End, y: End) -> Iterator[Document]:
    """In what an endpoint is said to be otherwise on the second side."""
    shared = x.at.keys() & y.at.keys()
    if kind := _elsewhere(x, y, shared):
        yield {"what": "country", "kind": kind, "a": _places(x), "b": _places(y)}
    for what in _KINDS:
        yield from _otherwise(what, x, y, shared)
    if x.owners and y.owners and x.owners != y.owners:
        yield _change("owner", "said", x.owners, y.owners)


def _elsewhere(x: End, y: End, shared: Iterable[str]) -> str | None:
    """How the countries of two ends differ; None where they do not."""
    if x.countries == y.countries:
        return None
    if any(x.at[ip].spot.country != y.at[ip].spot.country for ip in shared):
        return "restated"
    if not (x.firm and y.firm):
        return "said"
    return "partly" if x.countries & y.countries or set(shared) else "moved"


def _otherwise(what: str, x: End, y: End, shared: Iterable[str]) -> Iterator[Document]:
    """How providers, or regions with one provider, differ; nothing where one is not known."""
    a, b = x.values(what), y.values(what)
    if not a or not b or a == b:
        return
    if what == "region" and x.values("provider") != y.values("provider"):
        return  # said with the provider already
    if any(getattr(x.at[ip], what) != getattr(y.at[ip], what) for ip in shared):
        yield _change(what, "restated", a, b)
    else:
        yield _change(what, "partly" if a & b or set(shared) else "moved", a, b)


def _change(what: str, kind: str, a: Iterable[str], b: Iterable[str]) -> Document:
    return {"what": what, "kind": kind, "a": sorted(a), "b": sorted(b)}


def rate(count: float, hours: float) -> float | None:
    """Bytes an hour, to the tenth; None where less than a minute was recorded."""
    return round(count / hours, 1) if hours >= SHORTEST else None
