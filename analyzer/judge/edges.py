"""Whether a value that was found stands on its own, or is a piece of something longer.

Ten digits of a telephone number stand in many a time in milliseconds, so what is next to
a value decides: read in the value's own encoding, as its neighbours are encoded too.

Rules of this file
- A number has no digit beside it, a hexadecimal one no hexadecimal digit.
- An IMEI without check digit may have one digit (its check digit, or the 0 that networks
  send for it) or two (software version, 3GPP TS 23.003 6.2.2) behind it.
- Of hashes and of packed digits nothing is asked: so much does not stand there by chance.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import NamedTuple

from analyzer.judge.identifier_pool import HASHES, Pattern

WORD = 10
"""Bytes of a value below which no letter may stand beside it either."""

NEAR = 24
"""Bytes beside a value that are looked at."""

FIELD = 64
"""Bytes before a value that hold the name of its field."""

_ESCAPES = re.compile(rb"(?:%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\[nrtbf])\Z")
_DIGITS = b"0123456789"
_HEX = b"0123456789abcdefABCDEF"
_LETTERS_BEFORE = re.compile(rb"[A-Za-z]*\Z")
_LETTERS_AFTER = re.compile(rb"[A-Za-z]*")
_HEX_RUN = re.compile(rb"(?:[0-9A-Fa-f]{2})*")
_URLSAFE = bytes.maketrans(b"-_", b"+/")
_IMEI_CUT = 14
_LONG = 14
"""Digits from which on a number with a dot beside it is no fraction."""


def alone(pattern: Pattern, data: bytes, at: int, end: int) -> bool:
    """Whether what ``pattern`` found at those offsets of ``data`` is a value of its own."""
    if any(part in HASHES for part in pattern.stack):
        return end - at >= WORD or _no_letters(*_beside(data, at, end))
    around = _around(pattern, data, at, end)
    return around is None or _stands_alone(pattern, *around)


def context(pattern: Pattern, data: bytes, at: int, end: int) -> tuple[bytes, bytes]:
    """What stands before and behind a value: decoded where the value's encoding is theirs."""
    decoded = None
    if pattern.stack[0] == "hex" or pattern.stack[0] in _CODES:
        decoded = _around(pattern, data, at, end)
    return decoded or (data[max(0, at - FIELD) : at], data[end : end + NEAR])


def _beside(data: bytes, at: int, end: int) -> tuple[bytes, bytes]:
    before = data[max(0, at - NEAR) : at]
    return b" " if _ESCAPES.search(before) else before, data[end : end + NEAR]


def _around(pattern: Pattern, data: bytes, at: int, end: int) -> tuple[bytes, bytes] | None:
    """What stands before and behind a value, in its own encoding; None where no text does."""
    way = pattern.stack[0]
    if way == "hex":
        return _hex_around(data, at, end)
    if way in _CODES:
        return _decoded_around(_CODES[way], pattern.value.encode(), data, at, end)
    if way == "utf16":
        return _utf16_around(data, at, end)
    if way == "reversed":
        before, after = _beside(data, at, end)
        return after[::-1], before[::-1]
    return None if way in ("bcd", "packed") else _beside(data, at, end)


def _stands_alone(pattern: Pattern, before: bytes, after: bytes) -> bool:
    value = pattern.value.encode()
    if len(value) < WORD and not _no_letters(before, after):
        return False
    begins, ends = value[:1] in _DIGITS, value[-1:] in _DIGITS
    if value.isdigit():
        if pattern.kind == "imei" and len(value) == _IMEI_CUT:
            after = re.sub(rb"\A[0-9]{1,2}(?![0-9])", b"", after)
        if _of_hex(before, after):
            return False
    elif not value.strip(_HEX):
        return before[-1:] not in _marks(_HEX) and after[:1] not in _marks(_HEX)
    short = len(value) < _LONG or not value.isdigit()
    return not (
        (begins and re.search(rb"[0-9]\.?\Z" if short else rb"[0-9]\Z", before))
        or (ends and re.match(rb"\.?[0-9]" if short else rb"[0-9]", after))
    )


def _marks(letters: bytes) -> frozenset[bytes]:
    return frozenset(letters[i : i + 1] for i in range(len(letters)))


def _no_letters(before: bytes, after: bytes) -> bool:
    return not (before[-1:].isalnum() or after[:1].isalnum())


def _of_hex(before: bytes, after: bytes) -> bool:
    """Whether the letters beside a number make it part of a hexadecimal one: no word's."""
    found = _LETTERS_BEFORE.search(before), _LETTERS_AFTER.match(after)
    beside = [match.group() for match in found if match is not None]
    return any(letters and not letters.strip(_HEX) for letters in beside)


def _hex_around(data: bytes, at: int, end: int) -> tuple[bytes, bytes]:
    begin = at
    while begin > max(0, at - 2 * NEAR) and _HEX_RUN.fullmatch(data[begin - 2 : begin] or b"x"):
        begin -= 2
    behind = _HEX_RUN.match(data[end : end + 2 * NEAR])
    return binascii.unhexlify(data[begin:at]), binascii.unhexlify(behind.group() if behind else b"")


def _decoded_around(
    code: Code, value: bytes, data: bytes, at: int, end: int
) -> tuple[bytes, bytes] | None:
    """The letters around decoded at the one of the alignments that gives the value."""
    window = data[max(0, at - 4 * NEAR) : end + 4 * NEAR].translate(code.alphabet)
    here = min(at, 4 * NEAR)
    for lead in code.leads:
        first = here - lead
        while first >= code.group and code.letters.fullmatch(window[first - code.group : first]):
            first -= code.group
        letters = code.letters.match(window, max(first, 0)) if first >= 0 else None
        if letters is None:
            continue
        plain = code.decode(letters.group())
        place = plain.find(value, max(0, (here - first) * code.holds // code.group - 1))
        if place >= 0:
            return plain[:place], plain[place + len(value) :]
    return None


def _unbase64(text: bytes) -> bytes:
    text = text[: len(text) - (len(text) % 4 == 1)]
    return base64.b64decode(text + b"=" * (-len(text) % 4))


def _unbase32(text: bytes) -> bytes:
    text = text[: len(text) - (len(text) % 8 in (1, 3, 6))]
    return base64.b32decode(text + b"=" * (-len(text) % 8))


class Code(NamedTuple):
    """How bytes are written in letters, some bytes in a group of letters."""

    alphabet: bytes  # table of translation to the letters that decode
    letters: re.Pattern[bytes]
    group: int  # letters of it
    holds: int  # bytes they are
    leads: tuple[int, ...]  # letters of a group that may stand before what is wholly a value's
    decode: Callable[[bytes], bytes]


_CODES = {
    "base64": Code(_URLSAFE, re.compile(rb"[A-Za-z0-9+/]*"), 4, 3, (0, 2, 3), _unbase64),
    "base32": Code(
        bytes(range(256)).upper(), re.compile(rb"[A-Z2-7]*"), 8, 5, (0, 2, 4, 5, 7), _unbase32
    ),
}
_CODES["base64url"] = _CODES["base64"]


def _utf16_around(data: bytes, at: int, end: int) -> tuple[bytes, bytes]:
    """One letter on each side, of the same order of bytes."""
    big = data[at : at + 1] == b"\0"
    before, after = data[max(0, at - 2) : at], data[end : end + 2]
    if big:
        return before[1:] if before[:1] == b"\0" else b"", after[1:] if after[:1] == b"\0" else b""
    return before[:1] if before[1:] == b"\0" else b"", after[:1] if after[1:] == b"\0" else b""
