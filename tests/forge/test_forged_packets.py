"""Forged frames, judged by scapy and dpkt: checksums, sequence numbers, timing."""

from __future__ import annotations

import dpkt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether

from captures.forging import MS, SECOND, Host, Recording, Step
from captures.forging.frames import checksum, ip_packet, tcp_segment, udp_datagram

V4 = Host("10.42.0.20"), Host("192.0.2.9")
V6 = Host("2001:db8::20"), Host("2001:db8:1::9")


def test_checksum_of_rfc_1071() -> None:
    assert checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0x220D


@given(st.sampled_from([V4, V6]), st.binary(max_size=300), st.integers(1, 65_535), st.booleans())
def test_checksums_are_scapys(
    ends: tuple[Host, Host], data: bytes, port: int, stream: bool
) -> None:
    if stream:
        body = tcp_segment(*ends, (port, 443), (1, 2), 0x18, data)
    else:
        body = udp_datagram(*ends, (port, 53), data)
    packet = ip_packet(*ends, 6 if stream else 17, body, 77)
    parsed = IP(packet) if packet[0] >> 4 == 4 else IPv6(packet)
    layer = TCP if stream else UDP
    rebuilt = parsed.copy()
    del rebuilt[layer].chksum
    if IP in rebuilt:
        del rebuilt.chksum
        del rebuilt.len
    else:
        del rebuilt.plen
    assert bytes(rebuilt) == packet


def talk(**more: int) -> Recording:
    recording = Recording()
    steps = [Step(True, b"q" * 3_000), Step(False, b"a" * 10_001), Step(True, b"bye", SECOND)]
    recording.tcp("192.0.2.9", 443, steps, rtt=62 * MS, **more)
    recording.frames.sort(key=lambda frame: frame.ts)
    return recording


def streams(recording: Recording) -> tuple[bytes, bytes]:
    """Both directions put together by sequence number, as a receiver does."""
    pieces: dict[bool, dict[int, bytes]] = {True: {}, False: {}}
    for frame in recording.frames:
        segment = Ether(frame.data)[TCP]
        up = segment.dport == 443
        if segment.flags.S:
            pieces[up][segment.seq + 1 & 0xFFFFFFFF] = b""
        if data := bytes(segment.payload):
            pieces[up][segment.seq] = data
    joined = []
    for up in (True, False):
        at, out = next(iter(pieces[up])), b""
        while data := pieces[up].get((at + len(out)) & 0xFFFFFFFF, b""):
            out += data
        joined.append(out)
    return joined[0], joined[1]


def test_tcp_carries_what_was_said() -> None:
    assert streams(talk()) == (b"q" * 3_000 + b"bye", b"a" * 10_001)


def test_tcp_segments_obey_the_mss() -> None:
    sizes = {len(Ether(frame.data)[TCP].payload) for frame in talk(mss=1_200).frames}
    assert max(sizes) == 1_200


def test_round_trip_is_the_gap_from_syn_to_syn_ack() -> None:
    times = {str(Ether(frame.data)[TCP].flags): frame.ts for frame in talk().frames[:2]}
    assert times["SA"] - times["S"] == 62 * MS


def test_acknowledgements_never_run_ahead_and_end_complete() -> None:
    heard = {True: 0, False: 0}
    for frame in talk().frames:
        segment = Ether(frame.data)[TCP]
        up = segment.dport == 443
        if segment.flags.A:
            assert segment.ack <= heard[not up]
        length = len(segment.payload) + segment.flags.S + segment.flags.F
        heard[up] = max(heard[up], segment.seq + int(length))
    last = Ether(talk().frames[-1].data)[TCP]
    assert last.ack == heard[False]


def test_a_late_start_has_no_syn() -> None:
    recording = Recording()
    recording.tcp("192.0.2.9", 443, [Step(True, b"x")], opened=False, closed=False)
    flags = [str(Ether(frame.data)[TCP].flags) for frame in recording.frames]
    assert flags == ["PA", "A"]


def test_udp_replies_come_one_round_trip_later() -> None:
    recording = Recording()
    recording.udp("192.0.2.9", 9, [Step(True, b"?", 0), Step(False, b"!", 0)], rtt=7 * MS)
    assert [frame.ts - recording.start for frame in recording.frames] == [0, 7 * MS]


def test_macs_and_ipv6() -> None:
    recording = Recording()
    phone = Host("2001:db8::20", "02:00:5e:00:53:15")
    recording.udp("2001:db8:1::9", 443, [Step(True, b"?")], client=phone)
    frame = dpkt.ethernet.Ethernet(recording.frames[0].data)
    assert frame.src.hex() == "02005e005315"
    assert frame.dst.hex() == "00005e005301"
    assert isinstance(frame.data, dpkt.ip6.IP6)


def test_raw_link_has_no_ethernet_header() -> None:
    recording = Recording(link="raw")
    recording.dns("a.example", "192.0.2.1")
    assert recording.frames[0].data[0] == 0x45
    assert recording.link == 101


def test_pcapdroid_trailer() -> None:
    recording = Recording()
    recording.udp("192.0.2.9", 9, [Step(True, b"x")], app=(10_123, "Demo App"))
    trailer = recording.frames[0].data[-32:]
    assert trailer[:8] == bytes.fromhex("01072021 0000278b")
    assert trailer[8:28].rstrip(b"\0") == b"Demo App"


@pytest.mark.parametrize("step", [0, 1, 2])
def test_conversations_follow_each_other(step: int) -> None:
    recording = Recording()
    ends = [recording.dns("a.example", "192.0.2.1") for _ in range(3)]
    assert ends == sorted(set(ends))
    assert recording.dns("b.example", at=step * SECOND, rtt=MS) >= step * SECOND
