"""The account of a batch: every recording that went in came out as something.

Schema ``phonehome/batch-summary/1`` in summary.json; failed.csv has a line for
each recording that is not complete, with the reason.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from analyzer.errors import PhonehomeError
from analyzer.model import Severity
from analyzer.report.safe import cell

Record = dict[str, Any]

SCHEMA = "phonehome/batch-summary/1"
INTERRUPTED = 130
STATUSES = ("complete", "incomplete", "failed")
COLUMNS = ("name", "key", "status", "reason", "why")
GRAVITY = tuple(str(severity) for severity in Severity)  # least first
_SHOWN = 1_000  # names of skipped files listed; the count is whole


@dataclass(slots=True)
class Account:
    """Recordings by what became of them; the same content under two names counts twice."""

    recordings: int
    by_status: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)  # by severity
    duplicates: int = 0
    analysed: int = 0
    rows: list[tuple[str, ...]] = field(default_factory=list)  # of failed.csv

    def take(self, record: Record) -> None:
        """One sealed record."""
        count = len(record["names"])
        self.by_status[record["status"]] += count
        self.findings.update(record["findings"])
        self.duplicates += count - 1
        self.analysed += 1
        if record["reason"]:
            self.reasons[record["reason"]] += count
        if record["status"] != "complete":
            last = (record["key"], record["status"], record["reason"] or "", record["why"])
            self.rows += [(name, *last) for name in record["names"]]

    def whole(self, waiting: int) -> None:
        """PhonehomeError where a recording is unaccounted for."""
        came_out = sum(self.by_status.values())
        if came_out + waiting != self.recordings:
            raise PhonehomeError(
                f"Of {self.recordings} recordings {came_out} have a result and {waiting} wait: an"
                " error of phonehome itself. No summary is written; report it."
            )

    def document(self, waiting: int, skipped: list[str]) -> Record:
        """The content of summary.json."""
        return {
            "schema": SCHEMA,
            "in": self.recordings,
            **{status: self.by_status[status] for status in STATUSES},
            "not_yet": waiting,
            "failed_by_reason": dict(sorted(self.reasons.items())),
            "duplicates": self.duplicates,
            "analysed": self.analysed,
            "skipped": {"count": len(skipped), "names": skipped[:_SHOWN]},
        }

    def failed_csv(self) -> bytes:
        """The content of failed.csv."""
        out = io.StringIO(newline="")
        rows = csv.writer(out, lineterminator="\r\n")
        rows.writerow(COLUMNS)
        rows.writerows([cell(value) for value in row] for row in sorted(self.rows))
        return out.getvalue().encode("utf-8", "backslashreplace")

    def code(self, waiting: int, fail_on: str | None = None) -> int:
        """The exit code: 0 all complete, 3 some are not, 4 nothing usable, 10 a finding as
        grave as ``fail_on``, 130 some wait."""
        if waiting:
            return INTERRUPTED
        usable = self.by_status["complete"] + self.by_status["incomplete"]
        if not usable:
            return 4
        if fail_on and any(self.findings[each] for each in GRAVITY[GRAVITY.index(fail_on) :]):
            return 10
        return 0 if self.by_status["complete"] == self.recordings else 3


def account(recordings: int, records: Iterable[Record]) -> Account:
    """The account over all records."""
    made = Account(recordings)
    for record in records:
        made.take(record)
    return made


def lines(said: Record, folder: str) -> Iterator[str]:
    """The account for a terminal."""
    recordings = "recording" if said["in"] == 1 else "recordings"
    yield (
        f"{said['in']:,} {recordings}: {said['complete']:,} complete, {said['incomplete']:,}"
        f" incomplete, {said['failed']:,} failed"
        + (f", {said['not_yet']:,} not analysed yet." if said["not_yet"] else ".")
    )
    for reason, count in said["failed_by_reason"].items():
        yield f"  {reason}: {count:,}"
    if said["duplicates"]:
        yield f"  {said['duplicates']:,} have the same content as another and share its report."
    if said["skipped"]["count"]:
        yield (
            f"  Passed over, as no captures: {said['skipped']['count']:,} other files;"
            " summary.json names them."
        )
    if said["incomplete"] or said["failed"]:
        yield f"  failed.csv says why for each: {folder}/failed.csv"
