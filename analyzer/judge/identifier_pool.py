"""What to look for: the forms of the planted identifiers, their hashes, in all encodings.

    base64 of the sha1 of an IMEI  ->  Pattern("imei", value, ("base64", "sha1", "imei"), data)

Base64 of something inside something longer depends on where it begins: three
alignments, each without the letters that hold bits of its neighbours. Base32 has five.

A value written in all ways is some hundred patterns. Where a sheet names more than
``FEW`` of a kind (an address book), each is looked for in its usual forms: in clear,
percent-encoded, in UTF-16 and base64, and numbers and e-mail addresses hashed once, in
hex or as bytes. Below layers of encoding (peel.py) most others are found all the same.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from analyzer import limits
from analyzer.judge.commonplace import is_wordy, never
from analyzer.judge.identifier_forms import SHORTEST, digits_of, forms, listed_forms

FEW = 8
"""Values of a kind up to which each is looked for in all forms: a handset has two IMEIs,
some access points, its owner some addresses; more is a list of other people or places."""

HASHES = ("md5", "sha1", "sha256", "sha512")
_NUMBERS = ("imei", "imsi", "iccid", "phone", "contacts")
_URLSAFE = bytes.maketrans(b"+/", b"-_")

Written = Iterator[tuple[tuple[str, ...], bytes]]


class Pattern(NamedTuple):
    """One byte string that shows an identifier."""

    kind: str
    value: str  # the form of the identifier it holds
    stack: tuple[str, ...]  # how it is written, outermost first, the kind last
    data: bytes


def pool(planted: Mapping[str, Sequence[str]]) -> list[Pattern]:
    """Every pattern of a device sheet's identifiers; where two are alike, the plainest."""
    found: dict[bytes, Pattern] = {}
    stacks: dict[tuple[str, ...], tuple[str, ...]] = {}  # each held once
    for kind, listed, form, hashed in _sought(planted)[0]:
        for stack, data in _listed(form, hashed) if listed else _written(kind, form):
            if len(data) >= SHORTEST and data not in found:
                whole = (*stack, kind)
                found[data] = Pattern(kind, form, stacks.setdefault(whole, whole), data)
    return list(found.values())


def left_out(planted: Mapping[str, Sequence[str]]) -> tuple[dict[str, tuple[int, int]], list[str]]:
    """Kinds of which a sheet names too many, with values not looked for and values in all; and
    kinds with a value of which some form is not looked for, as it says too little."""
    return _sought(planted)[1:]


def _sought(
    planted: Mapping[str, Sequence[str]],
) -> tuple[list[tuple[str, bool, str, bool]], dict[str, tuple[int, int]], list[str]]:
    """Kind, whether of a long list, form, whether hashed; what is over the limit, or plain.

    Kinds with few values come first: a long list takes no room from an IMEI.
    """
    sought: list[tuple[str, bool, str, bool]] = []
    over: dict[str, tuple[int, int]] = {}
    plain: dict[str, None] = {}
    for kind, given in sorted(planted.items(), key=lambda item: len(item[1])):
        values = list(dict.fromkeys(given))
        listed = len(values) > FEW
        for number, value in enumerate(values):
            if len(sought) >= limits.SHEET_FORMS:
                over[kind] = len(values) - number, len(values)
                break
            written = listed_forms(kind, value) if listed else _all_forms(kind, value)
            telling = [each for each in written if not never(each[0])]
            plain |= {kind: None} if len(telling) < len(written) else {}
            sought += [(kind, listed, form, hashed) for form, hashed in telling]
    return sought, over, list(plain)


def _all_forms(kind: str, value: str) -> list[tuple[str, bool]]:
    return [(form, True) for form in forms(kind, value)]


def too_short(planted: Mapping[str, Sequence[str]]) -> list[str]:
    """Kinds with a value that is not looked for, as it could stand anywhere by chance."""
    return [kind for kind, values in planted.items() if any(not forms(kind, v) for v in values)]


def chance(pattern: Pattern) -> float:
    """How likely a byte of random text of its own letters begins this pattern."""
    return float(_alphabet(pattern.data)) ** -len(pattern.data)


def _alphabet(data: bytes) -> int:
    if not data.strip(b"0123456789"):
        return 10
    if not data.lower().strip(b"0123456789abcdef"):
        return 16
    return 64 if data.isascii() and data.decode("ascii").isprintable() else 256


def _written(kind: str, form: str) -> Written:
    """A form in clear, encoded, and hashed."""
    raw = form.encode("utf-8")
    yield (), raw
    yield from _encoded(raw, ())
    yield from _as_text(form)
    yield from _base32(raw)
    if not is_wordy(kind, form) and not never(form[::-1]):  # a word's letters may make another
        yield ("reversed",), form[::-1].encode("utf-8")
    if kind in _NUMBERS and form == digits_of(form):
        yield from _packed(form)
    for name in HASHES:
        once = hashlib.new(name, raw, usedforsecurity=False)
        yield from _hashed(once.digest(), (name,))
        twice = hashlib.new(name, once.hexdigest().encode(), usedforsecurity=False)
        yield from _hashed(twice.digest(), (name, name))


def _listed(form: str, hashed: bool) -> Written:
    """A form of one value among many, in the usual ways."""
    raw = form.encode("utf-8")
    yield (), raw
    yield from _as_text(form)
    yield from _base64(raw, ())
    for name in HASHES if hashed else ():
        digest = hashlib.new(name, raw, usedforsecurity=False).digest()
        yield (name,), digest.hex().encode()
        yield (name,), digest.hex().upper().encode()
        yield (name,), digest


def _hashed(digest: bytes, stack: tuple[str, ...]) -> Written:
    """A digest as such and as the text it is mostly sent as."""
    text = digest.hex().encode()
    yield stack, text
    yield stack, text.upper()
    yield stack, digest
    for data in (digest, text, text.upper()):
        yield from _base64(data, stack)


def _encoded(raw: bytes, stack: tuple[str, ...]) -> Written:
    text = raw.hex().encode()
    yield ("hex", *stack), text
    yield ("hex", *stack), text.upper()
    yield from _base64(raw, stack)


def _base64(raw: bytes, stack: tuple[str, ...]) -> Written:
    for shift in range(3):
        text = base64.b64encode(bytes(shift) + raw)
        # letters wholly of raw: behind those with bits of what comes before, up to the last bits
        inner = text[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6]
        yield ("base64", *stack), inner
        yield ("base64url", *stack), inner.translate(_URLSAFE)


def _base32(raw: bytes) -> Written:
    """In capitals as RFC 4648 6 has it, and in small letters as names that are looked up."""
    for shift in range(5):
        text = base64.b32encode(bytes(shift) + raw)
        inner = text[-(-shift * 8 // 5) : (shift + len(raw)) * 8 // 5]
        yield ("base32",), inner
        yield ("base32",), inner.lower()


def _as_text(form: str) -> Written:
    """Percent-encoded as URLs do (RFC 3986 2.1), and in both orders of UTF-16."""
    from urllib.parse import quote

    for quoted in (quote(form, safe=""), quote(form, safe="@,:+")):
        yield ("percent",), quoted.encode()
        yield ("percent",), quoted.lower().encode() if "%" in quoted else b""
    yield ("utf16",), form.encode("utf-16-le", "replace")
    yield ("utf16",), form.encode("utf-16-be", "replace")


def _packed(digits: str) -> Written:
    """Two digits a byte, nibbles swapped as on SIM cards and in signalling (3GPP TS 24.008
    10.5.1.4, where a type stands before the first digit), and not swapped."""
    for start in (0, 1):
        even = digits[start : start + (len(digits) - start) // 2 * 2]
        straight = bytes.fromhex(even)
        yield ("bcd",), bytes(byte >> 4 | (byte & 15) << 4 for byte in straight)
        yield ("packed",), straight
