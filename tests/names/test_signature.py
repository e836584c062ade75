"""A certificate is called self-signed only where its own key verifies its signature."""

from __future__ import annotations

import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from names_forge import certificate as forged

from analyzer.names import certificate, signature

BOX = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "box.example")])
SHA256 = hashes.SHA256()


def made(key, signer=None, digest=SHA256, pad=None) -> bytes:  # type: ignore[no-untyped-def]
    """A certificate in which issuer and subject are the same."""
    begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(BOX)
        .issuer_name(BOX)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=366))
        .sign(signer or key, digest, rsa_padding=pad)
    )
    return built.public_bytes(serialization.Encoding.DER)


RSA = rsa.generate_private_key(65_537, 2_048)
CURVE = ec.generate_private_key(ec.SECP384R1())
WHOLE = made(CURVE)


@pytest.mark.parametrize(
    ("key", "digest"),
    [
        (RSA, SHA256),
        (RSA, hashes.SHA384()),
        (RSA, hashes.SHA512()),
        (CURVE, SHA256),
        (CURVE, hashes.SHA512()),
        (ed25519.Ed25519PrivateKey.generate(), None),
        (ed448.Ed448PrivateKey.generate(), None),
    ],
    ids=["rsa-256", "rsa-384", "rsa-512", "curve-256", "curve-512", "ed25519", "ed448"],
)
def test_its_own_key_is_shown(key: object, digest: object) -> None:
    seen = certificate.parse(made(key, None, digest))
    assert seen is not None
    assert (seen.common_name, seen.self_signed) == ("box.example", True)


@pytest.mark.parametrize(
    ("key", "signer", "digest", "pad"),
    [
        (RSA, rsa.generate_private_key(65_537, 2_048), SHA256, None),
        (CURVE, ec.generate_private_key(ec.SECP384R1()), SHA256, None),
        (RSA, CURVE, SHA256, None),
        (ed25519.Ed25519PrivateKey.generate(), ed25519.Ed25519PrivateKey.generate(), None, None),
        (dsa.generate_private_key(1_024), None, SHA256, None),
        (RSA, None, SHA256, padding.PSS(padding.MGF1(SHA256), 32)),
        (RSA, None, hashes.SHA224(), None),
    ],
    ids=["another-rsa", "another-curve", "other-kind", "another-edwards", "dsa", "pss", "short"],
)
def test_another_key_or_an_algorithm_that_is_not_checked_shows_nothing(
    key: object, signer: object, digest: object, pad: object
) -> None:
    seen = certificate.parse(made(key, signer, digest, pad))
    assert seen is not None
    assert seen.self_signed is None


def test_an_issuer_of_another_name_is_none_and_costs_no_check() -> None:
    leaf, _ = forged(("a.example",), "a.example", "Example CA")
    seen = certificate.parse(leaf)
    assert seen is not None
    assert seen.self_signed is False


def test_a_long_key_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature, "KEY_BITS", 2_047)
    assert not signature.is_own(made(RSA))


def test_any_change_of_what_was_signed_shows(recwarn: pytest.WarningsRecorder) -> None:
    assert signature.is_own(WHOLE)
    for place in range(4, len(WHOLE) - 140, 7):
        assert not signature.is_own(WHOLE[:place] + bytes([WHOLE[place] ^ 1]) + WHOLE[place + 1 :])
    for cut in range(len(WHOLE)):
        assert not signature.is_own(WHOLE[:cut])
    assert not recwarn.list


@given(st.binary(max_size=80), st.integers(0, 500), st.integers(0, 8))
def test_no_bytes_raise(noise: bytes, place: int, gone: int) -> None:
    signature.is_own(noise)
    signature.is_own(WHOLE[:place] + noise + WHOLE[place + gone :])
