"""QUIC long headers, packet protection and frames of Initials (RFC 9000 17.2, RFC 9001 5).

Rules of this file
- Every length is checked against the datagram before it is used.
- ``cryptography`` is imported when the first Initial is opened, not before.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from analyzer.names.quic_versions import Version, versions

FRAMES = 2_000
"""Frames read of one packet: chaos protection splits a ClientHello into dozens."""

INITIAL, ZERO_RTT, HANDSHAKE, RETRY = range(4)
"""Kinds of long headers, as version 1 numbers them (RFC 9000 17.2)."""


class Long(NamedTuple):
    """One long-header packet inside a datagram."""

    version: int
    kind: int  # INITIAL ...
    dcid: bytes
    source: int  # bytes of the Source Connection ID
    start: int  # offset of the packet in the datagram
    number: int  # offset of its (protected) packet number
    end: int


class Keys(NamedTuple):
    """A client's Initial keys."""

    key: bytes
    iv: bytes
    hp: bytes


def varint(data: bytes | bytearray, at: int, end: int) -> tuple[int, int]:
    """A variable-length integer (RFC 9000 16) and the offset behind it; (-1, end) if cut."""
    if at >= end:
        return -1, end
    width = 1 << (data[at] >> 6)
    if at + width > end:
        return -1, end
    value = int.from_bytes(data[at : at + width], "big") & ((1 << (8 * width - 2)) - 1)
    return value, at + width


def long_packets(data: bytes) -> list[Long]:
    """The long-header packets of a datagram, as far as they can be told apart."""
    packets: list[Long] = []
    at, size = 0, len(data)
    while at + 7 <= size and data[at] & 0x80 and len(packets) < 16:
        packet = _long(data, at, size)
        if packet is None:
            break
        packets.append(packet)
        at = packet.end
    return packets


def _long(data: bytes, at: int, size: int) -> Long | None:
    number = int.from_bytes(data[at + 1 : at + 5], "big")
    known = versions(number)
    begin, bits = at, data[at] >> 4 & 3
    at += 6 + data[at + 5]
    if not known or at >= size:
        return None
    kind = (bits - known[0].initial) % 4
    dcid, source = data[begin + 6 : at], data[at]
    at += 1 + source
    if kind == RETRY:  # no length, fills the datagram
        return None
    if kind == INITIAL:
        token, at = varint(data, at, size)
        if token < 0 or at + token > size:
            return None
        at += token
    length, at = varint(data, at, size)
    if length < 20 or at + length > size:
        return None
    return Long(number, kind, dcid, source, begin, at, at + length)


def client_keys(known: Version, dcid: bytes) -> Keys:
    """Keys of the client's Initials from the first Destination Connection ID."""
    initial = _Hmac(known.salt).digest(dcid)
    secret = _Hmac(_expand(_Hmac(initial), b"client in", 32))
    return Keys(
        _expand(secret, known.prefix + b"key", 16),
        _expand(secret, known.prefix + b"iv", 12),
        _expand(secret, known.prefix + b"hp", 16),
    )


class _Hmac:
    """HMAC-SHA256 under one key of up to 64 bytes (RFC 2104).

    By hand: OpenSSL looks its digest up anew for every ``hmac.digest``, which
    takes ten times as long as the four hashes themselves.
    """

    __slots__ = ("_inner", "_outer")
    _INNER = bytes(x ^ 0x36 for x in range(256))
    _OUTER = bytes(x ^ 0x5C for x in range(256))

    def __init__(self, key: bytes) -> None:
        block = key.ljust(64, b"\0")
        self._inner = hashlib.sha256(block.translate(self._INNER))
        self._outer = hashlib.sha256(block.translate(self._OUTER))

    def digest(self, message: bytes) -> bytes:
        """The 32 bytes of the code."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()


def _expand(secret: _Hmac, label: bytes, length: int) -> bytes:
    """HKDF-Expand-Label with an empty context (RFC 8446 7.1); length up to 32."""
    info = length.to_bytes(2, "big") + bytes([6 + len(label)]) + b"tls13 " + label + b"\0\1"
    return secret.digest(info)[:length]


def open_initial(data: bytes, packet: Long, keys: Keys) -> bytes | None:
    """The frames of an Initial; None if its tag does not fit."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    at = packet.number
    sample = data[at + 4 : at + 20]
    ecb = Cipher(algorithms.AES(keys.hp), modes.ECB()).encryptor()  # noqa: S305 - RFC 9001 5.4.3
    mask = ecb.update(sample)
    header, width = bare_header(data, packet.start, at, mask)
    number = int.from_bytes(header[-width:], "big")
    nonce = (int.from_bytes(keys.iv, "big") ^ number).to_bytes(12, "big")
    try:
        return AESGCM(keys.key).decrypt(nonce, data[at + width : packet.end], header)
    except InvalidTag:
        return None


def bare_header(data: bytes, start: int, at: int, mask: bytes) -> tuple[bytes, int]:
    """A packet's header without its protection, and the bytes of the number at its end.

    ``at`` is the offset of the number; RFC 9001 5.4.1.
    """
    first = data[start] ^ mask[0] & (0x0F if data[start] & 0x80 else 0x1F)
    width = (first & 3) + 1
    number = bytes(a ^ b for a, b in zip(data[at : at + width], mask[1:5], strict=False))
    return bytes([first]) + data[start + 1 : at] + number, width


def crypto_frames(frames: bytes, kind: int) -> list[tuple[int, bytes]]:
    """(offset, bytes) of each CRYPTO frame; reading ends at a frame an Initial may not have."""
    found: list[tuple[int, bytes]] = []
    at, size = 0, len(frames)
    for _ in range(FRAMES):
        if at < size and frames[at] == 0:  # PADDING
            at = size - len(frames[at:].lstrip(b"\0"))
        if at >= size:
            break
        sort = frames[at]
        at += 1
        if sort == kind:
            offset, at = varint(frames, at, size)
            length, at = varint(frames, at, size)
            if offset < 0 or length < 0 or at + length > size:
                break
            found.append((offset, frames[at : at + length]))
            at += length
        elif sort in (2, 3):
            at = acknowledgement(frames, at, size, sort == 3)
        elif sort != 1:  # PING
            break
    return found


def acknowledgement(frames: bytes, at: int, size: int, counted: bool) -> int:
    """The offset behind an ACK frame (RFC 9000 19.3)."""
    _, at = varint(frames, at, size)
    _, at = varint(frames, at, size)
    ranges, at = varint(frames, at, size)
    _, at = varint(frames, at, size)
    for _ in range(2 * min(max(ranges, 0), size) + 3 * counted):
        if at >= size:
            break
        _, at = varint(frames, at, size)
    return at
