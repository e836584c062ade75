"""Whose handset each recording is of: device sheets beside captures, and devices.csv.

Rules of this file
- What is nearest to a capture counts: its row in devices.csv, then a sheet of its
  own name, then ``device.yaml`` of its folder or one above, up to the source,
  then --device.
- A wrong cell, an unknown column or a row that fits no capture is said with file
  and line, all of them at once: a verdict about the wrong handset is the worst
  that can happen here.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from analyzer import device
from analyzer.addresses import packed, text
from analyzer.batch import remote
from analyzer.batch.task import Part, Sheet
from analyzer.errors import DataFileError, NothingUsable, UsageError
from analyzer.named import Named
from analyzer.problems import Problems, nearest, shown

CAPTURE = "capture"
_OWN = (CAPTURE, "device", "sheet", "claims")
_TEXTS = ("vendor", "model", "firmware", "home", "place")
_LISTS = ("addresses", "quiet_hours", *device.IDENTIFIERS)
COLUMNS = (*_OWN, *_TEXTS, *_LISTS)
_LARGEST = 64_000_000  # bytes: 100,000 rows with every identifier
_SAID = 20  # rows that fit nothing, one by one
_FOLDER = "device.yaml"
_PACKED = re.compile(r"\.(?:gz|bz2|xz|zst|lz4)$")


class Row(Named):
    """One line of devices.csv."""

    line: int
    pattern: str
    sheet: Sheet


class Sheets:
    """The sheets of a batch: ``of`` gives each recording its own."""

    def __init__(
        self,
        table: str | None,
        common: Path | None,
        roots: Mapping[str, str],
        urls: Collection[str] = (),
    ) -> None:
        """``table`` is a path or URL, as are the places of ``roots`` (captures and their sources);
        ``urls`` are those of sheets, which nobody can ask a store for one by one."""
        self._rows = _rows(table) if table else []
        self._table = table
        self._exact = {row.pattern: row for row in reversed(self._rows)}
        self._patterns = [row for row in self._rows if any(c in row.pattern for c in "*?[")]
        self._common = read(str(common)) if common else None
        self._roots = roots
        self._urls = urls
        self._used: set[str] = set()

    def of(self, parts: Sequence[Part]) -> Sheet:
        """The sheet of a recording; an empty one where nothing is said of its handset."""
        for row in (found for part in parts if (found := self._row(part.name))):
            base = row.sheet.get("sheet")
            return _merged(read(base) if base else {}, row.sheet)
        for part in parts:
            if (beside := self._beside(part)) is not None:
                return beside
        return dict(self._common or {})

    def differ(self, parts: Sequence[Part]) -> bool:
        """Do rows say that parts are of different handsets, so that they are no one recording?"""
        said: list[Sheet] = []
        for part in parts:
            row = self._row(part.name)
            if row and row.sheet not in said:
                said.append(row.sheet)
        return len(said) > 1

    def unused(self) -> list[str]:
        """Rows that fit no recording, each as a sentence with its line; the first ones of many."""
        found = [row for row in self._rows if row.pattern not in self._used]
        told = [
            f"{self._table}:{row.line}: no capture is called {shown(row.pattern)}"
            for row in found[:_SAID]
        ]
        if rest := len(found) - len(told):
            told.append(f"{self._table}: {rest:,} more rows fit no capture")
        return told

    def _row(self, name: str) -> Row | None:
        """The row of a name as it is, else of its last piece, else the first pattern it fits."""
        base = name.rsplit("/", 1)[-1]
        found = self._exact.get(name) or self._exact.get(base)
        fits = (r for r in self._patterns if fnmatchcase(name, r.pattern) or
                fnmatchcase(base, r.pattern))  # fmt: skip
        found = found or next(fits, None)
        if found:
            self._used.add(found.pattern)
        return found

    def _beside(self, part: Part) -> Sheet | None:
        """The sheet of a file's own name, or of its folder or one above."""
        folder, _, name = part.place.rpartition("/")
        bare = _PACKED.sub("", name)
        stem = PurePosixPath(bare).stem
        for own in (f"{name}.device.yaml", f"{stem}.device.yaml", f"{name}.yaml",
                    f"{bare}.device.yaml", f"{bare}.yaml"):  # fmt: skip
            if self._is_there(f"{folder}/{own}"):
                return dict(read(f"{folder}/{own}"))
        root = self._roots.get(part.place, folder)
        while not self._is_there(f"{folder}/{_FOLDER}"):
            if folder == root or not folder.startswith(root.rstrip("/") + "/"):
                return None
            folder = folder.rpartition("/")[0]
        called = folder.removeprefix(root).strip("/") or folder.rpartition("/")[2]
        return {"id": called, **read(f"{folder}/{_FOLDER}")}

    def _is_there(self, place: str) -> bool:
        return place in self._urls if remote.is_url(place) else os.path.isfile(place)


def only(tables: Sequence[str]) -> str | None:
    """The table of a batch; UsageError where there are two."""
    if len(tables) > 1:
        raise UsageError(f"{tables[0]} and {tables[1]}: name the one that counts with --devices.")
    return tables[0] if tables else None


@lru_cache(4096)
def read(place: str) -> Sheet:
    """A device sheet as plain data without what is empty; not to be changed."""
    with _here(place) as path:
        return {name: value for name, value in asdict(device.read(path)).items() if value}


@contextmanager
def _here(place: str) -> Iterator[Path]:
    """A file, or what is behind a URL as one; DataFileErrors about it name the URL."""
    if not remote.is_url(place):
        yield Path(place)
        return
    try:
        with remote.fetched(Part(place, place, "", _LARGEST)) as path:
            try:
                yield path
            except DataFileError as error:
                raise DataFileError(str(error).replace(str(path), place)) from error
    except NothingUsable as error:
        raise DataFileError(str(error)) from error


def _merged(below: Sheet, above: Sheet) -> Sheet:
    """Two sheets as one: what ``above`` says counts, identifiers one by one."""
    said = {**below, **{k: v for k, v in above.items() if k != "sheet"}}
    if "identifiers" in below and "identifiers" in above:
        said["identifiers"] = {**below["identifiers"], **above["identifiers"]}
    return said


def _rows(place: str) -> list[Row]:
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
        rows = [
            Row(line, row[CAPTURE].strip(), _sheet(place, line, row, problems))
            for line, row in numbered
            if any(map(str.strip, map(str, row.values())))
        ]
        _check_twice(place, rows, problems)
    except (OSError, ValueError, csv.Error) as error:
        raise DataFileError(f"{place} cannot be read as a table: {error}.") from error
    problems.stop()
    return rows


def _content(place: str) -> bytes:
    with _here(place) as path:
        if path.stat().st_size > _LARGEST:
            raise DataFileError(f"{place} is larger than {_LARGEST // 10**6} MB; split the batch.")
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
