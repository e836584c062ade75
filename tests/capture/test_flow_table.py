"""The flow table against a dictionary: growth, limits, totals, both directions."""

from __future__ import annotations

import random
import struct
from collections import defaultdict
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer import limits
from analyzer.capture.speed import hot_room
from tests.capture.forge import (
    NS,
    PHONE,
    SERVER,
    counts,
    ends,
    heard,
    ip,
    odd,
    pcap,
    pcap_header,
    read,
    record,
    tcp,
    the,
    udp,
)

End = tuple[str, int]
HOSTS = ["10.0.0.1", "10.0.0.2", "203.0.113.9", "255.255.255.255", "0.0.0.0"]


def packet(proto: int, a: End, b: End, size: int) -> bytes:
    body = (
        udp(bytes(size), (a[1], b[1])) if proto == 17 else tcp(16, 1, 1, bytes(size), (a[1], b[1]))
    )
    return ip(body, proto, src=a[0], dst=b[0])


side = st.tuples(st.sampled_from(HOSTS), st.sampled_from([1, 2, 53, 443, 65_535, 0]))


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from([6, 17]), side, side, st.integers(0, 9)), max_size=80))
def test_any_packets_against_a_dictionary(
    tmp_path: Path, sent: list[tuple[int, End, End, int]]
) -> None:
    wanted: dict[object, list[int]] = defaultdict(lambda: [0, 0])
    for proto, a, b, size in sent:
        wanted[proto, frozenset((a, b))][0] += 1
        wanted[proto, frozenset((a, b))][1] += size
    packets = [packet(*each) for each in sent]
    recording = read(pcap(*packets, link=101), folder=tmp_path)
    found: dict[object, list[int]] = {}
    for flow in recording.flows:
        key = frozenset(((flow.client_ip, flow.client_port), (flow.server_ip, flow.server_port)))
        name = 6 if flow.proto == "tcp" else 17
        assert (name, key) not in found
        found[name, key] = [
            flow.packets_up + flow.packets_down,
            flow.payload_up + flow.payload_down,
        ]
    assert found == wanted
    starts = [flow.first_frame for flow in recording.flows]
    assert starts == sorted(starts)


def many(count: int, seed: int = 1) -> bytes:
    """One-packet flows, written quickly."""
    chance = random.Random(seed)
    body = bytearray(ip(udp(b"")))
    head = record(bytes(body))[:16]
    out = bytearray(pcap_header(101))
    for i in range(count):
        body[12:20] = struct.pack("!II", 0x0A000000 | i, chance.getrandbits(32))
        out += head
        out += body
    return bytes(out)


def test_growth_keeps_every_flow_findable(tmp_path: Path) -> None:
    """Each flow's second packet, after the table has doubled several times, finds it."""
    data = many(9_000)
    recording = read(data + data[24:], folder=tmp_path)
    assert len(recording.flows) == 9_000
    assert {flow.packets_up + flow.packets_down for flow in recording.flows} == {2}


def test_flows_beyond_the_limit_are_counted_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "FLOWS", 1_000)
    syn = [ip(tcp(2, i, ports=(i, 443)), 6) for i in range(1_000)]
    data = many(5_000) + b"".join(map(record, syn)) + many(1)[24:]
    recording = read(data, folder=tmp_path)
    assert counts(recording) == (6_001, 0, 0)
    assert len(recording.flows) == 1_002
    assert odd(recording) == {"flow_table_full": 5_000}
    assert the(recording, "flow_table_full").first_frame == 1_001
    assert recording.flows[0].packets_up == 2  # known ones are still found
    together = recording.flows[1_000:]
    assert [ends(flow) for flow in together] == [
        ("udp", "", None, "", None),
        ("tcp", "", None, "", None),
    ]
    assert [flow.packets_up for flow in together] == [4_000, 1_000]
    assert sum(flow.bytes for flow in recording.flows) == recording.capture.wire_bytes


def test_nothing_is_heard_of_flows_counted_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes of many conversations mixed would be given a name that is nobody's."""
    monkeypatch.setattr(limits, "FLOWS", 2)
    packets = [ip(udp(b"%d" % i, (i, 53)), src=f"10.0.0.{i}") for i in range(1, 9)]
    packets += [ip(tcp(24, 9, 9, b"%d" % i, (i, 80)), 6, src=f"10.0.0.{i}") for i in range(1, 9)]
    recording = read(pcap(*packets, link=101), folder=tmp_path)
    assert set(recording.listeners) == {1, 2}
    assert (heard(recording, 1)[0], heard(recording, 2)[0]) == (b"1", b"2")
    assert [flow.client_mac for flow in recording.flows[2:]] == [None, None]
    assert [flow.late_start for flow in recording.flows[2:]] == [False, False]


def test_four_hundred_thousand_flows(tmp_path: Path, speed: str) -> None:
    if speed == "interpreted":
        pytest.skip("it takes minutes")
    recording = read(many(400_000), folder=tmp_path)
    assert counts(recording) == (400_000, 0, 0)
    assert len(recording.flows) == limits.FLOWS + 1
    assert odd(recording) == {"flow_table_full": 400_000 - limits.FLOWS}
    assert recording.capture.wire_bytes == 400_000 * 28


def test_fragments_beyond_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FLOWS", 3)
    packets = [
        ip(b"12345678", proto, src=f"10.0.{n >> 8}.{n & 255}", ident=n, flags=1 | 0x2000)
        for n in range(2_000)
        for proto in (17, 6, 1)
    ]
    recording = read(pcap(*packets, link=101), folder=tmp_path)
    assert counts(recording) == (6_000, 0, 0)
    assert len(recording.flows) <= 6


def test_all_protocols_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FLOWS", 10)
    tunnels = {4, 41, 47, 51, 97, 137}
    packets = [ip(b"", n, src=f"10.0.0.{n}") for n in range(256) if n not in tunnels] * 2
    recording = read(pcap(*packets, link=101), folder=tmp_path)
    assert counts(recording) == (500, 0, 0)
    assert len(recording.flows) == 250  # 10 with addresses, one for each other protocol


def test_neighbouring_addresses_do_not_mix(tmp_path: Path) -> None:
    """Words and ports changed one bit at a time give flows of their own."""
    base = int(ip_address("2001:db8::20"))
    six = []
    for bit in range(128):
        changed = (base ^ 1 << bit).to_bytes(16, "big")
        head = struct.pack("!IHBB", 6 << 28, 13, 17, 64)
        six.append(head + changed + ip_address("2001:db8::80").packed + udp())
    ports = [ip(udp(b"", (1 << n, 9))) for n in range(16)]
    ports += [ip(udp(b"", (9, 1 << n))) for n in range(16)]
    recording = read(pcap(*six, *ports, link=101), folder=tmp_path)
    assert len(recording.flows) == 160


def test_a_packet_and_its_mirror_are_one_flow(tmp_path: Path) -> None:
    there = ip(udp(b"q", (40_000, 53)))
    back = ip(udp(b"a", (53, 40_000)), src=SERVER, dst=PHONE)
    for packets in ([there, back], [back, there]):
        recording = read(pcap(*packets, link=101), folder=tmp_path)
        [flow] = recording.flows
        assert ends(flow) == ("udp", PHONE, 40_000, SERVER, 53)
        assert (flow.payload_up, flow.payload_down) == (1, 1)
        assert flow.first == NS


def test_the_hot_room_keeps_to_the_limits() -> None:
    """It holds them as constants of C, as it may import nothing."""
    layout = hot_room().layout()
    copies = {
        "MAX_RECORD": limits.RECORD_BYTES,
        "MAX_WIRE": limits.WIRE_BYTES,
        "MAX_DEPTH": limits.TUNNEL_DEPTH,
        "OPENING": limits.OPENING_BYTES,
        "CLEAR": limits.CLEAR_STREAM_BYTES,
        "DATAGRAMS": limits.CLEAR_DATAGRAMS,
        "QUIET": limits.QUIET,
    }
    assert {name: layout[name] for name in copies} == copies


@pytest.mark.parametrize("wants", [6, limits.CLEAR_DATAGRAMS, limits.CLEAR_DATAGRAMS + 9])
def test_datagrams_of_one_window(wants: int, tmp_path: Path) -> None:
    """As many of each side as are wanted, though the hot room learns of it behind the last."""
    there, back = ip(udp(b"^")), ip(udp(b"v", (9_999, 40_000)), src=SERVER, dst=PHONE)
    packets = [packet for _ in range(80) for packet in (there, back)]
    recording = read(pcap(*packets, link=101), folder=tmp_path, wants=wants)
    most = min(wants, limits.CLEAR_DATAGRAMS)
    assert heard(recording) == [b"^" * most, b"v" * most]
