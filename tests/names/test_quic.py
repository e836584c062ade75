"""quic: names out of Initials, against the RFCs' vectors and an independent client."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from names_forge import (
    crypto,
    extension,
    finished,
    handmade_hello,
    handshake,
    open_talk,
    protect,
    sni,
)  # fmt: skip

from analyzer.model import WhyNoName
from analyzer.names import gquic, quic_packet, quic_versions
from analyzer.names.quic import Pieces

DCID = bytes.fromhex("8394c8f03e515708")
RFC_FRAMES = bytes.fromhex(
    "060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e868"
    "04fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578"
    "616d706c652e636f6dff01000100000a00080006001d00170018001000070005"
    "04616c706e000500050100000000003300260024001d00209370b2c9caa47fba"
    "baf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b000302030400"
    "0d0010000e0403050306030203080408050806002d00020101001c0002400100"
    "3900320408ffffffffffffffff05048000ffff07048000ffff08011001048000"
    "75300901100f088394c8f03e51570806048000ffff"
)
HELLO = handshake(1, handmade_hello(sni(b"quic.example.org") + extension(16, b"\0\3\2h3")))
V1, V2 = 1, 0x6B3343CF


@pytest.mark.parametrize(
    ("version", "key", "iv", "hp"),
    [  # RFC 9001 A.1 and RFC 9369 A.1
        (V1, "1f369613dd76d5467730efcbe3b1a22d", "fa044b2f42a3fd3b46fb255c",
         "9f50449e04a0e810283a1e9933adedd2"),
        (V2, "8b1a0bc121284290a29e0971b5cd045d", "91f73e2351d8fa91660e909f",
         "45b95e15235d6f45a6b19cbcb0294ba9"),
    ],
)  # fmt: skip
def test_initial_keys(version: int, key: str, iv: str, hp: str) -> None:
    (known,) = quic_versions.versions(version)
    keys = quic_packet.client_keys(known, DCID)
    assert [part.hex() for part in keys] == [key, iv, hp]


def test_the_client_initial_of_rfc_9001() -> None:
    packet = protect(RFC_FRAMES, DCID, V1, number=2)
    # first and last bytes as printed in RFC 9001 A.2: the tag covers all between
    assert packet.hex().startswith(
        "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11"
    )
    assert packet.hex().endswith("e221af44860018ab0856972e194cd934")
    talk = open_talk("udp")
    talk.datagram(0, packet, 3, 30, False)
    done = finished(talk)
    assert (done.name, done.name_source, done.name_frame) == ("example.com", "quic_sni", 3)
    assert (done.app_protocol, done.encrypted) == ("quic", "yes")
    assert done.tls is not None
    assert (done.tls.version, done.tls.alpn) == ("TLS 1.3", ("alpn",))
    assert done.tls.ja4 is not None
    assert done.tls.ja4.startswith("q13d")
    assert talk.wants == [0, 0]


def test_the_client_initial_of_rfc_9369() -> None:
    packet = protect(RFC_FRAMES, DCID, V2, number=2)
    assert packet.hex().startswith(
        "d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485"
    )
    talk = open_talk("udp")
    talk.datagram(0, packet, 1, 1, False)
    assert talk.name == "example.com"


@pytest.mark.parametrize("version", [V1, V2])
def test_an_independent_client(version: int) -> None:
    from aioquic.quic.configuration import QuicConfiguration
    from aioquic.quic.connection import QuicConnection

    configuration = QuicConfiguration(
        is_client=True, server_name="sample.example.net", alpn_protocols=["h3"],
        supported_versions=[version], original_version=version,
    )  # fmt: skip
    client = QuicConnection(configuration=configuration)
    client.connect(("203.0.113.80", 443), now=0.0)
    talk = open_talk("udp")
    for data, _ in client.datagrams_to_send(now=0.0):
        talk.datagram(0, data, 1, 1, False)
    done = finished(talk)
    assert done.name == "sample.example.net"
    assert done.tls is not None
    assert done.tls.alpn == ("h3",)


@pytest.mark.parametrize(
    "version",
    [V1, V2, 0x709A50C4, 0xFACEB001, 0xFACEB002, 0xFACEB00E]
    + [0xFF000000 | draft for draft in range(23, 35)],
)
def test_every_version_with_a_salt(version: int) -> None:
    talk = open_talk("udp")
    talk.datagram(0, protect(crypto(0, HELLO), DCID, version), 1, 1, False)
    assert talk.name == "quic.example.org"


@pytest.mark.parametrize("version", [0x54303530, 0x54303531])
def test_google_s_first_tls_versions_number_frames_differently(version: int) -> None:
    talk = open_talk("udp")
    frame = b"\x08" + crypto(0, HELLO)[1:]
    talk.datagram(0, protect(frame, DCID, version), 1, 1, False)
    assert talk.name == "quic.example.org"


@pytest.mark.parametrize("way", [0, 1])
def test_a_reserved_version_has_the_salt_of_the_client_s_own(way: int) -> None:
    talk = open_talk("udp")
    talk.datagram(0, protect(crypto(0, HELLO), DCID, 0x1ADABAFA, way=way), 1, 1, False)
    assert talk.name == "quic.example.org"
    assert "quic_bad_tag" not in talk.heard.anomalies


def test_an_unknown_version_is_left_alone() -> None:
    assert quic_versions.versions(0x1ADABAFB) == ()


def test_frames_in_any_order_over_several_datagrams() -> None:
    parts = [HELLO[:20], HELLO[15:60], HELLO[60:]]
    first = crypto(60, parts[2]) + b"\1" + crypto(15, parts[1])
    second = b"\2\0\0\0\0" + crypto(0, parts[0])
    talk = open_talk("udp")
    talk.datagram(0, protect(first, DCID, V1, 1), 1, 1, False)
    assert talk.name is None
    assert talk.wants[0] > 1
    talk.datagram(0, protect(second, DCID, V1, 2), 2, 2, False)
    assert (talk.name, talk.name_frame) == ("quic.example.org", 2)


def test_coalesced_initials() -> None:
    data = protect(crypto(0, HELLO[:30]), DCID, V1, 0, 40)
    data += protect(crypto(30, HELLO[30:]), DCID, V1, 1, 40)
    talk = open_talk("udp")
    talk.datagram(0, data, 1, 1, False)
    assert talk.name == "quic.example.org"


def test_after_a_retry_the_keys_change() -> None:
    talk = open_talk("udp")
    talk.datagram(0, protect(crypto(0, HELLO[:30]), DCID, V1), 1, 1, False)
    talk.datagram(0, protect(crypto(0, HELLO), b"\xaa" * 8, V1, 1), 2, 2, False)
    assert talk.name == "quic.example.org"


def test_a_wrong_tag_is_counted_and_skipped() -> None:
    packet = bytearray(protect(crypto(0, HELLO), DCID, V1))
    packet[-1] ^= 1
    talk = open_talk("udp")
    talk.datagram(0, bytes(packet), 7, 1, False)
    assert talk.heard.anomalies["quic_bad_tag"].first_frame == 7
    talk.datagram(0, protect(crypto(0, HELLO), DCID, V1), 8, 1, False)
    assert talk.name == "quic.example.org"


def test_half_a_hello_still_gives_its_name() -> None:
    talk = open_talk("udp")
    talk.datagram(0, protect(crypto(0, HELLO[:-3]), DCID, V1), 1, 1, False)
    done = finished(talk)
    assert done.name == "quic.example.org"
    assert done.tls is not None
    assert done.tls.ja4 is None


def test_a_missing_middle_is_a_gap() -> None:
    talk = open_talk("udp")
    talk.datagram(0, protect(crypto(10, HELLO[10:]), DCID, V1), 1, 1, False)
    assert finished(talk).why_no_name is WhyNoName.GAP


def test_version_negotiation_and_unknown_versions() -> None:
    talk = open_talk("udp")
    negotiation = b"\x80\0\0\0\0\x08" + bytes(8) + b"\x08" + bytes(8) + struct.pack(">I", 1)
    for data in (negotiation, b"\xc0\x12\x34\x56\x78\x08" + bytes(1_200)):
        talk.datagram(0, data, 1, 1, False)
    assert finished(talk).name is None


def _chlo(tags: dict[bytes, bytes]) -> bytes:
    head, values, end = b"", b"", 0
    for tag, value in tags.items():
        end += len(value)
        head += tag.ljust(4, b"\0") + struct.pack("<I", end)
        values += value
    return b"CHLO" + struct.pack("<HH", len(tags), 0) + head + values


CHLO = _chlo({b"PAD": b"--", b"SNI": b"video.example.org",
              b"UAID": b"com.example.app.video Cronet/9"})  # fmt: skip


@pytest.mark.parametrize(
    "head",
    [
        b"\x0d" + bytes(8) + b"Q025\1" + bytes(12) + b"\x80\1",
        b"\x09" + bytes(8) + b"Q043\1" + bytes(12) + b"\xa0\1",
        b"\xc3Q046\x50" + bytes(8) + bytes(4) + bytes(12) + b"\xa0\1",
    ],
)
def test_google_quic_in_clear(head: bytes) -> None:
    talk = open_talk("udp")
    talk.datagram(0, head + CHLO, 1, 1, False)
    done = finished(talk)
    assert (done.name, done.name_source) == ("video.example.org", "quic_sni")
    assert (done.app_protocol, done.app) == ("gquic", "com.example.app.video")
    assert done.user_agent == "com.example.app.video Cronet/9"


def test_google_quic_050() -> None:
    talk = open_talk("udp")
    talk.datagram(0, protect(b"\x08\0\x40\x80" + CHLO, DCID, 0x51303530), 1, 1, False)
    assert talk.name == "video.example.org"


@pytest.mark.parametrize(
    ("agent", "app"),
    [
        ("com.a.b Cronet/1", "com.a.b"),
        ("Chrome/90.0.1.2 Linux", None),
        ("beta x", None),
        ("", None),
    ],
)
def test_package(agent: str, app: str | None) -> None:
    assert gquic.package(agent) == app


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=30))
def test_pieces_equal_the_stream(cuts: list[tuple[int, int]]) -> None:
    stream = bytes(range(64))
    pieces, covered = Pieces(), set[int]()
    for start, length in cuts:
        pieces.add(start, stream[start : start + length])
        covered.update(range(start, min(64, start + length)))
    joined = pieces.joined()
    assert joined == stream[: len(joined)]
    first_hole = next(i for i in range(65) if i not in covered)
    assert len(joined) == first_hole


@settings(max_examples=80)
@given(st.integers(0, 1_199), st.integers(0, 255), st.integers(1, 1_200))
def test_mutations(place: int, value: int, cut: int) -> None:
    packet = bytearray(protect(crypto(0, HELLO), DCID, V1))
    packet[place] = value
    talk = open_talk("udp")
    talk.datagram(0, bytes(packet[:cut]), 1, 1, True)
    talk.datagram(0, bytes(packet), 1, 1, False)
    finished(talk)
    assert "parser_fault" not in talk.heard.anomalies


@given(st.binary(max_size=400))
def test_any_frames(data: bytes) -> None:
    quic_packet.crypto_frames(data, 6)
    quic_packet.long_packets(data)
    gquic.client_hello(b"CHLO" + data)
