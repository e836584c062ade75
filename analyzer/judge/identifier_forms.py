"""The ways one identifier is written: with and without separators, codes, check digits.

imei "35-693803-564380-9"  ->  as given, 356938035643809, 35693803564380 ...
wifi_mac 02:00:5e:00:53:14 ->  with : - . or nothing, in capitals and not
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

SHORTEST = 6
"""Characters of the shortest form looked for: shorter ones stand anywhere by chance."""

LONGEST = 256
"""Characters of the longest; of a longer value its beginning is looked for."""

_TWO_DIGIT_CODES = (
    "20,27,30,31,32,33,34,36,39,40,41,43,44,45,46,47,48,49,51,52,53,54,55,56,57,58,60,61,62,63,"
    "64,65,66,81,82,84,86,90,91,92,93,94,95,98"
)
"""Country calling codes of two digits (ITU-T E.164); 1 and 7 have one, all others three."""


def forms(kind: str, value: str) -> list[str]:
    """The forms of a value worth looking for, the one given first; none twice."""
    value = value.strip()
    written = [value, *_WRITTEN.get(kind, _as_it_is)(value)]
    cased = [each for form in written for each in (form, form.upper(), form.lower())]
    usable = [form[:LONGEST] for form in cased if len(form) >= SHORTEST]
    return list(dict.fromkeys(usable))


def listed_forms(kind: str, value: str) -> list[tuple[str, bool]]:
    """The forms of one value of a long list, and whether its hashes are looked for too.

    Of lists (contacts, mostly) the usual forms only: a form within another is not told
    apart from it, apps seldom put names in capitals, and it is telephone numbers and
    e-mail addresses that are sent as hashes, to find out who else is there; of names a
    hash would tell a server nothing.
    """
    value = value.strip()
    if kind in ("contacts", "phone") and _is_number(value):
        written = _listed_number(value)
    elif kind in ("contacts", "email", "name", "ssid"):
        mail = "@" in value
        written = dict.fromkeys((value, value.lower()), mail)
        written |= {} if mail else dict.fromkeys(_as_it_is(value), False)
    else:
        return [(form, True) for form in forms(kind, value)]
    return [(form[:LONGEST], hashed) for form, hashed in written.items() if len(form) >= SHORTEST]


def calling_code(digits: str) -> str:
    """The country calling code that an international number begins with."""
    if digits[:1] in ("1", "7"):
        return digits[:1]
    return digits[:2] if digits[:2] in _TWO_DIGIT_CODES.split(",") else digits[:3]


def digits_of(value: str) -> str:
    """The ASCII digits of a text."""
    return "".join(c for c in value if c in "0123456789")


def hex_of(value: str) -> str:
    """The hexadecimal digits of a text, in lower case."""
    return "".join(c for c in value.lower() if c in "0123456789abcdef")


def _as_it_is(value: str) -> Iterable[str]:
    return (value.replace(" ", "+"),) if " " in value else ()


def _number(value: str) -> Iterable[str]:
    return (digits_of(value),)


def _imei(value: str) -> Iterable[str]:
    """Without its check digit, as an IMEISV begins (3GPP TS 23.003 6.2), and with hyphens."""
    digits = digits_of(value)
    yield digits
    if len(digits) in (15, 16):
        yield digits[:14]
        yield f"{digits[:2]}-{digits[2:8]}-{digits[8:14]}-{digits[14:]}"


def _phone(value: str) -> Iterable[str]:
    """International and national, with and without separators."""
    digits = digits_of(value)
    yield digits
    if not value.startswith("+"):
        return
    code = calling_code(digits)
    national = digits[len(code) :]
    yield from (f"+{digits}", f"00{digits}", national, f"0{national}", f"+{code}-{national}",
                f"+{code} {national}")  # fmt: skip
    for old, new in ((" ", "-"), ("-", " "), (" ", "."), (" ", "")):
        yield value.replace(old, new)
    if digits_of(value[: len(code) + 1]) == code:
        yield value[len(code) + 1 :].strip(" -.()")


def _contact(value: str) -> Iterable[str]:
    """Of a telephone number what is written of the user's own."""
    return _phone(value) if _is_number(value) else _as_it_is(value)


def _is_number(value: str) -> bool:
    return not set(value) - set("+0123456789 -.()/") and len(digits_of(value)) >= SHORTEST


def _listed_number(value: str) -> dict[str, bool]:
    """As given, and without what may stand before it; hashed as sent: E.164 and national."""
    digits = digits_of(value)
    written = {value: False, digits: True}
    if value.startswith("+"):
        written |= {f"+{digits}": True, digits[len(calling_code(digits)) :]: True}
    return written


def _mac(value: str) -> Iterable[str]:
    plain = hex_of(value)
    if len(plain) != 12:
        return
    pairs = [plain[i : i + 2] for i in range(0, 12, 2)]
    yield from (":".join(pairs), "-".join(pairs), plain)
    yield ".".join(plain[i : i + 4] for i in (0, 4, 8))
    yield ".".join(pairs)


def _uuid(value: str) -> Iterable[str]:
    plain = hex_of(value)
    if len(plain) == 32:
        cuts = (0, 8, 12, 16, 20, 32)
        yield "-".join(plain[a:b] for a, b in pairwise(cuts))
        yield plain


def _position(value: str) -> Iterable[str]:
    """Both numbers in either order, with the separators of URLs and JSON between."""
    both = [part.strip() for part in value.split(",")]
    if len(both) != 2:
        return
    for one, other in (both, both[::-1]):
        yield from (one + mark + other for mark in (",", ", ", ";", "|", " ", "/", "_", "x"))


_WRITTEN: dict[str, Callable[[str], Iterable[str]]] = {
    "imei": _imei,
    "imsi": _number,
    "iccid": _number,
    "phone": _phone,
    "wifi_mac": _mac,
    "bluetooth_mac": _mac,
    "bssid": _mac,
    "advertising_id": _uuid,
    "position": _position,
    "contacts": _contact,
}


def covered(text: str) -> str:
    """A value as it may be shown: its ends at most, and only of one that is long.

    ``35***********09``; of eight to eleven characters the first and last, of less none.
    """
    ends = 2 if len(text) >= 12 else 1 if len(text) >= 8 else 0
    middle = "*" * min(len(text) - 2 * ends, 64)
    return text[:ends] + middle + text[len(text) - ends :]
