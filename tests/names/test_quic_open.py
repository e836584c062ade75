"""quic_open: packets with keys, against RFC 9001's vector and packets sealed here."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.names import quic_open, schedule
from analyzer.names.quic_open import Opener
from analyzer.names.schedule import SUITES

# RFC 9001 A.5, RFC 9369 A.5: a short header without a connection id, the frame PING
SECRET = bytes.fromhex("9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b")
PACKETS = {
    b"quic ": bytes.fromhex("4cfe4189655e5cd55c41f69080575d7999c25a5bfb"),
    b"quicv2 ": bytes.fromhex("5558b1c60ae7b6b932bc27d786f4bc2bb20f2162ba"),
}
NUMBER = 654_360_564

AES_128, AES_256, CHACHA = 0x1301, 0x1302, 0x1303
LENGTHS = {AES_128: 32, AES_256: 48, CHACHA: 32}


def sealed(
    suite: int, secret: bytes, number: int, frames: bytes,
    phase: int = 0, updates: int = 0, prefix: bytes = b"quic ",
) -> bytes:  # fmt: skip
    """A short-header packet with an empty connection id, as RFC 9001 5 seals it."""
    known = SUITES[suite]
    hp = schedule.traffic_keys(secret, known, prefix).hp
    for _ in range(updates):
        secret = schedule.next_secret(secret, known, prefix + b"ku")
    keys = schedule.traffic_keys(secret, known, prefix)
    header = bytes([0x43 | phase << 2]) + (number & 0xFFFFFFFF).to_bytes(4, "big")
    aead = ChaCha20Poly1305(keys.key) if suite == CHACHA else AESGCM(keys.key)
    body = aead.encrypt(schedule.nonce(keys.iv, number), frames, header)
    sample = body[:16]
    if suite == CHACHA:
        mask = Cipher(algorithms.ChaCha20(hp, sample), None).encryptor().update(bytes(5))
    else:
        mask = Cipher(algorithms.AES(hp), modes.ECB()).encryptor().update(sample)
    hidden = bytes(a ^ b for a, b in zip(header[1:], mask[1:5], strict=True))
    return bytes([header[0] ^ mask[0] & 0x1F]) + hidden + body


@pytest.mark.parametrize("prefix", PACKETS)
def test_the_short_header_of_the_rfcs(prefix: bytes) -> None:
    opener, packet = Opener(SECRET), PACKETS[prefix]
    opener._largest = NUMBER - 1
    assert opener.unseal(packet, 0, 1, len(packet)) == (NUMBER, b"\1")
    assert opener.suite == CHACHA


@pytest.mark.parametrize(
    ("cut", "bits", "largest", "number"),
    [
        (0x9B32, 16, 0xA82F30EA, 0xA82F9B32),  # RFC 9000 A.3
        (0, 8, -1, 0),
        (5, 8, -1, 5),
        (0, 8, 255, 256),
        (255, 8, 256, 255),
        (1, 8, 254, 257),
    ],
)
def test_packet_numbers(cut: int, bits: int, largest: int, number: int) -> None:
    assert quic_open._number(cut, bits, largest) == number


@pytest.mark.parametrize("suite", LENGTHS)
@pytest.mark.parametrize("prefix", [b"quic ", b"quicv2 "])
def test_the_suite_is_the_one_that_fits(suite: int, prefix: bytes) -> None:
    secret = bytes(range(LENGTHS[suite]))
    opener = Opener(secret)
    frames = b"\1" * 9
    assert opener.suite is None
    packet = sealed(suite, secret, 7, frames, prefix=prefix)
    assert opener.unseal(packet, 0, 1, len(packet)) == (7, frames)
    assert opener.suite == suite


@pytest.mark.parametrize("suite", LENGTHS)
def test_key_updates_and_packets_that_come_late(suite: int) -> None:
    secret = bytes(range(LENGTHS[suite]))
    opener = Opener(secret)
    # number, phase bit, updates: 11 and 12 come in the wrong order, as do 20 and 9
    sent = [(0, 0, 0), (12, 1, 1), (11, 1, 1), (9, 0, 0), (20, 0, 2), (13, 1, 1), (21, 0, 2)]
    for number, phase, updates in sent:
        packet = sealed(suite, secret, number, b"\1" * 8, phase, updates)
        assert opener.unseal(packet, 0, 1, len(packet)) == (number, b"\1" * 8), number


def test_an_update_before_the_first_packet() -> None:
    opener = Opener(bytes(32))
    for number, phase, updates in [(9, 1, 1), (3, 0, 0), (12, 0, 2)]:
        packet = sealed(CHACHA, bytes(32), number, b"\1" * 8, phase, updates)
        assert opener.unseal(packet, 0, 1, len(packet)) == (number, b"\1" * 8), number


def test_a_phase_turned_by_somebody_else_changes_nothing() -> None:
    secret = bytes(32)
    opener = Opener(secret)
    first = sealed(AES_128, secret, 0, b"\1" * 8)
    strange = sealed(AES_128, bytes(range(32)), 1, b"\1" * 8, 1)
    after = sealed(AES_128, secret, 2, b"\1" * 8)
    assert opener.unseal(first, 0, 1, len(first)) is not None
    assert opener.unseal(strange, 0, 1, len(strange)) is None
    assert opener.unseal(after, 0, 1, len(after)) is not None


@settings(max_examples=60)
@given(st.integers(0, 60), st.integers(1, 255), st.integers(0, 60))
def test_damage_opens_nothing(place: int, change: int, end: int) -> None:
    packet = bytearray(sealed(AES_128, bytes(32), 3, b"\1" * 40))
    packet[place % len(packet)] ^= change
    opener = Opener(bytes(32))
    assert opener.unseal(bytes(packet), 0, 1, len(packet)) is None
    assert opener.unseal(bytes(packet), 0, 1, min(end, len(packet))) is None
    assert opener._largest == -1
