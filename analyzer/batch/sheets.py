"""Whose handset each recording is of: device sheets beside captures, and devices.csv.

Rules of this file
- What is nearest to a capture counts: its row in devices.csv, then a sheet of its
  own name, then ``device.yaml`` of its folder or one above, up to the source,
  then --device.
- A row that fits no capture is said: a verdict about the wrong handset is the worst
  that can happen here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path, PurePosixPath

from analyzer import device
from analyzer.batch import device_table, remote
from analyzer.batch.device_table import Row
from analyzer.batch.task import Part, Sheet
from analyzer.errors import UsageError
from analyzer.problems import shown

_SAID = 20  # rows that fit nothing, one by one
_FOLDER = "device.yaml"
_PACKED = re.compile(r"\.(?:gz|bz2|xz|zst|lz4)$")


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
        self._rows = device_table.rows(table) if table else []
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
        place = remote.bare(part.place) if remote.is_url(part.place) else part.place
        folder, _, name = place.rpartition("/")
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
    with remote.here(place, device_table.LARGEST) as path:
        sheet = device.read(path)
    return {name: value for name in sheet.__slots__ if (value := getattr(sheet, name))}


def _merged(below: Sheet, above: Sheet) -> Sheet:
    """Two sheets as one: what ``above`` says counts, identifiers one by one."""
    said = {**below, **{k: v for k, v in above.items() if k != "sheet"}}
    if "identifiers" in below and "identifiers" in above:
        said["identifiers"] = {**below["identifiers"], **above["identifiers"]}
    return said
