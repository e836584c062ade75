"""The three statements on encryption: how it travelled, what was visible, identifiers in clear."""

from __future__ import annotations

from typing import Any

from analyzer import model as m
from analyzer.judge import describe_encryption
from analyzer.report.answer import facts
from analyzer.report.encryption_said import encryption_said
from tests.judge.encryption_cases import CASES, WELL
from tests.judge.forged_results import endpoint, flow, result

PUBLIC = "203.0.113.1"


def said(*flows: dict[str, Any], names: tuple[str, ...] = (), **more: Any) -> str:
    """The statements on a recording of these conversations with one server."""
    ends = [endpoint(PUBLIC)]
    res = result(ends, [flow(n, PUBLIC, **one) for n, one in enumerate(flows, 1)], home=None)
    ends[0].flow_ids = [one.id for one in res.flows]
    ends[0].bytes_up = sum(one.bytes_up for one in res.flows)
    ends[0].bytes_down = 0
    res.names = [m.NameSeen(3, 4, 1, "sni", name) for name in names]
    res.identifiers = more.get("identifiers", [])
    describe_encryption(res)
    return "\n".join(encryption_said(res, facts(res)))


def test_how_it_travelled_is_told_in_shares() -> None:
    text = said(*WELL[:2], {"encrypted": "no", "app_protocol": "http"}, {"encrypted": "unknown"})
    assert "50% went encrypted (TLS 1.2 50%)" in text
    assert "25% could be read on the way" in text
    assert "25% show neither encryption nor readable content" in text
    assert "No old version, weak cipher or doubtful certificate was seen." in text
    assert (
        "Of one endpoint reached with encryption, 1 showed a certificate; in date on the day of the"
        " recording: 1." in text
    )


def test_where_nothing_was_encrypted_nothing_is_said_of_it() -> None:
    text = said({"encrypted": "no", "app_protocol": "http"})
    assert "100% could be read on the way" in text
    assert "certificate" not in text.replace("in handshakes, certificates", "")
    assert "none showed a certificate" in said({"encrypted": "yes"})


def test_what_is_weak_is_told_apart_from_how_it_travelled() -> None:
    text = said(CASES["old-tls"], CASES["certificate-expired"], *WELL)
    assert "100% went encrypted" in text
    assert "an old version of SSL or TLS at one endpoint" in text
    assert "a certificate out of date at one endpoint" in text


def test_what_could_be_seen_all_the_same() -> None:
    assert "2 names could be read on the way, in" in said(WELL[0], names=("a", "b", "a"))
    assert "One name could be read on the way, in" in said(WELL[0], names=("a",))
    assert "No name could be read on the way" in said(WELL[0])


def test_identifiers_in_what_could_be_read() -> None:
    one = m.IdentifierSeen(1, 0, 5, 6, "imei", "35...09", 15, "00", ("imei",), True)
    text = said(WELL[0], identifiers=[one])
    assert "Identifiers of the device sheet were readable in one conversation." in text
    assert "was found in what could be read" not in text
    assert "encrypted content was not looked into" in said(WELL[0])


def test_an_empty_recording_is_no_clean_bill() -> None:
    assert said() == "No traffic with the Internet was seen."


def test_kinds_of_encryption_that_are_not_named_are_counted() -> None:
    ends = [endpoint(PUBLIC)]
    ends[0].bytes_up = 600
    ends[0].encryption = m.Encryption(
        {"TLS 1.3": 200, "TLS 1.2": 150, "TLS 1.1": 100, "TLS 1.0": 90, "SSL 3.0": 40, "QUIC": 20},
        [], "",
    )  # fmt: skip
    res = result(ends, [], home=None)
    text = "\n".join(encryption_said(res, facts(res)))
    assert "(TLS 1.3 33%, TLS 1.2 25%, TLS 1.1 17%, TLS 1.0 15% and 2 others 10%)" in text
