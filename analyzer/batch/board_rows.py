"""A row of the scoreboard: what one capture, or one handset in all its captures, comes to.

Rules of this file
- Bytes up are told apart by how surely they are placed; only what is stated or agreed on
  counts as being at home or outside it.
- What is not known is None, never 0: without a home nothing is outside it.
- Records hold captured text: nothing of it is changed here, writers make it harmless.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from analyzer.batch.board_cover import Cover, Group, cover
from analyzer.model import Severity, Verdict
from analyzer.report.tables import Columns, Row

Json = Mapping[str, Any]

COLUMNS: Columns = dict.fromkeys(
    ("level", "key", "device", "vendor", "model", "firmware", "home", "names", "status",
     "reason", "why"), "text",
) | {
    "first": "time", "last": "time",
    "captures": "int", "complete": "int", "incomplete": "int", "failed": "int",
    "hours": "float", "bytes": "int?", "endpoints": "int?", "countries": "int?",
    "bytes_up": "int?", "bytes_down": "int?",
    "bytes_up_home": "int?", "bytes_up_outside": "int?", "bytes_up_firm": "int?",
    "bytes_up_single": "int?", "bytes_up_edge": "int?", "bytes_up_open": "int?",
    "bytes_up_local": "int?", "destinations": "text",
    "named": "float", "located_by_operator": "float", "edge": "float", "decrypted": "float",
    "contradicted": "int?", "consistent": "int?", "not_testable": "int?", "claims": "text",
    "high": "int?", "medium": "int?", "low": "int?", "info": "int?",
    "coverage_group": "text", "coverage": "text",
    "score": "float", "score_low": "float", "score_high": "float",
}  # fmt: skip
"""Columns before those of the score's parts (``score_<part>``) and ``report``."""

VERDICTS = tuple(map(str, Verdict))  # the one that says most first
SEVERITIES = tuple(map(str, reversed(Severity)))
SHARES = ("named", "located_by_operator", "edge", "decrypted")
_TOLD = ("key", "first", "last", "hours", "bytes", "reason", "bytes_up", "bytes_down")
_RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z", re.ASCII)
_ODD = re.compile(r"[^a-z0-9]")
_FIRM = ("stated", "agreed")
_APART = {"edge": "edge", "private": "local"}


class Part(NamedTuple):
    """One part of a score."""

    name: str
    title: str
    points: float | None  # None: could not be judged
    of: float


def _part(part: Json) -> Part:
    name = str(part.get("name"))
    return Part(name, str(part.get("title") or name), part.get("points"), part.get("of") or 0)


@dataclass(slots=True)
class Split:
    """Bytes up by how surely they are placed, and to which countries."""

    home: int | None = None  # stated or agreed, in the handset's home; None: no home known
    outside: int | None = None
    firm: int = 0  # stated or agreed, anywhere
    single: int = 0  # one source alone names a country
    edge: int = 0
    open: int = 0  # disputed, ruled out, unknown
    local: int = 0
    endpoints: int = 0  # on the Internet
    abroad: Counter[str] = field(default_factory=Counter)  # country -> bytes of ``outside``
    named: Counter[tuple[str, str]] = field(default_factory=Counter)  # country, certainty

    def add(self, other: Split) -> None:
        """Count another one in."""
        for name in ("firm", "single", "edge", "open", "local", "endpoints"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        if other.home is not None and other.outside is not None:
            self.home = (self.home or 0) + other.home
            self.outside = (self.outside or 0) + other.outside
        self.abroad.update(other.abroad)
        self.named.update(other.named)

    def homeless(self) -> Split:
        """The same without home and outside: where there is no one home to hold it against."""
        return replace(self, home=None, outside=None, abroad=Counter())

    @property
    def public(self) -> int:
        """Bytes up to the Internet."""
        return self.firm + self.single + self.edge + self.open

    @property
    def places(self) -> int:
        """How many countries are named by anyone."""
        return len({country for country, _ in self.named})


def split(record: Json) -> Split:
    """The record's bytes up, sorted."""
    home = (record.get("device") or {}).get("home")
    found = Split(0, 0) if home else Split()
    for each in record.get("countries") or ():
        country, certainty, up = each.get("country"), str(each.get("certainty")), each["bytes_up"]
        if certainty != "private":
            found.endpoints += each.get("endpoints") or 0
        if country and certainty in (*_FIRM, "single"):
            found.named[country, certainty] += up
        if country and certainty in _FIRM:
            found.firm += up
            _sort_home(found, country, home, up)
            continue
        group = "single" if country and certainty == "single" else _APART.get(certainty, "open")
        setattr(found, group, getattr(found, group) + up)
    return found


def _sort_home(found: Split, country: str, home: str | None, up: int) -> None:
    if home is None or found.home is None or found.outside is None:
        return
    if country == home:
        found.home += up
    else:
        found.outside += up
        found.abroad[country] += up


def capture_row(record: Json, linked: bool = True) -> dict[str, Any]:
    """One capture. Besides the columns: ``split``, ``cover``, ``parts`` (Part, ...), ``scored``
    and ``far`` (contradicted claims of another time).

    ``linked``: whether the batch wrote a report.html of each.
    """
    device, score = record.get("device") or {}, record.get("score") or {}
    status, found = str(record.get("status")), split(record)
    row: dict[str, Any] = dict.fromkeys((*COLUMNS, "cover", "report"))
    row.update({name: device.get(name) for name in ("vendor", "model", "firmware", "home")})
    row.update({name: record.get(name) for name in _TOLD})
    row.update({name: nanoseconds(row[name]) for name in ("first", "last")})
    row.update(level="capture", device=device.get("id"), status=status, captures=1,
               why=record.get("why"), names="; ".join(record.get("names") or ()),
               parts=tuple(map(_part, score.get("parts") or ())))  # fmt: skip
    row.update({name: int(name == status) for name in ("complete", "incomplete", "failed")})
    if status == "failed":
        return row | {"split": found, "hours": None}
    total = score.get("total")
    row.update(score=total, score_low=total, score_high=total, cover=cover(record),
               report=report_of(record) if linked else None)  # fmt: skip
    row.update({name: (record.get("visibility") or {}).get(name) for name in SHARES})
    said = record.get("verdicts") or ()
    row.update(_verdicts({str(v.get("claim")): str(v.get("verdict")) for v in said}))
    row.update(scored=1, far=sum(_contradicts_from_afar(each) for each in said))
    row.update({name: (record.get("findings") or {}).get(name, 0) for name in SEVERITIES})
    return row | bytes_of(found)


def bytes_of(found: Split) -> dict[str, Any]:
    """The columns a Split fills."""
    return {
        "split": found, "endpoints": found.endpoints, "countries": found.places,
        "bytes_up_home": found.home, "bytes_up_outside": found.outside,
        "bytes_up_firm": found.firm, "bytes_up_single": found.single, "bytes_up_edge": found.edge,
        "bytes_up_open": found.open, "bytes_up_local": found.local,
        "destinations": "; ".join(f"{country} {certainty} {up}" for (country, certainty), up
                                  in sorted(found.named.items(), key=lambda e: (-e[1], e[0]))),
    }  # fmt: skip


def report_of(record: Json) -> str | None:
    """The capture's report relative to the batch, made from its key alone."""
    key = str(record.get("key"))
    plain = len(key) == 20 and not set(key) - set("0123456789abcdef")
    return f"captures/{key}/report.html" if plain and record.get("report") else None


def nanoseconds(text: str | None) -> int | None:
    """A time of a record, RFC 3339 in UTC, as ns since 1970; None for anything else."""
    found = _RFC3339.fullmatch(text or "")
    if not found:
        return None
    from datetime import date

    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    try:
        days = date(year, month, day).toordinal() - date(1970, 1, 1).toordinal()
    except ValueError:
        return None
    seconds = ((days * 24 + hour) * 60 + minute) * 60 + second
    return seconds * 1_000_000_000 + int((found[7] or "").ljust(9, "0"))


def _contradicts_from_afar(verdict: Json) -> bool:
    """Does over a year lie between a recording and the sentence it contradicts?"""
    return verdict.get("verdict") == "contradicted" and verdict.get("far") is True


def _verdicts(claims: Mapping[str, str]) -> dict[str, Any]:
    counts = Counter(claims.values())
    told = " ".join(f"{claim}:{verdict}" for claim, verdict in sorted(claims.items()))
    return {**{name: counts[name] for name in VERDICTS}, "claims": told}


@dataclass(slots=True)
class Device:
    """One handset in all its captures; made from rows in any order."""

    id: str
    statuses: Counter[str] = field(default_factory=Counter)
    texts: dict[str, set[str]] = field(default_factory=dict)
    split: Split = field(default_factory=Split)
    sums: Counter[str] = field(default_factory=Counter)
    first: int | None = None  # ns
    last: int | None = None
    claims: dict[str, str] = field(default_factory=dict)
    near: set[str] = field(default_factory=set)  # contradicted within a year of the sentence
    scores: list[int] = field(default_factory=list)
    best: tuple[Any, ...] = ()  # order of the capture with the most to see
    shown: dict[str, Any] = field(default_factory=dict)  # what is taken from it
    length: list[float] = field(default_factory=list)

    def add(self, row: Mapping[str, Any], verdicts: Iterable[Json]) -> None:
        """Count one capture in."""
        self.statuses[row["status"]] += 1
        for name in ("vendor", "model", "firmware", "home"):
            if row[name]:
                self.texts.setdefault(name, set()).add(str(row[name]))
        if row["status"] == "failed":
            return
        self.split.add(row["split"])
        self.length.append(row["hours"] or 0.0)
        self.sums.update({n: row[n] or 0 for n in ("bytes", "bytes_up", "bytes_down", *SEVERITIES)})
        times = [t for t in (self.first, self.last, row["first"], row["last"]) if t is not None]
        self.first, self.last = min(times, default=None), max(times, default=None)
        for each in verdicts:
            self._judge(str(each.get("claim")), str(each.get("verdict")))
            if each.get("verdict") == "contradicted" and not _contradicts_from_afar(each):
                self.near.add(str(each.get("claim")))
        if row["cover"] is not None:
            self._score(row)

    def _judge(self, claim: str, verdict: str) -> None:
        """The verdict that says most: one recording is enough to contradict."""
        if verdict in VERDICTS:
            both = (verdict, self.claims.get(claim, verdict))
            self.claims[claim] = min(both, key=VERDICTS.index)

    def _score(self, row: Mapping[str, Any]) -> None:
        self.scores.append(row["score"])
        order = (row["status"] != "complete", -len(row["cover"].judged), -(row["hours"] or 0),
                 -(row["bytes"] or 0), str(row["key"]))  # fmt: skip
        if not self.best or order < self.best:
            self.best = order
            self.shown = {name: row[name] for name in ("score", "cover", "parts", "report")}

    @property
    def homes_differ(self) -> bool:
        """Do its captures name different homes? Then none is its home."""
        return len(self.texts.get("home", ())) > 1

    @property
    def far(self) -> int:
        """Claims that only recordings over a year from the sentence contradict."""
        against = (claim for claim, verdict in self.claims.items() if verdict == "contradicted")
        return len(set(against) - self.near)

    def row(self) -> dict[str, Any]:
        """The handset's row. Its score is that of the capture with the most to see."""
        split = self.split.homeless() if self.homes_differ else self.split
        row: dict[str, Any] = dict.fromkeys((*COLUMNS, "cover", "report"))
        row |= {"parts": ()} | self.shown
        row.update({name: "; ".join(sorted(found)) for name, found in self.texts.items()})
        row.update(level="device", device=self.id, captures=self.statuses.total(),
                   first=self.first, last=self.last, scored=len(self.scores), far=self.far,
                   hours=round(sum(sorted(self.length)), 6) if self.length else None,
                   vendors_differ=len(self.texts.get("vendor", ())) > 1,
                   **{name: self.statuses[name] for name in ("complete", "incomplete", "failed")},
                   **self.sums, **_verdicts(self.claims))  # fmt: skip
        row.update(status=_status(self.statuses), score_low=min(self.scores, default=None),
                   score_high=max(self.scores, default=None))  # fmt: skip
        if self.statuses["failed"] == row["captures"]:
            return row | dict.fromkeys(VERDICTS) | {"split": split}
        return row | bytes_of(split) | {"homes_differ": self.homes_differ}


def _status(statuses: Counter[str]) -> str:
    """complete if all are, failed if all are, else incomplete."""
    total = statuses.total()
    return next((s for s in ("complete", "failed") if statuses[s] == total), "incomplete")


def part_columns(names: Iterable[str]) -> Columns:
    """The columns after COLUMNS: points of each part, and the report's place."""
    columns: dict[str, str] = {}
    for name in names:
        column = "score_" + _ODD.sub("_", name.lower())[:40]
        while column in columns:
            column += "_"
        columns[column] = "float"
    return {**columns, "report": "text"}


def values(row: Mapping[str, Any], groups: Mapping[Cover, Group], parts: Iterable[str]) -> Row:
    """The cells of a row in the order of its columns."""
    group = groups.get(row["cover"])
    points = {part.name: part.points for part in row["parts"]}
    known = {**row, "coverage_group": group and group.letter, "coverage": group and group.label}
    return [*(known.get(name) for name in COLUMNS), *(points.get(name) for name in parts),
            row["report"]]  # fmt: skip
