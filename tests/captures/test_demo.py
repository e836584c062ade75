"""What the committed demo capture contains, read by scapy and not by our own code."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from scapy.layers.dns import DNS
from scapy.layers.http import HTTPRequest
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import ARP
from scapy.packet import Packet
from scapy.utils import rdpcap

from captures import make_demo
from captures.forging import SECOND, START

DEMO = Path(make_demo.__file__).with_name("demo.pcapng")


@lru_cache(maxsize=1)
def frames() -> list[Packet]:
    return list(rdpcap(str(DEMO)))


def payloads(address: str, port: int) -> Iterator[bytes]:
    """TCP payloads sent to one server."""
    for frame in frames():
        if TCP in frame and frame[IP].dst == address and frame[TCP].dport == port:
            data = bytes(frame[TCP].payload)
            if data:
                yield data


def test_size_and_span() -> None:
    assert DEMO.stat().st_size <= 300_000
    assert len(frames()) == 504
    assert int(frames()[0].time * 10**9) == START
    assert float(frames()[-1].time - frames()[0].time) == pytest.approx(2_704.4193)


def test_committed_bytes_are_the_ones_described() -> None:
    digest = sha256(DEMO.read_bytes()).hexdigest()
    assert digest == "869df870a3b1684cc12301550a52055322328b0821298404acc3d3191cb53f14"


def test_says_that_it_is_forged() -> None:
    assert make_demo.NOTE.encode() in DEMO.read_bytes()[:400]


def test_frames_by_remote_address() -> None:
    seen = Counter(
        frame[IP].dst if frame[IP].src == "10.42.0.20" else frame[IP].src
        for frame in frames()
        if IP in frame
    )
    assert seen == {
        "13.126.0.10": 89,
        "13.35.0.10": 81,
        "54.169.0.10": 61,
        "54.169.0.20": 51,
        "142.251.42.10": 40,
        "8.8.8.8": 38,
        "104.18.0.10": 34,
        "219.142.0.10": 30,
        "10.42.0.1": 24,
        "34.93.0.10": 19,
        "54.169.0.30": 19,
        "142.250.192.67": 10,
        "0.0.0.0": 2,
        "224.0.0.251": 2,
        "216.239.35.0": 2,
    }
    assert sum(ARP in frame for frame in frames()) == 2


def test_names_looked_up() -> None:
    asked = [
        frame[DNS].qd[0].qname.decode()
        for frame in frames()
        if DNS in frame and UDP in frame and frame[UDP].dport == 53
    ]
    assert asked == [
        "connectivitycheck.gstatic.com.",
        "time.android.com.",
        "push.handset.example.",
        "api.account.handset.example.",
        "tracking.india.handset.example.",
        "cloud.india.handset.example.",
        "static.handset.example.",
        "events.metrics.example.",
        "www.google.com.",
        "www.google.com.",
        "dns.google.",
    ]


@pytest.mark.parametrize(
    ("address", "port", "name", "sessions"),
    [
        ("54.169.0.20", 5223, b"push.handset.example", 1),
        ("54.169.0.10", 443, b"api.account.handset.example", 3),
        ("13.126.0.10", 443, b"cloud.india.handset.example", 2),
        ("13.35.0.10", 443, b"static.handset.example", 2),
        ("34.93.0.10", 443, b"events.metrics.example", 1),
        ("8.8.8.8", 443, b"dns.google", 1),
        ("104.18.0.10", 443, b"cloudflare-ech.com", 1),
    ],
)
def test_server_names(address: str, port: int, name: bytes, sessions: int) -> None:
    hellos = [data for data in payloads(address, port) if data[0] == 22 and data[5] == 1]
    assert len(hellos) == sessions
    assert all(name in hello for hello in hellos)


def test_one_hello_without_a_name_and_one_with_ech() -> None:
    nameless = next(payloads("54.169.0.30", 443))
    hidden = next(payloads("104.18.0.10", 443))
    assert (nameless[0], nameless[5]) == (22, 1)
    assert b".example" not in nameless
    assert b"\xfe\x0d\x01\x1a\x00\x00\x01\x00\x01\x2a\x00\x20" in hidden
    assert not any(b"\xfe\x0d\x01\x1a" in data for data in payloads("8.8.8.8", 443))


def test_certificate_in_clear_at_the_edge() -> None:
    down = [
        bytes(frame[TCP].payload)
        for frame in frames()
        if TCP in frame and frame[IP].src == "13.35.0.10"
    ]
    assert sum(b"*.handset.example" in data for data in down) == 2


def test_planted_identifier_leaves_in_base64_over_http() -> None:
    bodies = [
        frame[HTTPRequest].payload.load
        for frame in frames()
        if HTTPRequest in frame and frame[HTTPRequest].Method == b"POST"
    ]
    reports = [json.loads(base64.b64decode(body.removeprefix(b"data="))) for body in bodies]
    assert [report["imei"] for report in reports] == ["004999012345673"] * 3
    assert [report["n"] for report in reports] == [1, 2, 3]
    assert not any(make_demo.IMEI.encode() in frame.original for frame in frames())


def test_imei_is_luhn_valid_and_of_a_test_tac() -> None:
    doubled = [int(c) * (1 + i % 2) for i, c in enumerate(make_demo.IMEI)]
    assert make_demo.IMEI.startswith("00499901")
    assert sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def test_heartbeat_every_five_minutes() -> None:
    beats = [
        float(frame.time) - START / SECOND
        for frame in frames()
        if TCP in frame and frame[IP].dst == "54.169.0.20" and frame[IP].len == 40 + 32 + 22
    ]
    gaps = [b - a for a, b in pairwise(beats)]
    assert len(beats) == 9
    assert all(abs(gap - 300) < 0.1 for gap in gaps)


@pytest.mark.parametrize(
    ("address", "fastest"),
    [("54.169.0.10", 61), ("13.126.0.10", 6), ("219.142.0.10", 168), ("13.35.0.10", 8)],
)
def test_round_trips(address: str, fastest: int) -> None:
    opened: dict[int, float] = {}
    trips = []
    for frame in frames():
        if TCP in frame and frame[TCP].flags == "S" and frame[IP].dst == address:
            opened[frame[TCP].sport] = float(frame.time)
        if TCP in frame and frame[TCP].flags == "SA" and frame[IP].src == address:
            trips.append(float(frame.time) - opened[frame[TCP].dport])
    assert min(trips) * 1_000 == pytest.approx(fastest, abs=0.01)


def test_the_script_still_tells_the_same_story() -> None:
    """Bytes differ (random numbers), frames, times and sizes do not."""
    forged = sorted(make_demo.forge().frames, key=lambda frame: frame.ts)
    committed = [(round(frame.time * 10**9), size(frame.original)) for frame in frames()]
    assert [(frame.ts, size(frame.data)) for frame in forged] == committed


def size(frame: bytes) -> int | None:
    """Bytes of an Ethernet frame; None for TLS handshakes, which differ with OpenSSL's build."""
    is_tcp = frame[12:14] == b"\x08\0" and frame[23] == 6
    payload = frame[34 + (frame[46] >> 4) * 4 :] if is_tcp else b""
    return None if payload.startswith(b"\x16\3") else len(frame)
