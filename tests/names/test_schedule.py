"""Key schedules, against the vectors of their RFCs."""

from __future__ import annotations

import pytest

from analyzer.names import schedule
from analyzer.names.ciphers import NAMES
from analyzer.names.schedule import SUITES

AES, CHACHA = SUITES[0x1301], SUITES[0x1303]
RFC_8448 = {  # section 3: secret, key, iv
    "client handshake": (
        "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21",
        "dbfaa693d1762c5b666af5d950258d01", "5bd3c71b836e0b76bb73265f",
    ),
    "server handshake": (
        "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38",
        "3fce516009c21727d0f2e4e86ee403bc", "5d313eb2671276ee13000b30",
    ),
    "server application": (
        "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643",
        "9f02283b6c9c07efc26bb9f2ac92e356", "cf782b88dd83549aadf1e984",
    ),
}  # fmt: skip
SECRET = "9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b"
QUIC = {  # RFC 9001 A.5, RFC 9369 A.5: key, iv, hp, secret after the update
    b"quic ": (
        "c6d98ff3441c3fe1b2182094f69caa2ed4b716b65488960a7a984979fb23e1c8",
        "e0459b3474bdd0e44a41c144",
        "25a282b9e82f06f21f488917a4fc8f1b73573685608597d0efcb076b0ab7a7a4",
        "1223504755036d556342ee9361d253421a826c9ecdf3c7148684b36b714881f9",
    ),
    b"quicv2 ": (
        "3bfcddd72bcf02541d7fa0dd1f5f9eeea817e09a6963a0e6c7df0f9a1bab90f2",
        "a6b5bc6ab7dafce30ffff5dd",
        "d659760d2ba434a226fd37b35c69e2da8211d10c4f12538787d65645d5d1b8e2",
        "c69374c49e3d2a9466fa689e49d476db5d0dfbc87d32ceeaa6343fd0ae4c7d88",
    ),
}


@pytest.mark.parametrize("which", RFC_8448)
def test_tls_13(which: str) -> None:
    secret, key, iv = (bytes.fromhex(text) for text in RFC_8448[which])
    assert schedule.traffic_keys(secret, AES) == (key, iv, b"", b"")


@pytest.mark.parametrize("prefix", QUIC)
def test_quic(prefix: bytes) -> None:
    key, iv, hp, updated = (bytes.fromhex(text) for text in QUIC[prefix])
    secret = bytes.fromhex(SECRET)
    assert schedule.traffic_keys(secret, CHACHA, prefix) == (key, iv, hp, b"")
    assert schedule.next_secret(secret, CHACHA, prefix + b"ku") == updated


def test_quic_initial() -> None:
    secret = "c00cf151ca5be075ed0ebfb5c80323c42d6b7db67881289af4008f1f6c357aea"  # RFC 9001 A.1
    assert schedule.traffic_keys(bytes.fromhex(secret), AES, b"quic ") == (
        bytes.fromhex("1f369613dd76d5467730efcbe3b1a22d"),
        bytes.fromhex("fa044b2f42a3fd3b46fb255c"),
        bytes.fromhex("9f50449e04a0e810283a1e9933adedd2"),
        b"",
    )


def test_a_label_longer_than_one_hash() -> None:
    long = schedule.expand_label(b"s" * 32, b"x", 100, "sha256")
    assert len(long) == 100
    assert long[:32] != long[32:64]


def test_nonce() -> None:
    assert schedule.nonce(bytes(12), 0x0102) == bytes(10) + b"\1\2"
    assert schedule.nonce(b"\xff" * 12, 1) == b"\xff" * 11 + b"\xfe"


def test_prf_of_tls_12() -> None:
    """The vector of the TLS working group for SHA-256 (tls-prf, 2009)."""
    out = schedule.prf(
        bytes.fromhex("9bbe436ba940f017b17652849a71db35"),
        b"test label",
        bytes.fromhex("a0ba9f936cda311827a6f796ffd5198c"),
        100,
        "sha256",
    )
    assert out.hex() == (
        "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9"
        "c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789ba"
        "a48082d122ee42c5a72e5a5110fff70187347b66"
    )


def test_a_key_block_is_cut_in_the_order_of_the_rfc() -> None:
    suite = SUITES[0xC027]
    block = schedule.prf(b"m" * 48, b"key expansion", b"s" * 32 + b"c" * 32, 96, "sha256")
    client, server = schedule.key_block(b"m" * 48, b"c" * 32, b"s" * 32, suite)
    assert (client.mac, server.mac) == (block[:32], block[32:64])
    assert (client.key, server.key) == (block[64:80], block[80:96])
    assert (client.iv, server.iv) == (b"", b"")


def test_suites_say_what_their_names_say() -> None:
    for number, suite in SUITES.items():
        name = NAMES[number]
        assert suite.key == (16 if "AES_128" in name else 32)
        assert suite.digest == ("sha384" if name.endswith("SHA384") else "sha256")
        mark = {"gcm": "_GCM_", "chacha": "_CHACHA20_", "cbc": "_CBC_"}[suite.cipher]
        assert mark in name
        if suite.mac:
            mac = {"SHA": "sha1", "SHA256": "sha256", "SHA384": "sha384"}[name.rsplit("_", 1)[1]]
            assert suite.mac == mac
