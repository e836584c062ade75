"""Results in object storage, behind any URL fsspec can write to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from analyzer.batch import remote, seal
from analyzer.batch.sound import sound
from analyzer.errors import PhonehomeError
from analyzer.report.safe import visible

Record = dict[str, Any]

HOLDER = f"{seal.WORK}/holder.json"
"""Stands there while a batch writes below the URL, and when it was killed."""


class Bucket:
    """As ``seal.Folder``; an object appears whole, and the record is put there last."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._files = remote.Objects(url)
        self._holder: bytes | None = None  # what the holder's file says of this batch

    @contextmanager
    def held(self, say: Callable[[str], None]) -> Iterator[None]:
        """The URL for this batch, as far as object storage allows.

        It knows no locks: nobody can tell a batch that was killed from one that still runs. So
        who comes later has the URL, and says so; who came before finds out and ends before it
        writes anything that is not a finished result.
        """
        before, mine = self._read_holder(), {"begun": _now(), "who": os.urandom(8).hex()}
        if before:
            say(f"A batch that began to write in {self._url} on {before} was killed, or still runs;"
                " in that case it will end without a scoreboard.")  # fmt: skip
        try:
            self._files.write(HOLDER, seal.encoded(mine))
        except OSError as error:
            raise seal.unwritable(error, self._url) from error
        self._holder = seal.encoded(mine)
        try:
            yield
        finally:
            with suppress(Exception):  # left there, it is one more sentence for the next batch
                if self._files.read(HOLDER) == self._holder:
                    self._files.remove(HOLDER)

    def _read_holder(self) -> str:
        """When a batch began that has not ended; "" where there is none."""
        found = self._files.read(HOLDER)
        said = (seal.parsed(found) or {}).get("begun")
        return "" if found is None else visible(str(said))[:40]

    def _check(self) -> None:
        """PhonehomeError where another batch took the URL from this one."""
        if self._holder is not None and self._files.read(HOLDER) != self._holder:
            raise PhonehomeError(
                f"Another batch has begun to write in {self._url}, so this one ends here; what is"
                " finished is kept. When the other has ended, run the same command again."
            )

    def reached(self) -> bool:
        """Can this process list what is there?"""
        try:
            self._files.below("captures")
        except Exception:  # each file system has its own
            return False
        return True

    @contextmanager
    def outputs(self) -> Iterator[Path]:
        """A folder on this machine whose files are put there when it is filled."""
        with TemporaryDirectory(prefix="phonehome-") as folder:
            yield Path(folder)
            self._check()
            for path in sorted(Path(folder).rglob("*")):
                if path.is_file():
                    self._files.put(path, path.relative_to(folder).as_posix())

    def tidy(self, keys: Sequence[str]) -> None:
        """Takes away what is none of these results, and rows that belong to none."""
        self._check()
        wanted = set(keys)
        for key in self.everything():
            if key not in wanted and seal.KEY.fullmatch(key):
                self.remove(key)
        reported = {record["key"] for record in self.records(keys) if record["report"]}
        for name in self._files.below("dataset"):
            if Path(name).stem not in reported:
                self._files.remove(name)

    @contextmanager
    def making(self, key: str) -> Iterator[Path]:
        """An empty folder on this machine for one result; gone afterwards."""
        with TemporaryDirectory(prefix=f"phonehome-{key}-") as folder:
            yield Path(folder)

    def seal(self, place: Path, record: Record) -> None:
        """Puts what was made (``report/`` and ``dataset/`` in ``place``) where it stays."""
        key = record["key"]
        if self.read(key) is not None:
            return
        for path in sorted(place.glob("dataset/**/*.parquet")):
            self._files.put(path, path.relative_to(place).as_posix())
        report = place / "report"
        for path in sorted(report.rglob("*")) if report.is_dir() else ():
            if path.is_file():
                self._files.put(path, f"captures/{key}/{path.relative_to(report).as_posix()}")
        self._files.write(f"captures/{key}/{seal.RECORD}", seal.encoded(record))

    def seal_record(self, record: Record) -> None:
        """Seals the record of a recording of which there is no report."""
        self._files.write(f"captures/{record['key']}/{seal.RECORD}", seal.encoded(record))

    def rename(self, key: str, names: list[str]) -> None:
        """Says anew by which names a sealed recording goes."""
        record = self.read(key)
        if record is not None and record["names"] != names:
            document = seal.encoded({**record, "names": names})
            self._files.write(f"captures/{key}/{seal.RECORD}", document)

    def remove(self, key: str) -> None:
        """Takes a result away, its record first."""
        self._files.remove(f"captures/{key}/{seal.RECORD}")
        self._files.remove(f"captures/{key}")
        for name in self._files.fitting(f"dataset/*/vendor=*/{key}.parquet"):
            self._files.remove(name)

    def read(self, key: str) -> Record | None:
        """The record of a sealed result, if it is sound."""
        record = seal.parsed(self.content(f"captures/{key}/{seal.RECORD}"))
        return record if record and sound(record, key) else None

    def everything(self) -> list[str]:
        """Keys under which something stands, sorted."""
        return sorted({name.split("/")[1] for name in self._files.below("captures")})

    def records(self, keys: Sequence[str]) -> Iterator[Record]:
        """Sealed records one by one, in this order."""
        return (record for key in keys if (record := self.read(key)))

    def content(self, name: str) -> bytes | None:
        """A file of the batch itself; None: no such."""
        return self._files.read(name)

    def put(self, name: str, content: bytes) -> None:
        """Writes a file of the batch itself."""
        self._check()
        self._files.write(name, content)


def _now() -> str:
    return datetime.now(UTC).isoformat(" ", "minutes").replace("+00:00", " UTC")
