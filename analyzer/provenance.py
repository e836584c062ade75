"""What a run rests on, in figures that can be compared: dates and digests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from analyzer.model import Anomaly, Flow

DAY = 86_400 * 10**9

SET = 11_688 * DAY
"""2002-01-01, ns. A clock that was never set begins in 1970, 1980 or 2000."""

YEAR = 366
"""Days from the day of a recording beyond which its lists are another time's."""

NEVER_SET = (
    "the recording says it is of {on}, as if its clock was never set: give the day it was made with"
    " --on, as places and all that is judged by date are of the wrong day or not known"
)
FAR = (
    "conversations of this recording lie over a year from {on}, by whose lists all places are"
    " judged, and addresses change hands: analyze what is years apart on its own"
)


def day(ns: int | None) -> str | None:
    """The UTC day of a time, YYYY-MM-DD."""
    if ns is None:
        return None
    from datetime import date

    return date.fromordinal(date(1970, 1, 1).toordinal() + ns // DAY).isoformat()


def day_of(flows: Sequence[Flow]) -> str | None:
    """The UTC day by which half of the conversations had begun.

    Not that of the first packet: one stray clock, or an old recording in front
    of a new one, would have all addresses judged by lists of the wrong year. What
    a clock said before it was set counts only where nothing else does.
    """
    begun = sorted(flow.first for flow in flows)
    begun = [ns for ns in begun if ns >= SET] or begun
    return day(begun[len(begun) // 2]) if begun else None


def odd_days(flows: Sequence[Flow], on: str | None) -> list[Anomaly]:
    """What makes the day of a recording, as ``day_of`` has it, unfit to judge all of it by."""
    from datetime import date

    if on is None:
        return []
    number = date.fromisoformat(on).toordinal() - date(1970, 1, 1).toordinal()
    if number * DAY < SET:
        return [Anomaly("recording_clock", 1, effect=NEVER_SET.format(on=on))]
    far = sum(flow.first >= SET and abs(flow.first // DAY - number) > YEAR for flow in flows)
    return [Anomaly("recording_days", far, effect=FAR.format(on=on))] if far else []


def rules_sha256(folders: Sequence[Path]) -> str:
    """One digest over all rule files: their names and contents, in a fixed order."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*.yaml")):
            content = path.read_bytes()
            name = path.relative_to(folder).as_posix()
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()
