"""IPv4 and IPv6 headers that lie, and chains of extension headers."""

from __future__ import annotations

import struct
from ipaddress import ip_address
from pathlib import Path

import pytest

from tests.capture.forge import (
    NS,
    PHONE,
    PHONE6,
    SERVER,
    SERVER6,
    counts,
    ends,
    ethernet,
    heard,
    ip,
    ip6,
    odd,
    pcap,
    pcap_header,
    read,
    record,
    tcp,
    udp,
)

UDP4 = ("udp", PHONE, 40_000, SERVER, 9_999)
UDP6 = ("udp", PHONE6, 40_000, SERVER6, 9_999)


@pytest.mark.parametrize("words", range(5))
def test_a_header_shorter_than_any(words: int, tmp_path: Path) -> None:
    recording = read(pcap(ip(udp(), first=0x40 | words), link=228), folder=tmp_path)
    assert counts(recording) == (0, 0, 1)
    assert odd(recording) == {"bad_header": 1}


@pytest.mark.parametrize("words", range(5, 16))
def test_options_are_stepped_over(words: int, tmp_path: Path) -> None:
    data = ip(udp(), first=0x40 | words, options=b"\x01" * (4 * words - 20))
    recording = read(pcap(data, link=228), folder=tmp_path)
    assert ends(recording.flows[0]) == UDP4


@pytest.mark.parametrize("words", [6, 15])
def test_a_header_longer_than_the_packet(words: int, tmp_path: Path) -> None:
    recording = read(pcap(ip(b"", first=0x40 | words), link=228), folder=tmp_path)
    assert odd(recording) == {"cut_header": 1}


@pytest.mark.parametrize("version", [v for v in range(16) if v != 4])
def test_another_version_under_the_type_of_ipv4(version: int, tmp_path: Path) -> None:
    data = ethernet(ip(udp(), first=version << 4 | 5), 0x0800)
    assert odd(read(pcap(data), folder=tmp_path)) == {"bad_header": 1}
    data = ethernet(bytes([version << 4]) + ip6(udp())[1:], 0x86DD)
    recording = read(pcap(data), folder=tmp_path)
    assert odd(recording) == ({} if version == 6 else {"bad_header": 1})


@pytest.mark.parametrize("whole", [1, 19])
def test_a_total_length_shorter_than_the_header(whole: int, tmp_path: Path) -> None:
    recording = read(pcap(ip(udp(), whole=whole), link=228), folder=tmp_path)
    assert counts(recording) == (0, 0, 1)
    assert odd(recording) == {"bad_header": 1}


@pytest.mark.parametrize(("whole", "payload"), [(20, 0), (24, 0), (28, 0), (30, 2), (33, 5)])
def test_a_total_length_shorter_than_the_packet(whole: int, payload: int, tmp_path: Path) -> None:
    recording = read(pcap(ip(udp(), whole=whole), link=228), folder=tmp_path)
    assert counts(recording) == (1, 0, 0)
    assert recording.flows[0].payload_up == payload
    assert recording.flows[0].client_port == (40_000 if whole >= 24 else None)
    spoken = b"".join(heard(recording)) if recording.listeners else b""
    assert spoken == b"hello"[:payload]


def test_padding_is_no_payload(tmp_path: Path) -> None:
    short = ethernet(ip(tcp(0x18, 1, 1, b"ab"), 6)) + b"PADPADPAD"
    recording = read(pcap(short, ethernet(ip6(udp(b"cd"))) + b"PAD"), folder=tmp_path)
    assert [flow.payload_up for flow in recording.flows] == [2, 2]
    assert heard(recording)[0] == b"ab"
    assert heard(recording, 2)[0] == b"cd"


@pytest.mark.parametrize("whole", [34, 1_000, 0xFFFF])
def test_a_total_length_longer_than_the_packet(whole: int, tmp_path: Path) -> None:
    recording = read(pcap(ip(udp(), whole=whole), link=228), folder=tmp_path)
    [flow] = recording.flows
    assert (flow.payload_up, flow.bytes_up) == (5, 33)
    assert heard(recording)[0] == b"hello"


def test_no_total_length_at_all(tmp_path: Path) -> None:
    """Segmentation left to the network card: the frame says how long it is."""
    big = ip(tcp(0x18, 1, 1, bytes(70_000)), 6, whole=0)
    recording = read(pcap(big, link=228), folder=tmp_path)
    assert recording.flows[0].payload_up == 70_000
    jumbo = ip6(tcp(0x18, 1, 1, bytes(80_000)), 6, whole=0)
    recording = read(pcap(jumbo, link=229), folder=tmp_path)
    assert recording.flows[0].payload_up == 80_000
    option = b"\x06\0\xc2\4" + struct.pack("!I", 70_028)
    jumbo = ip6(option + tcp(0x18, 1, 1, bytes(70_000)), 0, whole=0)  # RFC 2675
    recording = read(pcap(jumbo, link=229), folder=tmp_path)
    assert recording.flows[0].payload_up == 70_000


@pytest.mark.parametrize(("length", "payload"), [(0, 5), (1, 5), (7, 5), (8, 0), (10, 2), (99, 5)])
def test_udp_lengths_that_lie(length: int, payload: int, tmp_path: Path) -> None:
    body = udp()[:4] + struct.pack("!H", length) + udp()[6:]
    recording = read(pcap(ip(body), link=228), folder=tmp_path)
    assert recording.flows[0].payload_up == payload


@pytest.mark.parametrize("offset", range(16))
def test_tcp_offsets_that_lie(offset: int, tmp_path: Path) -> None:
    body = bytearray(tcp(0x18, 1, 1, b"z" * 20))
    body[12] = offset << 4
    recording = read(pcap(ip(bytes(body), 6), link=228), folder=tmp_path)
    assert counts(recording) == (1, 0, 0)
    [flow] = recording.flows
    good = 5 <= offset <= 10
    assert flow.payload_up == (40 - 4 * offset if good else 0)
    assert odd(recording) == ({} if good else {"bad_header": 1})


def chain(length: int, kind: int = 60, last: int = 17) -> bytes:
    """Extension headers of eight bytes, one after the other."""
    kinds = [kind] * (length - 1) + [last]
    return b"".join(bytes([nh, 0]) + bytes(6) for nh in kinds)


@pytest.mark.parametrize("length", [1, 2, 24])
def test_extension_headers_are_stepped_over(length: int, tmp_path: Path) -> None:
    recording = read(pcap(ip6(chain(length) + udp(), 60), link=229), folder=tmp_path)
    assert ends(recording.flows[0]) == UDP6
    assert odd(recording) == {}


@pytest.mark.parametrize("length", [25, 100, 8_000])
@pytest.mark.parametrize("kind", [0, 43, 60, 135, 139, 140])
def test_a_chain_without_end(length: int, kind: int, tmp_path: Path) -> None:
    data = ip6(chain(length, kind) + udp(), kind, whole=0)
    recording = read(pcap(data, data, link=229), folder=tmp_path)
    assert counts(recording) == (2, 0, 0)
    assert odd(recording) == {"nested_too_deep": 2}
    assert recording.flows[0].client_port is None


def test_a_chain_that_runs_out(tmp_path: Path) -> None:
    for body in (b"", b"\x11", b"\x11\xff" + bytes(60), chain(3)[:-1]):
        recording = read(pcap(ip6(body, 60), link=229), folder=tmp_path)
        assert counts(recording) == (1, 0, 0)
        assert odd(recording) == {"cut_header": 1}
        assert recording.flows[0].payload_up == len(body) - (16 if len(body) == 23 else 0)


@pytest.mark.parametrize("proto", [59, 50, 99, 253, 255, 1, 2])
def test_what_has_no_ports_is_a_flow_all_the_same(proto: int, tmp_path: Path) -> None:
    """59: no next header; 50: ESP; 1: ICMP."""
    packets = [ip(b"abc", proto), ip(b"de", proto, src=SERVER, dst=PHONE), ip6(b"fgh", proto)]
    recording = read(pcap(*packets, link=101), folder=tmp_path)
    name = "icmp" if proto == 1 else str(proto)
    assert [ends(flow) for flow in recording.flows] == [
        (name, PHONE, None, SERVER, None),
        (name, PHONE6, None, SERVER6, None),
    ]
    assert [flow.payload_down for flow in recording.flows] == [2, 0]
    assert recording.listeners == {}


def test_sctp_has_ports(tmp_path: Path) -> None:
    recording = read(pcap(ip(struct.pack("!HHII", 5, 6, 0, 0), 132), link=228), folder=tmp_path)
    assert ends(recording.flows[0]) == ("sctp", PHONE, 5, SERVER, 6)


def authenticated(body: bytes, proto: int = 17, words: int = 4) -> bytes:
    """An authentication header of 24 bytes."""
    return struct.pack("!BBHII", proto, words, 0, 1, 1) + bytes(12) + body


def test_an_authentication_header_is_stepped_over(tmp_path: Path) -> None:
    packets = [ip(authenticated(udp()), 51), ip6(authenticated(udp()), 51)]
    recording = read(pcap(*packets, link=101), folder=tmp_path)
    assert [ends(flow) for flow in recording.flows] == [UDP4, UDP6]


def test_authentication_headers_that_lie(tmp_path: Path) -> None:
    """A segment comes first: nothing of it may appear in the packets behind."""
    first = ip(tcp(0x02, 77), 6)
    for words in (20, 255):
        packets = [first, ip(authenticated(b"", 6, words), 51), ip(authenticated(b"", 6)[:9], 51)]
        recording = read(pcap(*packets, link=101), folder=tmp_path)
        assert [flow.proto for flow in recording.flows] == ["tcp", "51"]
        assert odd(recording) == {"cut_header": 2}
        assert recording.flows[1].payload_up == 24 + 9
    many = b"".join(authenticated(b"", 51) for _ in range(60)) + authenticated(tcp(0x10), 6)
    recording = read(pcap(first, ip(many, 51), link=101), folder=tmp_path)
    assert [flow.proto for flow in recording.flows] == ["tcp", "51"]
    assert odd(recording) == {"nested_too_deep": 1}


def test_a_segment_cut_before_its_flags_has_none(tmp_path: Path) -> None:
    syn = ip(tcp(0x02, 77), 6)
    cut = ip(tcp(0x10, 5, 5, ports=(41_000, 80)), 6)
    data = pcap_header(228) + record(syn, at=NS) + record(cut[:30], at=NS, wire=len(cut))
    recording = read(data, folder=tmp_path)
    assert [flow.late_start for flow in recording.flows] == [False, True]
    assert recording.listeners == {}


def test_same_address_and_port_on_both_sides(tmp_path: Path) -> None:
    data = ip(udp(b"x", (7, 7)), src=PHONE, dst=PHONE)
    recording = read(pcap(data, data, link=228), folder=tmp_path)
    assert ends(recording.flows[0]) == ("udp", PHONE, 7, PHONE, 7)
    assert recording.flows[0].packets_up == 2


def test_four_in_six_is_not_four(tmp_path: Path) -> None:
    mapped = ip_address("::ffff:10.42.0.20").packed + ip_address("::ffff:203.0.113.80").packed
    six = struct.pack("!IHBB", 6 << 28, 13, 17, 64) + mapped + udp()
    for packets in ([ip(udp()), six], [six, ip(udp())]):
        recording = read(pcap(*packets, link=101), folder=tmp_path)
        found = {ends(flow)[1] for flow in recording.flows}
        assert found == {PHONE, "::ffff:10.42.0.20"}
