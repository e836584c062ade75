"""Addresses that are not ordinary places on the public Internet.

Sources: IANA special-purpose address registries (RFC 6890 and its successors),
RFC 6052 (NAT64), RFC 7050 (its prefixes found out), RFC 3056 (6to4), RFC 4380 (Teredo), RFC 4291
(mapped).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from ..addresses import packed

TRANSLATOR = "an address of a translator to IPv4, of a form that no look-up of the recording told"
"""Of RFC 8215: a server of the Internet behind it, and not known which."""

UNASSIGNED = "an address of a range that no registry has given out"
"""Of those that IANA's list of IPv6 Global Unicast Address Assignments calls reserved (2026): a
country database has a word on some of them; recordings made anonymous are full of them."""

_V4 = (
    ("0.0.0.0", 8, "an address that stands for “this host”"),  # noqa: S104
    ("10.0.0.0", 8, "a private address of a local network"),
    ("100.64.0.0", 10, "an address inside a carrier's network, shared by many customers"),
    ("127.0.0.0", 8, "the device itself"),
    ("169.254.0.0", 16, "an address of the local link"),
    ("172.16.0.0", 12, "a private address of a local network"),
    ("192.0.0.0", 24, "an address the handset uses with itself (464XLAT and the like)"),
    ("192.0.2.0", 24, "an address reserved for documentation"),
    ("192.168.0.0", 16, "a private address of a local network"),
    ("198.18.0.0", 15, "an address reserved for measurements"),
    ("198.51.100.0", 24, "an address reserved for documentation"),
    ("203.0.113.0", 24, "an address reserved for documentation"),
    ("224.0.0.0", 4, "a multicast address: everyone who listens on the network"),
    ("255.255.255.255", 32, "a broadcast address: everyone on the local network"),
    ("240.0.0.0", 4, "an address reserved for future use"),
)
_V6 = (
    ("::", 128, "an address that stands for “no address”"),
    ("::1", 128, "the device itself"),
    ("64:ff9b:1::", 48, TRANSLATOR),
    ("100::", 64, "an address that discards everything"),
    ("2001:2::", 48, "an address reserved for measurements"),
    ("2001:db8::", 32, "an address reserved for documentation"),
    ("3fff::", 20, "an address reserved for documentation"),
    ("2d00::", 8, UNASSIGNED),
    ("2e00::", 7, UNASSIGNED),
    ("3000::", 4, UNASSIGNED),
    ("5f00::", 16, "an address of segment routing inside one network"),
    ("fc00::", 7, "a private address of a local network"),
    ("fe80::", 10, "an address of the local link"),
    ("ff00::", 8, "a multicast address: everyone who listens on the network"),
)


MAYBE_SPECIAL = {
    4: frozenset((0, 10, 100, 127, 169, 172, 192, 198, 203, *range(224, 256))),
    16: frozenset((0x00, 0x01, 0x20, *range(0x2D, 0x40), 0x5F, 0xFC, 0xFD, 0xFE, 0xFF)),
}
"""First bytes, by length of the address, that special or translated ones have."""


def special(raw: bytes) -> str | None:
    """What a packed special address is, in words that follow "is"; None if public."""
    number = int.from_bytes(raw, "big")
    found = (words for prefix, shift, words in _masks(len(raw)) if number >> shift == prefix)
    return next(found, None)


@cache
def _masks(size: int) -> tuple[tuple[int, int, str], ...]:
    """Upper bits, bits below them, and words of each special prefix of a family."""
    bits = 8 * size
    return tuple(
        (int.from_bytes(packed(prefix), "big") >> bits - length, bits - length, words)
        for prefix, length, words in (_V4 if size == 4 else _V6)
    )


_KNOWN_4 = (b"\xc0\0\0\xaa", b"\xc0\0\0\xab")
"""192.0.0.170 and .171, all that ``ipv4only.arpa`` has (RFC 7050 2.2)."""

_LENGTHS = (12, 8, 7, 6, 5, 4)

PREFIXES = 8
"""Prefixes of NAT64 that count; a handset meets one in each network it joins."""


def nat64_prefixes(answers: Iterable[bytes]) -> tuple[bytes, ...]:
    """The network's own prefixes of NAT64, from packed addresses it gave for ``ipv4only.arpa``.

    Of 12, 8, 7, 6, 5 or 4 bytes (RFC 6052 2.2), the longest where an answer fits several.
    """
    sixes = [raw for raw in answers if len(raw) == 16]
    fits = (next((n for n in _LENGTHS if _embedded(raw, n) in _KNOWN_4), 0) for raw in sixes)
    found = {raw[:length] for raw, length in zip(sixes, fits, strict=True) if length}
    return tuple(sorted(found, key=lambda prefix: (-len(prefix), prefix))[:PREFIXES])


def _embedded(raw: bytes, prefix: int) -> bytes:
    """The IPv4 address behind a prefix of so many bytes; empty where what has to be zero is not:
    the ninth byte, and all behind the address."""
    if prefix == 12:
        return raw[12:]
    behind = raw[prefix:8] + raw[9:]
    return b"" if raw[8] or any(behind[4:]) else behind[:4]


def inner(raw: bytes, prefixes: Iterable[bytes] = ()) -> tuple[str, bytes] | None:
    """The translation and the packed IPv4 address inside an IPv6 address, if it holds one.

    ``prefixes``: those of the network's own NAT64.
    """
    if len(raw) != 16:
        return None
    for prefix in prefixes:
        if raw.startswith(prefix) and (four := _embedded(raw, len(prefix))):
            return "the network's NAT64", four
    if raw[:12] == b"\x00\x64\xff\x9b" + bytes(8):
        return "NAT64", raw[12:]
    if raw[:12] == bytes(10) + b"\xff\xff":
        return "an IPv4 address written as IPv6", raw[12:]
    if raw[:2] == b"\x20\x02":
        return "6to4", raw[2:6]
    if raw[:4] == b"\x20\x01\x00\x00":
        return "Teredo", bytes(byte ^ 0xFF for byte in raw[12:])
    return None
