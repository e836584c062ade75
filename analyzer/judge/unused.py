"""Names that were looked up and answered, and then not contacted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.judge import units, words
from analyzer.judge.groups import Group
from analyzer.judge.lookups import LookUp, contacted, look_ups, was_followed
from analyzer.judge.tests_registry import Tested

SECOND = 1_000_000_000


def never_contacted(group: Group, parameters: Mapping[str, Any]) -> list[Tested]:
    """The look-ups no conversation followed, answered well before the recording ended."""
    at = group.scene
    met = contacted(at)
    end = (at.result.capture.last or 0) - int(parameters["margin"] * SECOND)
    asked = look_ups(at, group.flows)
    unused = [
        one
        for asker, one in asked.items()
        if one.answers and one.answers[0].ts <= end and not was_followed(asker, one, met)
    ]
    if len(unused) < max(1, parameters["names"]):
        return []
    return [_tested(group, unused, len(asked))]


def _tested(group: Group, unused: list[LookUp], asked: int) -> Tested:
    ids = {flow for one in unused for flow in one.flows}
    names = [words.clean(one.name) for one in unused]
    said = {"unused": units.joined(names), "count": units.counted(len(names), "name", "names")}
    numbers = {"names_asked": asked, "names_unused": len(names)}
    frames = sorted(row.frame for one in unused for row in one.answers[:1])
    return Tested("", [f for f in group.flows if f.id in ids], numbers, said, frames)
