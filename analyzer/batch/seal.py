"""Results become final in one step: a recording's folder is there whole, or not at all.

Rules of this file
- Everything is written in a work folder, its record last; then it is synced to
  the disk and moved to ``captures/<key>`` under one rename.
- What stands there is sealed: nobody writes in it again. Where somebody else
  sealed the same key meanwhile, theirs stays: equal keys are equal results.
- That a disk is full or read-only is nobody's capture's fault: ``Unwritable``
  ends the batch.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from analyzer.batch.sound import sound
from analyzer.errors import PhonehomeError

Record = dict[str, Any]

WORK = ".batch"
RECORD = "record.json"
MANIFEST = "manifest.json"
KEY = re.compile(r"[0-9a-f]{20}")
_LARGEST = 16 << 20  # of a record or manifest: some hundred bytes a row
_LONGEST = 256 << 20  # of a file of the batch itself: what is remembered of a million sources


class Unwritable(PhonehomeError):
    """The folder of the batch cannot be written."""


def unwritable(error: OSError, folder: Path | str) -> Unwritable:
    """The same in one sentence with a remedy."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    why = "the disk is full" if full else (error.strerror or str(error)).lower()
    fix = "free some space" if full else "check the folder and your rights"
    return Unwritable(
        f"{folder} cannot be written: {why}; {fix} and run the same command again,"
        " what is finished is kept."
    )


class Folder:
    """Results in a folder that all workers see."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self._captures = output / "captures"

    @contextmanager
    def held(self, _: Callable[[str], None]) -> Iterator[None]:
        """The folder for this batch alone."""
        from analyzer.batch import lock

        with lock.held(self.output):
            yield

    def reached(self) -> bool:
        """Does this process see the folder while it is held?"""
        return (self.output / WORK / "lock").is_file()

    @contextmanager
    def outputs(self) -> Iterator[Path]:
        """A folder for what is made of all results: scoreboard, summary."""
        try:
            yield self.output
        except OSError as error:
            raise unwritable(error, self.output) from error

    def tidy(self, keys: Sequence[str]) -> None:
        """Takes away what is none of these results, and rows that belong to none."""
        wanted = set(keys)
        for key in self.everything():
            if key not in wanted and KEY.fullmatch(key):
                self.remove(key)
        reported = {record["key"] for record in self.records(keys) if record["report"]}
        for path in sorted(self.output.glob("dataset/*/vendor=*/*.parquet")):
            if KEY.fullmatch(path.stem) and path.stem not in reported:
                path.unlink()
        for folder in self.output.glob("dataset/*/vendor=*"):
            with suppress(OSError):
                folder.rmdir()

    @contextmanager
    def making(self, key: str) -> Iterator[Path]:
        """An empty work folder for one result, of this process alone; gone afterwards."""
        place = self.output / WORK / "work" / f"{key}-{os.uname().nodename}-{os.getpid()}"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def seal(self, place: Path, record: Record) -> None:
        """Moves what was made (``report/`` and ``dataset/`` in ``place``) to where it stays."""
        report, final = place / "report", self._captures / record["key"]
        report.mkdir(exist_ok=True)
        (report / RECORD).write_bytes(encoded(record))
        if self.read(record["key"]) is not None:
            return
        for path in sorted(place.rglob("*")):
            _sync(path)
        for path in sorted(place.glob("dataset/**/*.parquet")):
            target = self.output / path.relative_to(place)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, target)
        final.parent.mkdir(parents=True, exist_ok=True)
        if final.exists():
            shutil.rmtree(final)  # it was no result, as nothing whole was read from it
        self._name(report, final, record["key"])

    def _name(self, report: Path, final: Path, key: str) -> None:
        try:
            os.rename(report, final)
        except OSError:
            if self.read(key) is None:
                raise
        _sync(final.parent)

    def seal_record(self, record: Record) -> None:
        """Seals the record of a recording of which there is no report."""
        with self.making(record["key"]) as place:
            self.seal(place, record)

    def rename(self, key: str, names: list[str]) -> None:
        """Says anew by which names a sealed recording goes."""
        record = self.read(key)
        if record is not None and record["names"] != names:
            put(self._captures / key / RECORD, encoded({**record, "names": names}))

    def remove(self, key: str) -> None:
        """Takes a result away, its record first: what remains then is no result."""
        (self._captures / key / RECORD).unlink(missing_ok=True)
        shutil.rmtree(self._captures / key, ignore_errors=True)
        for path in self.output.glob(f"dataset/*/vendor=*/{key}.parquet"):
            path.unlink(missing_ok=True)

    def read(self, key: str) -> Record | None:
        """The record of a sealed result: sound, with a report as long as its manifest says.

        After a loss of power files may be there by name only.
        """
        folder = self._captures / key
        record = _document(folder / RECORD)
        if record is None or not sound(record, key):
            return None
        if record["report"] is None:
            return record
        manifest = _document(folder / MANIFEST) or {}
        try:
            sizes = [os.stat(folder / e["name"]).st_size == e["bytes"] for e in manifest["files"]]
        except (OSError, KeyError, TypeError, ValueError):
            return None
        return record if all(sizes) else None

    def everything(self) -> list[str]:
        """Keys under which something stands, sorted."""
        return sorted(os.listdir(self._captures)) if self._captures.is_dir() else []

    def records(self, keys: Sequence[str]) -> Iterator[Record]:
        """Sealed records one by one, in this order."""
        for key in keys:
            record = _document(self._captures / key / RECORD)
            if record is not None:
                yield record

    def content(self, name: str) -> bytes | None:
        """A file of the batch itself, such as batch.json; None: no such, or far too large."""
        return _content(self.output / name, _LONGEST)

    def put(self, name: str, content: bytes) -> None:
        """Writes a file of the batch itself."""
        with self.outputs() as folder:
            put(folder / name, content)


def put(path: Path, content: bytes) -> None:
    """A file: whole and on the disk, or not there."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    _sync(part)
    os.replace(part, path)


def encoded(document: Any) -> bytes:
    """A document as JSON, a value a line."""
    return (json.dumps(document, ensure_ascii=True, indent=1) + "\n").encode()


def parsed(content: bytes | None) -> Record | None:
    """An object in JSON; None where it is none."""
    try:
        found = json.loads(content or b"")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _document(path: Path) -> Record | None:
    return parsed(_content(path, _LARGEST))


def _content(path: Path, most: int) -> bytes | None:
    try:
        return path.read_bytes() if path.stat().st_size <= most else None
    except OSError:
        return None


def _sync(path: Path) -> None:
    """To the disk, before anything is named as if it were there."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
