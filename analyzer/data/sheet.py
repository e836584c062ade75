"""The hand-made tables: tab-separated text with a heading and remarks.

Lines that begin with ``#`` are for the reader of the file; the first other
line names the columns.
"""

from __future__ import annotations

from ..shipped import data_folder


def rows(name: str) -> list[list[str]]:
    """The rows of a table below data/tables, without remarks and heading."""
    text = (data_folder() / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and line[0] != "#"][1:]
