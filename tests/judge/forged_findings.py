"""Findings of forged results: one of each place, and one of each rule."""

from __future__ import annotations

from pathlib import Path

from forged_results import RULES, endpoint, flow, result

from analyzer import model as m
from analyzer.judge import judge, load_policy
from analyzer.judge.policies import Policy
from tests.judge import encryption_cases


def found(res: m.Result, policy: Policy | None = None) -> dict[str, m.Finding]:
    return {finding.id: finding for finding in judge(res, policy, [RULES])}


def policy_of(tmp_path: Path, text: str) -> Policy:
    path = tmp_path / "p.yaml"
    path.write_text(f"policy: p\ntitle: Mine\nwhy: test\n{text}")
    return load_policy(str(path), [])


def one_of_each() -> m.Result:
    """One endpoint of every certainty, two of the sure ones."""
    ends = [
        endpoint("203.0.113.1", "stated", "SG", provider="aws", owner="Example Ltd"),
        endpoint("203.0.113.2", "agreed", "SG", operator="Example Net"),
        endpoint("2001:db8::3", "stated", "US", provider="gcp"),
        endpoint("203.0.113.4", "single", "CN"),
        endpoint("203.0.113.5", "disputed", "CN"),
        endpoint("203.0.113.6", "edge", "US", provider="cloudflare"),
        endpoint("203.0.113.7", "unknown"),
        endpoint("203.0.113.8", "excluded", "SG"),
        endpoint("203.0.113.9", "stated", "IN"),
        endpoint("192.168.43.1", "private"),
    ]
    flows = [flow(i, e.ip, name=f"h{i}.example") for i, e in enumerate(ends, 1)]
    flows.append(flow(11, "203.0.113.1", name="h1.example", server_port=8443))
    return result(ends, flows)


def everything() -> m.Result:
    """A capture in which every shipped rule without a policy finds something."""
    res = one_of_each()
    more = [
        {"app_protocol": "http", "encrypted": "no", "name": "plain.example"},
        {"app_protocol": "ftp", "encrypted": "no"},
        {"tls": m.TlsSeen("TLS 1.0", "0x002f"), "name": "old.example"},
        {"why_no_name": m.WhyNoName.NO_SNI},
        {"encrypted_dns": "dot", "name": "dns.example"},
        {"app_protocol": "dns", "encrypted": "no", "proto": "udp", "server_port": 53},
        {"app_protocol": "http", "encrypted": "no", "name": "captive.apple.com"},
        {"app_protocol": "ntp", "encrypted": "no", "proto": "udp", "server_port": 123},
    ]
    for end in res.endpoints[1], res.endpoints[3]:
        name = f"h{end.ip[-1]}.example"
        end.name_mismatches = [f"The name {name} says India, the address {end.ip} stands in X."]
    more += encryption_cases.CASES.values()
    more += encryption_cases.WELL * 2
    res.flows += [flow(20 + i, "2001:db8::3", **one) for i, one in enumerate(more)]
    res.flows += [
        flow(90 + i, "192.168.43.1", **one) for i, one in enumerate(encryption_cases.LOCAL.values())
    ]
    res.flows.append(flow(80, "192.168.43.1", app_protocol="dns", proto="udp", server_port=53))
    res.flows.append(flow(81, "192.168.43.1", app_protocol="http", encrypted="no"))
    return res


def with_policy(tmp_path: Path) -> Policy:
    return policy_of(tmp_path, "home: IN\nallowed: {countries: IN}\nendpoints: [other.example]")
