"""Several handsets in one capture: a finding names those whose flows it rests on."""

from __future__ import annotations

from typing import Any

import pytest
from forged_results import HANDSET, RULES, endpoint, flow, result

from analyzer import model as m
from analyzer.judge import judge

OTHERS = ["192.168.43.21", "192.168.43.22", "192.168.43.23", "192.168.43.24"]
SIX = "2001:db8:1::21"
SG = "203.0.113.1"


def of_several(flows: list[m.Flow], phones: int = 5) -> m.Result:
    """A capture of up to five handsets; the second has an IPv6 address too."""
    res = result([endpoint(SG, "stated", "SG", provider="aws")], flows)
    known = [[HANDSET], [OTHERS[0], SIX], *([address] for address in OTHERS[1:])]
    res.handsets = [m.Handset(addresses) for addresses in known[:phones]]
    return res


def said(res: m.Result) -> m.Finding:
    (finding,) = [f for f in judge(res, None, [RULES]) if f.rule == "left-home"]
    return finding


@pytest.mark.parametrize(
    ("phones", "clients", "who", "handsets"),
    [
        (0, ["10.0.0.9"], "The side that opened the conversations sent 600 bytes", ""),
        (1, [HANDSET], "The handset sent 600 bytes", HANDSET),
        (5, [OTHERS[1]], "The handset 192.168.43.22 sent 600 bytes", OTHERS[1]),
        (5, [SIX], "The handset 192.168.43.21 sent 600 bytes", OTHERS[0]),
        (5, [SIX, OTHERS[0]], "The handset 192.168.43.21 sent 1.2 kB", OTHERS[0]),
        (
            5,
            [OTHERS[1], HANDSET, SIX],
            "3 of 5 handsets sent 1.8 kB",
            "192.168.43.20, 192.168.43.21, 192.168.43.22",
        ),
        (2, [HANDSET, SIX], "Both handsets sent 1.2 kB", "192.168.43.20, 192.168.43.21"),
        (5, [HANDSET, *OTHERS], "All 5 handsets sent 3.0 kB", ", ".join([HANDSET, *OTHERS])),
    ],
)
def test_who_it_was(phones: int, clients: list[str], who: str, handsets: str) -> None:
    flows = [flow(i, SG, client_ip=address) for i, address in enumerate(clients, 1)]
    finding = said(of_several(flows, phones))
    assert finding.text.startswith(who + " to 1 address in Singapore, outside India,")
    assert finding.numbers["handsets"] == handsets


def test_the_others_packets_are_not_in_the_filter() -> None:
    """One handset's old TLS to an address that another handset reached with new TLS."""
    tls: dict[str, Any] = {"tls": m.TlsSeen("TLS 1.0", "0x002f")}
    flows = [flow(1, SG, **tls), flow(2, SG, client_ip=OTHERS[0])]
    findings = judge(of_several(flows), None, [RULES])
    filters = {f.rule: f.evidence.display_filter for f in findings}
    assert filters["old-tls"] == (
        "ip.addr == 203.0.113.1 and ip.addr == 192.168.43.20 and tcp.port == 443"
    )
    assert filters["left-home"] == "ip.addr == 203.0.113.1 and tcp.port == 443"
    (old,) = [f for f in findings if f.rule == "old-tls"]
    assert "192.168.43.20 and 1 address agreed to encrypt with TLS 1.0" in old.text
    assert old.evidence.frame_count == 10


def test_what_another_device_did_is_not_the_handsets() -> None:
    """A computer of the same network is in no finding, nor in its numbers."""
    http: dict[str, Any] = {"app_protocol": "http", "encrypted": "no", "server_port": 80}
    flows = [
        flow(1, SG),
        flow(2, SG, client_ip="192.168.43.99", bytes_up=10**6),
        flow(3, "198.51.100.7", client_ip="192.168.43.99", **http),
    ]
    (finding,) = judge(of_several(flows, phones=1), None, [RULES])
    assert finding.id == "left-home-SG"
    assert finding.numbers["bytes_up"] == 600
    assert finding.evidence.frames == [10]
    assert finding.evidence.display_filter == (
        "ip.addr == 203.0.113.1 and ip.addr == 192.168.43.20 and tcp.port == 443"
    )


def test_nothing_is_said_of_an_address_nobody_knows() -> None:
    """It was once called a part of the local network."""
    http: dict[str, Any] = {"app_protocol": "http", "encrypted": "no"}
    res = of_several([flow(1, "198.51.100.7", **http)], phones=1)
    assert judge(res, None, [RULES]) == []


def test_another_conversation_of_the_handset_is_not_in_the_filter() -> None:
    """Old TLS in one of three conversations with one address and port."""
    tls: dict[str, Any] = {"tls": m.TlsSeen("TLS 1.0", "0x002f")}
    flows = [flow(1, SG), flow(2, SG, **tls), flow(3, SG)]
    filters = {f.rule: f.evidence.display_filter for f in judge(of_several(flows), None, [RULES])}
    assert filters["old-tls"] == "ip.addr == 203.0.113.1 and tcp.port == 443 and tcp.port == 40002"
    assert filters["left-home"] == "ip.addr == 203.0.113.1 and tcp.port == 443"
