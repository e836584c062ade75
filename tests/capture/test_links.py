"""Every link type and tunnel: the packet inside reaches its flow, nothing else is read."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from analyzer.capture import linktypes
from tests.capture.forge import (
    MACS,
    NS,
    conserved,
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
    udp,
)
from tests.capture.stacks import (
    INNER,
    SNAP,
    STACKS,
    TCP_STACK,
    expected,
    gre,
    gtp,
    mpls,
    nflog,
    outer,
    outer_udp,
    pktap,
    pppoe,
    sll,
    vlan,
    wifi,
)

HARDWARE = {
    "ethernet", "802.1Q", "802.1ad", "QinQ", "seven tags", "802.3 SNAP", "802.3 LLC", "MPLS",
    "Wi-Fi to", "Wi-Fi from", "Wi-Fi direct", "Wi-Fi bridge", "Wi-Fi QoS", "Wi-Fi QoS bridge",
    "Wi-Fi HT", "Wi-Fi A-MSDU", "radiotap", "radiotap padding", "PKTAP Ethernet",
}  # fmt: skip


@pytest.mark.parametrize("name", STACKS)
def test_the_packet_inside_reaches_its_flow(name: str, tmp_path: Path) -> None:
    link, data, tunnel = STACKS[name]
    recording = read(pcap(data, link=link), folder=tmp_path)
    assert counts(recording) == (1, 0, 0), odd(recording)
    assert odd(recording) == {}
    [flow] = recording.flows
    assert ends(flow) == expected(name)
    assert flow.tunnel == tunnel
    assert (flow.bytes_up, flow.payload_up) == (len(data), 5)
    if name != "UDP-Lite":
        assert heard(recording)[0] == b"hello"
    if name in HARDWARE:
        assert flow.client_mac == "02:00:5e:00:53:14"
        assert flow.server_mac == "00:00:5e:00:53:01"


def test_every_link_type_that_can_be_decoded_is_forged_here() -> None:
    known = {number for number, (_, header) in linktypes.LINK_TYPES.items() if header}
    assert {link for link, _, _ in STACKS.values()} == known


@pytest.mark.parametrize("name", [*STACKS, "TCP"])
def test_cut_at_every_byte_reads_nothing_of_its_neighbour(name: str, tmp_path: Path) -> None:
    """Each cut packet is followed by a record full of 0x41, its header included."""
    link, data, _ = STACKS.get(name, (1, TCP_STACK, None))
    neighbour = struct.pack("<IIII", 0x41414141, 0x41414, 4_000, 0x41414141) + b"A" * 4_000
    body = b"".join(
        record(data[:cut], at=NS + cut, wire=wire) + neighbour
        for cut in range(len(data))
        for wire in (len(data), cut)
    )
    recording = read(pcap_header(link) + body, folder=tmp_path, wants=1 << 40)
    assert recording.capture.counters.read == 4 * len(data)
    letters = {"65.65.65.65", "4141:4141:4141:4141:4141:4141:4141:4141"}
    for flow in recording.flows:
        if flow.first < NS:  # a neighbour's own
            assert {flow.client_ip, flow.server_ip} <= letters
            continue
        assert not {flow.client_ip, flow.server_ip} & letters
        assert b"A" not in b"".join(
            heard(recording, flow.id) if flow.id in recording.listeners else ()
        )
        assert "41:41" not in f"{flow.client_mac} {flow.server_mac}"


@pytest.mark.parametrize(
    ("link", "data"),
    [
        (1, ethernet(bytes(28), 0x0806)),  # ARP
        (1, ethernet(bytes(40), 0x8863)),  # PPPoE discovery
        (1, ethernet(pppoe(bytes(40), 0x09), 0x8864)),
        (1, ethernet(pppoe(b"\xc0\x21" + bytes(40)), 0x8864)),  # LCP
        (1, MACS + b"\0\x26" + b"\x42\x42\x03" + bytes(40)),  # spanning tree
        (1, MACS + b"\0\x30" + SNAP + b"\x01\0" + bytes(40)),
        (1, ethernet(INNER, 0x05FF)),
        (1, ethernet(mpls(16, body=b"\0" * 4 + MACS + b"\x08\x06" + bytes(28)), 0x8847)),
        (0, b"\x07\0\0\0" + INNER),
        (105, wifi(0x48)),  # null data
        (105, wifi(0xC8, more=b"\0\0")),  # QoS null
        (105, b"\x80\0" + bytes(60)),  # beacon
        (105, b"\xd4\0\0\0" + bytes(6)),  # acknowledgement
        (113, sll(bytes(40), 0x0003)),
        (239, nflog(INNER, 7)),
        (104, b"\x8f\0\x80\x35" + bytes(18)),
        (107, b"\x18\x41\x03\xb1" + bytes(40)),
    ],
)
def test_what_is_not_ip_is_counted_as_such(link: int, data: bytes, tmp_path: Path) -> None:
    recording = read(pcap(data, data, link=link), folder=tmp_path)
    assert counts(recording) == (0, 2, 0)
    assert odd(recording) == {}


def test_encrypted_wifi_is_counted_only(tmp_path: Path) -> None:
    recording = read(pcap(wifi(ways=0x41), wifi(ways=0x42), wifi(), link=105), folder=tmp_path)
    assert counts(recording) == (1, 0, 2)
    assert odd(recording) == {"wifi_encrypted": 2}


@pytest.mark.parametrize(
    ("link", "data"),
    [
        (101, b"\x50" + INNER[1:]),
        (101, b"\0" * 40),
        (228, b"\x65" + INNER[1:]),
        (229, INNER + bytes(40)),
        (127, struct.pack("<BBHI", 0, 0, 7, 0) + wifi()),
        (119, struct.pack("<II", 0x44, 7) + wifi()),
        (119, struct.pack("<II", 0x44, 0x7FFFFFFF) + wifi()),
        (163, struct.pack(">II", 0x80211001, 0xFFFFFFFF) + wifi()),
        (239, b"\x02\0\0\0" + struct.pack("<HH", 3, 9) + INNER),
        (239, b"\x02\0\0\0" + bytes(4_000)),
        (258, struct.pack("<III", 11, 1, 1) + bytes(96)),
    ],
)
def test_headers_that_cannot_be(link: int, data: bytes, tmp_path: Path) -> None:
    recording = read(pcap(data, link=link), folder=tmp_path)
    assert counts(recording) == (0, 0, 1)
    assert odd(recording) == {"bad_header": 1}


def test_pktap_around_an_unknown_link_type(tmp_path: Path) -> None:
    packets = [pktap(link, bytes(60)) for link in (143, 9_999, 0xFFFFFFFF)]
    recording = read(pcap(*packets, link=258), folder=tmp_path)
    assert counts(recording) == (0, 0, 3)
    assert odd(recording) == {"unknown_link_type": 3}


def test_a_pktap_header_longer_than_the_packet(tmp_path: Path) -> None:
    data = struct.pack("<III", 0xFFFFFFFF, 1, 1) + bytes(96)
    recording = read(pcap(data, link=258), folder=tmp_path)
    assert odd(recording) == {"cut_header": 1}


def nested(around: str, depth: int) -> tuple[int, bytes]:
    """A packet inside many layers of one kind."""
    data, link = INNER, 101
    for _ in range(depth):
        if around == "ipip":
            data = outer(data, 4)
        elif around == "gre":
            data = gre(data)
        elif around == "gtp":
            data = gtp(data)
        elif around == "vxlan":
            data = outer_udp(b"\x08" + bytes(7) + ethernet(data), 4789)
        elif around == "pktap":
            data, link = pktap(258 if link == 258 else 101, data, 12), 258
    if around == "vlan":
        data, link = MACS + vlan(*[1] * depth), 1
    elif around == "mpls":
        data, link = ethernet(mpls(*[16] * depth), 0x8847), 1
    return link, data


@pytest.mark.parametrize("around", ["ipip", "gre", "gtp", "vxlan", "vlan", "mpls", "pktap"])
@pytest.mark.parametrize("depth", [9, 100, 1_000])
def test_nothing_nests_deeper_than_eight(around: str, depth: int, tmp_path: Path) -> None:
    link, data = nested(around, depth)
    recording = read(pcap(data, data, link=link), folder=tmp_path)
    in_flows, _, undecodable = counts(recording)
    assert in_flows + undecodable == 2
    # tunnels are in the flow of the innermost IP header that was reached
    assert in_flows == (2 if around in ("ipip", "gre", "gtp", "vxlan") else 0)
    assert odd(recording) == {"nested_too_deep": 2}
    link, data = nested(around, 7)
    recording = read(pcap(data, link=link), folder=tmp_path)
    assert ends(recording.flows[0]) == expected("ethernet")


def test_fifteen_thousand_tags(tmp_path: Path) -> None:
    link, data = nested("vlan", 15_000)
    recording = read(pcap(data, link=link), folder=tmp_path)
    assert counts(recording) == (0, 0, 1)


@pytest.mark.parametrize(
    "data",
    [
        gtp(INNER, 0x34, b"\0\0\0\x85" + b"\0\x10\0\0"),  # extension of no length
        gtp(INNER, 0x34, b"\0\0\0\x85" + b"\xff\x10\0\0"),  # longer than the packet
        gtp(INNER, 0x34, b"\0\0\0\x85" + b"\1\x10\0\x85" * 60),
        gtp(b"", 0x37),
        gtp(b"\0" * 40),
        gtp(INNER, 0x50),  # not version 1
        outer_udp(b"\0" * 8 + ethernet(INNER), 4789),  # no network identifier
        outer_udp(struct.pack("!BBHI", 0x3F, 0, 0x6558, 0) + ethernet(INNER), 6081),
        outer_udp(b"\0\1\xff\xff" + bytes(60), 3544),
        outer_udp(b"\x60" + bytes(9), 3544),
    ],
)
def test_tunnels_that_are_none_stay_one_flow(data: bytes, tmp_path: Path) -> None:
    recording = read(pcap(data, link=101), folder=tmp_path)
    assert counts(recording) == (1, 0, 0)
    assert recording.flows[0].server_ip == "198.51.100.2"


def test_a_look_up_from_the_port_of_l2tp_is_no_tunnel(tmp_path: Path) -> None:
    """A client may have that port; the look-up's number 0x1032 says version 2 where L2TP does."""
    asked = udp(b"\x10\x32\1\0\0\1" + bytes(6) + b"\7example\0\0\1\0\1", (1701, 53))
    [flow] = read(pcap(ip(asked), link=101), folder=tmp_path).flows
    assert (flow.tunnel, flow.server_port) == (None, 53)


def test_a_tunnel_with_a_bad_packet_inside_counts_outside(tmp_path: Path) -> None:
    for inside in (b"\x41" + INNER[1:], INNER[:19], b"\x60" + bytes(20)):
        recording = read(pcap(gtp(inside), link=101), folder=tmp_path)
        [flow] = recording.flows
        assert flow.server_ip == "198.51.100.2"
        assert flow.payload_up == len(inside) + 8


def test_ip_behind_ports_of_tunnels_without_their_headers(tmp_path: Path) -> None:
    packets = [ip(udp(b"x" * n, (5, port))) for port in (2152, 4789, 6081, 3544) for n in range(20)]
    packets += [
        ip6(udp(b"x" * n, (5, port))) for port in (2152, 4789, 6081, 3544) for n in range(20)
    ]
    recording = read(pcap(*packets, link=101), folder=tmp_path)
    conserved(recording)
    assert counts(recording) == (160, 0, 0)
    assert len(recording.flows) == 8
