"""Our reading of 90 real captures against tshark's.

Every exception stands in a table here with its reason; none is silent.
"""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

import pytest

from analyzer import pipeline
from analyzer.model import Result
from tests import truth
from tests.conftest import SHARED

CAPTURES = truth.capture_paths(SHARED)
pytestmark = pytest.mark.skipif(not CAPTURES, reason="the shared captures are not here")

FRAGMENTED = {
    # tshark counts later IP fragments in a conversation without ports, or (IPv6) not at
    # all; here they belong to the flow of their datagram, in tunnels the innermost one
    "ndpi__dns_fragmented.pcap": 11,
    "pcpp__ip4_fragments.pcap": 2,
    "pcpp__ip6_fragments.pcap": 2,
    "zeek__tunnels-gtp-gtp1_gn_normal_incl_fragmentation.pcap": 2,
}

QUOTED_IN_ICMP = {
    # an ICMP error quotes the DNS answer it could not deliver; tshark reads the quotation,
    # here it is no answer anybody got (it came before, in a frame of its own)
    ("ndpi__KakaoTalk_chat.pcap", 57),
}

DNS_IN_HTTP2 = {
    # DNS messages inside cleartext HTTP/2 data frames (DoH without TLS) are not read:
    # 4 messages of "suri__dns-over-http2.pcap"; the flow is named and shown as readable
    "suri__dns-over-http2.pcap",
}

_results: dict[str, Result] = {}


def result_of(path: Path) -> Result:
    """Each capture is analyzed once for all tests here."""
    if path.name not in _results:
        _results[path.name] = pipeline.analyze([path])
    return _results[path.name]


@pytest.fixture(params=CAPTURES, ids=lambda path: path.name)
def capture(request: pytest.FixtureRequest) -> Path:
    path = request.param
    assert isinstance(path, Path)
    return path


def test_all_ninety_are_here() -> None:
    assert len(CAPTURES) == 90


def test_packets_are_counted_and_conserved(capture: Path, shared: Path) -> None:
    counters = result_of(capture).capture.counters
    assert counters.read == truth.rows(shared, capture)[0]["packets"]
    assert counters.read == counters.in_flows + counters.non_ip + counters.undecodable


def ours(result: Result) -> dict[truth.Conversation, truth.Totals]:
    totals: dict[truth.Conversation, truth.Totals] = defaultdict(lambda: [0, 0, 0, 0])
    for flow in result.flows:
        if flow.proto in ("tcp", "udp"):
            truth.add(
                totals,
                (flow.proto, flow.client_ip, flow.client_port, flow.server_ip, flow.server_port),
                (flow.packets_up, flow.packets_down, flow.bytes_up, flow.bytes_down),
            )
    return totals


def test_conversations_have_their_packets_and_bytes(capture: Path, shared: Path) -> None:
    theirs = truth.conversations(truth.rows(shared, capture))
    mine = ours(result_of(capture))
    differing = [key for key in {*theirs, *mine} if theirs.get(key) != mine.get(key)]
    assert len(differing) == FRAGMENTED.get(capture.name, 0), sorted(map(str, differing))[:5]


def test_each_packet_is_in_one_flow(capture: Path) -> None:
    result = result_of(capture)
    flows, counted = result.flows, result.capture
    assert sum(flow.packets_up + flow.packets_down for flow in flows) == counted.counters.in_flows
    assert sum(flow.bytes for flow in flows) <= counted.wire_bytes
    if not counted.counters.non_ip and not counted.counters.undecodable:
        assert sum(flow.bytes for flow in flows) == counted.wire_bytes


def test_every_sni_is_found(capture: Path, shared: Path) -> None:
    result = result_of(capture)
    flows = {flow.id: flow for flow in result.flows}
    found = set()
    for seen in result.names:
        if seen.source in ("sni", "quic_sni"):
            flow = flows[seen.flow_id]
            ends = frozenset(
                [(flow.client_ip, flow.client_port), (flow.server_ip, flow.server_port)]
            )
            found.add((seen.name, ends))
    wanted = {
        (name.lower(), frozenset([(row["src"], row["sport"]), (row["dst"], row["dport"])]))
        for row in truth.of_kind(truth.rows(shared, capture), "sni")
        for name in row["sni"] or ()
    }
    assert wanted <= found


def test_every_clear_http_host_is_found(capture: Path, shared: Path) -> None:
    found = {
        (seen.frame, seen.name) for seen in result_of(capture).names if seen.source == "http_host"
    }
    named = {name for _, name in found}
    for row in truth.of_kind(truth.rows(shared, capture), "http"):
        if not row["over_tls"]:
            for host in row["host"]:
                assert without_port(host) in named, row["frame"]


def without_port(host: str) -> str:
    return host.rsplit(":", 1)[0].lower() if host.count(":") == 1 else host.lower()


def test_every_dns_address_is_found(capture: Path, shared: Path) -> None:
    if capture.name in DNS_IN_HTTP2:
        pytest.skip("DNS inside HTTP/2")
    found = {
        (seen.frame, seen.address)
        for seen in result_of(capture).names
        if seen.source in ("dns", "mdns", "llmnr") and seen.address
    }
    wanted = {
        (row["frame"], value)
        for row in truth.of_kind(truth.rows(shared, capture), "dns")
        if not row["over"] and (capture.name, row["frame"]) not in QUOTED_IN_ICMP
        for _, kind, value in row["answers"]
        if kind in (1, 28) and value
    }
    assert wanted <= found


def test_every_nameless_flow_has_one_reason(capture: Path) -> None:
    for flow in result_of(capture).flows:
        assert (flow.name is None) == (flow.why_no_name is not None), flow.id


@pytest.mark.skipif(os.environ.get("PHONEHOME_INTERPRETED") == "1", reason="that is the other one")
def test_interpreted_and_compiled_answer_alike(
    capture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analyzer.report import result_json

    compiled = result_of(capture)
    monkeypatch.setenv("PHONEHOME_INTERPRETED", "1")
    interpreted = pipeline.analyze([capture])
    assert result_json(interpreted) == result_json(compiled)
    assert interpreted.flows == compiled.flows
    assert interpreted.names == compiled.names
