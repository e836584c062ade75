"""Addresses between bytes and text, without importing ``socket`` (36 ms).

Packed addresses are 4 or 16 bytes, network order. Text is dotted IPv4 or
RFC 5952 IPv6.
"""

from __future__ import annotations

from functools import lru_cache


def text(packed: bytes) -> str:
    """The canonical text of a packed address of 4 or 16 bytes."""
    if len(packed) == 4:
        return "%d.%d.%d.%d" % tuple(packed)
    if len(packed) != 16:
        raise ValueError(f"an address has 4 or 16 bytes, not {len(packed)}")
    if packed[:12] == b"\0\0\0\0\0\0\0\0\0\0\xff\xff":
        return "::ffff:%d.%d.%d.%d" % tuple(packed[12:])
    groups = [packed[i] << 8 | packed[i + 1] for i in range(0, 16, 2)]
    start, length = _longest_zeros(groups)
    words = [f"{group:x}" for group in groups]
    if length < 2:
        return ":".join(words)
    return ":".join(words[:start]) + "::" + ":".join(words[start + length :])


@lru_cache(8192)  # rules ask for one address once for each of their ranges
def packed(address: str) -> bytes:
    """The bytes of an address text; ValueError if it is not one."""
    if ":" not in address:
        return _packed4(address)
    head, double, tail = address.partition("::")
    left, right = _words(head), _words(tail)
    missing = 16 - len(left) - len(right)
    if (double and missing < 2) or (not double and missing) or "::" in tail:
        raise ValueError(f"not an IP address: {address!r}")
    return left + bytes(missing) + right


def kind(address: str) -> str:
    """``private``, ``public`` or ``none`` (no host: multicast, loopback, unset).

    ValueError if it is no address.
    """
    raw = packed(address)
    return _kind4(raw) if len(raw) == 4 else _kind6(raw)


def _kind4(raw: bytes) -> str:
    first, second = raw[0], raw[1]
    if first in (0, 127) or first >= 224:
        return "none"
    private = (
        first == 10
        or (first == 172 and 16 <= second < 32)
        or (first == 192 and second == 168)
        or (first == 169 and second == 254)
        or (first == 100 and 64 <= second < 128)  # RFC 6598, carriers
        or raw[:3] == b"\xc0\0\0"  # RFC 7335, 464XLAT
    )
    return "private" if private else "public"


def _kind6(raw: bytes) -> str:
    if raw[:12] == b"\0\0\0\0\0\0\0\0\0\0\xff\xff":
        return _kind4(raw[12:])
    if raw[0] == 0xFF or raw[:15] == bytes(15):
        return "none"
    is_local = raw[0] & 0xFE == 0xFC or (raw[0] == 0xFE and raw[1] & 0xC0 == 0x80)
    return "private" if is_local else "public"


def _longest_zeros(groups: list[int]) -> tuple[int, int]:
    """Start and length of the longest run of zero groups, the first on ties."""
    best = (0, 0)
    start = 0
    for i, group in enumerate([*groups, 1]):
        if group:
            if i - start > best[1]:
                best = (start, i - start)
            start = i + 1
    return best


def _packed4(address: str) -> bytes:
    parts = address.split(".")
    if len(parts) != 4 or not all(_is_octet(p) for p in parts):
        raise ValueError(f"not an IP address: {address!r}")
    return bytes(int(p) for p in parts)


def _is_octet(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) <= 3 and int(part) < 256


def _words(side: str) -> bytes:
    """The bytes of one side of ``::``; a dotted IPv4 tail counts as two groups."""
    out = b""
    for word in side.split(":") if side else ():
        if "." in word:
            out += _packed4(word)
        elif 1 <= len(word) <= 4 and all(c in "0123456789abcdefABCDEF" for c in word):
            out += int(word, 16).to_bytes(2, "big")
        else:
            raise ValueError(f"not an IP address: {side!r}")
    return out
