"""Capture files byte by byte, wrong ones too, and what the capture room makes of them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

from analyzer.capture import reader
from analyzer.model import Anomaly, Flow

SECONDS = 1_791_964_800  # 2026-10-14T08:00:00Z
NS = SECONDS * 1_000_000_000
PHONE, SERVER = "10.42.0.20", "203.0.113.80"
PHONE6, SERVER6 = "2001:db8::20", "2001:db8::80"
MACS = bytes.fromhex("00005e00530102005e005314")  # to the gateway, from the phone

# ------------------------------------------------------------------------- pcap


def pcap_header(
    link: int = 1, *, order: str = "<", magic: int = 0xA1B2C3D4, snaplen: int = 262_144
) -> bytes:
    """The 24 bytes before the first record."""
    return struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snaplen, link)


def record(
    data: bytes,
    *,
    at: int = NS,
    unit: int = 1_000,
    order: str = "<",
    caplen: int | None = None,
    wire: int | None = None,
    more: bytes = b"",
) -> bytes:
    """One pcap record; lengths may lie, ``more`` follows the ordinary header."""
    seconds, fraction = divmod(at, 1_000_000_000)
    kept = len(data) if caplen is None else caplen
    sent = len(data) if wire is None else wire
    return struct.pack(order + "IIII", seconds, fraction // unit, kept, sent) + more + data


def pcap(*packets: bytes, link: int = 1) -> bytes:
    """A whole file, a packet each millisecond."""
    return pcap_header(link) + b"".join(
        record(data, at=NS + i * 1_000_000) for i, data in enumerate(packets)
    )


# ----------------------------------------------------------------------- pcapng


def block(kind: int, body: bytes, *, order: str = "<", length: int | None = None) -> bytes:
    """A block of any kind; ``length`` is what its two length fields claim."""
    body += b"\0" * (-len(body) % 4)
    claim = struct.pack(order + "I", len(body) + 12 if length is None else length)
    return struct.pack(order + "I", kind) + claim + body + claim


def option(code: int, value: bytes, *, order: str = "<", length: int | None = None) -> bytes:
    """One option, padded."""
    claim = len(value) if length is None else length
    return struct.pack(order + "HH", code, claim) + value + b"\0" * (-len(value) % 4)


def section(*, order: str = "<", length: int = -1) -> bytes:
    """A section header block."""
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, length), order=order)


def interface(link: int = 1, *, order: str = "<", snaplen: int = 0, options: bytes = b"") -> bytes:
    """An interface description block."""
    return block(1, struct.pack(order + "HHI", link, 0, snaplen) + options, order=order)


def enhanced(
    data: bytes,
    *,
    number: int = 0,
    stamp: int = SECONDS * 1_000_000,
    order: str = "<",
    wire: int | None = None,
    caplen: int | None = None,
    options: bytes = b"",
) -> bytes:
    """An enhanced packet block; the stamp in units of the interface."""
    kept = len(data) if caplen is None else caplen
    sent = len(data) if wire is None else wire
    head = struct.pack(order + "IIIII", number, stamp >> 32, stamp & 0xFFFFFFFF, kept, sent)
    return block(6, head + data + b"\0" * (-len(data) % 4) + options, order=order)


def simple(data: bytes, *, order: str = "<", wire: int | None = None) -> bytes:
    """A simple packet block."""
    sent = len(data) if wire is None else wire
    return block(3, struct.pack(order + "I", sent) + data, order=order)


def obsolete(data: bytes, *, number: int = 0, order: str = "<") -> bytes:
    """The packet block that enhanced ones replaced."""
    stamp = SECONDS * 1_000_000
    head = struct.pack(
        order + "HHIIII", number, 7, stamp >> 32, stamp & 0xFFFFFFFF, len(data), len(data)
    )
    return block(2, head + data, order=order)


# ---------------------------------------------------------------------- packets


def ip(
    body: bytes,
    proto: int = 17,
    *,
    src: str = PHONE,
    dst: str = SERVER,
    ident: int = 7,
    flags: int = 0,
    whole: int | None = None,
    first: int = 0x45,
    options: bytes = b"",
) -> bytes:
    """An IPv4 packet; ``flags`` are the 16 bits of flags and fragment offset."""
    length = 20 + len(options) + len(body) if whole is None else whole
    head = struct.pack("!BBHHHBBH", first, 0, length, ident, flags, 64, proto, 0)
    return head + ip_address(src).packed + ip_address(dst).packed + options + body


def ip6(
    body: bytes, proto: int = 17, *, src: str = PHONE6, dst: str = SERVER6, whole: int | None = None
) -> bytes:
    """An IPv6 packet; extension headers stand at the beginning of ``body``."""
    length = len(body) if whole is None else whole
    head = struct.pack("!IHBB", 6 << 28, length, proto, 64)
    return head + ip_address(src).packed + ip_address(dst).packed + body


def udp(payload: bytes = b"hello", ports: tuple[int, int] = (40_000, 9_999)) -> bytes:
    """A UDP datagram without a checksum."""
    return struct.pack("!HHHH", *ports, 8 + len(payload), 0) + payload


def tcp(
    flags: int,
    seq: int = 0,
    ack: int = 0,
    payload: bytes = b"",
    ports: tuple[int, int] = (40_000, 443),
    check: int = 0,
) -> bytes:
    """A TCP segment without options."""
    numbers = seq & 0xFFFFFFFF, ack & 0xFFFFFFFF
    return struct.pack("!HHIIBBHHH", *ports, *numbers, 0x50, flags, 65_535, check, 0) + payload


def ethernet(packet: bytes, kind: int | None = None) -> bytes:
    """An Ethernet frame; its type follows the IP version unless given."""
    if kind is None:
        kind = 0x86DD if packet[:1] >= b"\x60" else 0x0800
    return MACS + struct.pack("!H", kind) + packet


def frame(payload: bytes = b"hello", ports: tuple[int, int] = (40_000, 9_999)) -> bytes:
    """The ordinary packet of these tests: Ethernet, IPv4, UDP."""
    return ethernet(ip(udp(payload, ports)))


FRAME = frame()  # 47 bytes


# ---------------------------------------------------------------------- reading


class Ear:
    """A listener that wants everything and keeps it."""

    def __init__(self, wants: int = 1 << 20) -> None:
        self.wants = [wants, wants]
        self.held = 0
        self.heard = [b"", b""]
        self.frames: list[int] = []
        self.gaps: list[tuple[int, bool]] = []
        self.let_go_cut: list[bool] = []  # once for each time it was let go

    def stream(self, side: int, data: bytes, frame: int, ts: int) -> None:
        self.heard[side] += data
        self.frames.append(frame)

    def gap(self, side: int, cut: bool) -> None:
        self.gaps.append((side, cut))

    def datagram(self, side: int, data: bytes, frame: int, ts: int, cut: bool) -> None:
        self.stream(side, data, frame, ts)

    def let_go(self, cut: bool) -> None:
        self.let_go_cut.append(cut)
        self.held = 0


def read(*files: bytes | Path, folder: Path, wants: int = 1 << 20) -> reader.Recording:
    """What the capture room says of these files; nothing may be lost in counting."""
    paths = []
    for i, file in enumerate(files):
        if isinstance(file, bytes):
            (folder / f"{i}.pcap").write_bytes(file)
        paths.append(file if isinstance(file, Path) else folder / f"{i}.pcap")
    recording = reader.read(paths, lambda *_: Ear(wants))
    recording.anomalies += recording.settle()
    conserved(recording)
    return recording


def conserved(recording: reader.Recording) -> None:
    """Every packet is counted once, in a flow, as non-IP, or as undecodable."""
    capture, flows = recording.capture, recording.flows
    counters = capture.counters
    assert capture.packets == counters.read
    assert counters.read == counters.in_flows + counters.non_ip + counters.undecodable
    assert sum(flow.packets_up + flow.packets_down for flow in flows) == counters.in_flows
    assert sum(flow.bytes for flow in flows) <= capture.wire_bytes
    assert sum(i.packets for i in capture.interfaces) <= counters.read
    for flow in flows:
        assert flow.payload_up >= 0
        assert flow.payload_down >= 0
        assert flow.first <= flow.last
        assert flow.first_frame <= flow.last_frame
    assert 0 <= capture.bytes_not_read <= sum(file.bytes for file in capture.files)


def counts(recording: reader.Recording) -> tuple[int, int, int]:
    """Packets in flows, not IP, and undecodable."""
    counters = recording.capture.counters
    return counters.in_flows, counters.non_ip, counters.undecodable


def odd(recording: reader.Recording) -> dict[str, int]:
    """Kinds of anomalies and how often."""
    return {anomaly.kind: anomaly.count for anomaly in recording.anomalies}


def the(recording: reader.Recording, kind: str) -> Anomaly:
    """The anomaly of one kind, which must be there."""
    return next(anomaly for anomaly in recording.anomalies if anomaly.kind == kind)


def ends(flow: Flow) -> tuple[str, str, int | None, str, int | None]:
    """Who talked to whom."""
    return flow.proto, flow.client_ip, flow.client_port, flow.server_ip, flow.server_port


def heard(recording: reader.Recording, flow: int = 1) -> Sequence[bytes]:
    """What the listener of a flow was given, of each side."""
    listener = recording.listeners[flow]
    assert isinstance(listener, Ear)
    return listener.heard


ORDINARY = ("udp", PHONE, 40_000, SERVER, 9_999)  # ends() of FRAME's flow
