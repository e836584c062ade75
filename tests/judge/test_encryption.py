"""How well conversations were encrypted: ciphers, certificates on their day, names, the clock."""

from __future__ import annotations

from typing import Any

import pytest

from analyzer import model as m
from analyzer.judge import encryption, judge
from tests.conftest import ROOT
from tests.judge.encryption_cases import CASES, DAY, LOCAL, WELL, shown, tls
from tests.judge.forged_results import START, endpoint, flow, result

RULES = ROOT / "rules"
PUBLIC, BOX = "203.0.113.1", "192.168.43.9"


def found(*flows: m.Flow, **more: Any) -> dict[str, m.Finding]:
    """Findings of the rules about encryption, by rule."""
    ends = [endpoint(PUBLIC), endpoint(BOX, "private")]
    res = result(ends, list(flows), home=None, **more)
    mine = {*CASES, *LOCAL, "clock-in-doubt"}
    return {f.rule: f for f in judge(res, None, [RULES]) if f.rule in mine}


@pytest.mark.parametrize(
    ("cipher", "fault", "secret"),
    [
        ("TLS_AES_128_GCM_SHA256", None, True),
        ("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", None, True),
        ("TLS_RSA_WITH_AES_128_CBC_SHA", None, False),
        ("TLS_ECDH_RSA_WITH_AES_128_CBC_SHA", None, False),
        ("TLS_DHE_RSA_WITH_DES_CBC_SHA", "des", True),
        ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", "3des", False),
        ("TLS_RSA_EXPORT_WITH_DES40_CBC_SHA", "export", False),
        ("TLS_DH_anon_WITH_RC4_128_MD5", "anonymous", True),
        ("TLS_ECDH_anon_WITH_NULL_SHA", "null", True),
        ("TLS_NULL_WITH_NULL_NULL", "null", False),
        ("0xfefe", None, None),
        (None, None, None),
    ],
)
def test_what_a_cipher_suite_tells(
    cipher: str | None, fault: str | None, secret: bool | None
) -> None:
    assert encryption.cipher_fault(cipher) == fault
    assert encryption.forward_secret(cipher) is secret


@pytest.mark.parametrize(
    ("pattern", "name", "covered"),
    [
        ("a.example", "A.Example", True),
        ("a.example.", "a.example", True),
        ("*.a.example", "b.a.example", True),
        ("*.a.example", "a.example", False),
        ("*.a.example", "c.b.a.example", False),
        ("*", "localhost", False),
        ("*.*.example", "b.a.example", False),
        ("a.*.example", "a.b.example", False),
        ("f*.a.example", "foo.a.example", True),
        ("f*o.a.example", "fo.a.example", True),
        ("f*o.a.example", "f.a.example", False),
        ("notbad.example", "bad.example", False),
        ("", "bad.example", False),
    ],
)
def test_names_of_certificates_cover_names_of_hosts(pattern: str, name: str, covered: bool) -> None:
    assert encryption.covers(pattern, name) is covered


def test_a_name_is_only_missed_where_one_was_asked_for_and_all_were_read() -> None:
    other = tls(names=("other.example",))
    assert encryption.certificate_fits(flow(1, PUBLIC, **shown("a.example", tls=other))) is False
    by_dns = {"name": "a.example", "name_source": m.NameSource.DNS, "tls": other}
    assert encryption.certificate_fits(flow(1, PUBLIC, **by_dns)) is None
    many = tls(names=tuple(f"{n}.example" for n in range(encryption.NAMES_READ)))
    assert encryption.certificate_fits(flow(1, PUBLIC, **shown("a.example", tls=many))) is None
    assert encryption.certificate_fits(flow(1, PUBLIC, **shown("7.example", tls=many))) is True
    assert encryption.certificate_fits(flow(1, PUBLIC, **shown("a.example"))) is None


def test_certificates_are_judged_on_the_day_of_their_conversation() -> None:
    seen = tls(before=-1, after=1)
    dates = [encryption.certificate_date(seen, START + days * DAY, False) for days in (-2, 0, 2)]
    assert dates == ["not_yet_valid", "in_date", "expired"]
    assert encryption.certificate_date(seen, START, True) == "clock_in_doubt"
    assert encryption.certificate_date(tls(), START, False) is None


@pytest.mark.parametrize("rule", CASES)
def test_each_rule_finds_its_case(rule: str) -> None:
    findings = found(flow(1, PUBLIC, **CASES[rule]))
    assert set(findings) == {rule}
    assert findings[rule].evidence.frames


def test_certificates_at_home_are_a_note() -> None:
    findings = found(flow(1, BOX, **LOCAL["certificate-local"]))
    assert {rule: str(one.severity) for rule, one in findings.items()} == {
        "certificate-local": "info"
    }


@pytest.mark.parametrize("more", WELL)
def test_what_is_in_order_is_no_finding(more: dict[str, Any]) -> None:
    assert found(flow(1, PUBLIC, **more)) == {}


def test_http_read_with_keys_is_no_finding_whatever_it_holds() -> None:
    for content in ("readable", "encoded", "random"):
        read = {"app_protocol": "http", "encrypted": "yes", "content": content}
        assert found(flow(1, PUBLIC, **read)) == {}


def test_an_expired_certificate_is_named_with_its_dates() -> None:
    findings = found(*(flow(n, PUBLIC, **more) for n, more in enumerate(WELL)),
                     flow(9, PUBLIC, **CASES["certificate-expired"]))  # fmt: skip
    text = findings["certificate-expired"].text
    assert "for *.old.example, issued by Example CA, valid from" in text
    assert str(findings["certificate-expired"].severity) == "low"


def test_whose_key_signed_is_said_only_where_it_was_shown() -> None:
    """Issuer and subject are the same, the signature was not seen to be its own."""
    for names in ("own.example",), ("box",):  # the name that was asked for, and another
        tls_seen = tls(names=names, before=-9, after=900)
        (finding,) = found(flow(1, PUBLIC, **shown("own.example", tls=tls_seen))).values()
        assert (finding.rule, str(finding.severity)) == ("certificate-own-issuer", "info")
        assert f"(for {names[0]}, issuer and subject are the same, valid from" in finding.text
        assert "issued by" not in finding.text


@pytest.mark.parametrize("years", [-30, -10, 20])
def test_a_wrong_clock_accuses_nobody(years: int) -> None:
    """All certificates out of their time: the clock is told of, not the servers."""
    flows = [flow(n, PUBLIC, **more) for n, more in enumerate(WELL)]
    for one in flows:
        one.first += years * 365 * DAY
    findings = found(*flows)
    assert set(findings) == {"clock-in-doubt"}
    assert str(findings["clock-in-doubt"].severity) == "info"


def test_one_expired_certificate_alone_says_nothing_of_the_clock() -> None:
    assert set(found(flow(1, PUBLIC, **CASES["certificate-expired"]))) == {"certificate-expired"}


@pytest.mark.parametrize(
    ("rule", "first", "severity"),
    [("old-ssl", "2015-06-24", "info"), ("old-ssl", "2015-06-26", "medium"),
     ("weak-cipher-rc4", "2015-02-17", "info"), ("weak-cipher-rc4", "2015-02-18", "low"),
     ("weak-cipher-3des", "2019-03-20", "info"), ("weak-cipher-3des", "2019-03-21", "low"),
     ("old-tls", "2021-03-24", "info"), ("old-tls", "2021-03-25", "low"),
     ("weak-cipher", "2001-01-01", "medium")],
)  # fmt: skip
def test_what_was_ordinary_then_is_a_note(rule: str, first: str, severity: str) -> None:
    from datetime import UTC, datetime

    day = int(datetime.fromisoformat(first).replace(tzinfo=UTC).timestamp()) * 10**9
    one = flow(1, PUBLIC, **CASES[rule])
    one.first = day
    res = result([endpoint(PUBLIC)], [one], home=None)
    res.capture.first = day
    (finding,) = [f for f in judge(res, None, [RULES]) if f.rule == rule]
    assert str(finding.severity) == severity
