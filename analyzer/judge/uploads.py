"""More sent than received, and what was sent in the quiet hours of the device sheet.

Payload bytes are compared, so that acknowledgements do not count.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analyzer.judge import units
from analyzer.judge.groups import Group
from analyzer.judge.tests_registry import Tested
from analyzer.model import Flow

SECOND = 1_000_000_000
DAY = 24 * 60 * 60


def upload_heavy(group: Group, parameters: Mapping[str, Any]) -> list[Tested]:
    """The whole group if it is upload-heavy, else those of its conversations that are."""
    flows = _heavy(group.flows, parameters)
    return [Tested("", flows, {"ratio": _ratio(flows)}, _words(flows))] if flows else []


def _heavy(flows: list[Flow], parameters: Mapping[str, Any]) -> list[Flow]:
    """All if they are upload-heavy together, else those that are; none if that is too little."""
    for part in (flows, [flow for flow in flows if _is_heavy([flow], parameters)]):
        if _is_heavy(part, parameters):
            return part
    return []


def _is_heavy(flows: Sequence[Flow], parameters: Mapping[str, Any]) -> bool:
    up, least = _up(flows), max(parameters["payload_up"], parameters["ratio"] * _down(flows))
    return bool(flows) and up >= least


def _ratio(flows: Sequence[Flow]) -> float:
    return round(_up(flows) / max(1, _down(flows)), 1)


def idle_upload(group: Group, parameters: Mapping[str, Any]) -> list[Tested]:
    """Conversations that lie within the quiet hours of the device sheet, if they sent enough.

    None where the recording's clock is in doubt, since it says which hours they were.
    """
    hours = () if group.scene.clock_in_doubt else group.scene.result.run.quiet_hours
    windows = [window(text) for text in hours]
    idle = [flow for flow in group.flows if any(_is_within(flow, each) for each in windows)]
    flows = _heavy(idle, parameters)
    said = {**_words(flows), "hours": units.joined(list(hours))}
    return [Tested("", flows, {"ratio": _ratio(flows)}, said)] if flows else []


def window(text: str) -> tuple[int, int]:
    """``"22:30-06:00"`` as (second of the day it begins, seconds it lasts)."""
    begin, end = (60 * int(part[:2]) + int(part[3:]) for part in text.split("-"))
    return 60 * begin, 60 * ((end - begin) % 1_440) or DAY


def _is_within(flow: Flow, window: tuple[int, int]) -> bool:
    begin, length = window
    since = (flow.first // SECOND - begin) % DAY
    return since < length and since * SECOND + flow.last - flow.first <= length * SECOND


def _up(flows: Sequence[Flow]) -> int:
    return sum([flow.payload_up for flow in flows])


def _down(flows: Sequence[Flow]) -> int:
    return sum([flow.payload_down for flow in flows])


def _words(flows: Sequence[Flow]) -> dict[str, str]:
    return {"up": units.size(_up(flows)), "down": units.size(_down(flows))}
