"""Values that identify nobody: constants that stand in place of an identifier, ordinary words.

An SSID "Android" or a contact "Redmi Note 9 Pro" stands in every user agent, planted or
not: a finding about it would accuse the sender of what every program does.

Rules of this file
- Letters alone count, whatever their case and whatever stands between them.
- A number that hardly says anything (100000000, 123456) is an amount or a counter as well.
- One word alone ("Sunflower") may be the name of anything: it confirms nothing but in a field
  that says what it is.
- A word that a program or the handset says of itself shows nothing of the user by standing
  in other traffic too, whoever it goes to: programs tell their names to many. It counts
  where the field that holds it says what it is (``ssid=``), and holds nothing else.
- What is left out is told (reading.py), never silently.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

WORDY = ("ssid", "name", "contacts")
"""Kinds that are words, and may be anybody's."""

_CONSTANTS = (
    "|null|none|nil|nan|undefined|unknown|default|test|n/a|na|false|true|error|empty|0|-1|1"
    "|9774d56d682e549c"  # the Android ID of many handsets of 2010 (a fault of Android 2.2)
    "|02:00:00:00:00:00|020000000000"  # what Android gives an app in place of the MAC address
    "|00000000-0000-0000-0000-000000000000|00:00:00:00:00:00|ff:ff:ff:ff:ff:ff"
    "|000000000000|ffffffffffff|0000000000000000|000000000000000|00000000000000"
    "|358240051111110|310260000000000|310270000000000|89014103211118510720|15555215554"  # emulators
    "|15555218135|012345678912345|123456789012345|111111111111111|490154203237518"  # examples
    "|352099001761481|1234567890abcdef|0123456789abcdef|abcdef0123456789|0123456789|1234567890"
    "|9876543210"
    "|12345678|0123456789012345|001122334455|112233445566|aabbccddeeff|deadbeef"
    "|test@example.com|user@example.com|foo@example.com|john@example.com"
    "|android_id|imei|imsi|deviceid|device_id|unavailable|emulator|goldfish"
)
NEVER = frozenset(_CONSTANTS.split("|"))
"""Constants that programs send where they have no identifier, and those of documents."""

_WORDS = (
    "accept accepted access account activity address agent alive android androidap api app apple "
    "application apps asus attachment auth authorization basic bearer blackberry body boundary "
    "browser build cache camera charset china chrome chunked client close cloud com company "
    "connect connection contact content control cookie core cpu dalvik data date default deflate "
    "delete desktop details device devices disposition domain download email encoding english "
    "error example expires facebook false family fields file files firefox follow form free "
    "friend galaxy gecko generic get global gmail google gzip guest harmonyos head header hello "
    "home honor host hotspot html htc http https huawei identity image images india infinix info "
    "instagram internet iphone ipad ipod ios itel item javascript jio json keep khtml language "
    "length lenovo lg like limit line link linux lite local localhost location login macintosh "
    "mail manager max media message messenger meta mi microsoft miui mobile mode model moto "
    "motorola mozilla music name net netflix network never nokia none nothing note null oauth "
    "object office okhttp oneplus online open oppo options order origin page partner path "
    "personal phone photo photos picture pixel plain play player plus poco pragma prime private "
    "pro product profile proxy public push query range realme redmi referer region release "
    "request response router safari samsung search secure security send server service services "
    "session settings setup shop signal site sony source status store stream style support system "
    "tablet tecno telegram test text token total transfer transsion type ultra undefined unknown "
    "update upgrade upload url user username utf value vary version video vivo vodafone webkit "
    "applewebkit web webview whatsapp wifi wi fi wireless windows www x xiaomi xml youtube zte "
    "airtel mini edge se fe lte 4g 5g gt sm iphone's android's ap the a an my our your me mom mum "
    "dad mama papa"
)
_ORDINARY = frozenset(_WORDS.split())
"""Words of protocols, of the makers and models of handsets, and of every household."""

_WORD = re.compile(r"[^\W_]+")
_MODEL_NUMBER = re.compile(r"[a-z]{0,2}[0-9]{1,3}[a-z]{0,2}")
_TELLING = re.compile(
    rb"(?:model|brand|manufacturer|make|maker|product|vendor|device|client|platform|build"
    rb"|hardware|os)[\"']?(?:\s{0,4}[:=>]|%3[aAdD]|%22){1,4}\s{0,4}[\"']?\Z"
)
_FIELDS = {
    "ssid": rb"(?:[a-z0-9]{1,16}[_.-])?e?ssid|(?:wifi|wlan|ap|current|connected)ssid"
    rb"|(?:wifi|wlan|network|hotspot)[_-]?name",
    "name": rb"(?:user|owner|full|first|last|given|family|real|nick|customer)[_-]?name|surname",
    "contacts": rb"(?:[a-z0-9]{1,16}[_.-])?(?:contacts?|phone_?book|address_?book)(?:[_.-]?name)?"
    rb"|(?:full|first|last|given|family|real|nick)[_-]?name|surname",
}
_HOLDS = {
    kind: rb"(?<![a-z0-9])(?:" + names + rb")(?:[_-]?(?:md5|sha1|sha256|sha512|hash))?"
    rb"[\"'\\\]]{0,4}(?:\s{0,4}[:=>]|%3[ad]|%22|%5c){1,4}[\s\[\"'\\]{0,6}\Z"
    for kind, names in _FIELDS.items()
}
_ENDS = re.compile(rb"(?i)\Z|[\"'&;,<>\r\n\\})\]]| http/1|%2[267c]|%5c|%7d")
_AGENTS = (b"user-agent", b"useragent", b"user_agent", b"&ua=", b"?ua=", b'"ua"')
TELLING = 4
"""Characters of a value that those before do not foretell, at least; ``100000000`` has two."""

_NEAR = 1_024
"""Bytes before a value in which the word stands that says what it is."""


def never(value: str) -> bool:
    """Whether a value says too little to be one of its own, is a constant that stands in place
    of an identifier, or a hash of one."""
    low = value.strip().lower()
    plain = bare(low)
    return low in NEVER or _says_little(plain) or plain in _constants() or low in _digests()


def _says_little(plain: str) -> bool:
    """Whether it repeats at most three characters, or goes on as it began: 121212, 1000, abcdef."""
    if any(plain[short:] == plain[:-short] for short in range(1, TELLING)):
        return True
    steps = [ord(b) - ord(a) for a, b in pairwise(plain)]
    new = sum(step not in (0, before) for before, step in pairwise(steps))
    return new + 2 < TELLING


def is_one_word(kind: str, value: str) -> bool:
    """Whether a value is a single word of letters, which may be the name of anything."""
    return kind in WORDY and len(_WORD.findall(value)) == 1 and bare(value).isalpha()


def bare(text: str) -> str:
    """Its letters and digits, in small letters."""
    return "".join(_WORD.findall(text.lower()))


def is_wordy(kind: str, value: str) -> bool:
    """Whether a value is words: no address, no number of a telephone."""
    digits = sum(c.isdigit() for c in value)
    return kind in WORDY and "@" not in value and digits < max(7, len(bare(value)) // 2)


def is_ordinary(value: str, own: Iterable[str] = ()) -> bool:
    """Whether a value is nothing but common words, or stands in one of the handset's own."""
    plain = bare(value)
    words = _WORD.findall(value.lower())
    common = all(word in _ORDINARY or _MODEL_NUMBER.fullmatch(word) for word in words)
    return common or plain in _ORDINARY or any(plain in bare(each) for each in own)


def sorted_out(
    planted: Mapping[str, Sequence[str]], own: Sequence[str]
) -> tuple[dict[str, list[str]], list[str]]:
    """What of a sheet is looked for, and the kinds of which something is not.

    ``own``: what the sheet says of the handset's maker and model.
    """
    kept: dict[str, list[str]] = {}
    left: list[str] = []
    for kind, values in planted.items():
        good = [
            value
            for value in values
            if not never(value) and not (is_wordy(kind, value) and is_ordinary(value, own))
        ]
        left += [kind] * (len(good) < len(values))
        if good:
            kept[kind] = good
    return kept, left


def tells_of_program(data: bytes, at: int) -> bool:
    """Whether what begins there is in a user agent, or the value of ``model=`` and the like."""
    line = data[max(0, at - _NEAR, data.rfind(b"\n", max(0, at - _NEAR), at) + 1) : at].lower()
    return _TELLING.search(line[-48:]) is not None or any(_is_in(word, line) for word in _AGENTS)


def says_what(kind: str, before: bytes, after: bytes) -> bool:
    """Whether a value is all that a field holds whose name says it is of this kind."""
    named = kind in _HOLDS and re.search(_HOLDS[kind], before.lower())
    return bool(named) and _ENDS.match(after) is not None


def _is_in(word: bytes, line: bytes) -> bool:
    """Whether a line, cut before a value, has the value behind a word: a header's or a field's."""
    place = line.rfind(word)
    if place == 0 and word == _AGENTS[0]:
        return True
    rest = line[place + len(word) :].lstrip(b"\"' :=")
    return place >= 0 and not any(mark in rest for mark in (b'"', b"&"))


@lru_cache(1)
def _constants() -> frozenset[str]:
    return frozenset(bare(value) for value in NEVER)


@lru_cache(1)
def _digests() -> frozenset[str]:
    """Hashes of the constants, written as programs write them."""
    forms = {form.encode() for value in NEVER for form in (value, value.upper())}
    names = ("md5", "sha1", "sha256", "sha512")
    return frozenset(
        hashlib.new(name, form, usedforsecurity=False).hexdigest()
        for form in forms
        for name in names
    )
