"""analyzer/judge/kinds.py: no fact differs within a kind."""

from __future__ import annotations

import itertools

from forged_results import endpoint, flow, result

from analyzer import model as m
from analyzer.judge.facts import FACTS
from analyzer.judge.kinds import Kind, kinds, scene

FLOWS = {
    "server_ip": ["203.0.113.1", "203.0.113.2", "203.0.113.3", "192.168.43.1", "224.0.0.251"],
    "server_port": [443, 53],
    "proto": ["tcp", "udp"],
    "name": [None, "a.example"],
    "client_ip": ["192.168.43.20", "192.168.43.21"],
    "app_protocol": ["tls", "dns"],
    "tls": [
        None,
        m.TlsSeen("TLS 1.0", "0x002f"),
        m.TlsSeen("TLS 1.0"),
        m.TlsSeen("TLS 1.0", ech=True),
    ],
    "late_start": [False, True],
    "opened_by_client": [True, False],
    "why_no_name": [None, m.WhyNoName.ECH],
}  # fmt: skip


def test_flows_of_one_kind_share_every_fact() -> None:
    ends = [
        endpoint("203.0.113.1", "stated", "SG", provider="aws", region="a", owner="O"),
        endpoint("203.0.113.2", "stated", "SG", provider="aws", region="b", owner="P"),
        endpoint("203.0.113.3", "stated", "SG", provider="aws", region="b"),
        endpoint("192.168.43.1", "private"),
        endpoint("224.0.0.251", "unknown"),
    ]
    ends[1].names = [m.EndpointName("a.example", "sni", 10)]
    ends[2].name_mismatches = ["The name a.example says India, the address stands in Singapore."]
    flows = [
        flow(i, values[0], **dict(zip(FLOWS, values, strict=True)))
        for i, values in enumerate(itertools.product(*FLOWS.values()), 1)
        if values[1] == 443 or values[2] == "udp"
    ]
    res = result(ends, flows)
    res.handsets.append(m.Handset(["192.168.43.21"]))
    at = scene(res, None)
    seen = kinds(at)
    assert sorted(f.id for k in seen for part in k.parts for f in part.flows) == [
        f.id for f in flows
    ]
    for coarse in seen:
        for part in coarse.parts:
            for one in part.flows:
                alone = Kind([one], at)
                assert all(alone[name] == part[name] for name in FACTS)
