"""What findings must not say: look-ups as data, one source as a fact, names twice."""

from __future__ import annotations

from typing import Any

import pytest
from forged_results import RULES, endpoint, flow, result

from analyzer import model as m
from analyzer.data.tsv import read
from analyzer.judge import judge
from analyzer.labels import country, in_sentence, protocol, provider
from analyzer.owners.registry import Registry
from analyzer.places import region_names
from analyzer.shipped import data_folder
from analyzer.yamlfile import read as read_yaml

DNS: dict[str, Any] = {"app_protocol": "dns", "encrypted": "no", "proto": "udp", "server_port": 53}
HTTP: dict[str, Any] = {"app_protocol": "http", "encrypted": "no", "server_port": 80}
BARE: dict[str, Any] = {"why_no_name": m.WhyNoName.NO_SNI}


def found(ends: list[Any], flows: list[m.Flow], home: str | None = "IN") -> dict[str, m.Finding]:
    return {f.id: f for f in judge(result(ends, flows, home=home), None, [RULES])}


# --------------------------------------------------------------- look-ups


@pytest.mark.parametrize(
    ("flows", "severity", "said"),
    [
        ([{}], "low", "received 4.0 kB from there; names"),
        ([DNS], "info", "; all bytes sent were look-ups of names or of the time; names"),
        ([{"encrypted_dns": "dot"}], "info", "; all bytes sent were look-ups of names"),
        ([{"app_protocol": "ntp"}], "info", "; all bytes sent were look-ups of names"),
        ([DNS, {}], "low", "; of the bytes sent, 600 bytes were look-ups of names or of the time"),
        ([{"payload_up": 0}], "info", "received 4.0 kB from there; names"),
        ([{"bytes_down": 0}], "low", "and received nothing from there; names"),
    ],
)
def test_a_resolver_is_no_place_data_went_to(
    flows: list[dict[str, Any]], severity: str, said: str
) -> None:
    made = [flow(i, "203.0.113.1", **more) for i, more in enumerate(flows, 1)]
    finding = found([endpoint("203.0.113.1", "stated", "SG")], made)["left-home-SG"]
    assert finding.severity == severity
    assert said in finding.text


def test_look_ups_are_counted_apart() -> None:
    flows = [flow(1, "203.0.113.1", **DNS), flow(2, "203.0.113.1", payload_up=90)]
    numbers = found([endpoint("203.0.113.1", "stated", "SG")], flows)["left-home-SG"].numbers
    assert numbers["lookups_up"] == 600
    assert numbers["content_up"] == 90
    assert numbers["payload_up"] == 290


# ----------------------------------------------------------- bare address


def test_a_bare_address_has_no_name_in_any_conversation() -> None:
    end = endpoint("203.0.113.1", "edge", provider="meta")
    flows = [flow(1, end.ip, **BARE), flow(2, end.ip, name="a.example")]
    assert "bare-address-Meta" in found([end], flows)
    end.names = [m.EndpointName("a.example", "cert", 20)]
    assert list(found([end], flows)) == ["place-edge"]


def test_bare_addresses_of_one_operator_are_one_finding() -> None:
    ends = [
        endpoint("203.0.113.1", "single", "NL", provider="telegram"),
        endpoint("203.0.113.2", "single", "US", provider="telegram"),
        endpoint("203.0.113.3", "stated", "SG", provider="telegram"),
        endpoint("203.0.113.4", "edge", provider="telegram"),
    ]
    flows = [flow(i, e.ip, bytes_up=i * 100, **BARE) for i, e in enumerate(ends, 1)]
    finding = found(ends, flows, home=None)["bare-address-Telegram"]
    assert finding.title == (
        "Contact with 203.0.113.4, 203.0.113.3, 203.0.113.2 and 1 more by bare address"
    )
    assert finding.text == (
        "The handset sent 1.0 kB to 4 addresses for which no name was seen (203.0.113.4, "
        "203.0.113.3, 203.0.113.2 and 1 more; in Singapore, at a network edge, by one source "
        "alone in the Netherlands and the United States), and received 16 kB; the addresses are "
        "operated by Telegram."
    )


# ------------------------------------------------------------------ places


def test_a_single_source_is_never_told_as_a_fact() -> None:
    ends = [endpoint("203.0.113.1", "single", "CN")]
    more = [{"app_protocol": "mipush", "encrypted": "no"}, BARE]
    for finding in found(ends, [flow(i, ends[0].ip, **one) for i, one in enumerate(more)]).values():
        assert "one source alone" in finding.text, finding.text
        assert finding.rule == "cleartext-other" or finding.severity == "info"


@pytest.mark.parametrize(
    ("operators", "said"),
    [
        (["A"], "the address is operated by A."),
        (["A", "A"], "the addresses are operated by A."),
        (["A", "B", "A"], "the addresses are operated by A (2) and B (1)."),
        (["A", None, None], "the addresses are operated by A (1) and others not known (2)."),
        (["S.p.A."], "the address is operated by S.p.A."),
        ([None], "who operates the address is not known."),
        ([None, None], "who operates the addresses is not known."),
    ],
)
def test_who_operates(operators: list[str | None], said: str) -> None:
    ends = [
        endpoint(f"203.0.113.{i}", "stated", "SG", operator=name)
        for i, name in enumerate(operators, 1)
    ]
    finding = found(ends, [flow(i, e.ip) for i, e in enumerate(ends, 1)])["left-home-SG"]
    assert finding.text.endswith("; " + said)


def test_countries_take_their_article() -> None:
    ends = [endpoint("203.0.113.1", "stated", "US")]
    finding = found(ends, [flow(1, ends[0].ip)], home="NL")["left-home-US"]
    assert finding.title == "Traffic went to the United States"
    assert "in the United States, outside the Netherlands, and" in finding.text
    assert [in_sentence(code) for code in ("SG", "PH", "XX", None)] == [
        "Singapore", "the Philippines", "XX", "",
    ]  # fmt: skip
    assert country("US") == "United States"


def test_every_provider_has_a_name() -> None:
    ids = {row[0] for row in read(data_folder() / "providers.tsv") if row[0] != "id"}
    assert len(ids) > 100
    assert [id for id in sorted(ids) if provider(id) == id] == []
    assert [protocol(id) for id in ("mipush", "http2", "rtsp")] == ["MiPush", "HTTP/2", "RTSP"]


# --------------------------------------------------------- names, regions

INDIA = "tracking.india.miui.com"


def misplaced(certainty: str) -> dict[str, m.Finding]:
    end = endpoint("203.0.113.1", certainty, "SG", provider="aws", region="ap-southeast-1")
    end.names = [m.EndpointName(name, "sni", 10) for name in (INDIA, "other.example")]
    names = [seen.name for seen in end.names]
    compared = [region_names.compare(name, end.place) for name in names]
    end.name_mismatches = [text for text in compared if text]
    flows = [flow(1, end.ip, name=INDIA), flow(2, end.ip, name="other.example"), flow(3, end.ip)]
    return found([end], flows, home=None)


@pytest.mark.parametrize(
    ("certainty", "rule", "severity"),
    [("stated", "name-region", "low"), ("agreed", "name-region", "low"),
     ("single", "name-region-single", "info")],
)  # fmt: skip
def test_a_name_that_says_another_region(certainty: str, rule: str, severity: str) -> None:
    (finding,) = misplaced(certainty).values()
    assert (finding.id, finding.severity) == (f"{rule}-203.0.113.1", severity)
    assert finding.subject == "203.0.113.1"
    assert finding.text.startswith(f"The name {INDIA} says India")
    assert "stands in Singapore" in finding.text
    assert finding.text.endswith(
        " Under this name the handset sent 600 bytes to it and received 4.0 kB."
    )
    assert "a label that its owner chose" in finding.caveat
    assert finding.evidence.frames == [10]
    assert finding.numbers["flows"] == 1


@pytest.mark.parametrize("certainty", ["disputed", "edge", "unknown", "excluded"])
def test_an_unsure_place_mismatches_no_name(certainty: str) -> None:
    assert misplaced(certainty) == {}


def test_a_hostile_name_cannot_borrow_anothers_sentence() -> None:
    end = endpoint("203.0.113.1", "stated", "SG")
    end.name_mismatches = ["The name a b.india.miui.com says India, the address stands elsewhere."]
    flows = [flow(1, end.ip, name="a"), flow(2, end.ip, name="a b.india.miui.com\x1b")]
    assert found([end], flows, home=None) == {}


# ---------------------------------------------------------------- routine


def listed(rule: str, *keys: str | int) -> list[str]:
    value = read_yaml(RULES / "detect" / f"{rule}.yaml").data["when"]
    for key in keys:
        value = value[key]
    names: list[str] = value["name"]["under"]
    return names


def test_routine_requests_are_one_finding_beside_the_others() -> None:
    names = ["captive.apple.com", "o.pki.goog", "plain.example", None, "notpki.goog"]
    flows = [flow(i, "203.0.113.1", name=name, **HTTP) for i, name in enumerate(names, 1)]
    findings = found([endpoint("203.0.113.1")], flows, home=None)
    assert {id: (f.severity, f.numbers["flows"]) for id, f in findings.items()} == {
        "cleartext-http-203.0.113.1": ("low", 1),
        "cleartext-http-notpki.goog": ("low", 1),
        "cleartext-http-plain.example": ("low", 1),
        "cleartext-http-routine": ("info", 2),
    }


def test_both_lists_of_routine_names_are_the_vendors() -> None:
    names = listed("cleartext-http-routine")
    assert names == listed("cleartext-http", "any", 1, "not")
    assert len(names) == len(set(names))
    vendors = Registry.open([RULES / "vendors"]).vendors()
    known = {
        domain
        for vendor in vendors.values()
        for domain, purpose in vendor.domains.items()
        if purpose in ("connectivity_check", "certificates")
    }
    assert len(known) > 10
    assert {name for name in known if not name.startswith("conn-service-")} <= set(names)


# --------------------------------------------------------------- what was not sent


def test_acknowledging_is_not_sending_content() -> None:
    """Of a conversation met in the middle, 198 bytes of headers went up and no content."""
    met = flow(1, "203.0.113.9", app_protocol=None, encrypted="unknown", content="random",
               bytes_up=198, payload_up=0, payload_down=604, late_start=True)  # fmt: skip
    said = found([endpoint("203.0.113.9", "edge")], [met])["random-unknown"]
    assert "in 1 conversation: no content sent, 604 bytes received;" in said.text
    assert "exchanged" not in said.text
    assert "began before the recording" in said.caveat
