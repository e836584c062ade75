"""One reading of all records of a batch: the figures the scoreboard starts with.

What is kept grows with handsets and claims, not with captures: rows to show are the first
so many in the page's order, all others go from the record to the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from analyzer.batch.board_cohort import Cohorts
from analyzer.batch.board_cover import Cover, Group, groups
from analyzer.batch.board_rows import VERDICTS, Device, Split, capture_row

Json = Mapping[str, Any]
SHOWN = 1_000
"""Rows of a table of the page: a browser sorts and finds in them at once."""

MOST_PARTS = 40  # columns of parts of a score
_FAILED = 200


class First:
    """The first rows of many, in an order of their own."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.all = 0
        self._rows: list[tuple[Any, dict[str, Any]]] = []

    def add(self, order: tuple[Any, ...], row: dict[str, Any]) -> None:
        """Offer a row; orders must differ."""
        self.all += 1
        self._rows.append((order, row))
        if len(self._rows) >= 2 * self.most:
            self._cut()

    def _cut(self) -> None:
        self._rows.sort(key=lambda each: each[0])
        del self._rows[self.most :]

    def rows(self) -> list[dict[str, Any]]:
        """The first rows in their order."""
        self._cut()
        return [row for _, row in self._rows]


@dataclass(slots=True)
class Claim:
    """What became of one claim."""

    id: str
    vendor: str
    captures: Counter[str] = field(default_factory=Counter)  # verdict -> captures
    devices: Counter[str] = field(default_factory=Counter)
    far: Counter[str] = field(default_factory=Counter)  # those over a year from its day


@dataclass(slots=True)
class Survey:
    """What all captures of a batch come to."""

    linked: bool = True  # each capture has a report.html
    captures: int = 0
    waiting: int = 0  # that came in and have no result yet
    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    more_names: int = 0  # further names of a content that was analysed once
    contents: dict[bytes, bool] = field(default_factory=dict)  # digest -> came more than once
    nobody: int = 0  # captures of no named handset
    hours: list[float] = field(default_factory=list)
    split: Split = field(default_factory=Split)
    homed_up: int = 0  # bytes up to the Internet of captures with a home
    claims: dict[str, Claim] = field(default_factory=dict)
    scores: list[tuple[Cover, int]] = field(default_factory=list)
    parts: dict[str, tuple[str, float]] = field(default_factory=dict)  # name -> title, of
    devices: dict[str, Device] = field(default_factory=dict)
    cohorts: Cohorts = field(default_factory=Cohorts)
    first: First = field(default_factory=lambda: First(SHOWN))
    first_devices: First = field(default_factory=lambda: First(SHOWN))
    failed: First = field(default_factory=lambda: First(_FAILED))
    groups: dict[Cover, Group] = field(default_factory=dict)

    def add(self, record: Json) -> None:
        """Count one capture in."""
        row = capture_row(record, self.linked)
        self.captures += 1
        self.statuses[row["status"]] += 1
        self.more_names += max(0, len(record.get("names") or ()) - 1)
        verdicts = record.get("verdicts") or ()
        self._device(row, verdicts)
        if row["status"] == "failed":
            self.reasons[str(row["reason"] or "other")] += 1
            self.failed.add((str(row["reason"]), row["names"], row["key"]), row)
            return
        self._content(record)
        self.hours.append(row["hours"] or 0.0)
        self.split.add(row["split"])
        if row["home"]:
            self.homed_up += row["split"].public
        for each in verdicts:
            self._claim(each)
        self._score(row)
        self.cohorts.add(record)

    def offer(self, row: dict[str, Any]) -> None:
        """Take a capture's row among the first ones, if it is one of them; after ``close``."""
        if row["status"] != "failed":
            self.first.add(self._order(row), row)

    def _content(self, record: Json) -> None:
        """Mark what came under another key before, as of another handset or sheet."""
        if files := [str(each.get("sha256")) for each in record.get("files") or ()]:
            content = sha256("\0".join(files).encode("utf-8", "replace")).digest()[:16]
            self.contents[content] = content in self.contents

    def _device(self, row: dict[str, Any], verdicts: Iterable[Json]) -> None:
        if row["device"] is None:
            self.nobody += 1
            return
        name = str(row["device"])
        self.devices.setdefault(name, Device(name)).add(row, verdicts)

    def _claim(self, each: Json) -> None:
        name, verdict = str(each.get("claim")), str(each.get("verdict"))
        if verdict in VERDICTS:
            vendor = str(each.get("vendor") or "")
            claim = self.claims.setdefault(name, Claim(name, vendor))
            claim.captures[verdict] += 1
            claim.far[verdict] += each.get("far") is True

    def _score(self, row: dict[str, Any]) -> None:
        for part in row["parts"]:
            if part.name in self.parts or len(self.parts) < MOST_PARTS:
                self.parts.setdefault(part.name, (part.title, part.of))
        if row["cover"] is not None:
            self.scores.append((row["cover"], row["score"]))

    def close(self, far: Mapping[str, float]) -> Survey:
        """Make what needs all captures: groups of comparable coverage, the handsets' first rows.

        ``far``: how far apart scores of one group may be.
        """
        self.groups = groups((cover for cover, _ in self.scores), far)
        for device in self.devices.values():
            row = device.row()
            self.first_devices.add(self._order(row), row)
            for claim, verdict in device.claims.items():
                self.claims[claim].devices[verdict] += 1
        return self

    def _order(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        """Groups of comparable coverage, most seen first, the highest score first in each;
        then what has no score; then by vendor, handset, time and key."""
        group = self.groups.get(row["cover"])
        ranked = (0, group.rank, -row["score"]) if group else (1,)
        texts = (str(row[name] or "") for name in ("vendor", "device"))
        return (*ranked, *texts, row["first"] or 0, str(row["key"] or ""))

    def scores_of(self) -> dict[Group, list[int]]:
        """The scores of each group, lowest first."""
        found: dict[Group, list[int]] = {}
        for cover, score in self.scores:
            found.setdefault(self.groups[cover], []).append(score)
        return {group: sorted(scores) for group, scores in sorted(found.items())}

    @property
    def shared(self) -> int:
        """Contents that were analysed more than once, so that sums hold them as often."""
        return sum(self.contents.values())

    @property
    def vendors_of_devices(self) -> set[str]:
        """Vendors of the handsets somebody named."""
        return {name for each in self.devices.values() for name in each.texts.get("vendor", ())}

    @property
    def contradicted(self) -> list[Claim]:
        """Claims that at least one capture contradicts, most captures first."""
        found = [c for c in self.claims.values() if c.captures["contradicted"]]
        return sorted(found, key=lambda c: (-c.captures["contradicted"], c.id))


def survey(records: Iterable[Json], far: Mapping[str, float], linked: bool = True) -> Survey:
    """The figures of all records, which must come sorted by key, each key once.

    ``far``: see ``Survey.close``; ``linked``: see ``Survey``. ValueError if they do not:
    the files made from them would depend on who was done first.
    """
    found, last = Survey(linked), ""
    for record in records:
        key = str(record["key"])
        if key <= last:
            raise ValueError(f"records must come sorted by key: {key!r} after {last!r}")
        found.add(record)
        last = key
    return found.close(far)
