"""The truth others made: tshark's reading of the real captures, as plain rows."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Conversation = tuple[str, tuple[str, int], tuple[str, int]]
Totals = list[int]  # packets and frame bytes: from the lower end, from the higher; each


def capture_paths(shared: Path) -> list[Path]:
    """The real captures, in a fixed order."""
    found = [
        path
        for pattern in ("*.pcap", "*.pcapng", "*.gz")
        for path in (shared / "captures").glob(f"*/{pattern}")
    ]
    return sorted(found, key=lambda path: path.name)


def rows(shared: Path, capture: Path) -> list[dict[str, Any]]:
    """tshark's rows of one capture; the first is about the file."""
    path = shared / "captures" / "truth" / f"{capture.name}.json"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def of_kind(truth: list[dict[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
    """The rows of one kind."""
    return (row for row in truth if row["type"] == kind)


def conversations(truth: list[dict[str, Any]]) -> dict[Conversation, Totals]:
    """TCP and UDP conversations of the innermost addresses."""
    layer = "inner" if truth[0]["tunnelled"] else "only"
    totals: dict[Conversation, Totals] = defaultdict(lambda: [0, 0, 0, 0])
    for row in of_kind(truth, "conv"):
        if row["layer"] == layer and row["proto"] in ("tcp", "udp"):
            add(
                totals,
                (row["proto"], row["a"], row["ap"], row["b"], row["bp"]),
                (row["pk_ab"], row["pk_ba"], row["by_ab"], row["by_ba"]),
            )
    return totals


def add(
    totals: dict[Conversation, Totals],
    ends: tuple[str, str, int | None, str, int | None],
    counts: tuple[int, int, int, int],
) -> None:
    """Adds packets and bytes, there and back, whichever end is called first."""
    proto, a, a_port, b, b_port = ends
    first, second = (a, a_port or 0), (b, b_port or 0)
    there, back, bytes_there, bytes_back = counts
    if first > second:
        first, second = second, first
        there, back, bytes_there, bytes_back = back, there, bytes_back, bytes_there
    entry = totals[(proto, first, second)]
    for i, count in enumerate((there, back, bytes_there, bytes_back)):
        entry[i] += count
