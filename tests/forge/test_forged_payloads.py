"""Forged TLS, QUIC, DNS and clear protocols, read back by other libraries."""

from __future__ import annotations

import zlib

import dpkt
import pytest
from aioquic.buffer import Buffer
from aioquic.quic.packet import pull_quic_header
from cryptography import x509
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.dns import DNS
from scapy.layers.inet import TCP, UDP
from scapy.layers.l2 import ARP, Ether
from scapy.layers.ntp import NTP

from captures.forging import MS, Certificate, Recording, lan
from captures.forging.quic import quic_datagrams
from captures.forging.tls import TlsTalk, with_ech, with_extension


def hello_extensions(flight: bytes) -> dict[int, bytes]:
    """The extensions of a ClientHello's record, by dpkt."""
    record = dpkt.ssl.TLSRecord(flight)
    assert len(record) == len(flight)
    handshake = dpkt.ssl.TLSHandshake(record.data)
    assert handshake.length == len(record.data) - 4
    return dict(handshake.data.extensions)


@pytest.mark.parametrize(
    ("version", "server_hello"), [("1.0", 0x301), ("1.1", 0x302), ("1.2", 0x303), ("1.3", 0x303)]
)
def test_tls_versions(version: str, server_hello: int) -> None:
    flights = TlsTalk("a.example", version).handshake()
    assert [up for up, _ in flights] == [True, False, True, False]
    assert int.from_bytes(flights[1][1][9:11], "big") == server_hello
    assert (b"\x00\x2b\x00\x02\x03\x04" in flights[1][1][:120]) is (version == "1.3")
    assert hello_extensions(flights[0][1])[0].endswith(b"a.example")


def test_tls_without_a_name() -> None:
    assert 0 not in hello_extensions(TlsTalk(None).handshake()[0][1])


def test_tls_12_shows_its_certificate() -> None:
    shown = Certificate(("*.a.example", "b.example"), issuer="")
    flight = TlsTalk("a.example", "1.2", certificate=shown).handshake()[1][1]
    records, _ = dpkt.ssl.tls_multi_factory(flight)
    message = dpkt.ssl.TLSHandshake(records[1].data).data
    certificate = x509.load_der_x509_certificate(message.certificates[0])
    assert certificate.issuer == certificate.subject
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["*.a.example", "b.example"]
    assert certificate.not_valid_after_utc == shown.not_after


def test_tls_sizes_do_not_depend_on_chance() -> None:
    sizes = {tuple(len(data) for _, data in TlsTalk("a.example").handshake()) for _ in range(5)}
    assert len(sizes) == 1


def test_tls_application_data_is_encrypted_both_ways() -> None:
    talk = TlsTalk("a.example")
    talk.handshake()
    up, down = talk.send(True, b"secret " * 10), talk.send(False, b"answer " * 9_000)
    assert up[0] == down[0] == 23
    assert b"secret" not in up
    assert len(down) == 63_000 + 4 * (5 + 16 + 1)


def test_key_log_has_the_session() -> None:
    talk = TlsTalk("a.example")
    flight = talk.handshake()[0][1]
    assert f"CLIENT_TRAFFIC_SECRET_0 {flight[11:43].hex()}" in talk.key_log


def test_ech_keeps_every_length_right() -> None:
    flight = TlsTalk("outer.example").handshake()[0][1]
    before, after = hello_extensions(flight), hello_extensions(with_ech(flight))
    assert after.keys() - before.keys() == {0xFE0D}
    assert after[0xFE0D][:1] == b"\0"
    assert len(after[0xFE0D]) == 6 + 2 + 32 + 2 + 240


def test_any_extension_can_be_added() -> None:
    flight = with_extension(TlsTalk("a.example").handshake()[0][1], 0x0A0A, b"grease")
    assert hello_extensions(flight)[0x0A0A] == b"grease"


@pytest.mark.parametrize(("version", "number"), [("v1", 1), ("v2", 0x6B3343CF)])
def test_quic_initials(version: str, number: int) -> None:
    datagrams = quic_datagrams("q.example", rtt=30 * MS, version=version, down=20_000)
    first = pull_quic_header(Buffer(data=datagrams[0].data), host_cid_length=8)
    assert first.version == number
    assert datagrams[0].up
    assert len(datagrams[0].data) >= 1_200
    reply = next(datagram for datagram in datagrams if not datagram.up)
    assert 30 * MS <= reply.after <= 31 * MS
    assert sum(len(d.data) for d in datagrams if not d.up) > 20_000


def test_dns_chain() -> None:
    recording = Recording()
    recording.dns("a.example", "192.0.2.1", "192.0.2.2", cnames=["b.example", "c.b.example"])
    query, reply = (Ether(frame.data)[DNS] for frame in recording.frames)
    assert query.id == reply.id
    told = [(rr.rrname, rr.type, rr.rdata) for rr in reply.an]
    assert told == [
        (b"a.example.", 5, b"b.example."),
        (b"b.example.", 5, b"c.b.example."),
        (b"c.b.example.", 1, "192.0.2.1"),
        (b"c.b.example.", 1, "192.0.2.2"),
    ]


def test_dns_other_kinds() -> None:
    recording = Recording()
    recording.dns("a.example", "2001:db8::1", kind="AAAA")
    recording.dns("gone.example", code=3)
    recording.https_record("h.example", "192.0.2.7", ech=b"config")
    replies = [Ether(frame.data)[DNS] for frame in recording.frames[1::2]]
    assert replies[0].an[0].rdata == "2001:db8::1"
    assert (replies[1].rcode, replies[1].ancount) == (3, 0)
    assert replies[2].an[0].type == 65
    assert [param.key for param in replies[2].an[0].svc_params] == [1, 4, 5]


def test_dns_over_tcp_is_framed() -> None:
    recording = Recording()
    recording.dns("a.example", "192.0.2.1", over_tcp=True)
    payloads = [bytes(Ether(frame.data)[TCP].payload) for frame in recording.frames]
    said = [data for data in payloads if data]
    assert [int.from_bytes(data[:2], "big") for data in said] == [len(data) - 2 for data in said]
    assert dpkt.dns.DNS(said[1][2:]).an[0].ip == bytes([192, 0, 2, 1])


def test_http_exchange() -> None:
    recording = Recording()
    recording.http("h.example", "192.0.2.1", "/p?q=1", method="POST", body=b"abc", reply=b"ok")
    payloads = [bytes(Ether(frame.data)[TCP].payload) for frame in recording.frames]
    asked, told = (data for data in payloads if data)
    request, response = dpkt.http.Request(asked), dpkt.http.Response(told)
    assert (request.method, request.uri, request.body) == ("POST", "/p?q=1", b"abc")
    assert request.headers["host"] == "h.example"
    assert response.body == b"ok"


def test_lan_protocols() -> None:
    recording = Recording()
    recording.dhcp("Demo-One")
    recording.arp()
    recording.mdns("_x._tcp.local", "Demo-One.local")
    recording.ntp("192.0.2.123")
    parsed = [Ether(frame.data) for frame in recording.frames]
    kinds = [dict(o for o in p[DHCP].options if isinstance(o, tuple)) for p in parsed[:4]]
    assert [options["message-type"] for options in kinds] == [1, 2, 3, 5]
    assert kinds[2]["hostname"] == b"Demo-One"
    assert parsed[3][BOOTP].yiaddr == "10.42.0.20"
    assert [p[ARP].op for p in parsed[4:6]] == [1, 2]
    assert DNS(bytes(parsed[7][UDP].payload)).an[0].rdata == "10.42.0.20"
    assert parsed[8][NTP].mode == 3
    assert float(parsed[9][NTP].sent) == pytest.approx(recording.start / 1e9 + 2_208_988_800, abs=5)


def test_push_hello_is_shaped_like_the_real_ones() -> None:
    hello = lan.push_hello("push.example", "M", "B", "jio", "a-1", "192.0.2.1:5222")
    assert hello[:4] == b"\xc2\xfe\0\x05"
    assert int.from_bytes(hello[4:8], "big") == len(hello) - 12
    assert int.from_bytes(hello[-4:], "big") == zlib.adler32(hello[:-4])
    assert b"\x1a\x0cpush.example\x2a\x04CONN" in hello


def test_push_fields_are_short() -> None:
    with pytest.raises(ValueError, match="127"):
        lan.push_hello("push.example", "M" * 128, "B", "jio", "a-1", "192.0.2.1:5222")


def test_encrypted_dns_flows() -> None:
    recording = Recording()
    recording.doh("dns.example", "192.0.2.8", queries=3)
    recording.dot("dns.example", "192.0.2.8", queries=2)
    ports = {Ether(frame.data)[TCP].dport for frame in recording.frames}
    assert {443, 853} <= ports
