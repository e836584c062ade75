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
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

from analyzer import device
from analyzer.addresses import packed, text
from analyzer.batch.task import Part, Sheet
from analyzer.errors import DataFileError, UsageError
from analyzer.named import Named
from analyzer.problems import Problems, nearest, shown

CAPTURE = "capture"
_OWN = (CAPTURE, "device", "sheet", "claims")
_TEXTS = ("vendor", "model", "firmware", "home", "place")
_LISTS = ("addresses", "quiet_hours", *device.IDENTIFIERS)
COLUMNS = (*_OWN, *_TEXTS, *_LISTS)
_LARGEST = 64_000_000  # bytes: 100,000 rows with every identifier
_FOLDER = "device.yaml"
_PACKED = re.compile(r"\.(?:gz|bz2|xz|zst|lz4)$")


class Row(Named):
    """One line of devices.csv."""

    line: int
    pattern: str
    sheet: Sheet


class Sheets:
    """The sheets of a batch: ``of`` gives each recording its own."""

    def __init__(self, table: Path | None, common: Path | None, roots: Mapping[str, str]) -> None:
        self._rows = _rows(table) if table else []
        self._table = table
        self._exact = {row.pattern: row for row in reversed(self._rows)}
        self._patterns = [row for row in self._rows if any(c in row.pattern for c in "*?[")]
        self._common = read(common) if common else None
        self._roots = roots
        self._used: set[str] = set()

    def of(self, parts: Sequence[Part]) -> Sheet:
        """The sheet of a recording; an empty one where nothing is said of its handset."""
        for row in (found for part in parts if (found := self._row(part.name))):
            base = row.sheet.get("sheet")
            return _merged(read(Path(base)) if base else {}, row.sheet)
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
        """Rows that fit no recording, each as a sentence with its line."""
        return [
            f"{self._table}:{row.line}: no capture is called {shown(row.pattern)}"
            for row in self._rows
            if row.pattern not in self._used
        ]

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
        if "://" in part.place:
            return None
        path = Path(part.place)
        bare = path.with_name(_PACKED.sub("", path.name))
        for name in (f"{path.name}.device.yaml", f"{bare.stem}.device.yaml", f"{path.name}.yaml",
                     f"{bare.name}.device.yaml", f"{bare.name}.yaml"):  # fmt: skip
            if os.path.isfile(path.with_name(name)):  # a name may be too long for a file
                return dict(read(path.with_name(name)))
        root = Path(self._roots.get(part.place, path.parent))
        for folder in (path.parent, *path.parent.parents):
            if (folder / _FOLDER).is_file():
                return _of_folder(folder, root)
            if folder == root or root not in folder.parents:
                return None
        return None


def table_beside(sources: Iterable[str]) -> Path | None:
    """devices.csv in one of the folders that are sources; UsageError where there are two."""
    found = [
        Path(each, "devices.csv") for each in sources if os.path.isfile(Path(each, "devices.csv"))
    ]
    if len(found) > 1:
        raise UsageError(f"{found[0]} and {found[1]}: name the one that counts with --devices.")
    return found[0] if found else None


@lru_cache(4096)
def read(path: Path) -> Sheet:
    """A device sheet as plain data without what is empty; not to be changed."""
    return {name: value for name, value in asdict(device.read(path)).items() if value}


def _of_folder(folder: Path, root: Path) -> Sheet:
    """A folder's sheet; its handset is called by the folder, as seen from the source."""
    name = folder.relative_to(root).as_posix() if folder != root else folder.name
    return {"id": name, **read(folder / _FOLDER)}


def _merged(below: Sheet, above: Sheet) -> Sheet:
    """Two sheets as one: what ``above`` says counts, identifiers one by one."""
    said = {**below, **{k: v for k, v in above.items() if k != "sheet"}}
    if "identifiers" in below and "identifiers" in above:
        said["identifiers"] = {**below["identifiers"], **above["identifiers"]}
    return said


def _rows(path: Path) -> list[Row]:
    """The rows of a devices.csv; DataFileError with every problem it has."""
    try:
        if path.stat().st_size > _LARGEST:
            raise DataFileError(f"{path} is larger than {_LARGEST // 10**6} MB; split the batch.")
        content, above = _below_comments(path.read_bytes().decode("utf-8-sig"))
        lines = csv.DictReader(
            io.StringIO(content, newline=""), strict=True, restkey="", restval=""
        )
        columns = list(lines.fieldnames or ())
        problems = Problems()
        _check_columns(f"{path}:{above + 1}", columns, problems)
        problems.stop()
        numbered = ((lines.line_num + above, row) for row in lines)
        rows = [
            Row(line, row[CAPTURE].strip(), _sheet(path, line, row, problems))
            for line, row in numbered
            if any(map(str.strip, map(str, row.values())))
        ]
        _check_twice(path, rows, problems)
    except (OSError, ValueError, csv.Error) as error:
        raise DataFileError(f"{path} cannot be read as a table: {error}.") from error
    problems.stop()
    return rows


def _check_twice(path: Path, rows: Iterable[Row], problems: Problems) -> None:
    """Two rows of one capture that say different things: which handset is it?"""
    said: dict[str, Row] = {}
    for row in rows:
        first = said.setdefault(row.pattern, row)
        if first.sheet != row.sheet:
            problems.add(
                f"{path}:{row.line}", f"{shown(row.pattern)} again, unlike line {first.line}",
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


def _sheet(path: Path, line: int, row: Mapping[str, Any], problems: Problems) -> Sheet:
    """What a row says, in the shape of a device sheet."""
    where = f"{path}:{line}"
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
        said["sheet"] = str(path.parent / cells["sheet"])
    if "claims" in lists:
        said["claims"] = [_beside_table(path, claim) for claim in lists.pop("claims")]
    if "addresses" in lists:
        said["addresses"] = _addresses(where, lists.pop("addresses"), problems)
    if "quiet_hours" in lists:
        said["quiet_hours"] = lists.pop("quiet_hours")
    return {**said, **({"identifiers": lists} if lists else {})}


def _pieces(cell: str) -> list[str]:
    """Several values in one cell stand with ; between them."""
    return [piece.strip() for piece in cell.split(";") if piece.strip()]


def _beside_table(path: Path, claim: str) -> str:
    beside = path.parent / claim
    return str(beside) if claim.endswith(".yaml") and os.path.isfile(beside) else claim


def _addresses(where: str, given: Sequence[str], problems: Problems) -> list[str]:
    found = []
    for each in given:
        try:
            found.append(text(packed(each)))
        except ValueError:
            problems.add(where, f"address {shown(each)}", "an IP address", "write 192.168.43.20")
    return found
