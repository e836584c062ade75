"""Opens TLS records with their keys: the AEADs of TLS 1.2 and 1.3, and CBC with a code.

Rules of this file
- What does not verify is never given out, not even in part.
- ``cryptography`` is imported when the first keys are at hand, not before.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Protocol, TypeAlias

from analyzer.names import schedule
from analyzer.names.schedule import Keys, Suite

Open: TypeAlias = "Callable[[int, bytes, bytes], bytes | None]"
"""A record's number, its header of five bytes and its body -> what is inside; None: not ours."""

_TAG = 16
_BLOCK = 16  # bytes of AES, and of the random first block of each record
_CODES = {"sha1": 20, "sha256": 32, "sha384": 48}


class Aead(Protocol):
    """What opens and verifies in one step (RFC 5116)."""

    def decrypt(self, nonce: bytes, data: bytes, header: bytes, /) -> bytes:
        """The plain text; raises InvalidTag."""


def aead(suite: Suite, key: bytes) -> Aead:
    """The cipher of a suite that is not CBC, for records of TLS and packets of QUIC."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

    return ChaCha20Poly1305(key) if suite.cipher == schedule.CHACHA else AESGCM(key)


def opener(suite: Suite, keys: Keys, is_13: bool, code_last: bool = False) -> Open:
    """What opens the records of one direction; ``code_last``: encrypt-then-MAC (RFC 7366)."""
    if suite.cipher == schedule.CBC:
        return _cbc(suite, keys, code_last)
    return _aead(suite, keys, is_13)


def _aead(suite: Suite, keys: Keys, is_13: bool) -> Open:
    """RFC 8446 5.2; in TLS 1.2 RFC 5246 6.2.3.3 with the nonces of RFC 5288 3 and RFC 7905 2."""
    from cryptography.exceptions import InvalidTag

    cipher = aead(suite, keys.key)
    sent = 8 if suite.cipher == schedule.GCM and not is_13 else 0  # bytes of the nonce in records

    def open_record(number: int, header: bytes, body: bytes) -> bytes | None:
        size = len(body) - sent - _TAG
        if size < 0:
            return None
        nonce = keys.iv + body[:sent] if sent else schedule.nonce(keys.iv, number)
        known = header if is_13 else _numbered(number, header, size)
        try:
            return cipher.decrypt(nonce, body[sent:], known)
        except InvalidTag:
            return None

    return open_record


def _cbc(suite: Suite, keys: Keys, code_last: bool) -> Open:
    """RFC 5246 6.2.3.2: the code is of what is inside; by RFC 7366 of what is encrypted."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    size = _CODES[suite.mac]

    def decrypted(body: bytes) -> bytes:
        mode = modes.CBC(body[:_BLOCK])
        return Cipher(algorithms.AES(keys.key), mode).decryptor().update(body[_BLOCK:])

    def holds(number: int, header: bytes, text: bytes, code: bytes) -> bool:
        whole = _numbered(number, header, len(text)) + text
        return hmac.compare_digest(hmac.digest(keys.mac, whole, suite.mac), code)

    def open_record(number: int, header: bytes, body: bytes) -> bytes | None:
        code = body[-size:] if code_last else b""
        body = body[: len(body) - len(code)]
        if len(body) < 2 * _BLOCK or len(body) % _BLOCK:
            return None
        if code_last and not holds(number, header, body, code):
            return None
        plain = _unpadded(decrypted(body))
        if code_last or plain is None:
            return plain
        text, code = plain[:-size], plain[-size:]
        return text if len(code) == size and holds(number, header, text, code) else None

    return open_record


def _numbered(number: int, header: bytes, size: int) -> bytes:
    """What a code covers beside the text: number, type, version, length."""
    return number.to_bytes(8, "big") + header[:3] + size.to_bytes(2, "big")


def _unpadded(plain: bytes) -> bytes | None:
    """Without its padding, each byte of which says how long it is; None: it is none."""
    size = plain[-1] + 1
    if size > len(plain) or plain[-size:] != plain[-1:] * size:
        return None
    return plain[:-size]
