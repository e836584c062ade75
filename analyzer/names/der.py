"""DER (X.690) element by element: tag, where the content starts, where it stops."""

from __future__ import annotations

_UTC_TIME = 0x17

Element = tuple[int, int, int]
"""tag, start of the content, end of the content"""


class DerError(ValueError):
    """The bytes are not DER, or lie about a length."""


def element(data: bytes, at: int, end: int) -> Element:
    """The element at ``at``, wholly inside ``end``; DerError otherwise."""
    if at + 2 > end:
        raise DerError("cut")
    tag, length = data[at], data[at + 1]
    at += 2
    if length >= 0x80:
        width = length & 0x7F
        if not 1 <= width <= 4 or at + width > end:
            raise DerError("length")
        length = int.from_bytes(data[at : at + width], "big")
        at += width
    if at + length > end:
        raise DerError("length")
    return tag, at, at + length


def elements(data: bytes, at: int, end: int, most: int = 256) -> list[Element]:
    """The elements between two offsets, at most ``most`` of them."""
    found: list[Element] = []
    while at < end and len(found) < most:
        part = element(data, at, end)
        found.append(part)
        at = part[2]
    return found


def time(data: bytes, part: Element) -> int | None:
    """A UTCTime or GeneralizedTime in "Z" form as ns since 1970 (RFC 5280 4.1.2.5)."""
    digits = data[part[1] : part[2]].rstrip(b"Z")
    if part[0] == _UTC_TIME and len(digits) == 12:
        digits = (b"19" if digits[:2] >= b"50" else b"20") + digits
    if len(digits) != 14 or not digits.isdigit():
        return None
    year = int(digits[:4])
    month, day, hour, minute, second = (int(digits[i : i + 2]) for i in range(4, 14, 2))
    if not (1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and second < 61):
        return None
    return (_days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second) * 10**9


def _days(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 in the Gregorian calendar."""
    year -= month <= 2
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return year * 365 + year // 4 - year // 100 + year // 400 + of_year - 719_468
