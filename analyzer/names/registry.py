"""Which protocol speaks: one row each, tried from top to bottom.

A new protocol is one file with an ear and one row here. A row matches by the
first bytes (``starts``), or by ``test``; ``ports`` restrict it when given.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from analyzer.names import dns
from analyzer.names.dhcp import DhcpEar, is_dhcp
from analyzer.names.dns_ear import DnsEar
from analyzer.names.dtls import DtlsEar, is_dtls
from analyzer.names.gquic import is_gquic
from analyzer.names.http1 import METHODS, HttpEar
from analyzer.names.http2 import Http2Ear
from analyzer.names.mipush import MAGIC, MiPushEar
from analyzer.names.plain import Known, Upgradable
from analyzer.names.quic import QuicEar
from analyzer.names.quic_packet import long_packets
from analyzer.names.talk import Ear, FlowStart, Talk
from analyzer.names.tls import is_version_two, tls_ear


class Row(NamedTuple):
    """One protocol: how it is recognised and who listens to it."""

    protocol: str
    ear: Callable[[Talk], Ear]
    encrypted: str = "no"
    starts: tuple[bytes, ...] = ()
    test: Callable[[bytes], bool] | None = None
    ports: tuple[int, ...] = ()

    @property
    def shares(self) -> bool:
        """Whether all its bytes are clear and stand for themselves; else its ear picks them."""
        return self.encrypted == "no" and self.ear not in _PICK


def _tls(data: bytes) -> bool:
    """A TLS record header of a plausible length (RFC 8446 5.1)."""
    return len(data) > 4 and data[2] <= 4 and (data[3] << 8 | data[4]) <= 18_432


def _tcp_dns(data: bytes) -> bool:
    """A length and a query's or answer's header behind it (RFC 1035 4.2.2)."""
    if len(data) < 14 or (data[0] << 8 | data[1]) < 17:
        return False
    return data[6:8] == b"\0\1" and not data[4] & 0x78 and data[8] == data[10] == data[12] == 0


def _quic(data: bytes) -> bool:
    return len(data) > 20 and data[0] & 0xC0 == 0xC0 and bool(long_packets(data))


def _quic_unknown(data: bytes) -> bool:
    """Version negotiation, or an Initial-sized long header of an unknown version."""
    if len(data) < 23 or data[0] & 0x80 == 0 or data[5] > 20:
        return False
    at = 6 + data[5]
    return data[1:5] == b"\0\0\0\0" and at < len(data) and data[at] <= 20


def _stun(data: bytes) -> bool:
    return len(data) >= 20 and data[0] < 2 and data[4:8] == b"\x21\x12\xa4\x42"


def _ntp(data: bytes) -> bool:
    return len(data) >= 48 and 1 <= data[0] & 7 <= 7 and 1 <= data[0] >> 3 & 7 <= 4


def _mqtt(data: bytes) -> bool:
    """CONNECT: protocol name "MQTT" or "MQIsdp" behind a length of one to four bytes."""
    return data[:1] == b"\x10" and (b"\0\4MQTT" in data[2:11] or b"\0\6MQIsdp" in data[2:13])


def _snmp(data: bytes) -> bool:
    return data[:1] == b"\x30" and data[2:4] == b"\2\1"


def _coap(data: bytes) -> bool:
    """Version 1, a token of at most 8 bytes, and a code that exists (RFC 7252 3)."""
    return (
        len(data) >= 4
        and data[0] >> 6 == 1
        and data[0] & 15 <= 8
        and (data[1] >> 5 in (2, 4, 5) or 1 <= data[1] <= 7)
    )


def _sip(data: bytes) -> bool:
    """A request line that ends in the version, or a status line (RFC 3261 7)."""
    return data.startswith(b"SIP/2.0 ") or b" SIP/2.0\r\n" in data[:512]


def _wireguard(data: bytes) -> bool:
    return (len(data), data[:4]) in ((148, b"\1\0\0\0"), (92, b"\2\0\0\0"))


def _any(data: bytes) -> bool:
    return True


_PICK = (DnsEar, Http2Ear)
_TLS = tuple(bytes([kind, 3]) for kind in (22, 23, 20, 21))
_NOISE = (b"ED\0\1", *(b"WA" + bytes([version]) for version in range(1, 7)))
_DNS_PORTS, _MAIL_PORTS, _FTP_PORTS = (53, 5353, 5355), (25, 465, 587, 2525), (21, 990)

STREAM = (
    Row("tls", tls_ear, "yes", _TLS, _tls),
    Row("http2", Http2Ear, "no", (b"PRI * HTTP/2.0\r\n",)),
    Row("http", HttpEar, "no", (*METHODS, b"HTTP/1.")),
    Row("dns", DnsEar, "no", (), _tcp_dns, _DNS_PORTS),
    Row("mipush", MiPushEar, "mixed", (MAGIC,)),
    Row("ssh", Known, "yes", (b"SSH-",)),
    Row("smtp", Upgradable, "no", (b"220 ", b"220-", b"EHLO ", b"HELO "), None, _MAIL_PORTS),
    Row("ftp", Upgradable, "no", (b"220 ", b"220-", b"USER "), None, _FTP_PORTS),
    Row("imap", Upgradable, "no", (b"* OK", b"* PREAUTH"), None, (143, 993)),
    Row("pop3", Upgradable, "no", (b"+OK",), None, (110, 995)),
    Row("xmpp", Upgradable, "no", (b"<?xml", b"<stream:stream")),
    Row("whatsapp", Known, "yes", _NOISE),
    Row("bittorrent", Known, "no", (b"\x13BitTorrent protocol",)),
    Row("rtsp", Known, "no", (b"RTSP/1.",)),
    Row("mqtt", Known, "no", (b"\x10",), _mqtt),
    Row("tls", tls_ear, "yes", (), is_version_two),
    Row("dns", DnsEar, "no", (), _tcp_dns),
)  # fmt: skip

DATAGRAM = (
    Row("quic", QuicEar, "yes", (), _quic),
    Row("quic", QuicEar, "yes", (), is_gquic),
    Row("dtls", DtlsEar, "yes", (), is_dtls),
    Row("stun", Known, "unknown", (), _stun),
    Row("dns", DnsEar, "no", (), _any, _DNS_PORTS),
    Row("dhcp", DhcpEar, "no", (), is_dhcp),
    Row("ssdp", Known, "no", (b"M-SEARCH ", b"NOTIFY * ", b"HTTP/1.1 200"), None),
    Row("ntp", Known, "no", (), _ntp, (123,)),
    Row("netbios", Known, "no", (), _any, (137, 138)),
    Row("dhcpv6", Known, "no", (), _any, (546, 547)),
    Row("snmp", Known, "no", (), _snmp, (161, 162)),
    Row("coap", Known, "no", (), _coap, (5683,)),
    Row("sip", Known, "no", (), _sip),
    Row("ipsec", Known, "yes", (), _any, (500, 4500)),
    Row("wireguard", Known, "yes", (), _wireguard),
    Row("bittorrent", Known, "no", (b"d1:ad2:id20:", b"d1:rd2:id20:")),
    Row("quic", QuicEar, "yes", (), _quic_unknown),
    Row("dns", DnsEar, "no", (), dns.plausible),
)

DECIDED = 24
"""Bytes after which a row that does not match will not match."""


def of_stream(data: bytes, start: FlowStart) -> tuple[Row | None, bool]:
    """The row whose protocol a stream's first bytes speak; whether more bytes may tell."""
    for row in STREAM:
        if row.starts and not data.startswith(row.starts):
            continue
        if row.ports and start.a_port not in row.ports and start.b_port not in row.ports:
            continue
        if row.test is None or row.test(data):
            return row, False
    return None, len(data) < DECIDED


def stream_row(protocol: str) -> Row:
    """The first row of a protocol of streams."""
    return next(row for row in STREAM if row.protocol == protocol)


def of_datagram(data: bytes, start: FlowStart) -> Row | None:
    """The row whose protocol a datagram speaks."""
    for row in DATAGRAM:
        if row.ports and start.a_port not in row.ports and start.b_port not in row.ports:
            continue
        if row.starts and not data.startswith(row.starts):
            continue
        if row.test is None or row.test(data):
            return row
    return None
