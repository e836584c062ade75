"""One DNS message (RFC 1035, 3596, 2782, 6891, 9460) into its records.

Rules of this file
- Pointers must go backwards and are followed at most ``HOPS`` times per name.
- Counts in the header are wishes: at most ``RECORDS`` are read.
- Damage ends reading; everything read before it is kept.
"""

from __future__ import annotations

from functools import lru_cache
from struct import Struct

from analyzer import addresses
from analyzer.names.text import clean, dns_name
from analyzer.record import Record as Fields
from analyzer.record import field

HOPS = 32
"""Compression pointers followed in one name; real messages use one to three."""

REPEATED = 1_500
"""Bytes of a message worth remembering: an Ethernet packet; its parts take 30 KB at most."""

RECORDS = 1_000
"""Records read of one message; 64 KB hold 4,000 useful ones at the very most."""

A, NS, CNAME, PTR, TXT, AAAA, SRV, OPT, NSEC = 1, 2, 5, 12, 16, 28, 33, 41, 47
SVCB, HTTPS = 64, 65
TYPES = {
    1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA",
    33: "SRV", 35: "NAPTR", 41: "OPT", 43: "DS", 47: "NSEC", 64: "SVCB", 65: "HTTPS", 255: "ANY",
}  # fmt: skip

_HEAD = Struct(">HHHHHH")
_PAIR = Struct(">HH")
_RECORD = Struct(">HHIH")


class Record(Fields):
    """One resource record. ``value`` is text; ``hints`` are addresses of HTTPS/SVCB."""

    name: str
    type: int
    ttl: int
    value: str
    section: int  # 0 answer, 1 authority, 2 additional
    hints: tuple[str, ...] = ()
    ech: bool = False


class Message(Fields):
    """What could be read; ``damage`` names the anomaly that ended reading."""

    id: int = 0
    response: bool = False
    truncated: bool = False
    questions: list[tuple[str, int]] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    damage: str | None = None
    end: int = 0  # offset after the last thing read


class _Damage(Exception):
    """Reading ends here; the argument is the anomaly's kind."""


def type_name(number: int) -> str:
    """The mnemonic of a record type, else TYPEn (RFC 3597)."""
    return TYPES.get(number) or f"TYPE{number}"


def parse(data: bytes) -> Message:
    """A DNS message; never raises."""
    message = Message()
    if len(data) < 12:
        message.damage = "dns_damaged"
        return message
    message.id, flags, *counts = _HEAD.unpack_from(data)
    message.response = flags >= 0x8000
    message.truncated = bool(flags & 0x200)
    message.end = 12
    try:
        _read(data, message, counts)
    except _Damage as damage:
        message.damage = str(damage)
    return message


def asked(data: bytes) -> bytes:
    """The first question's name as it stands in a message, capitals kept; empty if it is cut."""
    at = 12
    labels: list[bytes] = []
    while at < len(data) and 0 < data[at] < 64 and at < 12 + 255:
        labels.append(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    return b".".join(labels)


def parse_repeated(data: bytes) -> Message:
    """As ``parse``, for mDNS: hosts announce themselves in the same bytes over and over."""
    return _remembered(data) if len(data) <= REPEATED else parse(data)


@lru_cache(128)
def _remembered(data: bytes) -> Message:
    return parse(data)


def plausible(data: bytes) -> bool:
    """Whether bytes on an unusual port are clearly a DNS message.

    One question of class IN, standard query, small counts, every byte used.
    """
    if len(data) < 17 or data[4:6] != b"\0\1" or data[2] & 0x78 or data[3] & 0x40:
        return False
    _, _, _, answers, authority, additional = _HEAD.unpack_from(data)
    if answers > 64 or authority > 32 or additional > 32 or (data[2] < 0x80 and answers):
        return False
    message = parse(data)
    if message.damage or message.end != len(data):
        return False
    return message.questions[0][1] in TYPES and "\\" not in message.questions[0][0]


def _read(data: bytes, message: Message, counts: list[int]) -> None:
    at, size = 12, len(data)
    known: dict[int, str] = {}
    for _ in range(min(counts[0], RECORDS)):
        name, at = _name(data, at, known)
        if at + 4 > size:
            raise _Damage("dns_damaged")
        message.questions.append((name, (data[at] << 8) | data[at + 1]))
        at += 4
        message.end = at
    left = RECORDS
    for section in (0, 1, 2):
        for _ in range(counts[section + 1]):
            if not left:
                raise _Damage("dns_too_many_records")
            left -= 1
            at = _record(data, at, section, message, known)
            message.end = at


def _record(data: bytes, at: int, section: int, message: Message, known: dict[int, str]) -> int:
    """Read the record at ``at``; the offset behind it."""
    name, at = _name(data, at, known)
    if at + 10 > len(data):
        raise _Damage("dns_damaged")
    kind, _, ttl, length = _RECORD.unpack_from(data, at)
    at += 10
    end: int = at + length
    if end > len(data):
        raise _Damage("dns_damaged")
    if kind == OPT:
        return end
    record = Record(name, kind, ttl, "", section)
    reader = _READERS.get(kind)
    if reader is not None:
        reader(data, at, end, record, known)
    message.records.append(record)
    return end


def _name(data: bytes, at: int, known: dict[int, str]) -> tuple[str, int]:
    """The name at ``at`` and the offset behind it."""
    begin = at
    after = -1
    lowest = at
    hops = total = 0
    labels: list[bytes] = []
    size = len(data)
    while True:
        if at >= size:
            raise _Damage("dns_damaged")
        length = data[at]
        if length == 0:
            at += 1
            break
        if length < 64:
            total += length + 1
            label = data[at + 1 : at + 1 + length]
            if len(label) < length or total > 254:
                raise _Damage("dns_damaged")
            labels.append(label)
            at += length + 1
            continue
        if length < 0xC0 or at + 1 >= size:
            raise _Damage("dns_damaged")
        target = (length & 0x3F) << 8 | data[at + 1]
        if after < 0:
            after = at + 2
        if not labels and target in known:
            return known[target], after
        hops += 1
        if target >= lowest or hops > HOPS:
            raise _Damage("dns_loop")
        lowest = at = target
    name = dns_name(labels)
    known[begin] = name
    return name, after if after >= 0 else at


def _address(data: bytes, at: int, end: int, record: Record, known: dict[int, str]) -> None:
    if end - at != (4 if record.type == A else 16):
        raise _Damage("dns_damaged")
    record.value = addresses.text(data[at:end])


def _target(data: bytes, at: int, end: int, record: Record, known: dict[int, str]) -> None:
    record.value = _name(data, at, known)[0]


def _service(data: bytes, at: int, end: int, record: Record, known: dict[int, str]) -> None:
    """SRV (RFC 2782): "target:port"."""
    if end - at < 7:
        raise _Damage("dns_damaged")
    port = data[at + 4] << 8 | data[at + 5]
    record.value = f"{_name(data, at + 6, known)[0]}:{port}"


def _strings(data: bytes, at: int, end: int, record: Record, known: dict[int, str]) -> None:
    """TXT: its strings, joined by a blank."""
    parts = []
    while at < end:
        stop = at + 1 + data[at]
        if stop > end:
            raise _Damage("dns_damaged")
        parts.append(data[at + 1 : stop])
        at = stop
    record.value = clean(b" ".join(parts))


def _binding(data: bytes, at: int, end: int, record: Record, known: dict[int, str]) -> None:
    """HTTPS and SVCB (RFC 9460 2.2): target, address hints, whether ECH keys are there."""
    if end - at < 3:
        raise _Damage("dns_damaged")
    record.value, at = _name(data, at + 2, known)
    hints: list[str] = []
    while at + 4 <= end:
        key, length = _PAIR.unpack_from(data, at)
        at += 4
        if at + length > end:
            raise _Damage("dns_damaged")
        width = {4: 4, 6: 16}.get(key)
        if width and length % width == 0:
            hints += [addresses.text(data[i : i + width]) for i in range(at, at + length, width)]
        record.ech = record.ech or key == 5
        at += length
    record.hints = tuple(hints)


_READERS = {
    A: _address, AAAA: _address, CNAME: _target, NS: _target, PTR: _target,
    SRV: _service, TXT: _strings, HTTPS: _binding, SVCB: _binding,
}  # fmt: skip
