"""What a demand finds in facts, and what conversations make of a predicate, each by itself."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from claim_results import known, recording, seen
from forged_results import RULES, endpoint, flow

from analyzer.judge import claim_files, claims
from analyzer.judge.claim_files import Predicate
from analyzer.judge.claim_sight import Seen
from analyzer.judge.demands import Day, Demand, Outcome
from analyzer.judge.predicates import concerns, judge
from analyzer.model import PredicateVerdict, Verdict

FACTS = dict.fromkeys(
    ("certainty", "country", "region", "provider", "encrypted", "starttls", "cipher",
     "cipher_fault", "identifier_in_clear", "tls_version", "party", "name", "app_protocol")
)  # fmt: skip
LISTED = Day("IN", MappingProxyType({"aws": "2026-06-01"}))


def demand(fact: str, *values: str, excluded: bool = False) -> Demand:
    return Demand(fact, frozenset(values), excluded)


def placed(certainty: str | None, country: str | None = "SG", **more: Any) -> dict[str, Any]:
    return {"certainty": certainty, "country": country, **more}


IN_SG, NOT_CN, AT_HOME = demand("country", "SG"), demand("country", "CN", excluded=True), "home"
ON_AWS, NOT_AWS = demand("provider", "aws"), demand("provider", "aws", excluded=True)
MUMBAI = demand("region", "ap-south-1")
SECRET, PRIVATE = demand("encrypted"), demand("identifier_in_clear")
MODERN = demand("tls_version", "TLS 1.2", "TLS 1.3")
SOUND = demand("cipher_fault", "rc4", "des", excluded=True)
NO_THIRD = demand("party", "third", excluded=True)


@pytest.mark.parametrize(
    ("wanted", "facts", "met", "why"),
    [
        (IN_SG, placed("stated"), True, ""),
        (IN_SG, placed("agreed"), True, ""),
        (IN_SG, placed("stated", "CN"), False, ""),
        (IN_SG, placed("agreed", "CN"), False, ""),
        *((IN_SG, placed(weak, "CN"), None, weak)
          for weak in ("single", "disputed", "excluded", "edge", "unknown", "private")),
        (IN_SG, placed(None, "CN"), None, "unknown"),
        (IN_SG, placed("stated", None), None, "unknown"),
        (IN_SG._replace(sure=("stated",)), placed("agreed", "CN"), None, "agreed"),
        (NOT_CN, placed("stated"), True, ""),
        (NOT_CN, placed("stated", "CN"), False, ""),
        (NOT_CN, placed("single", "CN"), None, "single"),
        (demand("country", AT_HOME), placed("stated", "IN"), True, ""),
        (demand("country", AT_HOME), placed("stated", "SG"), False, ""),
        (MUMBAI, placed("stated", "IN", region="ap-south-1"), True, ""),
        (MUMBAI, placed("stated", "IN", region="ap-south-2"), False, ""),
        (MUMBAI, placed("stated", "IN"), None, "region"),
        (MUMBAI, placed("agreed", "IN", region="ap-south-2"), None, "agreed"),
        (MUMBAI, placed(None, "IN", region="ap-south-2"), None, "unknown"),
        (ON_AWS, placed("edge", provider="aws"), True, ""),
        (ON_AWS, placed("single"), None, "operator"),
        (ON_AWS, placed("stated", provider="gcp"), False, ""),
        (ON_AWS, placed("single", provider="gcp"), False, ""),  # its own list has it not
        (ON_AWS, placed("edge", provider="gcp"), None, "edge"),
        (demand("provider", "azure"), placed("single", provider="gcp"), None, "list"),
        (demand("provider", "azure", "aws"), placed("single", provider="gcp"), None, "list"),
        (demand("provider", "azure"), placed("stated", provider="gcp"), False, ""),
        (NOT_AWS, placed("single", provider="gcp"), True, ""),
        (NOT_AWS, placed("edge", provider="aws"), False, ""),
        (SECRET, {"encrypted": "yes"}, True, ""),
        (SECRET, {"encrypted": "yes", "cipher_fault": "null"}, None, "opaque"),
        (SECRET, {"encrypted": "no"}, False, ""),
        (SECRET, {"encrypted": "mixed"}, False, ""),
        (SECRET, {"encrypted": "mixed", "starttls": "taken"}, True, ""),
        (SECRET, {"encrypted": "no", "starttls": "taken"}, False, ""),
        (SECRET, {"encrypted": "unknown"}, None, "opaque"),
        (PRIVATE, {"identifier_in_clear": True, "encrypted": "yes"}, False, ""),
        (PRIVATE, {"identifier_in_clear": False, "encrypted": "yes"}, True, ""),
        (PRIVATE, {"identifier_in_clear": False, "encrypted": "no"}, None, "unread"),
        (PRIVATE, {"encrypted": "yes", "cipher_fault": "null"}, None, "unread"),
        (MODERN, {"tls_version": "TLS 1.2"}, True, ""),
        (MODERN, {"tls_version": "TLS 1.0"}, False, ""),
        (MODERN, {}, None, "version"),
        (SOUND, {"cipher": "TLS_RSA_WITH_RC4_128_SHA", "cipher_fault": "rc4"}, False, ""),
        (SOUND, {"cipher": "TLS_AES_128_GCM_SHA256"}, True, ""),
        (SOUND, {"cipher": "0x1234", "cipher_fault": "rc4"}, None, "cipher"),
        (SOUND, {}, None, "cipher"),
        (NO_THIRD, {"party": "third"}, False, ""),
        (NO_THIRD, {"party": "first"}, True, ""),
        (NO_THIRD, {"party": "unknown"}, None, "party"),
        (NO_THIRD, {}, None, "party"),
    ],
)  # fmt: skip
def test_what_a_demand_finds(
    wanted: Demand, facts: dict[str, Any], met: bool | None, why: str
) -> None:
    assert wanted.meets({**FACTS, **facts}, LISTED) == Outcome(met, why)


def test_home_has_to_be_known() -> None:
    assert demand("country", "home").meets({**FACTS, **placed("stated")}, Day()) == (None, "home")
    assert IN_SG.meets({**FACTS, **placed("stated")}, Day()).met is True


# --------------------------------------------------------------- predicates


def talk(ip: str, met: bool | None, up: int = 1_000, size: int = 1_000, **more: Any) -> Seen:
    """Conversations that meet the demand for encryption, or not, or leave it open."""
    encrypted = {True: "yes", False: "no", None: "unknown"}[met]
    facts = {**FACTS, "encrypted": encrypted, "name": more.pop("name", None)}
    flows = [flow(int(ip[-1]), ip, name=facts["name"], bytes_up=up, cleartext_frame=7, **more)]
    return Seen(facts, True, ip, size, up, flows, endpoint(ip, "stated", "SG"))


def outcome(
    *seen: Seen, least_up: float = 0, wanted: Demand | None = SECRET, least: float = 0.5
) -> PredicateVerdict:
    shows = None if wanted else SECRET
    asked = Predicate("p", "said", True, lambda facts: True, wanted, "none can", shows, least_up)
    return judge(asked, seen, LISTED, least)


def test_one_that_does_not_meet_it_contradicts() -> None:
    found = outcome(talk("1.0.0.1", True), talk("1.0.0.2", False), talk("1.0.0.3", None))
    assert found.verdict is Verdict.CONTRADICTED
    assert (found.endpoints, found.tested) == (2, pytest.approx(2 / 3))
    (example,) = found.counterexamples
    assert (example.ip, found.reason) == ("1.0.0.2", f"{example.text}.")


@pytest.mark.parametrize(("size", "verdict"), [(1_000, "consistent"), (1_001, "not_testable")])
def test_enough_of_the_bytes_have_to_be_tested(size: int, verdict: str) -> None:
    found = outcome(talk("1.0.0.1", True), talk("1.0.0.2", None, size=size))
    assert found.verdict == verdict
    assert found.endpoints == 1
    left = "50% show neither readable content nor encryption"
    assert found.reason == (
        f"The one address it could be tested on meets it, with 50% of the bytes. It could not be"
        f" tested on the rest: {left}."
        if verdict == "consistent"
        else f"Of the bytes it speaks of, {left}."
    )


def test_no_bytes_test_nothing() -> None:
    found = outcome(talk("1.0.0.1", True, size=0))
    assert (found.verdict, found.tested) == (Verdict.NOT_TESTABLE, 0.0)
    assert outcome(talk("1.0.0.1", None)).verdict is Verdict.NOT_TESTABLE
    assert outcome(talk("1.0.0.1", None), least=0).verdict is Verdict.NOT_TESTABLE
    assert outcome().verdict is Verdict.NOT_TESTABLE


@pytest.mark.parametrize(("up", "verdict"), [(500, "contradicted"), (499, "not_testable")])
def test_little_speaks_against_nobody(up: int, verdict: str) -> None:
    """Several conversations with an address count together, those that meet it do not."""
    parts = talk("1.0.0.1", False, up), talk("1.0.0.1", False, 500), talk("1.0.0.1", True, 9_000)
    assert outcome(*parts[:2], least_up=1_000).verdict == verdict
    assert outcome(parts[0], talk("1.0.0.1", True, 9_000, 10), least_up=1_000).verdict == (
        "not_testable"
    )


def test_each_name_of_an_address_is_an_example_of_its_own() -> None:
    found = outcome(
        talk("1.0.0.1", False, 10, name="b.example"), talk("1.0.0.1", False, 10, name="a.example"),
        talk("1.0.0.1", False, 10), talk("1.0.0.1", False, 10), talk("1.0.0.2", False, 90),
    )  # fmt: skip
    listed = [(e.ip, e.name, e.bytes_up) for e in found.counterexamples]
    assert listed == [
        ("1.0.0.2", None, 90), ("1.0.0.1", None, 20),
        ("1.0.0.1", "a.example", 10), ("1.0.0.1", "b.example", 10),
    ]  # fmt: skip
    assert found.counterexample_count == 4


def test_forged_facts_contradict_without_an_example() -> None:
    for bare in ({"flows": ()}, {"endpoint": None}):
        found = outcome(talk("1.0.0.1", False)._replace(**bare))
        assert (found.verdict, found.counterexamples) == (Verdict.CONTRADICTED, [])
        assert found.reason == "An endpoint does not meet it."


def test_what_is_counted_beside_is_only_what_could_be_told() -> None:
    told = (talk("1.0.0.1", True), talk("1.0.0.2", False), talk("1.0.0.3", None))
    mixed = (talk("1.0.0.4", True), talk("1.0.0.4", False))
    found = outcome(*told, *mixed, wanted=None)
    assert found.verdict is Verdict.NOT_TESTABLE
    assert "of 3 addresses whose place is stated or agreed on, 1 stands in" in found.reason


def test_whom_a_predicate_speaks_of() -> None:
    def asked(first_party: bool, of: bool | None) -> Predicate:
        def test(facts: Mapping[str, Any]) -> bool | None:
            return of

        return Predicate("p", "", first_party, test, SECRET, "", None, 0)

    own = talk("1.0.0.1", True)
    assert concerns(asked(True, True), own)
    assert not concerns(asked(True, True), own._replace(first=False))
    assert concerns(asked(False, True), own._replace(first=False))
    assert not concerns(asked(False, None), own)


def test_a_predicate_is_judged_on_what_it_speaks_of_alone() -> None:
    other = talk("1.0.0.2", False)._replace(first=False)
    found = outcome(talk("1.0.0.1", True), other)
    assert (found.id, found.text, found.verdict) == ("p", "said", Verdict.CONSISTENT)
    nobody = outcome(other)
    assert nobody.verdict is Verdict.NOT_TESTABLE
    assert nobody.reason == "No answered conversation of the kind it speaks of was seen."


# ------------------------------------------------------------------- claims


@pytest.mark.parametrize(("least", "verdict"), [(2, "consistent"), (3, "not_testable")])
def test_a_claim_asks_for_so_many_addresses(least: int, verdict: str) -> None:
    (claim,) = claim_files.choose(["any-all-encrypted"], [RULES])
    met = [seen(f"1.0.0.{i}", "account.xiaomi.com", "edge") for i in (1, 2)]
    other = seen("1.0.0.3", "api.other.example", "edge")  # not spoken of
    asked = claim._replace(least_endpoints=least)
    (found,) = claims.judge_claims(recording(*met, other), [asked], known())
    assert found.verdict == verdict
    few = "Not testable here: only 2 addresses were seen; the claim's file asks for 3."
    assert found.sentence.startswith(few) is (least == 3)


def test_a_claim_of_all_times_is_judged_where_the_day_is_not_known() -> None:
    made = recording(seen("1.0.0.1", "account.xiaomi.com", "edge"))
    made.capture.first = None
    claim = claim_files.choose(["any-all-encrypted"], [RULES])[0]._replace(holds_from="")
    for dated, verdict in ((claim, "consistent"), (claim._replace(holds_from="2015-01-01"),
                                                   "not_testable")):  # fmt: skip
        (found,) = claims.judge_claims(made, [dated], known())
        assert found.verdict == verdict
