"""Whole conversations prepared once, to be played many times with other ends.

A template is a conversation cut at the places that change: IP checksum, addresses
and ports, transport checksum, the name in it. Playing it joins those pieces
again; checksums are brought along by adding the difference (RFC 1624). A certificate
is made out to the name as well; its signature then fits no longer, and nobody looks.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from benchmarks.handshakes import NAME, RTT, SHOWN, Handshake
from captures.forging import MS, Host, Recording, Step, dns, lan

PHONE = Host("10.42.0.20", "02:00:5e:00:53:14")
PHONE6 = Host("2001:db8:42::20", PHONE.mac)
_SERVER, _SERVER6 = "198.51.100.1", "2001:db8:ffff::1"
_ANSWER = "198.51.100.2"  # the address in the DNS template's answer
_TCP_SUM, _UDP_SUM = 16, 6  # where the checksum stands in the header
_MSS = 1_348  # as behind a carrier's tunnel
_PORT = 1  # client port of every template
_NAME, _WIRE_NAME = NAME.encode(), dns.wire_name(NAME)
_SHOWN = SHOWN.encode()
_WIRE_ANSWER = ip_address(_ANSWER).packed


@dataclass(frozen=True, slots=True)
class Piece:
    """One frame, cut open; ``head`` to ``rest`` in the order they are written."""

    after: int  # ns since the conversation began
    up: bool
    head: bytes  # up to the IPv4 checksum, or to the IPv6 addresses
    ip_sum: int  # complement of the header checksum; -1 in IPv6
    middle: bytes  # from the ports to the transport checksum
    sum: int  # complement of the transport checksum
    rest: bytes
    size: int
    marked: bool  # has a name or an answer to rewrite


@dataclass(frozen=True, slots=True)
class Template:
    """A conversation between placeholder ends on port ``port``."""

    pieces: tuple[Piece, ...]
    port: int
    zero: int  # what a checksum of zero is written as: all ones in UDP (RFC 768)
    six: bool
    bytes: int


@dataclass(frozen=True, slots=True)
class Ends:
    """Who plays a template: addresses packed, the handset's port, the name spoken."""

    client: bytes
    server: bytes
    port: int
    name: bytes
    answer: bytes = b""


def tls(handshake: Handshake, down: int, up: int, *, six: bool = False) -> Template:
    """A TLS session with an upload and a download of opaque records."""
    steps = [*handshake.steps, Step(True, _records(up)), Step(False, _records(down))]
    return _tcp(steps, 443, six)


def http(down: int) -> Template:
    """One request in clear and its answer."""
    agent = {"User-Agent": "Dalvik/2.1.0 (Linux; U; Android 16; Demo One)"}
    asked = lan.http_request(NAME, "/download", headers=agent)
    return _tcp([Step(True, asked), Step(False, lan.http_response(body=_noise(down)))], 80, False)


def heartbeat(count: int) -> Template:
    """A connection that says a few bytes to and fro, every 20 seconds."""
    beats = [Step(up, _noise(12), 20_000 * MS if up else MS) for up in (True, False) * count]
    return _tcp(beats, 5222, False)


def quic(handshake: Handshake, down: int) -> Template:
    """A QUIC connection; the download follows the recorded datagrams."""
    key = handshake.steps[0].data[15:23]  # any 8 bytes will do as connection id
    steps = list(handshake.steps)
    for number in range(-(-down // 1_200)):
        steps.append(Step(False, b"\x47" + key + _noise(1_191), MS // 4))
        if number % 2:
            steps.append(Step(True, b"\x41" + key + _noise(24), MS // 10))
    return _udp(steps, 443)


def lookup(*, six: bool = False) -> Template:
    """A DNS question and answer, both with the name."""
    asked = dns.message(7, (NAME, "A"))
    records = dns.address_records(NAME, [_ANSWER])
    told = dns.message(7, (NAME, "A"), records, response=True)
    return _udp([Step(True, asked), Step(False, told, 15 * MS)], 53, six)


def call(seconds: int) -> Template:
    """Voice: a packet of 60 bytes each way every 20 ms."""
    data = _noise(60)
    steps = [Step(up, data, 9 * MS if up else 11 * MS) for up in (True, False) * (seconds * 50)]
    return _udp(steps, 3478)


def play(template: Template, start: int, ends: Ends) -> Iterator[tuple[int, bytes]]:
    """The conversation's pcap records, each with its time in ns."""
    addresses = ends.client + ends.server, ends.server + ends.client
    ports = struct.pack("!HHH", ends.port, template.port, ends.port)
    ip_more = _words(addresses[0]) - _words(_placeholders(template.six))
    more = ip_more + ends.port - _PORT
    sides = (addresses[1] + ports[2:], addresses[0] + ports[:4])
    pack = struct.Struct("<IIII").pack
    for piece in template.pieces:
        rest, total = piece.rest, piece.sum + more
        if piece.marked:
            rest, change = _rewritten(rest, ends)
            total += change
        ts = start + piece.after
        yield (
            ts,
            b"".join(
                (
                    pack(ts // 1_000_000_000, ts % 1_000_000_000 // 1_000, piece.size, piece.size),
                    piece.head,
                    b"" if piece.ip_sum < 0 else _sum(piece.ip_sum + ip_more),
                    sides[piece.up],
                    piece.middle,
                    _sum(total, template.zero),
                    rest,
                )
            ),
        )


def _sum(total: int, zero: int = 0) -> bytes:
    """The checksum field for a complement that grew by a difference."""
    return (-total % 0xFFFF or zero).to_bytes(2, "big")


def _words(data: bytes) -> int:
    """Sum of 16-bit words; ``data`` begins at an even place of its frame."""
    even = data + b"\0" if len(data) % 2 else data
    words: tuple[int, ...] = struct.unpack(f"!{len(even) // 2}H", even)
    return sum(words)


def _rewritten(rest: bytes, ends: Ends) -> tuple[bytes, int]:
    """The tail of a frame with this conversation's name and answer; its sum's growth."""
    if not ends.answer:
        new = rest.replace(_NAME, ends.name)
        new = new.replace(_SHOWN, b"*" + ends.name[len(_NAME) - len(_SHOWN) + 1 :])
    else:
        new = rest.replace(_WIRE_NAME, dns.wire_name(ends.name.decode()))
        new = new.replace(_WIRE_ANSWER, ends.answer)
    return new, _words(new) - _words(rest)


def _placeholders(six: bool) -> bytes:
    """Both addresses as they stand in the templates."""
    ends = (PHONE6.ip, _SERVER6) if six else (PHONE.ip, _SERVER)
    return b"".join(ip_address(text).packed for text in ends)


def _tcp(steps: Sequence[Step], port: int, six: bool) -> Template:
    recording = Recording(0)
    where = {"rtt": RTT, "client_port": _PORT, "client": PHONE6 if six else PHONE}
    recording.tcp(_SERVER6 if six else _SERVER, port, steps, mss=_MSS, **where)  # type: ignore[arg-type]
    return _template(recording, port, six, _TCP_SUM)


def _udp(steps: Sequence[Step], port: int, six: bool = False) -> Template:
    recording = Recording(0)
    client, server = (PHONE6, _SERVER6) if six else (PHONE, _SERVER)
    recording.udp(server, port, steps, rtt=0, client_port=_PORT, client=client)
    return _template(recording, port, six, _UDP_SUM)


def _template(recording: Recording, port: int, six: bool, sum_at: int) -> Template:
    recording.frames.sort(key=lambda frame: frame.ts)
    pieces = tuple(_piece(f.ts, f.data, port, six, sum_at) for f in recording.frames)
    zero = 0xFFFF if sum_at == _UDP_SUM else 0
    return Template(pieces, port, zero, six, sum(piece.size + 16 for piece in pieces))


def _piece(after: int, frame: bytes, port: int, six: bool, sum_at: int) -> Piece:
    """Cuts a frame open; ``sum_at`` is the checksum's place in the transport header."""
    head, ports = (22, 54) if six else (24, 34)
    at = ports + sum_at
    rest = frame[at + 2 :]
    name = any(text in rest for text in (_NAME, _WIRE_NAME, _SHOWN))
    return Piece(
        after,
        frame[ports + 2 : ports + 4] == port.to_bytes(2, "big"),
        frame[:head],
        -1 if six else 0xFFFF - int.from_bytes(frame[24:26], "big"),
        frame[ports + 4 : at],
        0xFFFF - int.from_bytes(frame[at : at + 2], "big"),
        rest,
        len(frame),
        name,
    )


def _records(size: int) -> bytes:
    """TLS application data records of ``size`` bytes in all, 16 KiB each."""
    data = bytearray()
    while len(data) < size:
        body = min(16_384 + 17, max(size - len(data) - 5, 1))
        data += b"\x17\x03\x03" + body.to_bytes(2, "big") + _noise(body)
    return bytes(data)


def _noise(size: int) -> bytes:
    """Bytes without a pattern, the same in every run."""
    return random.Random(size).randbytes(size)
