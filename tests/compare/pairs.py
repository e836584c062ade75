"""Forged sides of a comparison."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from analyzer.compare.compared import document
from analyzer.compare.sides import Side
from analyzer.model import (
    Certainty,
    Endpoint,
    EndpointName,
    Location,
    Operator,
    Place,
    Score,
    ScoreCoverage,
    ScorePart,
)
from analyzer.record import replace
from analyzer.report import page as frame
from analyzer.report.to_json import result_json
from tests.report.conftest import forged

SCHEMA = json.loads(Path(frame.__file__).with_name("compare.schema.json").read_text())


Json = dict[str, Any]


def end(
    ip: str, *names: str, at: str = "SG stated", provider: str | None = "aws",
    region: str | None = None, up: int = 1_000, flows: int = 4,
) -> Endpoint:  # fmt: skip
    """An endpoint; ``at``: country and certainty, or a certainty alone."""
    country, _, certainty = at.rpartition(" ")
    place = Place(ip, Operator(64500, "Net"), provider, None, region,
                  Location(country or None, Certainty(certainty)))  # fmt: skip
    heard = [EndpointName(name, "sni", i) for i, name in enumerate(names, 1)]
    return Endpoint(ip, place, heard, flows=flows, bytes_up=up, bytes_down=2 * up)


def shown(*ends: Endpoint, hours: float = 2.0, **changes: Any) -> Side:
    """A side with one forged recording of these endpoints."""
    result = forged()
    result.endpoints = list(ends)
    result.visibility = replace(result.visibility, hours=hours)
    found = Side("side", "capture")
    found.add(result_json(replace(result, **changes)), _domain)
    return found


def _domain(name: str) -> str | None:
    return ".".join(name.split(".")[-2:]) if "." in name else None


def compared(a: Iterable[Endpoint], b: Iterable[Endpoint], **changes: Any) -> Json:
    return document(shown(*a), shown(*b, **changes))


def kinds(a: Iterable[Endpoint], b: Iterable[Endpoint]) -> list[tuple[str, str]]:
    """What changed of the endpoints on both sides."""
    found = compared(a, b)["endpoints"]["changed"]
    return [(c["what"], c["kind"]) for each in found for c in each["changes"]]


def names(found: Iterable[Json]) -> list[str]:
    return [each["endpoint"] for each in found]


def scored(total: int, hours: float = 2.0) -> Score:
    part = ScorePart("left-home", "Left home", total / 4, 25, "Why.")
    coverage = ScoreCoverage(hours=hours, bytes=1_000_000, named=0.9, located=0.8, home="IN",
                             rules_sha256="ef" * 32)  # fmt: skip
    return Score(total, "A sentence.", [part], coverage)
