"""Times as a reader sees them: always UTC, from int nanoseconds since 1970.

Written without ``datetime``: 20,000 flows hold 40,000 times, and a capture's
times may lie anywhere a 64-bit counter reaches.
"""

from __future__ import annotations

from functools import lru_cache


def stamp(ns: int | None) -> str:
    """RFC 3339 with nanoseconds, ``2019-10-16T13:04:08.779483000Z``.

    Empty when there is no time or its year is not one of 1 to 9999.
    """
    if ns is None:
        return ""
    minutes, rest = divmod(ns, 60_000_000_000)
    text = _minute(minutes)
    return text and "%s:%02d.%09dZ" % (text, *divmod(rest, 1_000_000_000))


def minute(ns: int | None) -> str:
    """For readers: ``2019-10-16 13:04``; empty as in ``stamp``."""
    return stamp(ns)[:16].replace("T", " ")


def second(ns: int | None) -> str:
    """For readers: ``2019-10-16 13:04:08``; empty as in ``stamp``."""
    return stamp(ns)[:19].replace("T", " ")


def moment(ns: int | None, step: int) -> str:
    """For readers, as fine as times ``step`` nanoseconds apart need: to the minute,
    the second, or the millisecond; empty as in ``stamp``."""
    length = 16 if step >= 60_000_000_000 else 19 if step >= 1_000_000_000 else 23
    return stamp(ns)[:length].replace("T", " ")


@lru_cache(maxsize=8_192)
def _minute(minutes: int) -> str:
    """The time to the minute, which neighbouring flows share."""
    day, minute = divmod(minutes, 1_440)
    date = _date(day)
    return date and "%sT%02d:%02d" % (date, *divmod(minute, 60))


@lru_cache(maxsize=64)
def _date(day: int) -> str:
    """The date of a day since 1970-01-01 (civil-from-days, proleptic Gregorian)."""
    if not -719_162 <= day <= 2_932_896:
        return ""
    era, day_of_era = divmod(day + 719_468, 146_097)
    leaps = day_of_era // 1_460 - day_of_era // 36_524 + day_of_era // 146_096
    year_of_era = (day_of_era - leaps) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month = (5 * day_of_year + 2) // 153  # counted from March
    year = era * 400 + year_of_era + (month >= 10)
    return "%04d-%02d-%02d" % (
        year,
        month + 3 if month < 10 else month - 9,
        day_of_year - (153 * month + 2) // 5 + 1,
    )
