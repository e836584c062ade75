"""Hosts and the bytes of their packets: Ethernet, IPv4, IPv6, TCP, UDP.

Every packet written here has right lengths and checksums.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from ipaddress import ip_address

US = 1_000
MS = 1_000_000
SECOND = 1_000_000_000

TCP, UDP = 6, 17
FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10


@dataclass(frozen=True, slots=True)
class Host:
    """One end of a conversation. ``mac`` is the one seen on the recorded link."""

    ip: str
    mac: str = "00:00:5e:00:53:01"  # RFC 9542: reserved for documentation
    ttl: int = 64


def checksum(data: bytes) -> int:
    """The Internet checksum of RFC 1071 over ``data``."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def mac_bytes(mac: str) -> bytes:
    """Six bytes of ``00:00:5e:00:53:01``."""
    return bytes.fromhex(mac.replace(":", ""))


def ethernet(source: Host, target: Host, packet: bytes) -> bytes:
    """An Ethernet II frame around an IP packet; its type follows the IP version."""
    kind = b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00"
    return mac_bytes(target.mac) + mac_bytes(source.mac) + kind + packet


def ip_packet(source: Host, target: Host, proto: int, body: bytes, ident: int = 0) -> bytes:
    """An IPv4 or IPv6 packet, as the source's address says, without options."""
    src, dst = ip_address(source.ip).packed, ip_address(target.ip).packed
    if len(src) == 16:
        return struct.pack("!IHBB", 6 << 28, len(body), proto, source.ttl) + src + dst + body
    head = struct.pack(
        "!BBHHHBBH", 0x45, 0, 20 + len(body), ident & 0xFFFF, 0x4000, source.ttl, proto, 0
    )
    head += src + dst
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body


def tcp_segment(
    source: Host,
    target: Host,
    ports: tuple[int, int],
    numbers: tuple[int, int],
    flags: int,
    payload: bytes = b"",
    options: bytes = b"",
    window: int = 65_535,
) -> bytes:
    """A TCP segment; ``numbers`` are sequence and acknowledgement, ``options`` are padded."""
    options += b"\0" * (-len(options) % 4)
    offset = (20 + len(options)) << 2
    seq, ack = numbers[0] & 0xFFFFFFFF, numbers[1] & 0xFFFFFFFF
    head = struct.pack("!HHIIBBHHH", *ports, seq, ack, offset, flags, window, 0, 0) + options
    total = checksum(_pseudo(source, target, TCP, len(head) + len(payload)) + head + payload)
    return head[:16] + struct.pack("!H", total) + head[18:] + payload


def udp_datagram(source: Host, target: Host, ports: tuple[int, int], payload: bytes) -> bytes:
    """A UDP datagram; a checksum of zero is sent as all ones (RFC 768)."""
    length = 8 + len(payload)
    head = struct.pack("!HHH", *ports, length)
    pseudo = _pseudo(source, target, UDP, length)
    total = checksum(pseudo + head + b"\0\0" + payload) or 0xFFFF
    return head + struct.pack("!H", total) + payload


def _pseudo(source: Host, target: Host, proto: int, length: int) -> bytes:
    """What TCP and UDP checksums cover of the IP header (RFC 9293, RFC 8200)."""
    addresses = ip_address(source.ip).packed + ip_address(target.ip).packed
    if len(addresses) == 32:
        return addresses + struct.pack("!IHBB", length, 0, 0, proto)
    return addresses + struct.pack("!BBH", 0, proto, length)
