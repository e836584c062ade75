"""analyzer/judge/visibility.py: the ledger's arithmetic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from forged_results import endpoint, flow, result

from analyzer import model as m
from analyzer.judge import visibility
from analyzer.pipeline import Options, analyze
from analyzer.report.answer import answer, facts

SG = endpoint("203.0.113.1", "stated", "SG")
EDGE = endpoint("203.0.113.2", "edge")
SINGLE = endpoint("203.0.113.3", "single", "US")
TUNNELS = ("wireguard", "openvpn", "ipsec", "isakmp", "ike", "esp", "l2tp", "pptp")


def test_shares_are_of_wire_bytes() -> None:
    flows = [
        flow(1, SG.ip, name="a.example", app="browser"),
        flow(2, EDGE.ip, why_no_name=m.WhyNoName.ECH, tls=m.TlsSeen(ech=True)),
        flow(3, SINGLE.ip, name="b.example", tls=m.TlsSeen()),
        flow(4, "203.0.113.99", name="c.example"),
        flow(5, "203.0.113.99", why_no_name=m.WhyNoName.GAP),
    ]
    ledger = visibility(result([SG, EDGE, SINGLE], flows, wire_bytes=23_000))
    assert ledger.bytes == 23_000
    assert ledger.hours == pytest.approx(4.000000005 / 3600)
    assert ledger.named == pytest.approx(0.6)
    assert ledger.located_by_operator == pytest.approx(0.2)
    assert ledger.edge == pytest.approx(0.2)
    assert ledger.attributed_to_app == pytest.approx(0.2)
    assert ledger.decrypted == 0
    assert ledger.ech_flows == 1
    assert ledger.unnamed_flows == {"ech": 1, "gap": 1}


def test_what_keys_opened_is_counted_and_no_longer_hidden() -> None:
    flows = [
        flow(1, SG.ip, decrypted="http"),
        flow(2, EDGE.ip, decrypted="dns", encrypted_dns="dot"),
        flow(3, SINGLE.ip, encrypted_dns="dot"),
        flow(4, SINGLE.ip),
    ]
    ledger = visibility(result([SG, EDGE, SINGLE], flows))
    assert (ledger.decrypted, ledger.decrypted_flows) == (0.5, 2)
    assert ledger.encrypted_dns_bytes == flows[2].bytes


HOUR = 3_600 * 10**9


@pytest.mark.parametrize(
    ("times", "hours"),
    [
        ([], 0),
        ([(0, 0)], 0),
        ([(0, 1)], 1),
        ([(0, 1), (2, 3)], 3),  # an hour of silence is still recorded
        ([(0, 1), (2.01, 3)], 1.99),  # more is not
        ([(0, 1), (0.5, 0.75)], 1),  # one within another
        ([(0, 5), (1, 2), (4, 6)], 6),
        ([(2000, 2001), (0, 1)], 2),  # months apart, in any order
        ([(0, 0), (100, 100)], 0),
        ([(1, 0), (2, 1)], 0),  # clocks that run backwards
    ],
)
def test_hours_are_those_covered(times: list[tuple[float, float]], hours: float) -> None:
    flows = [
        flow(i, SG.ip, first=int(first * HOUR), last=int(last * HOUR))
        for i, (first, last) in enumerate(times)
    ]
    assert visibility(result([SG], flows)).hours == pytest.approx(hours)


def test_a_merge_of_recordings_months_apart(shared: Path) -> None:
    """52 packets over 130 days are a quarter of an hour, not 3,119 hours."""
    res = analyze([shared / "captures/phone/ndpi__xiaomi.pcap"], Options(home="IN"))
    assert res.visibility.hours == pytest.approx(0.268, abs=0.001)
    assert answer(res, facts(res))[0].startswith(
        "In 16 minutes of recording spread over 130 days, "
    )


def test_what_hides_what() -> None:
    flows = [
        flow(1, SG.ip, encrypted_dns="doh", name="dns.example"),
        flow(2, SG.ip, app_protocol="wireguard", proto="udp"),
        flow(3, SG.ip, app_protocol=None, proto="50", server_port=None),
        flow(4, SG.ip, app_protocol=None, proto="udp", server_port=4500),
        flow(5, SG.ip, tunnel="gre", name="seen.example"),
        flow(6, SG.ip, late_start=True, why_no_name=m.WhyNoName.STARTED_LATE),
        flow(7, SG.ip, late_start=True, why_no_name=m.WhyNoName.STARTED_LATE),
        flow(8, SG.ip, why_no_name=m.WhyNoName.NO_SNI),
    ]
    ledger = visibility(result([SG], flows))
    assert ledger.bytes == 8 * 4_600
    assert ledger.encrypted_dns_bytes == 4_600
    assert ledger.vpn_bytes == 3 * 4_600
    assert ledger.late_start_flows == 2
    assert list(ledger.unnamed_flows.items()) == [("started_late", 2), ("no_sni", 1)]


@pytest.mark.parametrize(
    ("more", "hides"),
    [
        *(({"app_protocol": name}, True) for name in TUNNELS),
        ({"app_protocol": "tls"}, False),
        ({"app_protocol": None, "proto": "udp", "server_port": 500}, True),
        ({"app_protocol": None, "proto": "udp", "server_port": 4500}, True),
        ({"app_protocol": None, "proto": "udp", "server_port": 501}, False),
        ({"app_protocol": "quic", "proto": "udp", "server_port": 500}, False),
        ({"app_protocol": None, "proto": "tcp", "server_port": 500}, False),
        ({"app_protocol": None, "proto": "50", "server_port": None}, True),
        ({"app_protocol": None, "proto": "51", "server_port": None}, False),
    ],
)
def test_what_carries_other_traffic(more: dict[str, Any], hides: bool) -> None:
    assert visibility(result([SG], [flow(1, SG.ip, **more)])).vpn_bytes == (4_600 if hides else 0)


def test_nothing_recorded_is_all_zero() -> None:
    empty = result([], [])
    empty.capture.first = empty.capture.last = None
    assert visibility(empty) == m.Visibility()
