"""Every fact and every placeholder that rules may name, with the value of one forged flow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from forged_results import HANDSET, START, endpoint, flow, result

from analyzer import model as m
from analyzer.judge.facts import FACTS
from analyzer.judge.groups import Group
from analyzer.judge.kinds import Kind, kinds, scene
from analyzer.judge.phrases import Said
from analyzer.judge.policies import Policy, load_policy
from analyzer.judge.words import PLACEHOLDERS

SERVER = "203.0.113.1"
YEAR = 365 * 86_400 * 10**9
MISMATCH = "The name a.example says India, the address stands in Singapore."

VALUES: dict[str, Any] = {
    "proto": "tcp",
    "server_ip": SERVER,
    "server_port": 443,
    "client_ip": HANDSET,
    "name": "a.example",
    "why_no_name": "ech",
    "app": "com.example",
    "app_protocol": "tls",
    "encrypted": "yes",
    "identifier_in_clear": True,
    "encrypted_dns": "dot",
    "tls_version": "TLS 1.2",
    "cipher": "TLS_RSA_WITH_RC4_128_SHA",
    "cipher_fault": "rc4",
    "forward_secrecy": False,
    "certificate_date": "in_date",
    "certificate_self_signed": True,
    "certificate_own_issuer": True,
    "certificate_fits": True,
    "certificate_issuer": "Example CA",
    "starttls": "taken",
    "content": "random",
    "ech": True,
    "late_start": True,
    "opened": True,
    "country": "SG",
    "certainty": "stated",
    "home": "IN",
    "at_home": False,
    "public": True,
    "named": True,
    "name_mismatch": MISMATCH,
    "operator": "AWS",
    "provider": "aws",
    "service": "EC2",
    "region": "ap-southeast-1",
    "asn": 64500,
    "owner": "Example Ltd",
    "owner_country": "CN",
    "category": "telemetry",
    "party": "first",
    "resolver": None,
    "expected": False,
    "allowed": True,
}

SAID = {
    "who": "the handset",
    "subject": "what it is about",
    "home": "India",
    "country": "Singapore",
    "sent": "600 bytes",
    "received": "4.0 kB",
    "content": "200 bytes of content sent, 3.7 kB received",
    "lookups": "; all bytes sent were look-ups of names or of the time",
    "endpoints": "1 address",
    "addresses": SERVER,
    "places": "in Singapore",
    "flows": "1 conversation",
    "requests": "0 requests",
    "frame": "10",
    "names": "a.example",
    "operators": "AWS",
    "operated": "the address is operated by AWS",
    "owners": "Example Ltd",
    "protocols": "TLS",
    "ports": "443/tcp",
    "versions": "TLS 1.2",
    "ciphers": "TLS_RSA_WITH_RC4_128_SHA",
    "certificates": "for a.example, issued by Example CA, valid from 2022-11-14 to 2024-11-13",
    "reasons": "ech",
    "mismatch": MISMATCH,
    "policy": "Mine",
}


@pytest.fixture(scope="module")
def kind(tmp_path_factory: pytest.TempPathFactory) -> Kind:
    """The only kind of a capture with one flow that says everything of itself."""
    end = endpoint(SERVER, country="SG", provider="aws", service="EC2", region="ap-southeast-1")
    end.owner = m.Owner("Example Ltd", "CN", "a.example", "telemetry")
    end.names = [m.EndpointName("a.example", "sni", 10)]
    end.name_mismatches, end.party = [MISMATCH], m.Party.FIRST
    tls = m.TlsSeen(
        "TLS 1.2", "TLS_RSA_WITH_RC4_128_SHA", ech=True, certificate_issuer="Example CA"
    )
    tls.certificate_names, tls.certificate_self_signed = ("a.example",), True
    tls.certificate_not_before, tls.certificate_not_after = START - YEAR, START + YEAR
    shown = flow(
        1, SERVER, tls=tls, name="a.example", name_source=m.NameSource.SNI, late_start=True
    )
    shown.why_no_name, shown.app, shown.starttls = m.WhyNoName.ECH, "com.example", "taken"
    shown.encrypted_dns, shown.content = "dot", "random"
    res = result([end], [shown])
    res.identifiers = [m.IdentifierSeen(1, 0, 10, START, "imei", "*", 1, "", ("imei",), True)]
    (coarse,) = kinds(scene(res, _policy(tmp_path_factory.mktemp("policy") / "p.yaml")))
    (fine,) = coarse.parts
    return fine


def _policy(path: Path) -> Policy:
    path.write_text(
        "policy: p\ntitle: Mine\nwhy: test\nallowed: {countries: [SG]}\n"
        "endpoints: [{name: other.example}]\n"
    )
    return load_policy(str(path), [])


@pytest.mark.parametrize("name", FACTS)
def test_each_fact_has_its_value(kind: Kind, name: str) -> None:
    assert kind[name] == VALUES[name]


@pytest.mark.parametrize("word", PLACEHOLDERS)
def test_each_placeholder_has_its_words(kind: Kind, word: str) -> None:
    said = Said(Group("what it is about", kind.scene, [kind]).total())
    assert word in said
    assert said[word] == SAID[word]


def test_a_word_that_is_no_placeholder_is_none(kind: Kind) -> None:
    assert "nothing" not in Said(Group("", kind.scene, [kind]).total(), {"more": "x"})
