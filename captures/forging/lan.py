"""Payloads of clear protocols: DHCP, mDNS, NTP, HTTP/1, a push channel."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from ipaddress import ip_address

from captures.forging.dns import Record, message
from captures.forging.frames import Host, mac_bytes

DISCOVER, OFFER, REQUEST, ACKNOWLEDGE = 1, 2, 3, 5


def dhcp(
    kind: int, handset: Host, server: Host, host_name: str, vendor_class: str, ident: int
) -> bytes:
    """One message of a DHCP lease (RFC 2131, RFC 2132)."""
    reply = kind in (OFFER, ACKNOWLEDGE)
    offered = ip_address(handset.ip).packed if reply else b"\0\0\0\0"
    next_server = ip_address(server.ip).packed if reply else b"\0\0\0\0"
    head = struct.pack("!BBBBIHH", 2 if reply else 1, 1, 6, 0, ident, 0, 0)
    head += b"\0\0\0\0" + offered + next_server + b"\0\0\0\0"
    head += mac_bytes(handset.mac).ljust(16, b"\0") + bytes(192) + b"\x63\x82\x53\x63"
    options = [(53, bytes((kind,)))]
    if kind == REQUEST:
        options.append((50, ip_address(handset.ip).packed))
    if reply:
        gateway = ip_address(server.ip).packed
        options += [(54, gateway), (51, struct.pack("!I", 3_600)), (1, b"\xff\xff\xff\0")]
        options += [(3, gateway), (6, gateway)]
    else:
        options += [(12, host_name.encode()), (60, vendor_class.encode()), (55, b"\1\3\6\x0f\x1a")]
    told = b"".join(bytes((code, len(value))) + value for code, value in options if value)
    return head + told + b"\xff"


def arp(asker: Host, owner: Host, *, reply: bool) -> bytes:
    """A whole Ethernet frame: who has the owner's address, or its answer (RFC 826)."""
    here, there = (owner, asker) if reply else (asker, owner)
    target = mac_bytes(there.mac) if reply else bytes(6)
    body = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 2 if reply else 1)
    body += mac_bytes(here.mac) + ip_address(here.ip).packed + target + ip_address(there.ip).packed
    return (target if reply else b"\xff" * 6) + mac_bytes(here.mac) + b"\x08\x06" + body


def mdns_question(service: str) -> bytes:
    """Who offers ``service``? As a phone asks on every network it joins."""
    return message(0, (service, "PTR"), multicast=True)


def mdns_announcement(host: str, address: str) -> bytes:
    """A host says its own name and address."""
    record = Record(host, "A", ip_address(address).packed, 120)
    return message(0, None, [record], response=True, multicast=True)


def ntp(reply: bool, unix_ns: int) -> bytes:
    """An NTP version 4 packet (RFC 5905): mode 3 from a client, 4 from a server."""
    seconds, rest = divmod(unix_ns, 1_000_000_000)
    stamp = struct.pack("!II", seconds + 2_208_988_800 & 0xFFFFFFFF, (rest << 32) // 1_000_000_000)
    if not reply:
        return b"\x23\0\x06\xec" + bytes(36) + stamp
    return b"\x24\x01\x06\xec" + bytes(8) + b"GOOG" + stamp * 4


def http_request(
    host: str | None,
    path: str = "/",
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> bytes:
    """An HTTP/1.1 request; Content-Length is added where there is a body."""
    lines = [f"{method} {path} HTTP/1.1"]
    if host is not None:
        lines.append(f"Host: {host}")
    return _http(lines, headers or {}, body)


def http_response(
    status: str = "200 OK", *, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> bytes:
    """An HTTP/1.1 response with its Content-Length."""
    return _http(
        [f"HTTP/1.1 {status}"], {"Content-Length": str(len(body))} | dict(headers or {}), body
    )


def _http(lines: Sequence[str], headers: Mapping[str, str], body: bytes) -> bytes:
    told = dict(headers)
    if body:
        told.setdefault("Content-Length", str(len(body)))
    head = [*lines, *(f"{key}: {value}" for key, value in told.items())]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def push_hello(domain: str, model: str, build: str, carrier: str, device: str, at: str) -> bytes:
    """The first frame of a MiPush-like push channel: device details in clear.

    Shape as seen on the wire of such channels (TCP/5222): magic c2fe, version 5,
    length, a small protobuf header, a protobuf body, Adler-32 over all of it.
    """
    header = _text(3, domain) + _text(5, "CONN") + b"\x48\0"
    fields = ((2, model), (3, build), (4, device), (6, carrier), (7, at), (8, "en_IN"))
    body = b"\x08\x6a" + b"".join(_text(number, value) for number, value in fields)
    header = b"\x08\0" + header
    inner = struct.pack("!HHI", 2, len(header), len(body)) + header + body
    frame = b"\xc2\xfe\0\x05" + struct.pack("!I", len(inner)) + inner
    return frame + struct.pack("!I", zlib.adler32(frame))


def _text(number: int, value: str) -> bytes:
    """A protobuf text field shorter than 128 bytes."""
    data = value.encode()
    if len(data) > 127:
        raise ValueError("a push field holds at most 127 bytes")
    return bytes((number << 3 | 2, len(data))) + data
