"""The four tables as Parquet, types as in frames.py. Needs pyarrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from analyzer.errors import PhonehomeError
from analyzer.model import Result
from analyzer.report.frames import frame
from analyzer.report.tables import TABLES
from analyzer.report.words import say


def render(result: Result) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Each table's file name and its bytes; PhonehomeError without pyarrow."""
    try:
        import pyarrow as pa  # type: ignore[import-untyped]
        import pyarrow.parquet as pq  # type: ignore[import-untyped]
    except ImportError as error:
        raise PhonehomeError(say("error.parquet")) from error
    for name, (columns, _) in TABLES.items():
        schema = pa.schema([(column, _type(pa, kind)) for column, kind in columns.items()])
        rows = frame(result, name)
        for column, kind in columns.items():
            if kind == "text":
                rows[column] = [_writable(text) for text in rows[column]]
        table = pa.Table.from_pandas(rows, schema=schema, preserve_index=False)
        buffer = pa.BufferOutputStream()
        pq.write_table(table.replace_schema_metadata(None), buffer, compression="zstd")
        yield f"{name}.parquet", (buffer.getvalue().to_pybytes(),)


def _type(pa: Any, kind: str) -> Any:
    kinds = {"time": pa.timestamp("ns", tz="UTC"), "text": pa.string(), "float": pa.float64()}
    return kinds.get(kind, pa.int64())


def _writable(text: str | None) -> str | None:
    """Text that UTF-8 can hold: a lone surrogate becomes a visible escape."""
    return text if text is None else text.encode("utf-8", "backslashreplace").decode()
