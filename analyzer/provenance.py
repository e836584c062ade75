"""What a run rests on, in figures that can be compared: dates and digests."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from analyzer.model import Flow

DAY = 86_400 * 10**9


def day(ns: int | None) -> str | None:
    """The UTC day of a time, YYYY-MM-DD."""
    if ns is None:
        return None
    from datetime import date

    return date.fromordinal(date(1970, 1, 1).toordinal() + ns // DAY).isoformat()


def day_of(flows: Sequence[Flow]) -> str | None:
    """The UTC day by which half of the conversations had begun.

    Not that of the first packet: one stray clock, or an old recording in front
    of a new one, would have all addresses judged by lists of the wrong year.
    """
    begun = sorted(flow.first for flow in flows)
    return day(begun[len(begun) // 2]) if begun else None


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
