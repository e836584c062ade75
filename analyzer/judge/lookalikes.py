"""What looks like an identifier in clear content, without anybody having said which is one.

Each kind has its own test of shape, and all but a few also a telling word before the
value: ``imei=``, ``"gaid":"``. Nothing here is sure; findings say "looks like".

Rules of this file
- Rather one missed than one wrong: fifteen digits with a check digit that fits are
  an IMEI only as a value of their own that begins as an IMEI does.
- Every expression takes time in proportion to the text; what repeats in it is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from analyzer.judge import runs
from analyzer.judge.commonplace import never
from analyzer.judge.identifier_forms import calling_code


class Look(NamedTuple):
    """Something that looks like an identifier; ``at`` is where its value begins."""

    kind: str
    value: bytes
    at: int
    stack: tuple[str, ...] = ()  # how the value itself is written, outermost first


_MARKS = b"\"':=>]\\%@ \t\n\r\f\v"
"""What the expressions need one of; a MAC address may do with hyphens."""

_SEPARATED = rb"(?:[\"'\s:=>\]\\]|%2[02]|%3[aAdDeE]|%5[bBcCdD]){1,8}"
_KEY = re.compile(
    rb"(?<![a-z])(?:imei|meid|device_?id|imsi|subscriber_?id|android_?id|ssaid|gaid|adid|idfa|aaid"
    rb"|oaid|ifa|rdid|advertis(?:ing|er)_?id|google_?ad_?id|(?:wifi_?|wlan_?)?mac|bssid|msisdn"
    rb"|phone|mobile|tel|sms|caller)"
)
_WORDS = tuple(
    b"imei meid device imsi subscriber android ssaid gaid adid idfa aaid oaid ifa rdid advertis "
    b"google mac wifi wlan bssid msisdn phone mobile tel sms caller".split()
)
_PLACES = (b"ll", b"lat", b"loc", b"geo", b"gps", b"coord", b"position")
"""What the expressions begin with."""

_VALUE = re.compile(rb"[a-z0-9_]{0,12}" + _SEPARATED + rb"(\+?(?:%2[bB])?[0-9A-Za-z:.%-]{8,128})")
_IMEI_ALONE = re.compile(rb"[=:\"'>][0-9]{15}(?![0-9A-Za-z._-])")
_DIGITS = runs.letters(b"0123456789")
_MAC = re.compile(
    rb"[:-](?<=[0-9A-Fa-f]{2}[:-])[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){4}(?![0-9A-Za-z:-])"
)
"""From its first separator on: a text has fewer of these than of hexadecimal digits."""
_AT = re.compile(rb"@|%40")
_LOCAL = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._+-]{1,63}\Z")
_DOMAIN = re.compile(rb"(?:[A-Za-z0-9-]{1,63}\.){1,4}([A-Za-z]{2,12})(?![A-Za-z0-9@_.-]*@)")
_NUMBER = rb"-?[0-9]{1,3}\.[0-9]{3,16}"
_LAT = re.compile(rb"(?<![a-z])lat(?:itude)?" + _SEPARATED + rb"(" + _NUMBER + rb")(?![0-9])")
_LON = re.compile(rb"(?<![a-z])lo?ng?(?:itude)?" + _SEPARATED + rb"(" + _NUMBER + rb")(?![0-9])")
_PAIR = re.compile(
    rb"(?<![a-z])(?:ll|lat_?lng|lat_?lon|loc|location|geo|gps|coords?|coordinates?|position)"
    + _SEPARATED
    + rb"((" + _NUMBER + rb")(?:,|%2c|;|\||%7c)(" + _NUMBER + rb"))(?![0-9])"
)  # fmt: skip
_NEAR = 120
"""Bytes between a latitude and its longitude."""

REPORTING_BODIES = (b"01", b"35", b"86", b"91", b"99")
"""First digits of the type allocation codes in use (GSMA TS.06): an IMEI begins so."""

_ROLES = frozenset(
    b"abuse admin contact feedback help hello hostmaster info mail mailer-daemon news no-reply "
    b"noreply office postmaster press privacy root sales security service support team test "
    b"webmaster www".split()
)
"""Local parts that belong to an office (RFC 2142), not to a person."""

_TOP_LEVELS = frozenset(
    b"com org net edu gov mil int info biz name mobi pro app dev online site email cloud tech "
    b"example test".split()
)
"""Beside all of two letters; a file's ending (logo@2x.png) is none."""

_COUNTRIES = (
    "202 204 206 208 212-214 216 218-222 226 228 230-232 234 235 238 240 242 244 246-248 250 255 "
    "257 259 260 262 266 268 270 272 274 276 278 280 282-284 286 288-290 292-295 297 302 308 "
    "310-316 330 332 334 338 340 342 344 346 348 350 352 354 356 358 360 362-366 368 370 372 374 "
    "376 400-402 404-406 410 412-422 424-432 434 436-438 440 441 450 452 454 455 457 460 461 466 "
    "467 470 472 502 505 510 514 515 520 525 528 530 536 537 539-555 602-659 702 704 706 708 710 "
    "712 714 716 722 724 730 732 734 736 738 740 742 744 746 748 750"
)
"""Mobile country codes in use (ITU-T E.212)."""


def looks(data: bytes) -> Iterator[Look]:
    """Everything in clear content that looks like an identifier."""
    if len(data.translate(None, _MARKS)) == len(data) and data.count(b"-") < 5:
        return  # nothing stands apart in it: most names that are looked up
    low = data.lower()
    yield from _keyed(data, low)
    yield from _alone(data)
    yield from _addresses(data)
    yield from _places(low)


def luhn(digits: bytes) -> bool:
    """Whether the last digit is the check digit of those before (ISO/IEC 7812-1 annex B)."""
    total = 0
    for place, byte in enumerate(reversed(digits)):
        digit = byte - 48
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


# ------------------------------------------------------- behind a telling word


def _at_words(
    low: bytes, expression: re.Pattern[bytes], words: tuple[bytes, ...]
) -> list[re.Match[bytes]]:
    """The matches that begin with one of the words; ten times faster than ``finditer``."""
    found: dict[int, re.Match[bytes]] = {}
    for word in words:
        at = low.find(word)
        while at >= 0:
            match = expression.match(low, at)
            if match is not None and at not in found:
                found[at] = match
            at = low.find(word, at + len(word))
    return [found[at] for at in sorted(found)]


def _keyed(data: bytes, low: bytes) -> Iterator[Look]:
    for match in _at_words(low, _KEY, _WORDS):
        valued = _VALUE.match(low, match.end())
        if valued is None:
            continue
        start, end = valued.span(1)
        for test in _KEYED[_FAMILY[match.group().replace(b"_", b"")]]:
            found = test(data[start:end], data[match.start() : valued.start(1)].lower())
            if found is not None:
                if not never(found.value.decode("ascii", "replace")):
                    yield found._replace(at=start + found.at)
                break


def _imei(value: bytes, key: bytes) -> Look | None:
    if len(value) == 15 and value.isdigit() and luhn(value) and len(set(value)) > 3:
        return Look("imei", value, 0) if value[:2] in (*REPORTING_BODIES, b"00") else None
    return None


def _imsi(value: bytes, key: bytes) -> Look | None:
    if len(value) == 15 and value.isdigit() and int(value[:3]) in _codes():
        return Look("imsi", value, 0)
    return None


def _android_id(value: bytes, key: bytes) -> Look | None:
    if re.fullmatch(rb"[0-9a-f]{16}|[0-9A-F]{16}", value) and len(set(value)) > 5:
        return Look("android_id", value, 0)
    return None


def _advertising_id(value: bytes, key: bytes) -> Look | None:
    shape = rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    if re.fullmatch(shape, value) and len(set(value)) > 6:
        return Look("advertising_id", value, 0)
    return None


def _hash(value: bytes, key: bytes) -> Look | None:
    """``imei_md5=``: a hash under a word that says of what."""
    length = re.fullmatch(rb"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}", value)
    kind = next((kind for word, kind in _HASHED if word in key), None)
    if length is None or kind is None or len(set(value.lower())) < 8:
        return None
    return Look(kind, value, 0, ({32: "md5", 40: "sha1", 64: "sha256"}[len(value)],))


def _mac(value: bytes, key: bytes) -> Look | None:
    value = value[:17] if value[2:3] in (b":", b"-") else value
    plain = value.replace(b":", b"").replace(b"-", b"").replace(b".", b"")
    if len(plain) == 12 and re.fullmatch(rb"[0-9a-fA-F]{12}", plain) and len(set(plain)) > 3:
        return Look("bssid" if b"bssid" in key else "mac", value, 0)
    return None


def _phone(value: bytes, key: bytes) -> Look | None:
    """In international form only (ITU-T E.164): many things are ten digits."""
    digits = value.removeprefix(b"+").removeprefix(b"%2b").removeprefix(b"%2B")
    if digits == value or not digits.isdigit() or not 9 <= len(digits) <= 15:
        return None
    known = digits[:1] != b"0" and len(calling_code(digits.decode())) < len(digits) - 6
    return Look("phone", value, 0) if known else None


_Test = Callable[[bytes, bytes], Look | None]
_HASHED = ((b"imei", "imei"), (b"imsi", "imsi"), (b"mac", "mac"), (b"android", "android_id"))
_DEVICE: tuple[_Test, ...] = (_imei, _hash, _android_id, _advertising_id)
_KEYED: dict[str, tuple[_Test, ...]] = {
    "imei": (_imei, _hash),
    "device": (_imei,),
    "imsi": (_imsi, _hash),
    "android_id": (_android_id, _hash),
    "advertising_id": (_advertising_id,),
    "mac": (_mac, _hash),
    "phone": (_phone,),
}
_FAMILY = {
    **dict.fromkeys((b"imei", b"meid"), "imei"),
    b"deviceid": "device",
    **dict.fromkeys((b"imsi", b"subscriberid"), "imsi"),
    **dict.fromkeys((b"androidid", b"ssaid"), "android_id"),
    **dict.fromkeys((b"gaid", b"adid", b"idfa", b"aaid", b"oaid", b"ifa", b"rdid",
                     b"advertisingid", b"advertiserid", b"googleadid"), "advertising_id"),
    **dict.fromkeys((b"mac", b"wifimac", b"wlanmac", b"bssid"), "mac"),
    **dict.fromkeys((b"msisdn", b"phone", b"mobile", b"tel", b"sms", b"caller"), "phone"),
}  # fmt: skip
"""Which tests a telling word calls for."""


def _codes() -> set[int]:
    spans = (part.partition("-") for part in _COUNTRIES.split())
    return {code for a, _, b in spans for code in range(int(a), int(b or a) + 1)}


# ------------------------------------------------------------ by shape alone


def _alone(data: bytes) -> Iterator[Look]:
    for at, end in runs.find(data, _DIGITS, 15):
        value = data[at:end]
        if not _IMEI_ALONE.match(data, max(0, at - 1)):
            continue
        if value[:2] not in (b"35", b"86") or not luhn(value) or len(set(value)) < 5:
            continue
        if not never(value.decode()):
            yield Look("imei", value, at)
    for match in _MAC.finditer(data) if data.count(b":") > 4 or data.count(b"-") > 4 else ():
        at = match.start() - 2
        before = data[max(0, at - 1) : at]
        if before.isalnum() or before in (b":", b"-"):
            continue
        value = data[at : match.end()]
        if len(set(value.lower()) - set(b":-")) > 3:  # not 02:00:00:00:00:00
            yield Look("mac", value, at)


def _addresses(data: bytes) -> Iterator[Look]:
    """E-mail addresses of persons, as far as one can tell."""
    if b"@" not in data and b"%40" not in data:
        return
    for match in _AT.finditer(data):
        before = _LOCAL.search(data[max(0, match.start() - 64) : match.start()])
        domain = _DOMAIN.match(data, match.end())
        if before is None or domain is None:
            continue
        local, top = before.group(), domain.group(1).lower()
        if local.lower() in _ROLES or not (len(top) == 2 or top in _TOP_LEVELS):
            continue
        if local.isdigit() or b".." in local or domain.group().startswith(b"-"):
            continue
        at = match.start() - len(local)
        yield Look("email", data[at : domain.end()], at)


def _places(low: bytes) -> Iterator[Look]:
    """A latitude with its longitude, both under a word that says so."""
    for match in _at_words(low, _PAIR, _PLACES):
        if _on_earth(match.group(2), match.group(3)):
            yield Look("position", match.group(1), match.start(1))
    for match in _at_words(low, _LAT, (b"lat",)):
        around = max(0, match.start() - _NEAR)
        other = _LON.search(low, around, match.end() + _NEAR)
        if other is not None and _on_earth(match.group(1), other.group(1)):
            yield Look("position", match.group(1), match.start(1))
            yield Look("position", other.group(1), other.start(1))


def _on_earth(latitude: bytes, longitude: bytes) -> bool:
    """Within bounds, and not the zeros of a place that is not known."""
    one, other = float(latitude), float(longitude)
    return abs(one) <= 90 and abs(other) <= 180 and (abs(one) > 0.01 or abs(other) > 0.01)
