"""IP datagrams in parts: in order or not, overlapping, conflicting, never whole."""

from __future__ import annotations

import random
import struct
from itertools import permutations
from pathlib import Path

import pytest

from analyzer.capture.fragments import Fragments
from tests.capture.forge import (
    NS,
    ORDINARY,
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

PAYLOAD = bytes(range(200))
BODY = udp(PAYLOAD)  # 208 bytes


def parts(body: bytes = BODY, size: int = 80, ident: int = 7, proto: int = 17) -> list[bytes]:
    """An IPv4 datagram in parts of ``size`` bytes."""
    return [
        ip(body[at : at + size], proto, ident=ident, flags=at // 8 | (at + size < len(body)) << 13)
        for at in range(0, len(body), size)
    ]


def parts6(body: bytes = BODY, size: int = 80, ident: int = 7) -> list[bytes]:
    """The same in IPv6."""
    return [
        ip6(
            struct.pack("!BBHI", 17, 0, at | (at + size < len(body)), ident) + body[at : at + size],
            44,
        )
        for at in range(0, len(body), size)
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_in_any_order(order: tuple[int, ...], tmp_path: Path) -> None:
    for packets in (parts(), parts6()):
        recording = read(pcap(*[packets[i] for i in order], link=101), folder=tmp_path)
        [flow] = recording.flows
        assert flow.packets_up == 3
        assert flow.bytes_up == sum(map(len, packets))
        assert heard(recording)[0] == PAYLOAD
        assert (flow.first_frame, flow.last_frame) == (1, 3)
        assert odd(recording) == {}


@pytest.mark.parametrize("size", [8, 16, 104, 200])
def test_parts_of_any_size(size: int, tmp_path: Path) -> None:
    packets = parts(udp(PAYLOAD, (40_000, 53)), size=size)
    for sent in (packets, packets[::-1]):
        recording = read(pcap(*sent, link=101), folder=tmp_path)
        assert recording.flows[0].packets_up == len(packets)
        assert heard(recording)[0] == PAYLOAD


def test_a_part_that_came_twice(tmp_path: Path) -> None:
    a, b, c = parts()
    for sent in ([a, a, b, c], [a, b, b, c], [b, b, a, c, c], [c, b, a, a, a]):
        recording = read(pcap(*sent, link=101), folder=tmp_path)
        assert heard(recording)[0].startswith(PAYLOAD)
        assert recording.flows[0].packets_up == len(sent)


def test_overlapping_and_conflicting_parts(tmp_path: Path) -> None:
    a, b, c = parts()
    other = ip(b"X" * 80, flags=10 | 0x2000)  # where b belongs
    middle = ip(b"Y" * 80, flags=5 | 0x2000)  # over the end of a and the beginning of b
    recording = read(pcap(a, b, other, c, link=101), folder=tmp_path)
    assert heard(recording)[0] == PAYLOAD
    recording = read(pcap(a, middle, b, c, link=101), folder=tmp_path)
    assert len(heard(recording)[0]) == 200
    assert heard(recording)[0][:72] == PAYLOAD[:72]
    assert counts(recording) == (4, 0, 0)


def test_parts_beyond_the_largest_datagram(tmp_path: Path) -> None:
    first = ip(udp(bytes(72), (1, 2)), flags=0x2000)
    beyond = ip(bytes(800), flags=0x1FFF)
    recording = read(pcap(first, beyond, link=101), folder=tmp_path)
    assert recording.flows[0].packets_up == 2
    assert recording.flows[0].payload_up == 72 + 800


def test_never_whole(tmp_path: Path) -> None:
    a, b, c = parts()
    recording = read(pcap(a, c, link=101), folder=tmp_path)
    assert ends(recording.flows[0]) == ORDINARY
    assert heard(recording) == [PAYLOAD[:72], b""]
    recording = read(pcap(ethernet(b), ethernet(c)), folder=tmp_path)
    [flow] = recording.flows
    assert ends(flow) == ("udp", PHONE, None, SERVER, None)
    assert (flow.packets_up, flow.payload_up) == (2, 80 + 48)
    assert odd(recording) == {"fragments_without_first": 1}
    recording = read(pcap(*parts6()[1:], link=101), folder=tmp_path)
    assert ends(recording.flows[0]) == ("udp", PHONE6, None, SERVER6, None)


def test_the_second_part_after_a_minute_is_another_datagram(tmp_path: Path) -> None:
    a, b, c = parts()
    times = [0, 61, 61]
    data = pcap_header(101) + b"".join(
        record(part, at=NS + t * 10**9) for part, t in zip((a, b, c), times, strict=True)
    )
    recording = read(data, folder=tmp_path)
    assert len(recording.flows) == 2
    assert recording.flows[0].packets_up == 1
    assert odd(recording) == {"fragments_without_first": 1}


def test_tcp_in_parts(tmp_path: Path) -> None:
    syn = ip(tcp(0x02, 99), 6, ident=1)
    data = parts(tcp(0x18, 100, 1, PAYLOAD), proto=6)
    recording = read(pcap(syn, *data, link=101), folder=tmp_path)
    [flow] = recording.flows
    assert flow.packets_up == 4
    assert heard(recording)[0] == PAYLOAD


def test_five_thousand_sets_at_once(tmp_path: Path) -> None:
    sets = [parts(udp(PAYLOAD, (n + 1_000, 9)), ident=n) for n in range(5_000)]
    packets = [each[i] for i in range(3) for each in sets]
    recording = read(pcap(*packets, link=101), folder=tmp_path)
    assert counts(recording) == (15_000, 0, 0)
    whole = sum(flow.packets_up == 3 for flow in recording.flows)
    assert whole <= 1_024
    # first parts have flows; the others one without ports, together
    assert len(recording.flows) == 5_001
    assert recording.flows[5_000].server_port is None or whole


def test_lost_parts_take_no_mac_of_the_packet_that_pushed_them_out(tmp_path: Path) -> None:
    stranger = ethernet(parts()[1]).replace(b"\x02\0\x5e\0\x53\x14", b"\x02\0\0\0\0\x99")
    flood = [ethernet(ip(b"x" * 8, ident=n, flags=1, src="10.9.9.9")) for n in range(20_000)]
    recording = read(pcap(stranger, *flood), folder=tmp_path)
    flow = next(flow for flow in recording.flows if flow.client_ip == PHONE)
    assert flow.client_mac is None
    assert counts(recording) == (20_001, 0, 0)


def test_first_parts_only(tmp_path: Path) -> None:
    """As where the recording was filtered by port: what there is is read as cut."""
    packets = [parts(udp(PAYLOAD, (n + 1_000, 9)), ident=n)[0] for n in range(3_000)]
    recording = read(pcap(*packets, link=101), folder=tmp_path)
    assert len(recording.flows) == 3_000
    begun = [PAYLOAD[:72], b""]
    assert [heard(recording, n) for n in range(1, 3_001)] == [begun] * 3_000


def test_a_first_part_of_answers(tmp_path: Path) -> None:
    answer = ip(udp(PAYLOAD, (9_999, 40_000))[:80], src=SERVER, dst=PHONE, flags=0x2000)
    recording = read(pcap(ip(udp(b"asked")), answer, link=101), folder=tmp_path)
    assert heard(recording) == [b"asked", PAYLOAD[:72]]


def test_a_first_part_of_a_tunnels_packet_is_not_the_content_of_what_it_carries(
    tmp_path: Path,
) -> None:
    vxlan = b"\x08\0\0\0\0\0\x05\0" + ethernet(ip(udp(PAYLOAD)))
    [first, *_] = parts(udp(vxlan, (50_000, 4_789)), size=120)
    recording = read(pcap(first, link=101), folder=tmp_path)
    assert [ends(flow) for flow in recording.flows] == [ORDINARY]
    assert recording.listeners == {}


def test_a_first_part_with_no_content_is_not_handed_over(tmp_path: Path) -> None:
    recording = read(pcap(parts(size=8)[0], link=101), folder=tmp_path)
    assert recording.listeners == {}


def test_parts_inside_parts(tmp_path: Path) -> None:
    """A tunnel's packet in parts, inside a datagram in parts."""
    inner = parts(size=104)
    outer = [
        part
        for i, packet in enumerate(inner)
        for part in (
            ip(packet[:40], 4, src="198.51.100.1", ident=i, flags=0x2000),
            ip(packet[40:], 4, src="198.51.100.1", ident=i, flags=5),
        )
    ]
    for order in (outer, outer[::-1]):
        recording = read(pcap(*order, link=101), folder=tmp_path)
        assert counts(recording) == (4, 0, 0)


def test_any_mixture_of_parts_is_conserved(tmp_path: Path) -> None:
    for seed in range(30):
        chance = random.Random(seed)
        packets = []
        for _ in range(300):
            at, more = chance.choice([0, 0, 1, 2, 10, 26, 0x1FFF]), chance.choice([0, 0x2000])
            size = chance.choice([0, 1, 7, 8, 16, 80, 208])
            proto = chance.choice([17, 6, 4, 1, 132, 51])
            body = (BODY * 2)[: size or 3]
            packets.append(ip(body, proto, ident=chance.randrange(4), flags=at | more))
        recording = read(pcap(*packets, link=101), folder=tmp_path)
        assert counts(recording) == (300, 0, 0)


def test_parts_pushed_out_are_the_same_in_every_run(tmp_path: Path) -> None:
    """Whatever seed the hash was given."""
    chance = random.Random(5)
    packets = [
        ip(b"x" * 8, ident=chance.randrange(3_000), flags=1, src=f"10.0.0.{chance.randrange(9)}")
        for _ in range(3_000)
    ]
    times = [NS + chance.choice([0, 10**9, 10**12, 10**13]) for _ in packets]
    data = b"".join(record(part, at=at) for part, at in zip(packets, times, strict=True))
    runs = [read(pcap_header(101) + data, folder=tmp_path).flows for _ in range(4)]
    assert all(flows == runs[0] for flows in runs)


def test_what_waits_is_bounded() -> None:
    sets = Fragments()
    block = bytes(60_000)
    for serial in range(1, 40):
        for at in range(8, 5_000, 8):
            assert sets.add(serial, at, False, block, (0, 0, 1, NS)) is None
    held = sum(len(d) for s in sets._sets.values() for d in s.parts.values())
    assert held <= 39 * 0xFFFF
