"""Shipped claims held against forged recordings."""

from __future__ import annotations

import pytest
from claim_results import judged, known, purpose_of, recording, seen, texts, vendor_of
from forged_results import HANDSET, RULES, flow

from analyzer import model as m
from analyzer.judge import claim_files, claim_words, claims, predicates, words

AWS_SG = seen("52.74.0.1", "account.xiaomi.com", "stated", "SG", provider="aws",
              region="ap-southeast-1")  # fmt: skip
CASES = {
    "xiaomi-2017-aws-singapore-us": (
        seen("1.0.0.2", "tracking.miui.com", "agreed", "CN", provider="kingsoft"),
        seen("1.0.0.3", "account.xiaomi.com", "stated", "SG", provider="aws"),
    ),
    "xiaomi-2017-moved-from-china": (
        seen("1.0.0.2", "tracking.miui.com", "agreed", "CN"),
        seen("1.0.0.3", "account.xiaomi.com", "agreed", "HK"),
    ),
    "xiaomi-2014-no-china": (
        seen("1.0.0.2", "account.xiaomi.com", "stated", "CN", provider="aws"),
        seen("1.0.0.3", "account.xiaomi.com", "stated", "IN", provider="aws"),
    ),
    "xiaomi-2017-encrypted": (
        seen("1.0.0.2", "tracking.miui.com", "single", "CN", encrypted="no", app_protocol="http",
             cleartext_frame=24),
        seen("1.0.0.3", "account.xiaomi.com", "single", "CN"),
    ),
    "any-all-encrypted": (
        seen("1.0.0.2", "tracking.miui.com", "edge", encrypted="mixed", cleartext_frame=24),
        seen("1.0.0.3", "account.xiaomi.com", "edge"),
    ),
    "any-data-stays-in-home": (
        seen("1.0.0.2", "account.xiaomi.com", "stated", "SG", payload_up=9_000),
        seen("1.0.0.3", "account.xiaomi.com", "stated", "IN", payload_up=9_000),
    ),
    "any-no-third-parties": (
        seen("1.0.0.2", "ads.measure.example", "edge", app="com.miui.weather2"),
        seen("1.0.0.3", "api.xiaomi.com", "edge", app="com.miui.weather2"),
    ),
}  # fmt: skip
WOULD = {"xiaomi-2017-would-move-to-india": "account.xiaomi.com",
         "oppo-2017-would-move-to-india": "account.heytap.com",
         "vivo-2017-would-move-to-india": "account.vivo.com"}  # fmt: skip
SHIPPED = [claim.id for claim in claim_files.load([RULES])]


def test_every_case_is_of_a_shipped_claim() -> None:
    """And every shipped claim has its verdicts in tests/cases."""
    assert {*CASES, *WOULD} < set(SHIPPED)


@pytest.mark.parametrize("id", CASES)
def test_contradicted_by_one_endpoint_among_others(id: str) -> None:
    against, other = CASES[id]
    verdict = judged(id, recording(against, AWS_SG, other))
    assert verdict.verdict == "contradicted"
    assert verdict.sentence.startswith("Contradicted by this capture")
    (predicate, *_) = [p for p in verdict.predicates if p.verdict == "contradicted"]
    (example,) = [e for e in predicate.counterexamples if e.ip == "1.0.0.2"]
    assert example.name == against[1].name
    assert example.name_frame == 21
    assert example.frame == (24 if "encrypted" in id else 20)
    assert example.bytes_up == 600
    assert f"(1.0.0.2, frame {example.frame})" in verdict.sentence


@pytest.mark.parametrize("id", CASES)
def test_consistent_when_all_is_met(id: str) -> None:
    other = CASES[id][1]
    first = seen("52.74.0.1", "api.xiaomi.com", "stated", "SG", provider="aws")
    verdict = judged(id, recording(other, first) if "third" in id else recording(other))
    assert verdict.verdict == "consistent"
    assert verdict.sentence.startswith("Consistent with this capture")
    assert "1.0 hours of recording" in verdict.sentence
    assert {p.verdict for p in verdict.predicates} == {"consistent"}


@pytest.mark.parametrize("id", CASES)
def test_never_consistent_without_first_party_traffic(id: str) -> None:
    third = seen("1.0.0.4", "api.other.example", "stated", "CN", provider="alibaba",
                 encrypted="no", cleartext_frame=44)  # fmt: skip
    for result in (recording(third), recording()):
        verdict = judged(id, result)
        assert verdict.verdict == "not_testable"
        assert "no answered conversation under a name of the vendor was seen" in verdict.sentence
        assert {p.verdict for p in verdict.predicates} == {"not_testable"}


@pytest.mark.parametrize("id", WOULD)
@pytest.mark.parametrize("country", ["IN", "SG"])
def test_an_intention_stays_open_and_says_where_servers_stand(id: str, country: str) -> None:
    vendor = id.partition("-")[0]
    end = seen("1.0.0.2", WOULD[id], "stated", country)
    verdict = judged(id, recording(end, vendor=vendor))
    assert verdict.verdict == "not_testable"
    shown = "1 stands in India" if country == "IN" else "0 stand in India"
    assert f"of 1 address whose place is stated or agreed on, {shown}" in verdict.sentence
    assert any("2016-06-27" in fact for fact in verdict.context)


@pytest.mark.parametrize("certainty", ["single", "disputed", "excluded", "edge", "unknown"])
@pytest.mark.parametrize(
    "id", ["xiaomi-2017-moved-from-china", "xiaomi-2014-no-china", "any-data-stays-in-home"]
)
def test_only_stated_and_agreed_places_contradict(id: str, certainty: str) -> None:
    end = seen("1.0.0.2", "account.xiaomi.com", certainty, "CN", payload_up=9_000)
    verdict = judged(id, recording(end))
    assert verdict.verdict == "not_testable"
    assert "of the bytes it speaks of, 100%" in verdict.sentence
    assert verdict.predicates[0].counterexamples == []
    assert verdict.coverage.placed == 0


def test_little_at_an_edge_is_said_and_much_leaves_it_open() -> None:
    edge = seen("1.0.0.5", "update.miui.com", "edge", provider="aws", bytes_down=100)
    verdict = judged("xiaomi-2017-aws-singapore-us", recording(AWS_SG, edge))
    assert verdict.verdict == "consistent"
    assert "13% were answered at a network edge" in verdict.predicates[1].reason
    assert verdict.coverage.endpoints == 2
    assert verdict.coverage.placed == pytest.approx(4_600 / 5_300)
    heavy = seen("1.0.0.5", "update.miui.com", "edge", provider="aws", bytes_down=90_000)
    verdict = judged("xiaomi-2017-aws-singapore-us", recording(AWS_SG, heavy))
    assert verdict.verdict == "not_testable"
    assert verdict.predicates[0].verdict == "consistent"  # on AWS it is
    assert "95% were answered at a network edge" in verdict.sentence


# ------------------------------------------------------------- who operates it


def test_the_list_of_the_day_decides() -> None:
    """An address of AWS's list of 2017, whoever holds it since; the list is named with its date."""
    said = [m.Statement("Amazon ip-ranges.json", "IN", "Mumbai", "2017-09-05")]
    end = seen("1.0.0.2", "account.xiaomi.com", "stated", "IN", provider="aws",
               region="ap-south-1", statements=said)  # fmt: skip
    verdict = judged("xiaomi-2017-aws-singapore-us", recording(end))
    assert verdict.verdict == "contradicted"
    assert verdict.predicates[0].verdict == "consistent"
    assert verdict.predicates[1].reason == (
        "account.xiaomi.com (1.0.0.2, frame 20) stands in India,"
        " as Amazon ip-ranges.json states (2017-09-05)."
    )


@pytest.mark.parametrize(
    ("list_date", "verdict"),
    [("2017-09-05", "contradicted"), ("2016-10-01", "contradicted"), ("2016-09-01", "not_testable"),
     ("2026-10-26", "not_testable"), ("", "not_testable")],
)  # fmt: skip
def test_a_list_of_another_year_says_nothing(list_date: str, verdict: str) -> None:
    end = seen("1.0.0.2", "account.xiaomi.com", "single", "CN", provider="chinatelecom")
    found = judged("xiaomi-2017-aws-singapore-us", recording(end), list_date)
    assert found.verdict == verdict
    said = "is not on AWS’s list of" if verdict == "contradicted" else "without a list of the"
    assert said in found.predicates[0].reason
    assert found.predicates[1].verdict == "not_testable"  # one source alone for the place


def test_what_was_not_tested_is_no_share_of_the_others() -> None:
    said = claim_words.met(2, 0.54, {"operator": 4.6}, 10)
    assert said.startswith("All 2 addresses it could be tested on meet it, with 54% of the bytes.")
    assert " It could not be tested on the rest: 46% went to addresses whose operator" in said


def test_who_operates_it_must_be_known() -> None:
    end = seen("1.0.0.2", "account.xiaomi.com", "single", "SG", operator="Amazon.com, Inc.")
    verdict = judged("xiaomi-2017-aws-singapore-us", recording(end))
    assert verdict.verdict == "not_testable"
    assert "whose operator is not known" in verdict.sentence


def test_another_operators_own_list_is_enough() -> None:
    end = seen("1.0.0.2", "account.xiaomi.com", "stated", "SG", provider="gcp")
    verdict = judged("xiaomi-2017-aws-singapore-us", recording(end), "")
    assert verdict.verdict == "contradicted"
    assert "is not on AWS’s list; its network is operated by Google Cloud" in verdict.sentence


# -------------------------------------------------------------- whose traffic


def test_an_address_shared_with_a_third_party_speaks_only_under_the_vendors_name() -> None:
    end, own = seen("1.0.0.2", "account.xiaomi.com", "stated", "CN", provider="aws")
    _, others = seen("1.0.0.2", "ads.other.example", "stated", "CN", encrypted="no",
                     cleartext_frame=24, app_protocol="http")  # fmt: skip
    verdict = judged("any-all-encrypted", recording((end, own), (end, others)))
    assert verdict.verdict == "consistent"
    assert verdict.coverage.flows == 1


def test_a_name_of_the_vendors_group_is_not_its_own() -> None:
    end = seen("1.0.0.2", "api.affiliate.example", "stated", "CN", party="first")
    assert judged("xiaomi-2014-no-china", recording(end)).verdict == "not_testable"


@pytest.mark.parametrize(
    "change", [{"name": None}, {"packets_down": 0, "payload_down": 0}, {"client_ip": "10.0.0.9"}]
)
def test_nameless_unanswered_and_other_devices_traffic_speaks_for_nobody(
    change: dict[str, object],
) -> None:
    end, own = seen("1.0.0.2", "account.xiaomi.com", "stated", "CN")
    for key, value in change.items():
        setattr(own, key, value)
    assert judged("xiaomi-2014-no-china", recording((end, own))).verdict == "not_testable"


def test_of_two_vendors_handsets_each_speaks_for_its_own() -> None:
    end, own = seen("1.0.0.2", "account.xiaomi.com", "stated", "CN")
    result = recording((end, own))
    result.handsets.append(m.Handset(["10.0.0.9"], vendor="oppo"))
    own.client_ip = "10.0.0.9"
    assert judged("xiaomi-2014-no-china", result).verdict == "not_testable"
    own.client_ip = HANDSET
    assert judged("xiaomi-2014-no-china", result).verdict == "contradicted"


def test_without_what_other_rooms_know_the_endpoints_party_counts() -> None:
    end, own = CASES["xiaomi-2014-no-china"][0]
    claim = claim_files.choose(["xiaomi-2014-no-china"], [RULES])
    (verdict,) = claims.judge_claims(recording((end, own)), claim)
    assert verdict.verdict == "contradicted"
    assert claims.judge_claims(recording((end, own)), []) == []


def test_a_guessed_vendor_is_said() -> None:
    against, _ = CASES["xiaomi-2014-no-china"]
    verdict = judged("xiaomi-2014-no-china", recording(against), given=False)
    assert "That the handset is by xiaomi was guessed" in verdict.sentence
    assert "guessed" not in judged("xiaomi-2014-no-china", recording(against)).sentence


# ------------------------------------------------------ what it does not speak of


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"vendor": "oppo"}, "no handset in this recording is known to be by the vendor 'xiaomi'"),
        ({"vendor": None}, "no handset in this recording"),
        ({"home": None}, "it speaks of users in India; say with --home"),
        ({"home": "CN"}, "it speaks of users in India, and this one lives in China"),
        ({"on": "2014-12-31"}, "it speaks of the time from 2015-01-01 on"),
    ],
)
def test_other_handsets_users_and_times_are_not_testable(
    change: dict[str, str | None], why: str
) -> None:
    against, other = CASES["xiaomi-2014-no-china"]
    verdict = judged("xiaomi-2014-no-china", recording(against, other, **change))  # type: ignore[arg-type]
    assert verdict.verdict == "not_testable"
    assert verdict.sentence.startswith(f"Not testable here: {why}")
    assert all(p.verdict == "not_testable" and not p.counterexamples for p in verdict.predicates)


def test_a_generic_claim_needs_a_vendor() -> None:
    against, _ = CASES["any-all-encrypted"]
    verdict = judged("any-all-encrypted", recording(against, vendor=None))
    assert verdict.verdict == "not_testable"
    assert "the vendor of the handset is not known" in verdict.sentence


def test_home_is_needed_where_the_claim_speaks_of_it() -> None:
    against, _ = CASES["any-data-stays-in-home"]
    verdict = judged("any-data-stays-in-home", recording(against, home=None))
    assert verdict.verdict == "not_testable"
    assert "without a home country; give one with --home" in verdict.sentence


# ----------------------------------------------------------------- encryption


def test_readable_content_needs_a_frame_and_a_size() -> None:
    other = CASES["any-all-encrypted"][1]
    for change in ({"cleartext_frame": None}, {"cleartext_frame": 24, "payload_up": 255}):
        end = seen("1.0.0.2", "tracking.miui.com", "edge", encrypted="no",
                   **{"payload_up": 2_000, **change})  # fmt: skip
        found = judged("any-all-encrypted", recording(end, other)).predicates[0]
        assert found.verdict == "consistent"
        assert found.tested == 0.5
    end = seen("1.0.0.2", "connect.miui.com", "edge", encrypted="no", cleartext_frame=24)
    assert judged("any-all-encrypted", recording(end, other)).verdict == "consistent"
    assert judged("any-all-encrypted", recording(end)).verdict == "not_testable"


def test_small_uploads_to_one_address_add_up() -> None:
    end, one = seen("1.0.0.2", "tracking.miui.com", "edge", encrypted="no", cleartext_frame=24,
                    payload_up=200, server_port=80)  # fmt: skip
    _, two = seen("1.0.0.2", "tracking.miui.com", "edge", encrypted="no", cleartext_frame=34,
                  payload_up=200, server_port=8080)  # fmt: skip
    verdict = judged("any-all-encrypted", recording((end, one), (end, two)))
    assert verdict.verdict == "contradicted"
    (example,) = verdict.predicates[0].counterexamples
    assert example.bytes_up == 1_200


def test_old_tls_contradicts_the_highest_degree() -> None:
    tls = m.TlsSeen("TLS 1.0", "TLS_RSA_WITH_AES_128_CBC_SHA")
    end = seen("1.0.0.2", "account.xiaomi.com", "edge", tls=tls)
    verdict = judged("xiaomi-2017-encrypted", recording(end))
    assert verdict.verdict == "contradicted"
    assert "agreed on TLS 1.0" in verdict.sentence
    offered = seen("1.0.0.2", "account.xiaomi.com", "edge", tls=m.TlsSeen("TLS 1.0"))
    assert judged("xiaomi-2017-encrypted", recording(offered)).verdict == "not_testable"


@pytest.mark.parametrize(("cipher", "expected"), [
    ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "consistent"),
    ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", "consistent"),  # given up after it was said
    ("TLS_RSA_WITH_RC4_128_SHA", "contradicted"),
    ("TLS_DH_anon_WITH_AES_128_CBC_SHA", "contradicted"),
    ("0x13af", "not_testable"),  # no suite of a known name: it may be any
    (None, "not_testable"),
])  # fmt: skip
def test_a_broken_cipher_contradicts_the_highest_degree(cipher: str | None, expected: str) -> None:
    end = seen("1.0.0.2", "account.xiaomi.com", "edge", tls=m.TlsSeen("TLS 1.2", cipher))
    verdict = judged("xiaomi-2017-encrypted", recording(end))
    assert verdict.verdict == expected
    if expected == "contradicted":
        assert f"agreed on the cipher suite {cipher}" in verdict.sentence


# ------------------------------------------------------------------- time, words


@pytest.mark.parametrize(
    ("on", "gap"),
    [
        ("2017-10-01", ""),
        ("2018-09-07", ""),
        ("2018-09-08", "1 year before"),
        ("2020-03-01", "2 years and 6 months before"),
        ("2016-01-06", "1 year and 8 months after"),
    ],
)
def test_the_distance_in_time_shapes_the_sentence(on: str, gap: str) -> None:
    against, other = CASES["xiaomi-2017-aws-singapore-us"]
    verdict = judged("xiaomi-2017-aws-singapore-us", recording(against, other, on=on))
    assert verdict.verdict == "contradicted"
    if not gap:
        assert verdict.gap_sentence == ""
        assert verdict.sentence.endswith(f"Said on 2017-09-06, recorded on {on}.")
        return
    assert verdict.gap_sentence == (
        f"It was said on 2017-09-06, {gap} the recording of {on}: a capture of {on[:4]}"
        " neither supports nor refutes a sentence of 2017."
    )
    assert verdict.sentence.endswith(verdict.gap_sentence)
    assert verdict.sentence.startswith(
        f"Contradicted by this capture, if it is read as speaking of {on[:4]}: "
    )


def test_a_year_alone_counts_from_its_near_end() -> None:
    against, _ = CASES["xiaomi-2017-encrypted"]
    assert not judged("xiaomi-2017-encrypted", recording(against, on="2018-12-30")).gap_sentence
    gap = judged("xiaomi-2017-encrypted", recording(against, on="2019-02-01")).gap_sentence
    assert gap.startswith("It was said in 2017, 1 year and 1 month before the recording")


@pytest.mark.parametrize("id", SHIPPED)
def test_no_text_claims_too_much_or_shouts(id: str) -> None:
    vendor = {"any": "xiaomi"}.get(id.partition("-")[0], id.partition("-")[0])
    name = {"xiaomi": "account.xiaomi.com", "demo": "api.account.handset.example"}.get(
        vendor, f"account.{'heytap' if vendor == 'oppo' else 'vivo'}.com"
    )
    for certainty in m.Certainty:
        for more in ({}, {"encrypted": "no", "cleartext_frame": 24, "app_protocol": "http"}):
            for on in ("2017-10-01", "2026-10-14"):
                end = seen("1.0.0.2", name, certainty, "CN", provider="chinatelecom", **more)
                verdict = judged(id, recording(end, vendor=vendor, on=on))
                assert verdict.cannot_show
                for text in texts(verdict):
                    assert words.forbidden(text) == [], text
                    assert ".." not in text.replace("...", ""), text
                    assert "  " not in text, text
                    assert text.isprintable(), text


def test_a_hostile_name_stays_one_printable_line() -> None:
    name = "a\x1b[31m\n\u202e.xiaomi.com"
    end = seen("1.0.0.2", name, "stated", "CN")
    verdict = judged("xiaomi-2014-no-china", recording(end))
    assert verdict.verdict == "contradicted"
    assert verdict.sentence.isprintable()
    assert "\\x1b[31m\\n\\u202e.xiaomi.com" in verdict.sentence


def test_many_counterexamples_are_cut_and_counted() -> None:
    parts = [seen(f"1.0.0.{i}", f"n{i}.xiaomi.com", "stated", "CN") for i in range(1, 26)]
    (predicate,) = judged("xiaomi-2014-no-china", recording(*parts)).predicates
    assert predicate.counterexample_count == 25
    assert len(predicate.counterexamples) == predicates.MOST_COUNTEREXAMPLES
    assert predicate.reason.endswith("; 23 more like these.")


def test_order_of_endpoints_changes_nothing() -> None:
    parts = [seen(f"1.0.0.{i}", f"n{i}.xiaomi.com", "stated", "CN") for i in range(1, 9)]
    one = judged("xiaomi-2014-no-china", recording(*parts))
    other = judged("xiaomi-2014-no-china", recording(*reversed(parts)))
    assert one == other


def test_helpers_agree_with_the_vendor_files() -> None:
    assert vendor_of("notmiui.com") is None
    assert purpose_of("account.xiaomi.com") == "account"
    assert known().list_dates == {}
    assert flow(1, "1.0.0.1").packets_down
