"""Is a record what ``record`` makes, in every value that others read of it?

A folder that is resumed may have been edited, or come from somebody else. A
record that is not sound is no result: the recording is analysed again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from analyzer.batch.record import REASONS, SCHEMA

Shape = Any
"""A type, alternatives as a tuple, ``[each]`` for a list, or a dict of the keys needed."""

_STATUSES = ("complete", "incomplete", "failed")
_TEXT = (str, None)
_NUMBER = (int, float, None)
_COUNT = (int, None)
_UP_DOWN = {"bytes_up": int, "bytes_down": int}
_SHARES = dict.fromkeys(("named", "located_by_operator", "edge", "decrypted"), _NUMBER)
_PART = {"name": str, "title": str, "points": _NUMBER, "of": (int, float)}
_DEVICE = dict.fromkeys(("id", "vendor", "model", "firmware", "home", "place"), _TEXT)
_PLACED = {"country": _TEXT, "certainty": str, **_UP_DOWN}
_RECORD: dict[str, Shape] = {
    "schema": str, "key": str, "names": [str], "device": _DEVICE, "status": str, "why": str,
    "files": [{"name": str, "sha256": str, "bytes": int}], "reason": _TEXT,
    "first": _TEXT, "last": _TEXT, "hours": (int, float), "bytes": int, **_UP_DOWN,
    "visibility": (_SHARES, None),
    "score": ({"total": _COUNT, "parts": [_PART], "coverage": dict}, None),
    "verdicts": [{"claim": str, "vendor": _TEXT, "verdict": str}],
    "countries": [{"endpoints": int, **_PLACED}],
    "endpoints": [{"ip": str, "name": _TEXT, "owner": _TEXT, **_PLACED}],
    "findings": dict, "handsets": int, "report": _TEXT, "limits": (dict, None),
}  # fmt: skip


def sound(record: Mapping[str, Any], key: str) -> bool:
    """Can this record of ``key`` be counted, shown and planned with?"""
    return (
        _fits(record, _RECORD)
        and (record["key"], record["schema"]) == (key, SCHEMA)
        and record["status"] in _STATUSES
        and (record["reason"] in REASONS if record["status"] == "failed" else not record["reason"])
        and bool(record["names"])
        and all(type(count) is int for count in record["findings"].values())
        and _measured(record["score"])
    )


def _measured(score: Mapping[str, Any] | None) -> bool:
    """Are the amounts of a score's coverage numbers, or texts that name something?"""
    from analyzer.batch.board_cover import USUAL

    seen = score["coverage"] if score else {}
    return all(_fits(seen.get(name), _NUMBER) for name in USUAL)


def _fits(value: Any, shape: Shape) -> bool:
    """Has a value this shape? As deep as the shape goes, and no deeper."""
    if isinstance(shape, tuple):
        return any(_fits(value, one) for one in shape)
    if isinstance(shape, dict):
        return isinstance(value, dict) and all(
            name in value and _fits(value[name], inner) for name, inner in shape.items()
        )
    if isinstance(shape, list):
        return isinstance(value, list) and all(_fits(each, shape[0]) for each in value)
    if shape is None or value is None:
        return value is shape
    if shape is float:
        return type(value) is float and math.isfinite(value)
    return type(value) is shape and (shape is not int or 0 <= value < 1 << 62)
