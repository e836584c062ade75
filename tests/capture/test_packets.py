"""Packets read again: numbered and timed as the hot room does, damaged files too."""

from __future__ import annotations

import gzip
import random
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.capture import packets
from analyzer.capture.packets import Sought
from analyzer.capture.source import RawFile
from analyzer.capture.walk import Walk
from analyzer.capture.window import Window
from analyzer.model import Packet
from tests.capture.forge import (
    FRAME,
    NS,
    PHONE,
    SERVER,
    block,
    enhanced,
    ethernet,
    frame,
    interface,
    ip,
    ip6,
    obsolete,
    option,
    pcap,
    pcap_header,
    read,
    record,
    section,
    simple,
    tcp,
    udp,
)

MICRO = NS // 1_000


def again(path: Path, *frames: int) -> list[Packet]:
    return list(packets.read([path], frames))


def counted(path: Path) -> int:
    """How many packets a walk to the end passes."""
    raw, walk = RawFile(path, hashed=False), Walk()
    Sought(walk, [10**9], [])
    for _ in walk.through(Window(raw), ""):
        assert walk.taken() == 0
    raw.close()
    return walk.frames()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("magic", "unit"), [(0xA1B2C3D4, 1_000), (0xA1B23C4D, 1)])
def test_pcap(order: str, magic: int, unit: int, tmp_path: Path) -> None:
    data = pcap_header(113, order=order, magic=magic) + b"".join(
        record(b"%d" % n, at=NS + n * 5_000, unit=unit, order=order, wire=90) for n in range(9)
    )
    path = tmp_path / "a.pcap"
    path.write_bytes(data)
    assert again(path, 3, 9, 12) == [
        Packet(3, 0, 3, NS + 10_000, 113, 90, b"2"),
        Packet(9, 0, 9, NS + 40_000, 113, 90, b"8"),
    ]


@pytest.mark.parametrize("order", ["<", ">"])
def test_packet_blocks_of_three_kinds(order: str, tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    path.write_bytes(
        section(order=order)
        + interface(order=order, snaplen=44)
        + interface(101, order=order, options=option(9, b"\x09", order=order))
        + enhanced(b"one", order=order, stamp=NS, number=1, wire=60)
        + simple(FRAME, order=order)
        + block(5, bytes(40), order=order)
        + obsolete(b"three", number=0, order=order)
        + enhanced(b"unknown interface", number=2, order=order)
    )
    assert again(path, 1, 2, 3, 4) == [
        Packet(1, 0, 1, NS, 101, 60, b"one"),
        Packet(2, 0, 2, NS, 1, len(FRAME), FRAME[:44]),
        Packet(3, 0, 3, NS, 1, 5, b"three"),
    ]


@pytest.mark.parametrize(
    ("resolution", "stamp"),
    [(b"\x06", MICRO), (b"\x09", NS), (b"\x0a", NS * 10), (b"\x00", NS // 10**9),
     (b"\xa0", NS // 10**9 << 32), (b"\x80", NS // 10**9)],
)  # fmt: skip
def test_clocks(resolution: bytes, stamp: int, tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    clock = option(9, resolution) + option(14, struct.pack("<q", -60))
    path.write_bytes(section() + interface(options=clock) + enhanced(FRAME, stamp=stamp))
    (found,) = again(path, 1)
    assert found.ts == NS - 60 * 10**9
    assert read(path, folder=tmp_path).capture.first == found.ts


def test_files_continue_and_may_be_compressed(tmp_path: Path) -> None:
    paths = [tmp_path / "a.pcap", tmp_path / "b.pcap.gz", tmp_path / "c.pcapng"]
    paths[0].write_bytes(pcap(b"1", b"2")[:-1])  # the second is cut off
    paths[1].write_bytes(gzip.compress(pcap(b"3", b"4", link=101)))
    paths[2].write_bytes(section() + interface() + enhanced(b"5"))
    found = list(packets.read(paths, [1, 2, 4]))
    assert [(p.frame, p.file, p.file_frame, p.data, p.link_type) for p in found] == [
        (1, 0, 1, b"1", 1),
        (2, 1, 1, b"3", 101),
        (4, 2, 1, b"5", 1),
    ]


def test_reading_ends_behind_the_last_wanted(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap(*[bytes(1400)] * 2_000))
    assert [p.frame for p in packets.read([path, tmp_path / "missing"], [1])] == [1]


def test_a_pipe_cannot_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap(FRAME))
    size = path.stat().st_size
    assert packets.readable_again([path], [size])
    assert packets.readable_again([path], [size - 1])  # it has grown since
    assert not packets.readable_again([path], [size + 1])
    assert not packets.readable_again([path, Path("-")], [size, 0])
    assert not packets.readable_again([tmp_path], [0])
    assert not packets.readable_again([tmp_path / "none"], [0])


# ----------------------------------------------------------------- conversations

VLAN = struct.pack("!HH", 7, 0x0800)


def _under(layer: str, packet: bytes) -> bytes:
    if layer == "vlan":
        return ethernet(VLAN + packet, 0x8100)
    if layer == "gre":
        return ethernet(ip(b"\0\0\x08\0" + packet, 47, src="192.0.2.1", dst="192.0.2.2"))
    return ethernet(packet)


@pytest.mark.parametrize("layer", ["plain", "vlan", "gre"])
def test_all_packets_of_a_conversation(layer: str, tmp_path: Path) -> None:
    there = {"src": PHONE, "dst": SERVER}
    back = {"src": SERVER, "dst": PHONE}
    other = _under(layer, ip(udp(b"x", (40_001, 9_999))))
    ack = tcp(0x10, ports=(40_000, 9_999))  # the same ports, another protocol
    data = pcap(
        other,
        _under(layer, ip(udp(b"a"), **there)),
        other,
        _under(layer, ip(udp(b"b", (9_999, 40_000)), **back)),
        _under(layer, ip(ack, 6, **there)),
        _under(layer, ip(udp(b"c"), **there)),
        other,
    )
    recording = read(data, folder=tmp_path)
    flow = next(f for f in recording.flows if f.proto == "udp" and f.client_port == 40_000)
    found = list(packets.read([tmp_path / "0.pcap"], [1], [flow]))
    assert [(p.frame, p.flow) for p in found] == [(1, 0), (2, flow.id), (4, flow.id), (6, flow.id)]


def test_conversations_with_the_same_ends_stay_apart(tmp_path: Path) -> None:
    data = pcap_header() + b"".join(
        record(frame(b"%d" % n), at=NS + n * 200 * 10**9) for n in (0, 1, 7, 8)
    )
    flows = read(data, folder=tmp_path).flows
    assert [f.packets_up for f in flows] == [2, 2]
    for flow, frames in zip(flows, ([1, 2], [3, 4]), strict=True):
        assert [p.frame for p in packets.read([tmp_path / "0.pcap"], [], [flow])] == frames


def test_of_fragments_only_what_shows_its_ports(tmp_path: Path) -> None:
    whole = udp(bytes(64))
    parts = ip(whole[:32], flags=0x2000), ip(whole[32:], flags=4)
    data = pcap(*map(ethernet, parts), FRAME)
    flow = read(data, folder=tmp_path).flows[0]
    assert flow.packets_up == 3
    assert [p.frame for p in packets.read([tmp_path / "0.pcap"], [], [flow])] == [1, 3]


def test_without_ports_and_in_ipv6(tmp_path: Path) -> None:
    ping = b"\x80\0\0\0\0\1\0\1"
    data = pcap(ethernet(ip6(ping, 58)), ethernet(ip6(udp(b"x"))), ethernet(ip6(ping, 58)))
    flows = read(data, folder=tmp_path).flows
    found = packets.read([tmp_path / "0.pcap"], [], flows[:1])
    assert [(p.frame, p.flow) for p in found] == [(1, 1), (3, 1)]


def test_of_conversations_counted_together_the_first_and_last(tmp_path: Path) -> None:
    flow = read(pcap(FRAME, FRAME, FRAME), folder=tmp_path).flows[0]
    flow.client_ip = flow.server_ip = ""
    flow.client_port = flow.server_port = None
    assert [p.frame for p in packets.read([tmp_path / "0.pcap"], [1], [flow])] == [1, 3]


# ------------------------------------------------------------------------- damage

PCAP = pcap(*[frame(b"%d" % n) for n in range(6)])
PCAPNG = (
    section()
    + interface()
    + enhanced(FRAME)
    + interface(101)
    + enhanced(FRAME, number=1, options=option(1, b"u-10123"))
    + simple(FRAME)
    + section(order=">")
    + interface(order=">")
    + enhanced(FRAME, order=">")
    + block(0xBEEF, bytes(8), order=">")
    + obsolete(FRAME, order=">")
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([PCAP, PCAPNG]), st.randoms(use_true_random=False))
def test_mutants_are_numbered_alike(
    tmp_path_factory: pytest.TempPathFactory, good: bytes, chance: random.Random
) -> None:
    data = bytearray(good)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(data))
        data[at] = chance.choice([0, 1, 4, 0x7F, 0x80, 0xFF, chance.randrange(256)])
    if chance.random() < 0.3:
        del data[chance.randrange(len(data)) :]
    folder = tmp_path_factory.mktemp("mutant", numbered=True)
    recording = read(bytes(data), folder=folder)
    path = folder / "0.pcap"
    assert counted(path) == recording.capture.counters.read
    for flow in recording.flows:
        (first,) = again(path, flow.first_frame)
        assert flow.first <= first.ts <= flow.last  # the clock may run backwards
        assert first.wire >= len(first.data)


def test_real_captures_are_numbered_alike(shared: Path, tmp_path: Path) -> None:
    folders = [shared / "captures" / name for name in ("format", "pcapng", "link", "phone")]
    seen = 0
    for path in sorted(p for folder in folders for p in folder.iterdir()):
        if path.suffix in (".md", ".json", ".txt", ".tsv") or path.stat().st_size > 500_000:
            continue
        recording = read(path, folder=tmp_path)
        if recording.capture.files[0].container.startswith("pcap"):
            assert counted(path) == recording.capture.packets, path.name
            seen += 1
    assert seen > 10
