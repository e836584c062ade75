"""Covers the values of identifiers in every text of a result, as they are and encoded.

Whatever renders a result later can then show it as it is. Left alone are places,
digests and the display filters, none of which holds captured text.

Rules of this file
- Capitals make no difference, as names of hosts are kept in small letters.
- A text that was cut may end within a value: its end is covered too.
- A SHA-256 of a value is not covered: findings name values by it.
- Names of hosts, which findings are known by, lose no part to a person's or a network's
  name: a contact may be called as a domain is.
- What stands behind a telling key (``?imei=``) in a request is covered, known or not.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from typing import Any

from analyzer.judge.commonplace import is_wordy
from analyzer.judge.identifier_forms import SHORTEST, covered
from analyzer.judge.identifier_pool import Pattern
from analyzer.judge.needles import Needles
from analyzer.judge.peel import layers
from analyzer.model import Result
from analyzer.record import Record, replace

SHOWN = ("model", "build", "carrier", "network", "locale", "file")
"""Kinds that tell of the handset and not of its owner: they stay where others say them."""

_TOKENS = (
    re.compile(r"[0-9A-Za-z+/_%-]{16,}={0,2}"),
    re.compile(r"[0-9A-Za-z+_%-]{16,}={0,2}"),  # a path is none, its parts may be
)
_KEYED = re.compile(
    r"(?:(?<=[?&;,/ ])|(?<=%26)|(?<=%3[Ff]))([A-Za-z][A-Za-z0-9_-]{1,23})(=|%3[Dd])"
    r"([^&;#\s%]{1,256}(?:%(?!26)[0-9A-Fa-f]{2}[^&;#\s%]{0,256}){0,64})"
)
_TELLING = (
    "imei meid imsi iccid simserial subscriberid deviceid androidid ssaid gaid adid idfa idfv aaid "
    "oaid vaid udid openudid advertisingid googleadid serial serialno serialnumber sn mac macaddr "
    "macaddress wifimac wlanmac btmac bluetoothmac bssid ssid wifissid msisdn phone phoneno "
    "phonenumber mobile mobileno mobilenumber email mail lat latitude lon lng longitude position "
    "location contact contacts password passwd pwd"
)
"""Keys of a request that say what stands behind them, without their marks."""

_HOST = re.compile(r"[a-z0-9._-]*")
_NAME = 255
"""Letters of the longest name of a host (RFC 1035 2.3.4)."""

_LOCAL = (".local", ".lan", ".home", ".localdomain", ".internal", ".arpa", ".home.arpa")
"""Ends of names that hosts give themselves: a person's name may stand in them."""

_SAID = ("mdns", "llmnr", "dhcp")
_BETWEEN = ("-", "_", ".", "+", "%20", "")
_ALONE = frozenset(("place", "files", "sha256", "display_filter"))
_BEFORE = ("capture", "handsets", "endpoints", "flows", "names", "anomalies")
_AFTER = ("findings", "claims", "score")


class Masker:
    """Covers certain values in texts.

    ``patterns`` of the device sheet; ``values`` as (kind, value), found without one.
    """

    def __init__(
        self, patterns: Sequence[Pattern], values: Iterable[tuple[str, bytes]], deep: bool
    ) -> None:
        known: dict[bytes, bool] = {}  # in small letters -> whether its ends may show
        weak: set[bytes] = set()  # of names and words
        for pattern in patterns:
            if pattern.stack[0] != "sha256":
                known.setdefault(pattern.data.lower(), len(pattern.stack) == 1)
            if len(pattern.stack) == 1:
                more = dict.fromkeys(_rewritten(pattern.kind, pattern.value), False)
                for form in more:
                    known.setdefault(form, False)
                if is_wordy(pattern.kind, pattern.value):
                    weak.update((pattern.data.lower(), *more))
        for kind, value in values:
            if kind not in SHOWN:
                for form, plain in _forms(kind, value):
                    known.setdefault(form.lower(), plain)
                    if plain:
                        for other in _rewritten(kind, form.decode("utf-8", "replace")):
                            known.setdefault(other, False)
        known = {data: plain for data, plain in known.items() if _is_text(data)}
        self._plain = list(known.values())
        self._weak = [data in weak for data in known]
        self._weakest = weak
        self._hosts: set[str] = set()
        self._needles = Needles(list(known))
        self._starts: dict[bytes, list[bytes]] = {}
        for data in known:
            self._starts.setdefault(data[:SHORTEST], []).append(data)
        self._longest = max(map(len, known), default=0)
        self._deep = deep  # values stood below layers of encoding, so they may in texts
        self._said: dict[str, str] = {}

    def prepare(self, result: Result) -> None:
        """Covers what was captured, before anything is said of it."""
        if any(self._weak):
            self._hosts = _hosts(result)
        for seen in result.names:
            if "=" in seen.detail or "%3" in seen.detail:
                seen.detail = _KEYED.sub(_behind_key, seen.detail)
        self._fields(result, _BEFORE)

    def finish(self, result: Result) -> None:
        """Covers what was said."""
        self._fields(result, _AFTER)

    def text(self, text: str) -> str:
        """A text with every value in it covered; as long as before."""
        if len(text) < SHORTEST or not self._plain:
            return text
        said = self._said.get(text)
        if said is None:
            said = self._said[text] = self._covered(text)
        return said

    def _fields(self, result: Result, names: Sequence[str]) -> None:
        if self._plain:
            for name in names:
                setattr(result, name, self._any(getattr(result, name, None)))

    def _any(self, value: Any) -> Any:
        """A value of a result with its texts covered; records are changed in place."""
        kind = type(value)
        if kind is str:
            return self.text(value)
        if kind is list:
            value[:] = [self._any(item) for item in value]
        elif kind is tuple:
            return tuple(self._any(item) for item in value)
        elif kind is dict:
            return {
                self._any(key): v if key in _ALONE else self._any(v) for key, v in value.items()
            }
        elif isinstance(value, Record):
            return self._record(value)
        return value

    def _record(self, record: Record) -> Record:
        changed = {}
        for name in record.__slots__:
            if name not in _ALONE:
                old = getattr(record, name)
                new = self._any(old) if old.__class__ not in _PLAIN else old
                if new is not old and new != old:
                    changed[name] = new
        if changed and record.__frozen__:
            return replace(record, **changed)
        for name, new in changed.items():
            setattr(record, name, new)
        return record

    def _covered(self, text: str) -> str:
        if self._deep:
            for shape in _TOKENS:
                text = shape.sub(self._token, text)
        raw = text.encode("utf-8", "surrogatepass")
        low = raw.lower()
        spans = [
            (at, at + len(self._needles.needles[i]), self._plain[i])
            for at, i in self._needles.find(low)
            if not (self._weak[i] and self._in_host(low, at))
        ]
        spans += self._cut_off(low)
        if not spans:
            return text
        out = bytearray(raw)
        for at, end, plain in _joined(spans):
            value = raw[at:end].decode("utf-8", "replace")
            shown = covered(value) if plain and len(value) == end - at else "*" * (end - at)
            out[at:end] = shown.encode() if len(shown) == end - at else b"*" * (end - at)
        return out.decode("utf-8", "surrogatepass")

    def _in_host(self, low: bytes, at: int) -> bool:
        """Whether what begins there is a part of the name of a host that was contacted."""
        if not self._hosts:
            return False
        here = min(at, _NAME)
        text = low[at - here : at + _NAME].decode("latin-1")
        begin = here
        while begin and _HOST.fullmatch(text[begin - 1]):
            begin -= 1
        match = _HOST.match(text, begin)
        run = match.group().strip("-._") if match else ""
        places = [0, *(i + 1 for i, c in enumerate(run) if c in "-._")]
        return any(run[place:] in self._hosts for place in places)

    def _cut_off(self, low: bytes) -> list[tuple[int, int, bool]]:
        """The beginning of a value at the very end of a text."""
        end = len(low.rstrip(b".")) if low.endswith(b"...") else len(low)
        for at in range(max(0, end - self._longest), end - SHORTEST + 1):
            tail = low[at:end]
            begun = [d for d in self._starts.get(tail[:SHORTEST], ()) if d.startswith(tail)]
            if begun and not (self._weakest.issuperset(begun) and self._in_host(low, at)):
                return [(at, end, False)]
        return []

    def _token(self, match: re.Match[str]) -> str:
        """A run of letters; covered whole where a value stands below its encoding."""
        raw = match.group().encode()
        deep = any(self._needles.find(layer.data.lower()) for layer in layers(raw))
        return "*" * len(raw) if deep else match.group()


_PLAIN = (int, float, bool, type(None))


def _forms(kind: str, value: bytes) -> Iterable[tuple[bytes, bool]]:
    """A value without a sheet: as found, without separators, as hex, in a URL, in base64."""
    from urllib.parse import quote_from_bytes

    usable = [value]
    if kind == "password":
        usable += value.split(b":", 1)
        yield base64.b64encode(value), False
    if kind in ("mac", "bssid"):
        plain = value.translate(None, b":-.")
        pairs = [plain[i : i + 2] for i in range(0, len(plain), 2)]
        usable += [plain, b":".join(pairs), b"-".join(pairs)]
    for form in usable:
        if len(form) >= SHORTEST:
            yield form, kind != "password"
            yield quote_from_bytes(form, safe="").encode(), False
            yield form.hex().encode(), False


def _rewritten(kind: str, value: str) -> set[bytes]:
    """Forms not always searched for and a reader could undo: reversed, base32, other marks."""
    forms = {value, value.lower(), value.upper()}
    found = {form[::-1].lower().encode("utf-8", "replace") for form in forms}
    for raw in (form.encode("utf-8", "replace") for form in forms):
        for lead in range(5):
            text = base64.b32encode(bytes(lead) + raw)
            found.add(text[-(-lead * 8 // 5) : (lead + len(raw)) * 8 // 5].lower())
    words = value.lower().split()
    if is_wordy(kind, value) and len(words) > 1:
        for order in (words, words[::-1]):
            found |= {mark.join(order).encode("utf-8", "replace") for mark in _BETWEEN}
    return {form for form in found if len(form) >= SHORTEST}


def _hosts(result: Result) -> set[str]:
    """Names of the hosts that were contacted and the domains above them, in small letters."""
    names = {flow.name for flow in result.flows if flow.name}
    names |= {each.name for endpoint in result.endpoints for each in endpoint.names}
    names |= {seen.name for seen in result.names if seen.source not in _SAID}
    found = set()
    for name in names:
        labels = name.lower().rstrip(".").split(".")
        if not f".{labels[-1]}".endswith(_LOCAL):
            found |= {".".join(labels[i:]) for i in range(max(0, len(labels) - 8), len(labels) - 1)}
    return found


def _behind_key(match: re.Match[str]) -> str:
    key = match[1].lower().replace("_", "").replace("-", "")
    for end in ("md5", "sha1", "sha256", "hash"):
        key = key.removesuffix(end)
    telling = key.rstrip("0123456789") in _TELLING.split()
    return match[1] + match[2] + covered(match[3]) if telling else match[0]


def _is_text(data: bytes) -> bool:
    try:
        return bool(data.decode("utf-8")) and len(data) >= SHORTEST
    except UnicodeDecodeError:
        return False


def _joined(spans: list[tuple[int, int, bool]]) -> list[tuple[int, int, bool]]:
    """Spans that overlap as one; its ends show only where the longest of them may."""
    out: list[tuple[int, int, bool]] = []
    for at, end, plain in sorted(spans, key=lambda span: (span[0], -span[1])):
        if out and at < out[-1][1]:
            start, before, also = out[-1]
            out[-1] = (start, max(before, end), also and end <= before)
        else:
            out.append((at, end, plain))
    return out
