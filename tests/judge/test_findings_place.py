"""What left home, by certainty of the place, and what a policy allows."""

from __future__ import annotations

from pathlib import Path

import pytest
from forged_findings import found, one_of_each, policy_of
from forged_results import HANDSET, RULES, START, endpoint, flow, result

from analyzer import model as m
from analyzer.judge import load_policy


def test_what_left_home_by_certainty() -> None:
    ids = list(found(one_of_each()))
    assert ids == [
        "left-home-SG",
        "left-home-US",
        "left-home-single-CN",
        "place-disputed",
        "place-edge",
        "place-excluded",
        "place-unknown",
    ]


def test_values_of_left_home() -> None:
    finding = found(one_of_each())["left-home-SG"]
    assert finding.severity == "low"
    assert finding.rule == "left-home"
    assert finding.subject == "SG"
    assert finding.title == "Traffic went to Singapore"
    assert finding.text == (
        "The handset sent 1.8 kB to 2 addresses in Singapore, outside India, and received 12 kB "
        "from there; names seen: h1.example and h2.example; the addresses are operated by "
        "AWS (1) and Example Net (1)."
    )
    assert finding.numbers == {
        "flows": 3,
        "endpoints": 2,
        "packets": 30,
        "bytes_up": 1_800,
        "bytes_down": 12_000,
        "payload_up": 600,
        "payload_down": 11_100,
        "lookups_up": 0,
        "content_up": 600,
        "requests": 0,
        "places_stated": 1,
        "places_agreed": 1,
        "handsets": HANDSET,
        "operators": "AWS 1, Example Net 1",
        "owners": "Example Ltd 1",
    }
    assert finding.evidence == m.Evidence(
        frames=[10, 20, 110],
        frame_count=30,
        display_filter="ip.addr in {203.0.113.1, 203.0.113.2} and tcp.port in {443, 8443}",
        first=START + 10**9,
        last=START + 11 * 10**9 + 5,
    )


def test_one_source_is_not_told_as_a_fact() -> None:
    finding = found(one_of_each())["left-home-single-CN"]
    assert finding.severity == "info"
    assert "that one source alone places in China" in finding.text
    assert "is not enough to say that data left India" in finding.caveat


@pytest.mark.parametrize("certainty", ["disputed", "edge", "unknown", "excluded"])
def test_unsure_places_name_no_country(certainty: str) -> None:
    finding = found(one_of_each())[f"place-{certainty}"]
    assert finding.severity == "info"
    assert finding.numbers["bytes_up"] == 600
    for country in ("Singapore", "China", "United States"):
        assert country not in finding.title + finding.text
    if certainty == "edge":
        assert "answered at a network edge; where it is stored cannot be seen" in finding.text


def test_what_only_came_in_did_not_leave() -> None:
    flows = [flow(1, "203.0.113.1", bytes_up=0, packets_up=0)]
    assert found(result([endpoint("203.0.113.1", "stated", "SG")], flows)) == {}


def test_without_home_nothing_left_it() -> None:
    res = one_of_each()
    res.run.home = None
    assert found(res) == {}


def test_other_home_other_findings() -> None:
    res = one_of_each()
    res.run.home = "SG"
    assert {"left-home-IN", "left-home-US"} <= set(found(res))
    assert "left-home-SG" not in found(res)


# ---------------------------------------------------------------- policy


def test_shipped_policy_gives_home_and_its_own_findings() -> None:
    res = one_of_each()
    res.run.home = None
    policy = load_policy("india-2015-localisation", [RULES])
    findings = found(res, policy)
    assert list(findings)[:2] == ["outside-policy-SG", "outside-policy-US"]
    assert findings["outside-policy-SG"].severity == "medium"
    assert 'which the policy "Stored in India" does not allow' in findings["outside-policy-SG"].text
    assert findings["outside-policy-single-CN"].severity == "info"
    assert "left-home-SG" in findings
    assert not any(id.startswith("outside-policy-IN") for id in findings)


def test_allowed_providers_and_regions(tmp_path: Path) -> None:
    ends = [
        endpoint("203.0.113.1", "stated", "IN", provider="aws", region="ap-south-1"),
        endpoint("203.0.113.2", "stated", "IN", provider="aws", region="ap-south-2"),
        endpoint("203.0.113.3", "stated", "IN", provider="gcp", region="asia-south1"),
        endpoint("203.0.113.4", "stated", "IN"),
        endpoint("203.0.113.5", "edge", provider="aws", region="ap-south-1"),
    ]
    res = result(ends, [flow(i, e.ip) for i, e in enumerate(ends, 1)])
    policy = policy_of(
        tmp_path, "allowed: {providers: [aws], regions: ap-south-1, countries: [IN]}"
    )
    outside = found(res, policy)["outside-policy-IN"]
    assert outside.evidence.display_filter == (
        "ip.addr in {203.0.113.2, 203.0.113.3} and tcp.port == 443"
    )


def test_unexpected_endpoints(tmp_path: Path) -> None:
    ends = [
        endpoint(ip, "stated", "SG")
        for ip in ("203.0.113.1", "203.0.113.2", "198.51.100.7", "198.51.100.8")
    ]
    ends += [endpoint("192.168.43.1", "private"), endpoint("224.0.0.251", "unknown")]
    flows = [
        flow(1, "203.0.113.1", name="api.Example.com"),
        flow(2, "203.0.113.2", name="notexample.com"),
        flow(3, "198.51.100.7"),
        flow(4, "198.51.100.8", server_port=8443),
        flow(5, "192.168.43.1", server_port=53, proto="udp"),
        flow(6, "224.0.0.251", server_port=5353, proto="udp"),
        flow(7, "203.0.113.1"),
    ]
    ends[0].names = [m.EndpointName("api.example.com", "sni", 10)]
    text = (
        "endpoints:\n  - example.com\n"
        "  - {address: 198.51.100.0/24, ports: [443/tcp, 53/udp], note: ours}\n"
    )
    findings = found(result(ends, flows, home=None), policy_of(tmp_path, text))
    assert sorted(findings) == [
        "unexpected-endpoint-198.51.100.8",
        "unexpected-endpoint-notexample.com",
    ]
    finding = findings["unexpected-endpoint-notexample.com"]
    assert finding.title == "notexample.com is not on the list of expected endpoints"
    assert finding.severity == "medium"
    assert "Singapore" in finding.text
    assert '"Mine"' in finding.text


def test_policy_home_does_not_override_the_users(tmp_path: Path) -> None:
    policy = policy_of(tmp_path, "home: SG\nallowed: {countries: [IN, SG, US, CN]}")
    assert "left-home-SG" in found(one_of_each(), policy)
