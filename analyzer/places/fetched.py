"""Range lists that ``data update`` fetched into the user's folder.

Rules of this file
- A file that cannot be read is one sentence, before the analysis, that names it.
- Nothing is read but the lists around the day asked for.
"""

from __future__ import annotations

from pathlib import Path

from ..data.files import AWS_HISTORY, CLOUD_RANGES
from ..data.lists import Row, in_memory, ranges, united
from ..data.tsv import read
from ..errors import DataFileError
from ..model import DataSet
from .clouds import Lists, around
from .dates import days

HISTORY_BYTES = 64 << 20
"""Inflated size accepted of a history; ten years of lists are 2 MB."""

_HISTORY = "prefix\tregion\tnetwork_border_group\tservice\tfirst_seen\tlast_seen"
_RANGES = "prefix\tprovider\tregion\tservice\tdate"


def amazon(folder: Path, on: str | None) -> Lists | None:
    """Amazon's history, cut to the lists around ``on`` and the newest; None if not fetched."""
    path = folder / AWS_HISTORY
    if not path.is_file():
        return None
    import lzma

    try:
        with lzma.open(path) as file:
            rows = _rows(file.read(HISTORY_BYTES + 1), _HISTORY)
        seen = sorted({row[4] for row in rows} | {row[5] for row in rows})
        before, after = around(tuple(seen), on)
        dates = sorted({seen[i] for i in (before, after, len(seen) - 1) if i is not None})
        for date in seen:
            days(date)
        columns = [ranges("aws", _listed_on(rows, date)) for date in dates]
    except (OSError, EOFError, lzma.LZMAError, ValueError) as problem:
        raise _unreadable(path, "the history of Amazon's ranges", problem) from problem
    return Lists(in_memory(dates, columns), on)


def others(folder: Path, on: str | None, regions: Path) -> Lists | None:
    """The other operators' lists of the day they were fetched; None if not fetched.

    ``regions``: the table that tells how lists spell regions.
    """
    path = folder / CLOUD_RANGES
    if not path.is_file():
        return None
    spelled = {(row[0], row[2]): row[1] for row in read(regions) if row[2]}
    listed: dict[str, list[Row]] = {}
    try:
        content = path.read_bytes()[: HISTORY_BYTES + 1]
        rows = _rows(content, _RANGES)
        for prefix, provider, region, service, date in rows:
            days(date)
            named = spelled.get((provider, region), region) or None
            listed.setdefault(provider, []).append((prefix, named, service or None))
        columns = [ranges(provider, listed[provider]) for provider in sorted(listed, key=_last)]
    except (OSError, ValueError) as problem:
        raise _unreadable(path, "the fetched list of the clouds' ranges", problem) from problem
    newest = max(row[4] for row in rows)
    return Lists(in_memory([newest], [united(columns)]), on)


def data_sets(folder: Path, amazon_date: str, others_date: str) -> list[DataSet]:
    """The fetched lists, for the report."""
    import hashlib

    facts = "facts published by the operators"
    rows = (
        (AWS_HISTORY, "Amazon ip-ranges.json, fetched", "Amazon Web Services", amazon_date),
        (CLOUD_RANGES, "Range lists of the clouds, fetched", "the operators", others_date),
    )
    return [
        DataSet(name, publisher, date, facts, hashlib.sha256(path.read_bytes()).hexdigest())
        for file, name, publisher, date in rows
        if (path := folder / file).is_file()
    ]


def _last(provider: str) -> tuple[bool, str]:
    """All of Google's addresses come after those of its customers."""
    return provider == "google", provider


def _rows(content: bytes, heading: str) -> list[list[str]]:
    if len(content) > HISTORY_BYTES:
        raise ValueError("it is far larger than any such list")
    head, *lines = content.decode("ascii").splitlines() or [""]
    width = heading.count("\t") + 1
    rows = [line.split("\t") for line in lines]
    if head != heading or not rows or any(len(row) != width for row in rows):
        raise ValueError("its columns are not the known ones")
    return rows


def _listed_on(rows: list[list[str]], date: str) -> list[Row]:
    return [(row[0], row[2] or row[1], row[3]) for row in rows if row[4] <= date <= row[5]]


def _unreadable(path: Path, what: str, problem: Exception) -> DataFileError:
    return DataFileError(
        f"{path}, {what}, cannot be read ({problem}); delete it or run 'phonehome data update'"
    )
