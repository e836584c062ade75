"""What was readable, weakly encrypted, without a name, or hidden from the local resolver."""

from __future__ import annotations

from typing import Any

import pytest
from forged_findings import found
from forged_results import START, endpoint, flow, result

from analyzer import model as m


def test_cleartext_http_counts_requests_and_names_the_first_readable_frame() -> None:
    flows = [
        flow(i, "203.0.113.1", name="data.example", app_protocol="http", encrypted="no",
             server_port=80, cleartext_frame=i * 10 + 3)
        for i in (1, 2)
    ]  # fmt: skip
    seen = [
        m.NameSeen(f, START, i, "http_host", "data.example") for f, i in ((13, 1), (15, 1), (23, 2))
    ]
    res = result([endpoint("203.0.113.1", "stated", "IN")], flows, names=seen)
    finding = found(res)["cleartext-http-data.example"]
    assert finding.severity == "low"
    assert finding.numbers["requests"] == 3
    assert finding.evidence.frames == [13, 23]
    assert finding.evidence.display_filter == "ip.addr == 203.0.113.1 and tcp.port == 80"
    assert finding.text == (
        "The handset spoke unencrypted HTTP with data.example: 3 requests, 1.2 kB sent and 8.0 kB "
        "received, which anyone on the way could read and change (first seen in frame 13)."
    )


def test_much_readable_upload_is_graver_but_never_high() -> None:
    flows = [
        flow(
            1,
            "203.0.113.1",
            name="a.example",
            app_protocol="http",
            encrypted="no",
            payload_up=63_999,
        ),
        flow(
            2,
            "203.0.113.2",
            name="b.example",
            app_protocol="http",
            encrypted="mixed",
            payload_up=64_000,
        ),
    ]
    ends = [endpoint("203.0.113.1"), endpoint("203.0.113.2")]
    findings = found(result(ends, flows, home=None))
    assert findings["cleartext-http-a.example"].severity == "low"
    assert findings["cleartext-http-b.example"].severity == "medium"


def test_http_in_the_local_network_is_told_apart() -> None:
    http = {"app_protocol": "http", "encrypted": "no", "payload_up": 10**6}
    flows = [flow(1, "192.168.43.1", **http), flow(2, "192.168.43.21", **http)]
    ends = [endpoint("192.168.43.1", "private"), endpoint("192.168.43.21", "private")]
    findings = found(result(ends, flows, home=None))
    assert [(f.id, str(f.severity)) for f in findings.values()] == [
        ("cleartext-http-local-192.168.43.1", "info"),
        ("cleartext-http-local-192.168.43.21", "info"),
    ]


def test_http_read_with_keys_is_not_cleartext() -> None:
    flows = [flow(1, "203.0.113.1", app_protocol="http", encrypted="yes", name="a.example")]
    assert found(result([endpoint("203.0.113.1")], flows, home=None)) == {}


@pytest.mark.parametrize("protocol", ["dns", "mdns", "dhcp", "ntp", "ssdp", "stun", None])
def test_chatter_is_not_cleartext(protocol: str | None) -> None:
    flows = [flow(1, "203.0.113.1", app_protocol=protocol, encrypted="no", name="a.example")]
    end = endpoint("203.0.113.1")
    end.names = [m.EndpointName("a.example", "dns", 1)]
    assert found(result([end], flows, home=None)) == {}


def test_other_readable_protocols_are_named() -> None:
    flows = [flow(1, "203.0.113.1", app_protocol="xmpp", encrypted="mixed", name="chat.example")]
    flows += [flow(2, "192.168.43.9", app_protocol="ftp", encrypted="no")]
    ends = [endpoint("203.0.113.1"), endpoint("192.168.43.9", "private")]
    findings = found(result(ends, flows, home=None))
    assert list(findings) == ["cleartext-other-xmpp"]
    assert findings["cleartext-other-xmpp"].title == "Readable XMPP traffic"


# --------------------------------------------------------------- contacts


def tls_flow(id: int, version: str, cipher: str | None) -> m.Flow:
    tls = m.TlsSeen(version=version, cipher=cipher)
    return flow(id, "203.0.113.1", name=f"h{id}.example", tls=tls)


def test_old_tls_only_where_both_sides_agreed() -> None:
    flows = [
        tls_flow(1, "TLS 1.0", "0x002f"),
        tls_flow(2, "TLS 1.0", None),
        tls_flow(3, "TLS 1.2", "0x009c"),
        tls_flow(4, "SSL 3.0", "0x000a"),
    ]
    findings = found(result([endpoint("203.0.113.1")], flows, home=None))
    assert [f.subject for f in findings.values()] == ["SSL 3.0", "TLS 1.0"]
    finding = findings["old-tls-TLS-1.0-078f8f35"]
    assert finding.severity == "low"
    assert finding.title == "TLS 1.0 was agreed on with 1 address"
    assert finding.text == (
        "The handset and 1 address agreed to encrypt with TLS 1.0 in 1 conversation (600 bytes "
        "sent, 4.0 kB received); names seen: h1.example; who operates the address is not known."
    )


@pytest.mark.parametrize(
    ("first", "severity"),
    [
        (1_616_630_399 * 10**9, "info"),  # 2021-03-24 23:59:59
        (1_616_630_400 * 10**9, "low"),  # 2021-03-25
        (None, "low"),
    ],
)
def test_old_tls_is_judged_by_the_date_of_the_capture(first: int | None, severity: str) -> None:
    res = result([endpoint("203.0.113.1")], [tls_flow(1, "TLS 1.1", "0x002f")], home=None)
    res.capture.first = first
    (finding,) = found(res).values()
    assert (finding.rule, finding.severity) == ("old-tls", severity)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"why_no_name": m.WhyNoName.NO_SNI}, True),
        ({"why_no_name": m.WhyNoName.NOT_PARSED, "proto": "udp", "app_protocol": None}, True),
        ({"why_no_name": m.WhyNoName.STARTED_LATE, "late_start": True}, False),
        ({"why_no_name": m.WhyNoName.NO_SNI, "late_start": True}, False),
        ({"why_no_name": m.WhyNoName.ECH}, False),
        ({"why_no_name": m.WhyNoName.GAP}, False),
        ({"why_no_name": m.WhyNoName.NO_SNI, "payload_up": 0}, False),
        ({"why_no_name": m.WhyNoName.NOT_PARSED, "app_protocol": "ntp"}, False),
        ({"why_no_name": m.WhyNoName.NO_SNI, "encrypted_dns": "dot"}, False),
        ({"why_no_name": m.WhyNoName.NOT_PARSED, "proto": "icmp", "app_protocol": None}, False),
        ({"name": "a.example"}, False),
    ],
)
def test_bare_address(more: dict[str, Any], expected: bool) -> None:
    res = result([endpoint("203.0.113.1", "stated", "IN")], [flow(1, "203.0.113.1", **more)])
    assert ("bare-address-203.0.113.1" in found(res)) is expected


def test_many_bare_addresses_are_gathered() -> None:
    ends = [endpoint(f"198.51.100.{i}", "stated", "IN") for i in range(1, 31)]
    flows = [
        flow(i, e.ip, why_no_name=m.WhyNoName.NO_SNI, bytes_up=1_000 + i)
        for i, e in enumerate(ends, 1)
    ]
    findings = list(found(result(ends, flows)).values())
    assert len(findings) == 11
    assert findings[0].subject == "20 others"
    assert findings[0].numbers["endpoints"] == 20
    assert [f.subject for f in findings[1:]] == [f"198.51.100.{i}" for i in range(30, 20, -1)]
    assert sum(int(f.numbers["flows"]) for f in findings) == 30


def test_encrypted_dns_and_resolver_beside_the_local_one() -> None:
    ends = [
        endpoint("203.0.113.1", "edge"),
        endpoint("8.8.8.8", "edge", provider="gcp"),
        endpoint("192.168.43.1", "private"),
    ]
    dns = {"app_protocol": "dns", "encrypted": "no", "proto": "udp", "server_port": 53}
    flows = [
        flow(1, "203.0.113.1", name="dns.example", encrypted_dns="doh"),
        flow(2, "8.8.8.8", why_no_name=m.WhyNoName.NOT_PARSED, **dns),
        flow(3, "192.168.43.1", why_no_name=m.WhyNoName.NOT_PARSED, **dns),
    ]
    findings = found(result(ends, flows, home=None))
    assert sorted(findings) == ["encrypted-dns-dns.example", "hard-coded-resolver-8.8.8.8"]
    alone = found(result(ends[:2], flows[:2], home=None))
    assert list(alone) == ["encrypted-dns-dns.example"]
    flows[2].packets_down = 0  # it never answered
    assert list(found(result(ends, flows, home=None))) == ["encrypted-dns-dns.example"]


def test_look_ups_that_keys_opened_are_not_called_out_of_sight_here() -> None:
    ends = [endpoint("203.0.113.1", "edge")]
    flows = [flow(1, "203.0.113.1", name="dns.example", encrypted_dns="dot", decrypted="dns")]
    finding = found(result(ends, flows, home=None))["encrypted-dns-dns.example"]
    assert "nobody on the way sees which names were looked up there" in finding.text
    assert "where no keys open them" in finding.caveat
