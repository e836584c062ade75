"""Whether the key in an X.509 certificate (RFC 5280) made the certificate's own signature.

Rules of this file
- Only what is shown is said: of weak (MD5, SHA-1) and unknown algorithms, keys that take
  long and any fault, nothing.
- ``cryptography`` is imported when the first such certificate is seen, not before.
"""

from __future__ import annotations

import warnings

from analyzer.names import der

KEY_BITS = 8_192
"""Bits of the longest RSA key that is tried: OpenSSL takes twice as much, and its time."""

_RSA, _ECDSA = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01", b"\x2a\x86\x48\xce\x3d\x04\x03"
_HASHES = {
    _RSA + b"\x0b": "SHA256", _RSA + b"\x0c": "SHA384", _RSA + b"\x0d": "SHA512",  # RFC 4055 5
    _ECDSA + b"\x02": "SHA256", _ECDSA + b"\x03": "SHA384", _ECDSA + b"\x04": "SHA512",  # 5758 3.2
}  # fmt: skip


def is_own(data: bytes) -> bool:
    """Whether a certificate's signature was shown to be made with the key it holds."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is old: it is not for the terminal
            return _is_own(data)
    except (der.DerError, InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False


def _is_own(data: bytes) -> bool:
    """As ``is_own``; raises where the signature is another's, or anything is odd."""
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    _, start, stop = der.element(data, 0, len(data))
    signed, algorithm, signature = der.elements(data, start, stop, 3)
    name = der.element(data, *algorithm[1:])
    key = load_der_public_key(_own_key(data, signed))
    made = data[signature[1] + 1 : signature[2]]  # behind the count of unused bits
    return _verified(key, data[name[1] : name[2]], made, data[start : signed[2]])


def _own_key(data: bytes, signed: der.Element) -> bytes:
    """The subject's public key with its algorithm, as DER."""
    parts = der.elements(data, *signed[1:], 8)
    place = 6 if parts and parts[0][0] == 0xA0 else 5  # the version is optional
    if len(parts) <= place:
        raise der.DerError("no key")
    return data[parts[place - 1][2] : parts[place][2]]


def _verified(key: object, algorithm: bytes, made: bytes, signed: bytes) -> bool:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa

    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        key.verify(made, signed)
        return True
    if algorithm not in _HASHES:
        return False
    digest = getattr(hashes, _HASHES[algorithm])()
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(made, signed, ec.ECDSA(digest))
        return True
    if isinstance(key, rsa.RSAPublicKey) and key.key_size <= KEY_BITS:
        key.verify(made, signed, padding.PKCS1v15(), digest)
        return True
    return False
