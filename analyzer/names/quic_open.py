"""Opens QUIC packets with a secret that was logged (RFC 9001 5 and 6, RFC 9000 17.1, A.3).

Rules of this file
- Which cipher suite and version a secret is for need not be seen: those whose tag fits.
- A packet that does not open changes nothing: not the numbers, not the keys.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from analyzer.names import schedule
from analyzer.names.quic_packet import bare_header
from analyzer.names.schedule import SUITES, Suite
from analyzer.names.sealed import Aead, aead

_SUITES = {32: (0x1301, 0x1303), 48: (0x1302,)}  # by length of the secret
_PREFIXES = (b"quic ", b"quicv2 ")  # of labels: RFC 9001 5.1, RFC 9369 3.3.2
_PHASE = 0x04  # of a short header's first byte
_SAMPLE = 16

Mask: TypeAlias = "Callable[[bytes], bytes]"  # a sample to five bytes or more


class Opened(NamedTuple):
    """What was inside a packet."""

    number: int
    frames: bytes


class _Keys(NamedTuple):
    """One key phase of one direction."""

    suite: int
    prefix: bytes
    secret: bytes
    iv: bytes
    aead: Aead
    mask: Mask


class Opener:
    """Packets of one direction at one level of encryption; ``suite`` once it is known."""

    __slots__ = ("_before", "_keys", "_largest", "_next", "_phase", "_tries", "_turned")

    def __init__(self, secret: bytes) -> None:
        self._tries = [
            _keys(number, prefix, secret) for prefix in _PREFIXES for number in _SUITES[len(secret)]
        ]
        self._keys: _Keys | None = None
        self._before: _Keys | None = None  # of the phase before
        self._next: _Keys | None = None
        self._phase = 0
        self._turned = 0  # number of the first packet of this phase
        self._largest = -1

    @property
    def suite(self) -> int | None:
        """IANA number of the cipher suite, once a packet was opened."""
        return self._keys.suite if self._keys else None

    def unseal(self, data: bytes, start: int, at: int, end: int) -> Opened | None:
        """The packet from ``start`` to ``end`` whose number is at ``at``; None: not ours."""
        if end - at < 4 + _SAMPLE:
            return None
        for last in (self._keys,) if self._keys else self._tries:
            header, width = bare_header(data, start, at, last.mask(data[at + 4 : at + 20]))
            number = _number(int.from_bytes(header[-width:], "big"), 8 * width, self._largest)
            keys = self._of_phase(header[0], number, last)
            frames = _decrypt(keys, number, data[at + width : end], header)
            if frames is not None:
                self._settle(keys, last, number)
                return Opened(number, frames)
        return None

    def _of_phase(self, first: int, number: int, last: _Keys) -> _Keys:
        """The keys of a packet's phase, where ``last`` are the latest (RFC 9001 6.3)."""
        if first & 0x80 or (first & _PHASE != 0) == (self._phase != 0):
            return last
        if self._before is not None and number < self._turned:
            return self._before
        if self._next is None or self._next.mask is not last.mask:
            self._next = _updated(last)
        return self._next

    def _settle(self, keys: _Keys, last: _Keys, number: int) -> None:
        """A packet was opened: so these are the keys, and this is its number."""
        self._largest = max(self._largest, number)
        if keys is self._next:
            self._before, self._next = last, None
            self._keys, self._phase, self._turned = keys, 1 - self._phase, number
        elif keys is last:
            self._keys, self._turned = keys, min(self._turned, number)
        self._tries = []


def _keys(number: int, prefix: bytes, secret: bytes, mask: Mask | None = None) -> _Keys:
    """Keys of a secret; ``mask`` that of the first phase, which all later ones keep."""
    suite = SUITES[number]
    made = schedule.traffic_keys(secret, suite, prefix)
    mask = mask or _mask(suite, made.hp)
    return _Keys(number, prefix, secret, made.iv, aead(suite, made.key), mask)


def _updated(keys: _Keys) -> _Keys:
    """The keys of the next phase (RFC 9001 6.1)."""
    secret = schedule.next_secret(keys.secret, SUITES[keys.suite], keys.prefix + b"ku")
    return _keys(keys.suite, keys.prefix, secret, keys.mask)


def _mask(suite: Suite, key: bytes) -> Mask:
    """Header protection (RFC 9001 5.4.3, 5.4.4: the sample is ChaCha20's counter and nonce)."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    if suite.cipher != schedule.CHACHA:
        return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update  # noqa: S305
    return lambda sample: (
        Cipher(algorithms.ChaCha20(key, sample), None).encryptor().update(bytes(5))
    )


def _decrypt(keys: _Keys, number: int, sealed: bytes, header: bytes) -> bytes | None:
    from cryptography.exceptions import InvalidTag

    try:
        return keys.aead.decrypt(schedule.nonce(keys.iv, number), sealed, header)
    except InvalidTag:
        return None


def _number(cut: int, bits: int, largest: int) -> int:
    """A packet number of which the last bits were sent (RFC 9000 A.3)."""
    window = 1 << bits
    awaited = largest + 1
    number = awaited & -window | cut
    if number <= awaited - window // 2 and number < (1 << 62) - window:
        return number + window
    if number > awaited + window // 2 and number >= window:
        return number - window
    return number
