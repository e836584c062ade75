"""Dates of data sets (YYYY, YYYY-MM or YYYY-MM-DD) and how far they lie apart."""

from __future__ import annotations

from datetime import date as _date
from functools import lru_cache


@lru_cache(256)
def days(date: str) -> int:
    """The day number of a date; a month or year counts from its first day."""
    year, month, day = (*date.split("-"), "01", "01")[:3]
    return _date(int(year), int(month), int(day)).toordinal()


def between(earlier: str, later: str) -> int:
    """Days from one date to another; negative if they come in the other order."""
    return days(later) - days(earlier)


def distance(of: str, on: str) -> str:
    """How far a data set of date ``of`` lies from ``on``: "33 days before"; empty if same day."""
    gap = between(of, on)
    if gap == 0:
        return ""
    size = abs(gap)
    units = (("year", 365.25, 730), ("month", 30.44, 61), ("day", 1.0, 0))
    unit, length = next((unit, length) for unit, length, least in units if size >= least)
    count = round(size / length)
    plural = "" if count == 1 else "s"
    return f"{count} {unit}{plural} {'before' if gap > 0 else 'after'}"
