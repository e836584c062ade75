"""Forged pcap and pcapng files, read back by scapy and dpkt."""

from __future__ import annotations

import struct
from pathlib import Path

import dpkt
import pytest
from scapy.utils import PcapNgReader, RawPcapReader, rdpcap

from captures.forging import Frame, Recording, write_pcap, write_pcapng

FRAMES = [Frame(1_791_964_800_123_456_789, b"\xaa" * 60, "why"), Frame(2**33 + 5, b"\xbb" * 77)]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("nano", "fraction"), [(True, 123_456_789), (False, 123_456)])
def test_pcap(tmp_path: Path, order: str, nano: bool, fraction: int) -> None:
    path = tmp_path / "a.pcap"
    write_pcap(path, FRAMES, order=order, nano=nano)
    (first, told), (second, _) = RawPcapReader(str(path))
    assert (first, second) == (b"\xaa" * 60, b"\xbb" * 77)
    assert (told.sec, told.usec) == (1_791_964_800, fraction)


def test_pcap_snaplen_cuts(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    write_pcap(path, FRAMES, snaplen=64)
    data = path.read_bytes()
    assert struct.unpack("<II", data[24 + 16 + 60 + 8 :][:8]) == (64, 77)
    assert len(data) == 24 + 16 + 60 + 16 + 64


def test_pcapng(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    write_pcapng(path, FRAMES, comment="a section", secrets="CLIENT_RANDOM 00 11\n")
    with path.open("rb") as file:
        read = list(dpkt.pcapng.Reader(file))
    assert [data for _, data in read] == [b"\xaa" * 60, b"\xbb" * 77]
    with PcapNgReader(str(path)) as reader:
        frame = next(reader)
    assert int(frame.time * 10**9) == FRAMES[0].ts
    assert frame.comments == [b"why"]


def test_pcapng_of_two_interfaces(tmp_path: Path) -> None:
    recording = Recording()
    recording.dns("a.example", "192.0.2.1")
    recording.dns("b.example", "192.0.2.2", interface=1)
    path = tmp_path / "a.pcapng"
    recording.write(path)
    sniffed = [frame.sniffed_on for frame in rdpcap(str(path))]
    assert sniffed == ["wlan0", "wlan0", "wlan1", "wlan1"]


@pytest.mark.parametrize("suffix", ["pcap", "pcapng"])
def test_written_in_order_of_time(tmp_path: Path, suffix: str) -> None:
    recording = Recording()
    recording.dns("later.example", "192.0.2.1", at=9)
    recording.dns("first.example", "192.0.2.1", at=0)
    path = tmp_path / f"a.{suffix}"
    recording.write(path)
    times = [frame.time for frame in rdpcap(str(path))]
    assert times == sorted(times)
    assert len(times) == 4
