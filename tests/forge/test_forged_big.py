"""The big captures in little: valid frames, in order of time, the same every time."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from scapy.layers.dns import DNS
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.packet import Packet
from scapy.utils import rdpcap

from benchmarks import handshakes, make, templates
from captures.forging import MS


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("big") / "a.pcap"
    make.write(path, mix(), 300_000)
    return path


def mix() -> make.Mix:
    known = handshakes.load()
    kinds = {
        "lookup": [templates.lookup()],
        "tls": [templates.tls(known[0], 9_000, 700), templates.tls(known[3], 2_000, 90)],
        "tls6": [templates.tls(known[4], 5_000, 700, six=True)],
        "quic": [templates.quic(known[6], 7_000)],
        "http": [templates.http(3_001)],
        "call": [templates.call(1)],
        "heartbeat": [templates.heartbeat(3)],
    }
    return make.Mix(kinds, dict.fromkeys(kinds, 1), 50 * MS)


def test_size_and_order(path: Path) -> None:
    frames = rdpcap(str(path))
    times = [frame.time for frame in frames]
    assert 240_000 <= path.stat().st_size <= 350_000
    assert times == sorted(times)


def test_same_bytes_every_time(path: Path, tmp_path: Path) -> None:
    again = tmp_path / "b.pcap"
    make.write(again, mix(), 300_000)
    assert sha256(again.read_bytes()).digest() == sha256(path.read_bytes()).digest()


def test_checksums_were_brought_along(path: Path) -> None:
    for frame in rdpcap(str(path)):
        assert bytes(without_checksums(frame)) == frame.original


def without_checksums(frame: Packet) -> Packet:
    """The frame as scapy writes it anew."""
    copy = frame.copy()
    if IP in copy:
        del copy[IP].chksum
    layer = TCP if TCP in copy else UDP
    del copy[layer].chksum
    return copy


def test_conversations_have_their_own_ends_and_names(path: Path) -> None:
    frames = rdpcap(str(path))
    opened = [frame for frame in frames if TCP in frame and frame[TCP].flags == "S"]
    ports = [frame[TCP].sport for frame in opened]
    answers = [frame for frame in frames if DNS in frame and frame[DNS].qr]
    names = {frame[DNS].an[0].rrname for frame in answers}
    assert len(set(ports)) == len(ports) > 10
    assert any(IPv6 in frame for frame in opened)
    assert len(names) == len(answers) > 3
    assert {frame[DNS].an[0].rdata for frame in answers}.isdisjoint({"198.51.100.2"})


def test_names_in_hellos_follow_the_look_ups(path: Path) -> None:
    told = {
        frame[DNS].an[0].rrname.rstrip(b".")
        for frame in rdpcap(str(path))
        if DNS in frame and frame[DNS].qr
    }
    raw = path.read_bytes()
    used = {name for name in told if raw.count(name) > 0}
    assert used  # look-ups have the name in wire form: these stand in TLS and HTTP


def test_recorded_handshakes_are_small_and_whole() -> None:
    known = handshakes.load()
    assert [one.kind for one in known] == ["tls"] * 6 + ["quic"] * 4
    assert handshakes.RECORDED.stat().st_size < 60_000
    assert known[0].steps[0].data.count(handshakes.NAME.encode()) == 1
