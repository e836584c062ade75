"""AWS's range list through time: first and last day each row was seen.

The file aws-ranges-history.tsv.xz has the columns prefix, region,
network_border_group, service, first_seen, last_seen (days, YYYY-MM-DD); AWS
itself publishes only today's list, so a history is kept by merging.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import DataFileError
from .files import AWS_HISTORY
from .listings import AwsRow

MAX_BYTES = 64_000_000
"""Inflated size accepted; ten years of lists are 2 MB."""

_HEAD = "prefix\tregion\tnetwork_border_group\tservice\tfirst_seen\tlast_seen"

History = dict[AwsRow, tuple[str, str]]


def read_history(content: bytes) -> History:
    """Row to its (first, last) day; DataFileError if the file is no history."""
    try:
        head, *lines = _inflated(content).decode("ascii").splitlines()
        rows = [line.split("\t") for line in lines]
        if head != _HEAD:
            raise ValueError("not the heading of a history")
        return {AwsRow(p, r, g, s): (_day(first), _day(last)) for p, r, g, s, first, last in rows}
    except ValueError as error:
        raise DataFileError(
            f"{AWS_HISTORY} is damaged; delete it and run “phonehome data update --only aws”"
        ) from error


def write_history(history: History) -> bytes:
    """The file of a history; the same history always gives the same bytes."""
    import lzma

    lines = ["\t".join((*row, *days)) for row, days in sorted(history.items())]
    return lzma.compress("\n".join([_HEAD, *lines, ""]).encode("ascii"), preset=6)


def merged(history: History, rows: Iterable[AwsRow], date: str) -> History:
    """The history with one more day's list; rows not on it keep their last day."""
    together = dict(history)
    for row in rows:
        first, last = together.get(row, (date, date))
        together[row] = min(first, date), max(last, date)
    return together


def latest(history: History) -> tuple[str, int]:
    """The day of the newest list in a history, and how many rows it had."""
    days = [last for _, last in history.values()]
    newest = max(days, default="")
    return newest, days.count(newest)


def _inflated(content: bytes) -> bytes:
    import lzma

    inflater = lzma.LZMADecompressor()
    try:
        data = inflater.decompress(content, MAX_BYTES)
    except lzma.LZMAError as error:
        raise ValueError("not an xz file") from error
    if not inflater.eof:
        raise ValueError("cut short, or too large")
    return data


def _day(text: str) -> str:
    from datetime import date

    if len(text) != 10:
        raise ValueError("not a day")
    return date.fromisoformat(text).isoformat()
