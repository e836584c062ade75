"""devices.csv: a line a capture, or a pattern of captures, with whose handset it is of.

Rules of this file
- A wrong cell or an unknown column is said with file and line, all of them at once.
- The table may lie behind a URL, and so may the sheets it names; claims may not, as
  workers elsewhere have to read what was read here.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from analyzer import device
from analyzer.addresses import packed, text
from analyzer.batch import remote
from analyzer.batch.task import Sheet
from analyzer.errors import DataFileError
from analyzer.problems import Problems, nearest, shown

CAPTURE = "capture"
_OWN = (CAPTURE, "device", "sheet", "claims")
_TEXTS = ("vendor", "model", "firmware", "home", "place")
_LISTS = ("addresses", "quiet_hours", *device.IDENTIFIERS)
COLUMNS = (*_OWN, *_TEXTS, *_LISTS)
LARGEST = 64_000_000
"""Bytes of a table: 100,000 rows with every identifier."""


class Row(NamedTuple):
    """One line of devices.csv."""

    line: int
    pattern: str
    sheet: Sheet


def rows(place: str) -> list[Row]:
    """The rows of a devices.csv; DataFileError with every problem it has."""
    try:
        content, above = _below_comments(_content(place).decode("utf-8-sig"))
        lines = csv.DictReader(
            io.StringIO(content, newline=""), strict=True, restkey="", restval=""
        )
        columns = list(lines.fieldnames or ())
        problems = Problems()
        _check_columns(f"{place}:{above + 1}", columns, problems)
        problems.stop()
        numbered = ((lines.line_num + above, row) for row in lines)
        found = [
            Row(line, row[CAPTURE].strip(), _sheet(place, line, row, problems))
            for line, row in numbered
            if any(map(str.strip, map(str, row.values())))
        ]
        _check_twice(place, found, problems)
    except (OSError, ValueError, csv.Error) as error:
        raise DataFileError(f"{place} cannot be read as a table: {error}.") from error
    problems.stop()
    return found


def _content(place: str) -> bytes:
    with remote.here(place, LARGEST) as path:
        if path.stat().st_size > LARGEST:
            raise DataFileError(f"{place} is larger than {LARGEST // 10**6} MB; split the batch.")
        return path.read_bytes()


def _check_twice(place: str, rows: Iterable[Row], problems: Problems) -> None:
    """Two rows of one capture that say different things: which handset is it?"""
    said: dict[str, Row] = {}
    for row in rows:
        first = said.setdefault(row.pattern, row)
        if first.sheet != row.sheet:
            problems.add(
                f"{place}:{row.line}", f"{shown(row.pattern)} again, unlike line {first.line}",
                "one row a capture", "remove one",
            )  # fmt: skip


def _below_comments(content: str) -> tuple[str, int]:
    """A table without the lines above it that begin with #, and how many those were."""
    above = 0
    while content.startswith("#"):
        content = content.partition("\n")[2]
        above += 1
    return content, above


def _check_columns(where: str, columns: Sequence[str], problems: Problems) -> None:
    for name in columns:
        if name not in COLUMNS:
            problems.add(
                where, f"unknown column {shown(name)}", "a column of a devices.csv",
                nearest(name, COLUMNS),
            )  # fmt: skip
        elif columns.count(name) > 1:
            problems.add(where, f"the column {name} twice", "each once", "remove one")
    if CAPTURE not in columns:
        problems.add(where, "no column 'capture'", "names or patterns of files", "add it")


def _sheet(table: str, line: int, row: Mapping[str, Any], problems: Problems) -> Sheet:
    """What a row says, in the shape of a device sheet."""
    where = f"{table}:{line}"
    if row.get(""):
        problems.add(where, "more cells than columns", "one a column", "quote cells with commas")
    cells = {k: v.strip() for k, v in row.items() if k and isinstance(v, str) and v.strip()}
    if CAPTURE not in cells:
        problems.add(where, "no capture", "the name or a pattern of files", "fill it in")
    said: Sheet = {name: cells[name] for name in _TEXTS if name in cells}
    lists = {name: _pieces(cells[name]) for name in (*_LISTS, "claims") if name in cells}
    if "device" in cells:
        said["id"] = cells["device"]
    if "sheet" in cells:
        said["sheet"] = _beside(table, cells["sheet"])
    if "claims" in lists:
        said["claims"] = [_claim(where, table, each, problems) for each in lists.pop("claims")]
    if "addresses" in lists:
        said["addresses"] = _addresses(where, lists.pop("addresses"), problems)
    if "quiet_hours" in lists:
        said["quiet_hours"] = lists.pop("quiet_hours")
    return {**said, **({"identifiers": lists} if lists else {})}


def _pieces(cell: str) -> list[str]:
    """Several values in one cell stand with ; between them."""
    return [piece.strip() for piece in cell.split(";") if piece.strip()]


def _beside(table: str, named: str) -> str:
    """A path or URL of its own, or one beside the table."""
    return named if remote.is_url(named) else os.path.join(os.path.dirname(table), named)


def _claim(where: str, table: str, claim: str, problems: Problems) -> str:
    """An id, or a file of this machine: workers are to read what was read here."""
    if not claim.endswith(".yaml"):
        return claim
    beside = _beside(table, claim)
    if remote.is_url(beside):
        problems.add(where, f"the claim file {shown(beside)}", "an id or a file, no URL",
                     "fetch it and name its path")  # fmt: skip
    return beside if os.path.isfile(beside) else claim


def _addresses(where: str, given: Sequence[str], problems: Problems) -> list[str]:
    found = []
    for each in given:
        try:
            found.append(text(packed(each)))
        except ValueError:
            problems.add(where, f"address {shown(each)}", "an IP address", "write 192.168.43.20")
    return found
