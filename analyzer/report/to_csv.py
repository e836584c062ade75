"""flows.csv, endpoints.csv, names.csv, findings.csv (docs/formats.md).

UTF-8, ``\\n`` line ends, RFC 4180 quoting; unknown is an empty cell; no cell
begins a formula and none holds a control character.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from analyzer.model import Result
from analyzer.report.clock import stamp
from analyzer.report.safe import cell
from analyzer.report.tables import TABLES, Columns, Row

_ROWS_A_CHUNK = 256  # few enough not to wake the garbage collector
_CELLS_KEPT = 50_000


def render(result: Result) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Each table's file name and its bytes in pieces."""
    for name, (columns, rows) in TABLES.items():
        yield f"{name}.csv", chunks(columns, rows(result))


class _Cells(dict[str | None, str]):
    """Text -> safe and quoted cell, worked out once: most texts come again."""

    def __missing__(self, text: str | None) -> str:
        if len(self) >= _CELLS_KEPT:
            self.clear()
        self[text] = quoted = _quoted(cell(text)) if text else ""
        return quoted


def chunks(columns: Columns, rows: Iterable[Row]) -> Iterator[bytes]:
    """A table's text, header first, some hundred rows at a time.

    Whole columns are turned to text at once: this is the report's hot loop.
    """
    texts = _Cells()
    turn: dict[str, Callable[[Any], Any]] = {
        "text": texts.__getitem__, "time": stamp, "int?": _number, "float": _number
    }  # fmt: skip
    kinds = [turn.get(kind) for kind in columns.values()]
    line = ",".join(["%s"] * len(kinds)) + "\n"
    waiting = iter(rows)
    yield (",".join(columns) + "\n").encode()
    while chunk := list(islice(waiting, _ROWS_A_CHUNK)):
        ready = [map(to, column) if to else column
                 for to, column in zip(kinds, zip(*chunk, strict=True), strict=True)]  # fmt: skip
        yield "".join([line % row for row in zip(*ready, strict=True)]).encode()


def _quoted(text: str) -> str:
    """RFC 4180: quotes around what holds a comma or a quote."""
    if "," in text or '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def _number(value: float | None) -> object:
    return "" if value is None else value
