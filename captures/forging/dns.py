"""DNS messages (RFC 1035, RFC 9460), also used for mDNS and LLMNR."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

TYPES = {"A": 1, "CNAME": 5, "PTR": 12, "TXT": 16, "AAAA": 28, "SRV": 33, "HTTPS": 65}


@dataclass(frozen=True, slots=True)
class Record:
    """One resource record; ``data`` is the RDATA on the wire."""

    name: str
    kind: str
    data: bytes
    ttl: int = 300


def message(
    ident: int,
    question: tuple[str, str] | None,
    answers: Sequence[Record] = (),
    *,
    response: bool = False,
    code: int = 0,
    multicast: bool = False,
) -> bytes:
    """A query, or with ``response`` an answer; ``code`` 3 is NXDOMAIN."""
    query, reply = (0, 0x8400) if multicast else (0x0100, 0x8180)
    flags = (reply if response else query) | code
    out = bytearray(struct.pack("!HHHHHH", ident, flags, bool(question), len(answers), 0, 0))
    told: dict[str, int] = {}
    if question:
        out += _compressed(question[0], told, len(out))
        out += struct.pack("!HH", TYPES[question[1]], 1)
    for record in answers:
        out += _compressed(record.name, told, len(out))
        out += struct.pack("!HHIH", TYPES[record.kind], 1, record.ttl, len(record.data))
        out += record.data
    return bytes(out)


def address_records(
    name: str, addresses: Sequence[str], cnames: Sequence[str] = (), ttl: int = 300
) -> list[Record]:
    """The answer section: ``name`` -> each of ``cnames`` -> A and AAAA records."""
    chain = [name, *cnames]
    records = [Record(a, "CNAME", wire_name(b), ttl) for a, b in zip(chain, cnames, strict=False)]
    for text in addresses:
        packed = ip_address(text).packed
        records.append(Record(chain[-1], "A" if len(packed) == 4 else "AAAA", packed, ttl))
    return records


def https_record(
    name: str, alpn: Sequence[str] = ("h2", "h3"), hints: Sequence[str] = (), ech: bytes = b""
) -> Record:
    """A ServiceMode HTTPS record for the name itself (RFC 9460, section 9)."""
    told = b"".join(bytes((len(text),)) + text.encode() for text in alpn)
    v4 = b"".join(ip_address(text).packed for text in hints)
    values = ((1, told), (4, v4), (5, ech))
    params = b"".join(struct.pack("!HH", key, len(v)) + v for key, v in values if v)
    return Record(name, "HTTPS", struct.pack("!H", 1) + b"\0" + params)


def wire_name(name: str) -> bytes:
    """A name as length-prefixed labels."""
    labels = [label.encode() for label in name.rstrip(".").split(".") if label]
    return b"".join(bytes((len(label),)) + label for label in labels) + b"\0"


def _compressed(name: str, told: dict[str, int], at: int) -> bytes:
    """A name that points back to a tail told before (RFC 1035, section 4.1.4)."""
    out = bytearray()
    labels = name.split(".")
    for index, label in enumerate(labels):
        tail = ".".join(labels[index:])
        if tail in told:
            return bytes(out) + struct.pack("!H", 0xC000 | told[tail])
        told[tail] = at + len(out)
        out += bytes((len(label),)) + label.encode()
    return bytes(out) + b"\0"
