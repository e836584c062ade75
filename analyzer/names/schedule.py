"""From a secret to the keys of packets and records: the key schedules of TLS and QUIC.

Sources: RFC 8446 7.1-7.3 (TLS 1.3), RFC 9001 5.1, 5.4, 6.1 (QUIC), RFC 9369 3.3.2
(QUIC version 2), RFC 5246 5, 6.3 (TLS 1.2). Pure functions; nothing here opens anything.
"""

from __future__ import annotations

import hmac
from typing import NamedTuple

GCM, CHACHA, CBC = "gcm", "chacha", "cbc"


class Suite(NamedTuple):
    """What a cipher suite says of keys. Sizes in bytes."""

    cipher: str  # GCM, CHACHA, CBC
    key: int
    digest: str  # of the key schedule, a name of hashlib
    mac: str = ""  # CBC: the digest of the records' codes


class Keys(NamedTuple):
    """Keys of one direction; ``hp`` protects QUIC's headers and is empty for TLS."""

    key: bytes
    iv: bytes
    hp: bytes = b""
    mac: bytes = b""  # CBC only


_AES_128, _AES_256 = Suite(GCM, 16, "sha256"), Suite(GCM, 32, "sha384")
_CHACHA = Suite(CHACHA, 32, "sha256")
_CBC_128, _CBC_256 = Suite(CBC, 16, "sha256", "sha1"), Suite(CBC, 32, "sha256", "sha1")

SUITES = {
    **{0x1301: _AES_128, 0x1302: _AES_256, 0x1303: _CHACHA},
    # TLS 1.2: RFC 5288, 5289, 7905
    **dict.fromkeys((0x9C, 0x9E, 0xA0, 0xA2, 0xA4, 0xC02B, 0xC02D, 0xC02F, 0xC031), _AES_128),
    **dict.fromkeys((0x9D, 0x9F, 0xA1, 0xA3, 0xA5, 0xC02C, 0xC02E, 0xC030, 0xC032), _AES_256),
    **dict.fromkeys((0xCCA8, 0xCCA9, 0xCCAA), _CHACHA),
    # RFC 5246 A.5, RFC 4492 6, RFC 5289 3.1
    **dict.fromkeys((0x2F, 0x30, 0x31, 0x32, 0x33, 0xC004, 0xC009, 0xC00E, 0xC013), _CBC_128),
    **dict.fromkeys((0x35, 0x36, 0x37, 0x38, 0x39, 0xC005, 0xC00A, 0xC00F, 0xC014), _CBC_256),
    **dict.fromkeys((0x3C, 0x3E, 0x3F, 0x40, 0x67, 0xC023, 0xC025, 0xC027, 0xC029),
                    Suite(CBC, 16, "sha256", "sha256")),
    **dict.fromkeys((0x3D, 0x68, 0x69, 0x6A, 0x6B), Suite(CBC, 32, "sha256", "sha256")),
    **dict.fromkeys((0xC024, 0xC026, 0xC028, 0xC02A), Suite(CBC, 32, "sha384", "sha384")),
}  # fmt: skip
"""Cipher suites that can be opened, by IANA number."""

_MAC_BYTES = {"": 0, "sha1": 20, "sha256": 32, "sha384": 48}


def expand_label(
    secret: bytes, label: bytes, length: int, digest: str, context: bytes = b""
) -> bytes:
    """HKDF-Expand-Label (RFC 8446 7.1); ``label`` without its "tls13 "."""
    label = b"tls13 " + label
    info = length.to_bytes(2, "big") + bytes([len(label)]) + label + bytes([len(context)]) + context
    out = block = b""
    for number in range(1, 256):  # RFC 5869 2.3
        if len(out) >= length:
            break
        block = hmac.digest(secret, block + info + bytes([number]), digest)
        out += block
    return out[:length]


def traffic_keys(secret: bytes, suite: Suite, prefix: bytes = b"") -> Keys:
    """Keys of a traffic secret (RFC 8446 7.3), with QUIC's ``prefix`` (RFC 9001 5.1, RFC 9369).

    ``prefix`` is b"" for TLS, b"quic " or b"quicv2 " for QUIC, which has a header key, too.
    """
    key = expand_label(secret, prefix + b"key", suite.key, suite.digest)
    iv = expand_label(secret, prefix + b"iv", 12, suite.digest)
    return Keys(
        key, iv, expand_label(secret, prefix + b"hp", suite.key, suite.digest) if prefix else b""
    )


def next_secret(secret: bytes, suite: Suite, label: bytes = b"traffic upd") -> bytes:
    """The secret after a key update (RFC 8446 7.2); ``label`` b"quic ku" or b"quicv2 ku" in QUIC.

    QUIC's header key stays that of the first secret (RFC 9001 6.1).
    """
    return expand_label(secret, label, len(secret), suite.digest)


def nonce(iv: bytes, number: int) -> bytes:
    """The nonce of a record or packet (RFC 8446 5.3, RFC 9001 5.3)."""
    return (int.from_bytes(iv, "big") ^ number).to_bytes(len(iv), "big")


def prf(secret: bytes, label: bytes, seed: bytes, length: int, digest: str) -> bytes:
    """TLS 1.2's pseudorandom function (RFC 5246 5)."""
    seed = label + seed
    out, step = b"", seed
    while len(out) < length:
        step = hmac.digest(secret, step, digest)
        out += hmac.digest(secret, step + seed, digest)
    return out[:length]


def key_block(
    master: bytes, client_random: bytes, server_random: bytes, suite: Suite
) -> tuple[Keys, Keys]:
    """Keys of TLS 1.2's client and server (RFC 5246 6.3).

    ``iv`` is the fixed part of the nonce: 4 bytes with GCM (RFC 5288 3), 12 with ChaCha20
    (RFC 7905 2), none with CBC, whose records bring theirs (RFC 5246 6.2.3.2).
    """
    mac, key, iv = _MAC_BYTES[suite.mac], suite.key, {GCM: 4, CHACHA: 12, CBC: 0}[suite.cipher]
    seed = server_random + client_random
    block = prf(master, b"key expansion", seed, 2 * (mac + key + iv), suite.digest)
    parts, at = [], 0
    for size in (mac, mac, key, key, iv, iv):
        parts.append(block[at : at + size])
        at += size
    return (
        Keys(parts[2], parts[4], mac=parts[0]),
        Keys(parts[3], parts[5], mac=parts[1]),
    )
