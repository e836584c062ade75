"""pcap files, whole and wrong: everything before the damage is kept, and it is said."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tests.capture.forge import (
    FRAME,
    NS,
    ORDINARY,
    SECONDS,
    counts,
    ends,
    frame,
    heard,
    odd,
    pcap,
    pcap_header,
    read,
    record,
    the,
)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("magic", "unit", "more"),
    [
        (0xA1B2C3D4, 1_000, b""),
        (0xA1B23C4D, 1, b""),
        (0xA1B2CD34, 1_000, bytes(8)),
        (0xA1B2C3D4, 1_000, struct.pack("<IHBB", 3, 0x800, 0, 0)),  # RedHat 6.1's
    ],
    ids=["us", "ns", "modified", "redhat"],
)
def test_every_magic_in_both_byte_orders(
    order: str, magic: int, unit: int, more: bytes, tmp_path: Path
) -> None:
    records = [
        record(frame(b"%d" % i), at=NS + i * 1_000_000, unit=unit, order=order, more=more)
        for i in range(40)
    ]
    recording = read(pcap_header(order=order, magic=magic) + b"".join(records), folder=tmp_path)
    assert not recording.damaged
    assert counts(recording) == (40, 0, 0)
    [flow] = recording.flows
    assert ends(flow) == ORDINARY
    assert (flow.first, flow.last) == (NS, NS + 39_000_000)
    assert heard(recording)[0].startswith(b"01234567891011")
    assert recording.capture.link_types == ["ETHERNET"]


@pytest.mark.parametrize("size", range(24))
def test_less_than_a_file_header(size: int, tmp_path: Path) -> None:
    recording = read(pcap(FRAME)[:size], folder=tmp_path)
    assert recording.damaged
    assert recording.capture.counters.read == 0
    assert recording.capture.bytes_not_read == size
    kind = "not_a_capture" if size < 4 else "cut_short"
    assert the(recording, kind).offset == 0


def test_a_header_alone_is_a_whole_file(tmp_path: Path) -> None:
    recording = read(pcap(), folder=tmp_path)
    assert not recording.damaged
    assert recording.flows == []
    assert recording.capture.bytes_not_read == 0
    assert (recording.capture.first, recording.capture.last) == (None, None)


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_last_record_cut_at_every_byte(order: str, tmp_path: Path) -> None:
    kept = pcap_header(order=order) + b"".join(
        record(FRAME, at=NS + i, order=order) for i in range(3)
    )
    last = record(FRAME, at=NS, order=order)
    for cut in range(1, len(last)):
        recording = read(kept + last[:cut], folder=tmp_path)
        assert recording.damaged
        assert counts(recording) == (3, 0, 0)
        anomaly = the(recording, "cut_short")
        assert anomaly.offset == len(kept)
        assert str(cut) in anomaly.effect
        assert recording.capture.bytes_not_read == cut


@pytest.mark.parametrize("caplen", [262_145, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF])
def test_a_record_larger_than_any_packet_is_damage(caplen: int, tmp_path: Path) -> None:
    good = pcap(FRAME, FRAME)
    bad = record(FRAME, caplen=caplen, wire=caplen) + record(FRAME)
    recording = read(good + bad, folder=tmp_path)
    assert recording.damaged
    assert counts(recording) == (2, 0, 0)
    assert the(recording, "damaged_record").offset == len(good)
    assert recording.capture.bytes_not_read == len(bad)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("magic", "more"), [(0xA1B2C3D4, b""), (0xA1B23C4D, b""), (0xA1B2CD34, bytes(8))]
)
@pytest.mark.parametrize("zeros", [24, 4_096, 2_000_000])
def test_zeros_behind_the_last_record_are_damage(
    zeros: int, magic: int, more: bytes, order: str, tmp_path: Path
) -> None:
    good = pcap_header(order=order, magic=magic) + record(FRAME, order=order, more=more) * 2
    recording = read(good + bytes(zeros), folder=tmp_path)
    assert recording.damaged
    assert counts(recording) == (2, 0, 0)
    assert the(recording, "damaged_record").offset == len(good)
    assert recording.capture.bytes_not_read == zeros
    assert recording.capture.first == recording.flows[0].first > 0


def test_a_record_of_zeros_is_damage_in_the_middle_too(tmp_path: Path) -> None:
    recording = read(pcap(FRAME) + bytes(16) + record(FRAME), folder=tmp_path)
    assert recording.damaged
    assert counts(recording) == (1, 0, 0)
    assert odd(recording) == {"damaged_record": 1}


@pytest.mark.parametrize("at", [0, 1_000, NS])
@pytest.mark.parametrize("wire", [0, 60])
def test_an_empty_record_that_says_anything_is_none_of_zeros(
    wire: int, at: int, tmp_path: Path
) -> None:
    recording = read(pcap(FRAME) + record(b"", at=at, wire=wire) + record(FRAME), folder=tmp_path)
    assert recording.damaged == (at == wire == 0)


def test_the_largest_record_there_may_be(tmp_path: Path) -> None:
    big = FRAME + bytes(262_144 - len(FRAME))
    recording = read(pcap(FRAME, big, FRAME), folder=tmp_path)
    assert not recording.damaged
    assert counts(recording) == (3, 0, 0)
    assert recording.capture.wire_bytes == 262_144 + 2 * len(FRAME)
    assert heard(recording)[0] == b"hello" * 3


def test_a_record_larger_than_the_file(tmp_path: Path) -> None:
    good = pcap(FRAME)
    recording = read(good + record(FRAME, caplen=100_000, wire=100_000), folder=tmp_path)
    assert counts(recording) == (1, 0, 0)
    assert the(recording, "cut_short").offset == len(good)


@pytest.mark.parametrize("snaplen", [0, 10, 96])
def test_packets_longer_than_the_snap_length_are_kept(snaplen: int, tmp_path: Path) -> None:
    data = pcap_header(snaplen=snaplen) + record(frame(bytes(200)))
    recording = read(data, folder=tmp_path)
    assert not recording.damaged
    assert heard(recording)[0] == bytes(200)


def test_more_captured_than_sent(tmp_path: Path) -> None:
    recording = read(pcap_header() + record(FRAME, wire=10) + record(FRAME), folder=tmp_path)
    assert not recording.damaged
    assert odd(recording) == {"captured_exceeds_wire": 1}
    assert recording.capture.wire_bytes == 2 * len(FRAME)


@pytest.mark.parametrize("wire", [524_289, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
def test_a_packet_longer_than_any_network_carries(wire: int, tmp_path: Path) -> None:
    recording = read(pcap_header() + record(FRAME, wire=wire) + record(FRAME), folder=tmp_path)
    assert not recording.damaged
    assert odd(recording) == {"wire_length_impossible": 1}
    assert the(recording, "wire_length_impossible").first_frame == 1
    assert recording.capture.wire_bytes == recording.flows[0].bytes_up == 2 * len(FRAME)
    assert recording.flows[0].payload_up == 10
    assert recording.capture.truncated_packets == 0


def test_the_longest_packet_there_may_be_was_cut(tmp_path: Path) -> None:
    recording = read(pcap_header() + record(FRAME, wire=524_288), folder=tmp_path)
    assert odd(recording) == {}
    assert recording.capture.wire_bytes == recording.flows[0].bytes_up == 524_288
    assert recording.capture.truncated_packets == 1


def test_packets_of_no_bytes(tmp_path: Path) -> None:
    data = pcap_header() + record(b"", wire=60) + record(b"", wire=0) + record(FRAME)
    recording = read(data, folder=tmp_path)
    assert not recording.damaged
    assert counts(recording) == (1, 0, 2)
    assert odd(recording) == {"cut_header": 2}
    assert recording.capture.wire_bytes == 60 + len(FRAME)


def test_snapped_packets_count_their_wire_bytes(tmp_path: Path) -> None:
    whole = frame(bytes(1_000))
    snapped = record(whole[:96], wire=len(whole))
    recording = read(pcap_header(snaplen=96) + snapped * 3, folder=tmp_path)
    [flow] = recording.flows
    assert flow.bytes_up == 3 * len(whole)
    assert flow.payload_up == 3_000
    assert recording.capture.truncated_packets == 3


@pytest.mark.parametrize("seconds", [0, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
def test_years_until_2106(seconds: int, tmp_path: Path) -> None:
    data = pcap_header() + record(FRAME, at=seconds * 1_000_000_000 + 5_000)
    recording = read(data, folder=tmp_path)
    assert recording.capture.first == seconds * 1_000_000_000 + 5_000


def test_a_clock_that_runs_backwards(tmp_path: Path) -> None:
    times = [SECONDS + 10, SECONDS + 20, SECONDS, SECONDS + 15]
    data = pcap_header() + b"".join(record(FRAME, at=t * 10**9) for t in times)
    recording = read(data, folder=tmp_path)
    assert odd(recording) == {"time_backwards": 1}
    [flow] = recording.flows
    assert (flow.first, flow.last) == (SECONDS * 10**9, (SECONDS + 20) * 10**9)
    assert (recording.capture.first, recording.capture.last) == (flow.first, flow.last)


@pytest.mark.parametrize("fraction", [1_000_000, 0xFFFFFFFF])
def test_a_fraction_of_more_than_a_second(fraction: int, tmp_path: Path) -> None:
    data = pcap_header() + record(FRAME) + struct.pack("<IIII", SECONDS, fraction, 47, 47) + FRAME
    recording = read(data, folder=tmp_path)
    assert counts(recording) == (2, 0, 0)
    assert recording.flows[-1].last == NS + fraction * 1_000


def test_fcs_bits_in_the_link_type_are_no_part_of_it(tmp_path: Path) -> None:
    recording = read(pcap_header(link=0x24000001) + record(FRAME), folder=tmp_path)
    assert counts(recording) == (1, 0, 0)


@pytest.mark.parametrize("link", [143, 147, 10_000, 0x03FFFFFF])
def test_an_unknown_link_type_is_named(link: int, tmp_path: Path) -> None:
    recording = read(pcap(FRAME, FRAME, link=link), folder=tmp_path)
    assert counts(recording) == (0, 0, 2)
    name = "DOCSIS" if link == 143 else f"link type {link}"
    assert name in the(recording, "unknown_link_type").effect
    assert recording.capture.link_types == [name]


def test_records_across_every_window_boundary(tmp_path: Path) -> None:
    payloads = [bytes([i % 251]) * (i * 37 % 1_400) for i in range(3_000)]
    recording = read(pcap(*map(frame, payloads)), folder=tmp_path, wants=1 << 40)
    assert counts(recording) == (3_000, 0, 0)
    assert recording.flows[0].payload_up == sum(map(len, payloads))
