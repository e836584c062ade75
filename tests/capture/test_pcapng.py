"""pcapng files: their blocks, sections, interfaces and clocks, and lies about them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.capture.forge import (
    FRAME,
    MACS,
    NS,
    ORDINARY,
    PHONE,
    SECONDS,
    block,
    counts,
    ends,
    enhanced,
    frame,
    heard,
    interface,
    ip,
    obsolete,
    odd,
    option,
    read,
    section,
    simple,
    the,
    udp,
)

BEGIN = section() + interface()


def test_an_ordinary_file_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "named.pcap"
    path.write_bytes(BEGIN + enhanced(FRAME))
    recording = read(path, folder=tmp_path)
    assert not recording.damaged
    assert recording.capture.files[0].container == "pcapng"
    assert ends(recording.flows[0]) == ORDINARY
    assert recording.flows[0].first == NS


@pytest.mark.parametrize("order", ["<", ">"])
def test_packets_of_three_kinds(order: str, tmp_path: Path) -> None:
    data = (
        section(order=order)
        + interface(order=order)
        + enhanced(frame(b"a"), order=order)
        + simple(frame(b"b"), order=order)
        + obsolete(frame(b"c"), order=order)
    )
    recording = read(data, folder=tmp_path)
    assert heard(recording)[0] == b"abc"
    assert odd(recording) == {"no_timestamps": 1}
    assert recording.flows[0].last == NS
    assert recording.capture.bytes_not_read == 0


@pytest.mark.parametrize("kind", [1, 4, 5, 6, 2, 3, 0x0BAD, 0xBEEF])
@pytest.mark.parametrize("length", [0, 4, 7, 8, 11, 13, 14, 15])
def test_a_block_length_that_cannot_be(kind: int, length: int, tmp_path: Path) -> None:
    good = BEGIN + enhanced(FRAME)
    bad = block(kind, bytes(40), length=length)
    recording = read(good + bad + enhanced(FRAME), folder=tmp_path)
    assert recording.damaged
    assert counts(recording) == (1, 0, 0)
    assert the(recording, "damaged_record").offset == len(good)
    assert recording.capture.bytes_not_read == len(bad) + len(enhanced(FRAME))


@pytest.mark.parametrize("zeros", [4, 8, 12, 4_096, 2_000_000])
def test_zeros_behind_the_last_block_are_damage(zeros: int, tmp_path: Path) -> None:
    good = BEGIN + enhanced(FRAME)
    recording = read(good + bytes(zeros), folder=tmp_path)
    assert recording.damaged
    assert counts(recording) == (1, 0, 0)
    assert the(recording, "cut_short" if zeros < 12 else "damaged_record").offset == len(good)
    assert recording.capture.bytes_not_read == zeros


@pytest.mark.parametrize("make", [enhanced, simple])
def test_a_packet_longer_than_any_network_carries(
    make: Callable[..., bytes], tmp_path: Path
) -> None:
    recording = read(BEGIN + make(FRAME, wire=0xFFFFFFFF) + enhanced(FRAME), folder=tmp_path)
    assert odd(recording)["wire_length_impossible"] == 1
    captured = 2 * len(FRAME) + (make is simple)  # with its padding
    assert recording.capture.wire_bytes == sum(flow.bytes for flow in recording.flows) == captured


@pytest.mark.parametrize("kind", [1, 4, 6, 2, 3, 0x0BAD, 0x0A0D0D0A])
@pytest.mark.parametrize("length", [0xFFFFFFF0, 0x7FFFFFFC, 1 << 20])
def test_a_block_longer_than_the_file(kind: int, length: int, tmp_path: Path) -> None:
    good = BEGIN + enhanced(FRAME)
    body = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + bytes(24)
    bad = block(kind, body, length=length)
    recording = read(good + bad + enhanced(FRAME) * 9, folder=tmp_path)
    assert recording.damaged
    assert counts(recording) == (1, 0, 0)
    assert recording.capture.bytes_not_read == len(bad) + 9 * len(enhanced(FRAME))
    [anomaly] = [a for a in recording.anomalies if a.kind != "block_skipped"]
    assert anomaly.kind in ("damaged_record", "cut_short")
    assert anomaly.offset == len(good)


@pytest.mark.parametrize("kind", [1, 5, 6, 2, 3, 0xBEEF])
def test_a_trailing_length_that_differs(kind: int, tmp_path: Path) -> None:
    good = BEGIN + enhanced(FRAME)
    bad = block(kind, bytes(40))[:-4] + b"\x30\0\0\0"
    recording = read(good + bad + enhanced(FRAME), folder=tmp_path)
    assert recording.damaged
    assert counts(recording) == (1, 0, 0)
    assert the(recording, "damaged_record").offset == len(good)


def test_cut_at_every_byte(tmp_path: Path) -> None:
    parts = [section(), interface(), enhanced(FRAME), block(5, bytes(20)), enhanced(FRAME)]
    whole = b"".join(parts)
    ends_at = [sum(map(len, parts[: i + 1])) for i in range(len(parts))]
    for cut in range(4, len(whole)):
        recording = read(whole[:cut], folder=tmp_path)
        packets = (cut >= ends_at[2]) + (cut >= ends_at[4])
        assert counts(recording) == (packets, 0, 0)
        assert recording.damaged == (cut not in ends_at)
        last = max((end for end in ends_at if end <= cut), default=0)
        assert recording.capture.bytes_not_read == cut - last
        if recording.damaged:
            assert the(recording, "cut_short").offset == last


@pytest.mark.parametrize("length", [-1, 0, 4, 8, 1 << 40, -7])
def test_a_section_length_is_not_believed(length: int, tmp_path: Path) -> None:
    data = section(length=length) + interface() + enhanced(FRAME) * 2
    recording = read(data, folder=tmp_path)
    assert counts(recording) == (2, 0, 0)
    assert not recording.damaged


def test_sections_in_different_byte_orders(tmp_path: Path) -> None:
    data = BEGIN + enhanced(frame(b"a"))
    data += section(order=">") + interface(order=">") + enhanced(frame(b"b"), order=">")
    data += section() + interface() + enhanced(frame(b"c"))
    recording = read(data, folder=tmp_path)
    assert not recording.damaged
    assert heard(recording)[0] == b"abc"
    assert [i.packets for i in recording.capture.interfaces] == [1, 1, 1]


def test_interfaces_end_with_their_section(tmp_path: Path) -> None:
    recording = read(BEGIN + enhanced(FRAME) + section() + enhanced(FRAME), folder=tmp_path)
    assert counts(recording) == (1, 0, 1)
    assert odd(recording) == {"unknown_interface": 1, "no_timestamps": 1}


def test_a_section_without_a_byte_order(tmp_path: Path) -> None:
    bad = block(0x0A0D0D0A, bytes(16))
    recording = read(BEGIN + enhanced(FRAME) + bad, folder=tmp_path)
    assert recording.damaged
    assert counts(recording) == (1, 0, 0)


def test_packets_before_and_beyond_their_interfaces(tmp_path: Path) -> None:
    data = section() + enhanced(FRAME) + simple(FRAME) + obsolete(FRAME) + interface()
    data += enhanced(FRAME, number=1) + enhanced(FRAME, number=0xFFFFFFFF) + enhanced(FRAME)
    recording = read(data, folder=tmp_path)
    assert counts(recording) == (1, 0, 5)
    assert odd(recording)["unknown_interface"] == 5


@pytest.mark.parametrize("size", [0, 4])
def test_an_interface_that_says_nothing_ends_the_reading(size: int, tmp_path: Path) -> None:
    data = section() + block(1, bytes(size)) + interface(101) + enhanced(FRAME)
    recording = read(data, folder=tmp_path)
    assert recording.damaged
    assert the(recording, "damaged_record").offset == len(section())


@pytest.mark.parametrize("kind", [1, 0x0A0D0D0A])
def test_interfaces_and_sections_too_large_to_keep_end_it(kind: int, tmp_path: Path) -> None:
    body = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + bytes(400_000)
    recording = read(BEGIN + enhanced(FRAME) + block(kind, body) + enhanced(FRAME), folder=tmp_path)
    assert recording.damaged
    assert counts(recording) == (1, 0, 0)


def test_a_hundred_thousand_interfaces(tmp_path: Path) -> None:
    data = section() + interface() * 100_000
    data += enhanced(FRAME, number=9_999) + enhanced(FRAME, number=99_999)
    recording = read(data, folder=tmp_path)
    assert counts(recording) == (1, 0, 1)
    assert odd(recording)["interface_ignored"] == 90_000
    assert len(recording.capture.interfaces) == 10_000
    assert recording.capture.interfaces[9_999].packets == 1


def test_each_interface_has_its_own_link_type_and_clock(tmp_path: Path) -> None:
    nano, binary = option(9, b"\x09"), option(9, b"\x8a")
    data = section() + interface() + interface(101, options=option(2, b"tun0") + nano)
    data += interface(228, options=binary + option(14, struct.pack("<q", SECONDS)))
    data += enhanced(FRAME, stamp=SECONDS * 10**6 + 1)
    data += enhanced(ip(udp()), number=1, stamp=NS + 2_001)
    data += enhanced(ip(udp()), number=2, stamp=1 << 9)
    recording = read(data, folder=tmp_path)
    [flow] = recording.flows
    assert (flow.packets_up, flow.first, flow.last) == (3, NS + 1_000, NS + 500_000_000)
    assert recording.capture.link_types == ["ETHERNET", "IPV4", "RAW"]
    assert [i.name for i in recording.capture.interfaces] == ["", "tun0", ""]


@pytest.mark.parametrize(
    ("resolution", "stamp", "time"),
    [
        (0, 17, 17 * 10**9),
        (3, 17_001, 17_001 * 10**6),
        (6, 17, 17_000),
        (9, NS + 1, NS + 1),
        (12, 17_999, 17),
        (18, 2**64 - 1, 18_446_744_073),
        (0x80, 5, 5 * 10**9),
        (0x81, 5, 2_500_000_000),
        (0x9E, 3 << 29, 1_500_000_000),
        (0xA0, (7 << 32) + (1 << 31), 7_500_000_000),
        (0xBF, 2**64 - 1, 1_999_999_999),
    ],
)
def test_clock_resolutions(resolution: int, stamp: int, time: int, tmp_path: Path) -> None:
    data = section() + interface(options=option(9, bytes([resolution])))
    recording = read(data + enhanced(FRAME, stamp=stamp), folder=tmp_path)
    assert recording.flows[0].first == time
    assert not recording.anomalies


@pytest.mark.parametrize("resolution", [19, 20, 127, 0xC0, 255])
def test_clocks_no_machine_has(resolution: int, tmp_path: Path) -> None:
    data = section() + interface(options=option(9, bytes([resolution])))
    recording = read(data + enhanced(FRAME), folder=tmp_path)
    assert counts(recording) == (1, 0, 0)
    assert odd(recording) == {"no_timestamps": 1}
    assert recording.capture.first is None


@pytest.mark.parametrize(
    ("resolution", "stamp", "offset", "time"),
    [
        (0, 2**64 - 1, 0, 9_223_372_035 * 10**9),
        (0, 5, -6, 0),
        (0, 5, -(2**63), 0),
        (0, 5, 2**63 - 1, 9_223_372_035 * 10**9),
        (6, 2**64 - 1, 2**63 - 1, 9_223_372_035 * 10**9),
        (9, 2**64 - 1, 0, None),
    ],
)
def test_times_and_offsets_beyond_any_clock(
    resolution: int, stamp: int, offset: int, time: int | None, tmp_path: Path
) -> None:
    clock = option(9, bytes([resolution])) + option(14, struct.pack("<q", offset))
    data = section() + interface(options=clock) + enhanced(FRAME, stamp=stamp)
    recording = read(data, folder=tmp_path)
    assert odd(recording) == {"time_out_of_range": 1}
    first = recording.flows[0].first
    assert 0 <= first < 2**63
    if time is not None:
        assert first // 10**9 == time // 10**9


def test_options_whose_lengths_lie_are_left_out(tmp_path: Path) -> None:
    lies = option(2, b"wlan0") + option(9, b"\x09", length=60_000)
    data = (
        section() + interface(options=lies) + enhanced(FRAME, options=option(1, b"u-1", length=9))
    )
    data += enhanced(FRAME, options=b"\x01\0\xff\xff") + enhanced(FRAME, options=b"\x01\0")
    recording = read(data, folder=tmp_path)
    assert counts(recording) == (3, 0, 0)
    assert recording.capture.interfaces[0].name == "wlan0"
    assert not recording.damaged
    assert recording.flows[0].app is None


def test_a_packet_comment_tells_the_app(tmp_path: Path) -> None:
    data = BEGIN + enhanced(FRAME, options=option(1, b"u-10123") + bytes(4))
    assert read(data, folder=tmp_path).flows[0].app == "uid 10123"


@pytest.mark.parametrize("comment", [b"u-", b"u-x", "u-²".encode(), b"u-" + b"9" * 60_000])
def test_comments_that_tell_no_app(comment: bytes, tmp_path: Path) -> None:
    recording = read(BEGIN + enhanced(FRAME, options=option(1, comment)), folder=tmp_path)
    assert recording.flows[0].app is None


def test_blocks_nobody_knows_are_stepped_over(tmp_path: Path) -> None:
    kinds = (4, 7, 9, 0x0BAD, 0x40000BAD, 0xFFFFFFFF)
    strange = [block(kind, bytes(size)) for kind in kinds for size in (0, 96)]
    data = BEGIN + b"".join(part + enhanced(FRAME) for part in strange)
    recording = read(data, folder=tmp_path)
    assert counts(recording) == (12, 0, 0)
    assert not recording.damaged


def test_a_huge_block_is_stepped_over_and_said(tmp_path: Path) -> None:
    data = BEGIN + enhanced(FRAME) + block(0x0A, bytes(3_000_000)) + enhanced(FRAME)
    recording = read(data, folder=tmp_path)
    assert counts(recording) == (2, 0, 0)
    assert odd(recording) == {"block_skipped": 1}
    assert recording.capture.bytes_not_read == 0


def test_a_packet_block_that_holds_less_than_it_claims(tmp_path: Path) -> None:
    for bad in (enhanced(FRAME, caplen=400), enhanced(FRAME, caplen=0xFFFFFFFF)):
        recording = read(BEGIN + enhanced(FRAME) + bad, folder=tmp_path)
        assert recording.damaged
        assert counts(recording) == (1, 0, 0)


@pytest.mark.parametrize("snaplen", [0, 20, 40, 47, 1_000])
def test_simple_packets_are_cut_at_the_snap_length(snaplen: int, tmp_path: Path) -> None:
    cut = FRAME[:snaplen] if snaplen else FRAME
    data = section() + interface(snaplen=snaplen) + simple(cut, wire=len(FRAME))
    recording = read(data, folder=tmp_path)
    assert recording.capture.wire_bytes == len(FRAME)
    assert counts(recording) == ((1, 0, 0) if len(cut) >= 34 else (0, 0, 1))
    assert recording.capture.truncated_packets == (len(cut) < len(FRAME))


def test_a_simple_packet_of_more_than_its_block(tmp_path: Path) -> None:
    recording = read(BEGIN + simple(FRAME, wire=100_000) + enhanced(FRAME), folder=tmp_path)
    assert counts(recording) == (2, 0, 0)
    assert recording.capture.wire_bytes == 100_000 + len(FRAME)


def test_what_the_recorder_says_of_drops(tmp_path: Path) -> None:
    counted = option(4, struct.pack("<Q", 2**64 - 1)) + option(5, struct.pack("<Q", 3))
    data = BEGIN + enhanced(FRAME) + block(5, bytes(12) + counted)
    data += block(5, struct.pack("<III", 77, 0, 0) + counted) + block(5, b"")
    recording = read(data, folder=tmp_path)
    [link] = recording.capture.interfaces
    assert (link.packets, link.received, link.dropped) == (1, 2**64 - 1, 3)


def test_the_same_packet_on_two_interfaces_is_flagged(tmp_path: Path) -> None:
    data = section() + interface() + interface(101)
    for i in range(5):
        packet = ip(udp(), ident=i)
        data += enhanced(MACS + b"\x08\0" + packet, stamp=SECONDS * 10**6 + 100 * i)
        data += enhanced(packet, number=1, stamp=SECONDS * 10**6 + 100 * i + 9)
    recording = read(data, folder=tmp_path)
    assert odd(recording) == {"duplicate_packets": 5}
    assert counts(recording) == (10, 0, 0)
    assert recording.flows[0].client_ip == PHONE


def test_names_of_interfaces_are_cut_and_decoded(tmp_path: Path) -> None:
    names = [b"\xff\xfe\x9b", b"a" * 60_000, b"eth0\0\0"]
    data = section() + b"".join(interface(options=option(2, name)) for name in names)
    recording = read(data + enhanced(FRAME), folder=tmp_path)
    assert [i.name for i in recording.capture.interfaces] == [
        "\\xff\\xfe\\x9b",
        "a" * 1_024,
        "eth0",
    ]
