"""The user's folder on disk: files change whole or not at all.

Rules of this file
- A new file is written beside the old one, read back from disk, and only then
  takes its name, in one step; the old one stays as ``.previous`` until the new
  one has been read under its own name.
- Whatever goes wrong, a readable file keeps the name it had.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import DataFileError
from .files import CLOUD_RANGES, SOURCES

RangeRow = tuple[str, str, str, str, str]
"""prefix, provider, region, service, date."""

_RANGE_HEAD = "prefix\tprovider\tregion\tservice\tdate"


def swap(path: Path, content: bytes, prove: Callable[[bytes], object]) -> None:
    """Put ``content`` in place of the file, if ``prove`` can read it back.

    Raises what ``prove`` raises, and OSError; the old file then still stands.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with open(new, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        prove(new.read_bytes())
        _replace(path, new, prove)
    finally:
        new.unlink(missing_ok=True)


def _replace(path: Path, new: Path, prove: Callable[[bytes], object]) -> None:
    previous = path.with_name(path.name + ".previous")
    had_one = path.exists()
    if had_one:
        _copy(path, previous)
    new.replace(path)
    try:
        prove(path.read_bytes())
    except BaseException:
        if had_one:
            previous.replace(path)
        else:
            path.unlink(missing_ok=True)
        raise
    previous.unlink(missing_ok=True)


def _copy(path: Path, previous: Path) -> None:
    """A second name for the old file, or a copy where links are not possible."""
    previous.unlink(missing_ok=True)
    try:
        os.link(path, previous)
    except OSError:
        shutil.copyfile(path, previous)


def read_sources(folder: Path) -> dict[str, dict[str, Any]]:
    """Source name to what is known of its last fetch; empty where nothing is."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        told = json.loads((folder / SOURCES).read_text(encoding="utf-8"))
        if isinstance(told, dict):
            return {name: facts for name, facts in told.items() if isinstance(facts, dict)}
    return {}


def note_source(folder: Path, name: str, facts: dict[str, Any]) -> None:
    """Write down what was fetched."""
    told = read_sources(folder) | {name: facts}
    text = json.dumps(told, indent=1, sort_keys=True) + "\n"
    swap(folder / SOURCES, text.encode(), json.loads)


def read_ranges(content: bytes) -> list[RangeRow]:
    """The rows of cloud-ranges.tsv; DataFileError if it is not one."""
    try:
        head, *lines = content.decode("ascii").splitlines()
        rows = [tuple(line.split("\t")) for line in lines]
    except ValueError:
        head, rows = "", []
    if head != _RANGE_HEAD or any(len(row) != 5 for row in rows):
        raise DataFileError(f"{CLOUD_RANGES} is damaged; delete it and run “phonehome data update”")
    return rows  # type: ignore[return-value]  # five fields each, as just checked


def write_ranges(rows: list[RangeRow]) -> bytes:
    """cloud-ranges.tsv of these rows, sorted by provider."""
    body = ["\t".join(row) for row in sorted(rows, key=lambda row: (row[1], row))]
    return "\n".join([_RANGE_HEAD, *body, ""]).encode("ascii")
