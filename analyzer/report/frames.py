"""The tables as pandas DataFrames: for the API, notebooks and Parquet.

Columns as in docs/formats.md; times are ``datetime64[ns, UTC]`` (NaT when
unknown or beyond the years 1677 to 2262), counters 64 bits wide, ``Int64``
and missing where a number is not known, texts ``object`` with None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.model import Result
from analyzer.report.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

_TIMES = range(-(2**63) + 1, 2**63)  # what int64 nanoseconds hold


def flows_frame(result: Result) -> pd.DataFrame:
    """flows.csv as a DataFrame."""
    return frame(result, "flows")


def endpoints_frame(result: Result) -> pd.DataFrame:
    """endpoints.csv as a DataFrame."""
    return frame(result, "endpoints")


def names_frame(result: Result) -> pd.DataFrame:
    """names.csv as a DataFrame."""
    return frame(result, "names")


def findings_frame(result: Result) -> pd.DataFrame:
    """findings.csv as a DataFrame."""
    return frame(result, "findings")


def frame(result: Result, table: str) -> pd.DataFrame:
    """Any table of ``tables.TABLES`` by its name."""
    import pandas as pd

    columns, rows = TABLES[table]
    values = list(zip(*rows(result), strict=True)) or [()] * len(columns)
    return pd.DataFrame(
        {
            name: _series(kind, column)
            for (name, kind), column in zip(columns.items(), values, strict=True)
        }
    )


def _series(kind: str, values: tuple[Any, ...]) -> pd.Series[Any]:
    """A column with the type its kind calls for."""
    import pandas as pd

    if kind == "time":
        known = [v if v is not None and v in _TIMES else None for v in values]
        return pd.to_datetime(pd.Series(known, dtype="Int64"), unit="ns", utc=True)
    if kind == "int":
        return pd.Series(values, dtype="int64")
    if kind == "int?":
        return pd.Series(values, dtype="Int64")
    return pd.Series(values, dtype="float64" if kind == "float" else "object")
