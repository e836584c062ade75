"""analyzer/judge: every shipped finding, its values, its words, and what is no finding."""

from __future__ import annotations

import copy
import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from forged_results import HANDSET, RULES, START, endpoint, flow, result

from analyzer import limits
from analyzer import model as m
from analyzer.errors import DataFileError
from analyzer.judge import judge, load_policy, rules, words
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


# ------------------------------------------------------------------ home


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


# -------------------------------------------------------------- readable


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


# ------------------------------------------------------------- all of them


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


def test_every_shipped_rule_finds_its_case_and_no_word_claims_too_much(tmp_path: Path) -> None:
    late = result([endpoint("203.0.113.1")], [])
    late.flows = [flow(i, "203.0.113.1", **one) for i, one in enumerate(encryption_cases.WELL, 1)]
    for one in late.flows:
        one.first += 10**18
    findings = judge(everything(), with_policy(tmp_path), [RULES]) + judge(late, None, [RULES])
    tested = {rule.id for rule in rules.load([RULES]) if rule.test}  # test_behaviour.py has those
    shipped = {path.stem for path in (RULES / "detect").glob("*.yaml")}
    assert {f.rule for f in findings} - tested == shipped - tested
    for finding in findings:
        said = " ".join([finding.title, finding.text, finding.caveat])
        assert words.forbidden(said) == []
        assert words.holes(said) == []
        assert finding.title
        assert finding.text.endswith((".", ")."))
        assert "\n" not in said
        assert finding.caveat
        assert finding.severity != "high"
        assert finding.evidence.frame_count >= len(finding.evidence.frames) > 0
        assert finding.evidence.frames == sorted(set(finding.evidence.frames))


def test_order_of_flows_and_endpoints_changes_nothing(tmp_path: Path) -> None:
    policy = with_policy(tmp_path)
    expected = judge(everything(), policy, [RULES])
    for seed in range(5):
        res = copy.deepcopy(everything())
        random.Random(seed).shuffle(res.flows)
        random.Random(seed).shuffle(res.endpoints)
        assert judge(res, policy, [RULES]) == expected


def test_an_empty_result_has_no_finding(tmp_path: Path) -> None:
    assert judge(result([], []), with_policy(tmp_path), [RULES]) == []


def test_hostile_names_stay_one_line_and_ids_stay_file_names(tmp_path: Path) -> None:
    names = [
        "<script>alert(1)</script>", "a\nb", "{home}{who.__class__}", "../../etc/x", "\x1b[31mred",
        "\u202egpj.exe", "x" * 70_000, "\ud800", "CON", "con", "a b", "a_b", "", ".", "%s", "\0",
    ]  # fmt: skip
    flows = [
        flow(i, "203.0.113.1", name=name, app_protocol="http", encrypted="no")
        for i, name in enumerate(names, 1)
    ]
    findings = judge(result([endpoint("203.0.113.1")], flows), None, [RULES])
    assert sum(finding.rule == "cleartext-http" for finding in findings) == len(names)
    ids = [finding.id for finding in findings]
    assert len({id.lower() for id in ids}) == len(ids)
    for finding in findings:
        assert set(finding.id) <= set("abcdefghijklmnopqrstuvwxyzCON0123456789.-_")
        assert len(finding.id) < 100
        assert (finding.title + finding.text + finding.subject).isprintable()
        assert len(finding.text) < 600
    assert any("{home}{who.__class__}" in finding.text for finding in findings)


def test_evidence_lists_the_first_frames_and_counts_all() -> None:
    flows = [flow(i, "203.0.113.1") for i in range(1, 151)]
    flows.reverse()
    finding = found(result([endpoint("203.0.113.1", "stated", "SG")], flows))["left-home-SG"]
    assert finding.evidence.frames == list(range(10, 1_010, 10))
    assert len(finding.evidence.frames) == limits.EVIDENCE_FRAMES
    assert finding.evidence.frame_count == 1_500


def test_broken_rule_files_are_all_named(tmp_path: Path) -> None:
    (tmp_path / "detect").mkdir()
    (tmp_path / "detect" / "a.yaml").write_text("a: [")
    (tmp_path / "detect" / "b.yaml").write_text("rule: b\nwhen: {cuntry: SG}\n")
    with pytest.raises(DataFileError) as caught:
        judge(result([], []), None, [RULES, tmp_path])
    said = str(caught.value)
    assert "a.yaml:2:1: the YAML breaks here" in said
    assert (
        "b.yaml:2:8: the key 'cuntry'; expected a known key; fix: did you mean 'country'?" in said
    )


def test_a_users_rule_is_added_and_may_replace_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "detect").mkdir()
    shipped = (RULES / "detect" / "left-home.yaml").read_text()
    mine = shipped.replace("severity: info\nraised:\n  low: {content_up: 1}", "severity: high")
    (tmp_path / "detect" / "left-home.yaml").write_text(mine)
    findings = {f.id: f for f in judge(one_of_each(), None, [RULES, tmp_path])}
    assert findings["left-home-SG"].severity == "high"
    assert next(iter(findings)) == "left-home-SG"


# --------------------------------------------------------------- Wireshark

TINY = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000065000000")
needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")


@needs_tshark
def test_wireshark_accepts_every_filter(tmp_path: Path) -> None:
    res = everything()
    many = [endpoint(f"10.9.{i}.1", "stated", "JP") for i in range(101)]
    res.endpoints += many
    res.flows += [flow(100 + i, e.ip) for i, e in enumerate(many)]
    findings = judge(res, with_policy(tmp_path), [RULES])
    filters = {finding.evidence.display_filter for finding in findings}
    assert any(text.startswith("frame.number in {1000, ") for text in filters)
    assert any("ipv6.addr == 2001:db8::3 and" in text for text in filters)
    capture = tmp_path / "tiny.pcap"
    capture.write_bytes(TINY)
    command = ["tshark", "-r", str(capture), "-Y"]
    for text in sorted(filters), ["ip.addr in {nonsense}"]:
        joined = " or ".join(f"({one})" for one in text)
        done = subprocess.run([*command, joined], capture_output=True, text=True, check=False)
        assert (done.returncode == 0) is (text != ["ip.addr in {nonsense}"]), done.stderr


def test_filters_hold_nothing_but_numbers_and_fields() -> None:
    for finding in judge(everything(), None, [RULES]):
        text = finding.evidence.display_filter
        for field in ("frame.number", "ipv6.addr", "ip.addr", "tcp.port", "udp.port"):
            text = text.replace(field, "")
        for word in ("and", "or", "in", "not icmpv6", "not icmp"):
            text = text.replace(f"{word} ", "")
        assert set(text) <= set("0123456789abcdef.:{},=() "), finding.evidence.display_filter


def test_findings_are_plain_json() -> None:
    for finding in judge(everything(), None, [RULES]):
        json.dumps(finding.numbers, allow_nan=False)
        assert HANDSET not in finding.evidence.display_filter
