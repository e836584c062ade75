"""Quantities as rule files write them and as sentences say them.

``5 MB`` is 5,000,000 bytes and ``10 min`` 600 seconds; units are decimal, as
in the reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

_UNITS = {
    "": 1,
    "b": 1,
    "kb": 1_000,
    "mb": 1_000_000,
    "gb": 1_000_000_000,
    "s": 1,
    "min": 60,
    "h": 3_600,
    "d": 86_400,
}
_SIZES = ("bytes", "kB", "MB", "GB", "TB")


def quantity(value: object) -> float:
    """``"5 MB"`` -> 5e6, ``"10 min"`` -> 600.0, ``12`` -> 12.0; ValueError if it is none.

    Nothing that is counted or measured here is below zero or without end.
    """
    if type(value) in (int, float):
        number = float(str(value))
        if 0 <= number < inf:
            return number
        raise ValueError("a number of at least 0")
    words = value.split() if isinstance(value, str) else []
    unit = words[1].lower() if len(words) == 2 else ""
    if not words or len(words) > 2 or unit not in _UNITS:
        raise ValueError("a number with a unit such as '5 MB' or '10 min'")
    try:
        return _number(words[0]) * _UNITS[unit]
    except ValueError:
        raise ValueError("a number with a unit such as '5 MB' or '10 min'") from None


def _number(word: str) -> float:
    if len(word) > 20 or not word.replace(".", "", 1).isdigit() or not word.isascii():
        raise ValueError
    return float(word)


def size(count: int) -> str:
    """Bytes for a lay reader: ``640 bytes``, ``1.2 kB``, ``34 MB``."""
    if count == 1:
        return "1 byte"
    value, unit = float(count), 0
    while value >= 999.5 and unit < len(_SIZES) - 1:
        value /= 1_000
        unit += 1
    return (
        f"{value:.1f} {_SIZES[unit]}" if unit and value < 9.95 else f"{value:,.0f} {_SIZES[unit]}"
    )


def duration(seconds: float) -> str:
    """A time for a lay reader: ``0.4 s``, ``40 s``, ``5 min``, ``2 h 5 min``."""
    if seconds < 9.95:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 10 and abs(seconds - 60 * minutes) >= 3:
        return f"{seconds / 60:.1f} min"
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min".replace(" 0 min", "")


def counted(count: int, one: str, more: str) -> str:
    """``1 address``, ``1,200 addresses``."""
    return f"{count:,} {one if count == 1 else more}"


def joined(parts: Sequence[str], most: int = 3) -> str:
    """``a``, ``a and b``, ``a, b, c and 4 more``."""
    left = len(parts) - most
    listed = [*parts[:most], f"{left:,} more"] if left > 0 else list(parts)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} and {listed[-1]}"
