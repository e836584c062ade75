"""Makes the big captures: python benchmarks/make.py [--out bench-data] [15mb 110mb 1gb small | all]

Phone-like traffic from real handshakes: look-ups, TLS 1.3 and 1.2, some with ECH,
QUIC, HTTP, IPv4 and IPv6, downloads with a heavy tail; `small` is calls, heartbeats
and look-ups. The same recorded handshakes give the same bytes on every machine.
"""

from __future__ import annotations

import argparse
import heapq
import random
import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import handshakes, templates
from benchmarks.templates import Ends, Template, play
from captures.forging import MS, START

FILES = {  # name: target bytes, what is in it
    "15mb": (15_000_000, "phone"),
    "110mb": (112_000_000, "phone"),
    "1gb": (1_070_000_000, "phone"),
    "small": (418_000_000, "small"),
}
# /16s of networks phones talk to: AWS, CloudFront, Google, Cloudflare, Akamai, Meta,
# Azure, Alibaba, Tencent, carriers of India and China
NETWORKS = (
    *("13.126", "13.234", "52.66", "54.169", "52.77", "3.0", "54.239", "13.35", "99.84"),
    *("142.250", "142.251", "34.93", "34.126", "104.16", "104.18", "23.32", "2.16", "157.240"),
    *("20.193", "40.80", "47.88", "47.241", "8.214", "43.132", "49.44", "117.18", "219.142"),
)
DOWNLOADS = ((2_000, 45), (12_000, 25), (60_000, 17), (200_000, 10), (2_200_000, 3))  # bytes, %
KINDS = {"lookup": 43, "tls": 37, "tls6": 6, "quic": 8, "http": 6}  # % of conversations
SMALL = {"lookup": 55, "call": 15, "heartbeat": 30}
Talk = Iterator[tuple[int, bytes]]  # a conversation's records with their times


@dataclass(frozen=True, slots=True)
class Mix:
    """Templates by kind, how often each kind is played, how far apart."""

    kinds: dict[str, list[Template]]
    weights: dict[str, int]
    gap: int  # mean ns between the beginnings of two conversations


def main() -> None:
    """Writes the captures that are asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("bench-data"))
    parser.add_argument("names", nargs="*", default=["15mb"], choices=[*FILES, "all"])
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    for name in FILES if "all" in asked.names else asked.names:
        target, kind = FILES[name]
        path = asked.out / f"bench-{name}.pcap"
        began = time.perf_counter()
        packets = write(path, phone_mix() if kind == "phone" else small_mix(), target)
        seconds = time.perf_counter() - began
        print(f"{path}: {path.stat().st_size:,} bytes, {packets:,} packets, {seconds:.1f} s")


def phone_mix() -> Mix:
    """A phone in use: few look-ups' worth of bytes, some large downloads."""
    known = handshakes.load()
    tls = [one for one in known if one.kind == "tls"]
    quic = [one for one in known if one.kind == "quic"]
    sizes = [size for size, share in DOWNLOADS for _ in range(share)]
    rolled = random.Random(1)
    kinds = {
        "lookup": [templates.lookup()],
        "tls": [_tls(tls[n % len(tls)], size, rolled) for n, size in enumerate(sizes)],
        "tls6": [_tls(tls[n % 4], size, rolled, six=True) for n, size in enumerate(sizes)],
        "quic": [templates.quic(quic[n % len(quic)], size) for n, size in enumerate(sizes)],
        "http": [templates.http(size) for size in sizes[:88]],
    }
    return Mix(kinds, KINDS, 500 * MS)


def _tls(
    one: handshakes.Handshake, size: int, rolled: random.Random, *, six: bool = False
) -> Template:
    up = rolled.choice((500, 900, 2_500, 9_000))
    down = int(size * rolled.uniform(0.7, 1.3))
    return templates.tls(one, down, up, six=six)


def small_mix() -> Mix:
    """Packets of 54 to 130 bytes only: the worst case for a cost per packet."""
    kinds = {
        "lookup": [templates.lookup()],
        "call": [templates.call(seconds) for seconds in (3, 8, 20)],
        "heartbeat": [templates.heartbeat(beats) for beats in (5, 20, 60)],
    }
    return Mix(kinds, SMALL, 200 * MS)


def write(path: Path, mix: Mix, target: int) -> int:
    """Plays conversations, in order of time, until the file has its size; packets written."""
    packets, waiting = 0, bytearray()
    with path.open("wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1))
        for record in merged(conversations(mix, target)):
            waiting += record
            packets += 1
            if len(waiting) > 1 << 20:
                out.write(waiting)
                waiting.clear()
        out.write(waiting)
    return packets


def conversations(mix: Mix, target: int) -> Iterator[tuple[int, Talk]]:
    """Conversations with their beginnings, in order, ``target`` bytes in all."""
    rolled = random.Random(2026)
    servers = _servers(rolled)
    kinds, weights = list(mix.weights), list(mix.weights.values())
    start, made, known = START, 24, (b"h0000000.svc00.example", servers[0])
    for number in count():
        if made >= target:
            return
        template = rolled.choice(mix.kinds[rolled.choices(kinds, weights)[0]])
        if template.bytes > target - made + 50_000:
            continue  # too long for what is left
        if template.port == 53:
            known = (b"h%07d.svc%02d.example" % (number, number % 97), rolled.choice(servers))
        yield start, play(template, start, _ends(number, template, *known))
        made += template.bytes
        start += int(rolled.expovariate(1) * mix.gap)


def merged(begun: Iterator[tuple[int, Talk]]) -> Iterator[bytes]:
    """The records of all conversations in order of time; only the open ones are held."""
    heap: list[tuple[int, int, bytes, Talk]] = []
    for number, (start, talk) in enumerate(begun):
        while heap and heap[0][0] <= start:
            yield _next(heap)
        ts, record = next(talk)
        heapq.heappush(heap, (ts, number, record, talk))
    while heap:
        yield _next(heap)


def _next(heap: list[tuple[int, int, bytes, Talk]]) -> bytes:
    """Takes the earliest record and puts its conversation's next one in its place."""
    _, number, record, talk = heap[0]
    following = next(talk, None)
    if following is None:
        heapq.heappop(heap)
    else:
        heapq.heapreplace(heap, (following[0], number, following[1], talk))
    return record


def _servers(rolled: random.Random) -> list[bytes]:
    """2,000 server addresses."""
    chosen = [rolled.choice(NETWORKS) for _ in range(2_000)]
    return [
        ip_address(f"{network}.{rolled.randrange(256)}.{rolled.randrange(1, 255)}").packed
        for network in chosen
    ]


def _ends(number: int, template: Template, name: bytes, server: bytes) -> Ends:
    """A conversation goes to what was looked up last; ports come back late."""
    port = 32_768 + number * 7 % 28_001
    if template.six:
        far = ip_address("2404:6800::").packed[:12] + server
        return Ends(ip_address(templates.PHONE6.ip).packed, far, port, name)
    client = ip_address(templates.PHONE.ip).packed
    if template.port == 53:
        return Ends(client, ip_address("10.42.0.1").packed, port, name, server)
    return Ends(client, server, port, name)


if __name__ == "__main__":
    main()
