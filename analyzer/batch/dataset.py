"""The data set of a batch: flows, endpoints and findings of all captures as Parquet.

Rules of this file
- One file a table and capture, ``<table>/vendor=<id>/<key>.parquet``, which DuckDB, pandas
  and Spark open together (docs/queries.md).
- Each file of a table has the same columns and types, however little it holds.
- Same result, same bytes, whoever writes it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from analyzer.errors import PhonehomeError
from analyzer.model import Certainty, Result
from analyzer.report.tables import TABLES, Columns, Row
from analyzer.report.words import say

NAMES = ("flows", "endpoints", "findings")
WHOSE: Columns = dict.fromkeys(
    ("capture", "capture_name", "device", "model", "firmware", "home"), "text"
)
"""Whose row it is, before the table's own columns; the vendor is in the folder's name."""

LEFT_HOME: Columns = {"outside_home": "bool"}
"""After the place: true and false only where home is known and the place stated or agreed."""

UNKNOWN = "unknown"
_FIRM = (str(Certainty.STATED), str(Certainty.AGREED))
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
_TIMES = range(-(2**63) + 1, 2**63)  # what 64-bit nanoseconds hold
_COUNTS = range(-(2**63), 2**63)
_ROWS = 20_000  # of a row group
_LONGEST = 160  # characters of a folder's name, of the 255 file systems allow
_PART = ".phonehome-part"


def possible() -> bool:
    """Is pyarrow there, without which no Parquet is written?"""
    from importlib.util import find_spec

    return find_spec("pyarrow") is not None


def write(result: Result, key: str, device: Mapping[str, str | None], folder: Path) -> list[Path]:
    """Write a capture's rows below ``folder`` (the batch's ``dataset``) and return the files.

    ``device``: id, vendor, model, firmware, home as far as known. PhonehomeError
    without pyarrow. Each file appears whole or not at all.
    """
    whose = whose_row(result, key, device)
    written = []
    for name in NAMES:
        place = folder / name / f"vendor={partition(device.get('vendor'))}"
        place.mkdir(parents=True, exist_ok=True)
        columns, rows = columns_of(name), rows_of(result, name, whose)
        written.append(write_table(place / f"{key}.parquet", columns, rows))
    return written


def partition(vendor: str | None) -> str:
    """A vendor as part of a path: its id; any other text percent-encoded and cut."""
    if not vendor:
        return UNKNOWN
    if _PLAIN.fullmatch(vendor):
        return vendor
    text = vendor.encode("utf-8", "backslashreplace").decode()[:_LONGEST]
    while len(quote(text, safe="")) > _LONGEST:
        text = text[:-1]
    return quote(text, safe="").replace(".", "%2E").replace("~", "%7E")


def columns_of(table: str) -> Columns:
    """The columns of a table of the data set with their kinds (report/tables.py)."""
    own = TABLES[table][0]
    return {**WHOSE, **own, **(LEFT_HOME if "certainty" in own else {})}


def whose_row(result: Result, key: str, device: Mapping[str, str | None]) -> Row:
    """The values of WHOSE; ``home`` is the one the capture was judged by."""
    names = (f.name.replace("\\", "/").rsplit("/", 1)[-1] for f in result.capture.files)
    home = result.run.home or device.get("home")
    said = {"capture": key, "capture_name": " + ".join(names), "device": device.get("id"),
            "model": device.get("model"), "firmware": device.get("firmware"),
            "home": home}  # fmt: skip
    return [said[column] for column in WHOSE]


def rows_of(result: Result, table: str, whose: Row) -> Iterator[Row]:
    """The table's rows with whose they are and, where they have a place, if it is abroad."""
    own, rows = TABLES[table]
    if "certainty" not in own:
        yield from ([*whose, *row] for row in rows(result))
        return
    names, home = list(own), whose[-1]
    country, certainty = names.index("country"), names.index("certainty")
    for row in rows(result):
        yield [*whose, *row, outside(row[country], row[certainty], home)]


def outside(country: str | None, certainty: str | None, home: str | None) -> bool | None:
    """Is a place outside home? None where home or the place is not firmly known."""
    if not home or not country or certainty not in _FIRM:
        return None
    return country != home


def write_table(path: Path, columns: Columns, rows: Iterable[Row]) -> Path:
    """One Parquet file of all rows; see ``opened``."""
    with opened(path, columns) as add:
        for row in rows:
            add(row)
    return path


@contextmanager
def opened(path: Path, columns: Columns) -> Iterator[Callable[[Row], None]]:
    """A Parquet file to add rows to; it gets its name when it is whole.

    Texts keep what UTF-8 can hold; a number or time beyond 64 bits becomes null.
    PhonehomeError without pyarrow.
    """
    try:
        import pyarrow as pa  # type: ignore[import-untyped]
        import pyarrow.parquet as pq  # type: ignore[import-untyped]
    except ImportError as error:
        raise PhonehomeError(say("error.parquet")) from error
    schema = pa.schema([(name, _type(pa, kind)) for name, kind in columns.items()])
    part = path.with_name(path.name + _PART)
    waiting: list[Row] = []
    try:
        with pq.ParquetWriter(part, schema, compression="zstd", store_schema=False) as file:

            def add(row: Row) -> None:
                waiting.append(row)
                if len(waiting) >= _ROWS:
                    file.write_table(_table(pa, schema, columns, waiting))
                    waiting.clear()

            yield add
            if waiting:
                file.write_table(_table(pa, schema, columns, waiting))
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _table(pa: Any, schema: Any, columns: Columns, rows: Sequence[Row]) -> Any:
    """Some rows as an arrow table of the schema, which holds also where all are null."""
    fit: dict[str, Callable[[Any], Any]] = {
        "text": _text,
        "time": _time,
        "int": _count,
        "int?": _count,
    }
    arrays = [
        pa.array([fit[kind](v) for v in column] if kind in fit else column, type=field.type)
        for kind, column, field in zip(
            columns.values(), zip(*rows, strict=True), schema, strict=True
        )
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _type(pa: Any, kind: str) -> Any:
    """The arrow type of a kind of column."""
    return {
        "text": pa.string(), "time": pa.timestamp("ns", tz="UTC"), "int": pa.int64(),
        "int?": pa.int64(), "float": pa.float64(), "bool": pa.bool_(),
    }[kind]  # fmt: skip


def _text(text: str | None) -> str | None:
    """What UTF-8 can hold: a lone surrogate becomes a visible escape."""
    return text if text is None else text.encode("utf-8", "backslashreplace").decode()


def _time(ns: int | None) -> int | None:
    return ns if ns is not None and ns in _TIMES else None


def _count(value: int | None) -> int | None:
    return value if value is not None and value in _COUNTS else None
