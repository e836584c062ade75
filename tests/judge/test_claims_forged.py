"""Claims held against forged captures, from bytes to verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analyzer import pipeline
from analyzer.judge import words
from analyzer.model import ClaimVerdict
from captures.forging import SECOND, Certificate, Recording, Step

EARLY = int(datetime(2017, 9, 10, 8, tzinfo=UTC).timestamp()) * SECOND
LISTED_THEN = "13.228.0.10"  # on AWS's lists of 2017 and of today, Singapore
PORTAL = "34.93.0.10"  # on Google Cloud's list of 2026, Mumbai
LATE = int(datetime(2026, 10, 14, 8, tzinfo=UTC).timestamp()) * SECOND
LISTED_SINCE = "18.136.0.10"  # on today's, Singapore; another's in 2017


def verdicts(recording: Recording, folder: Path, *claims: str, **more: str) -> list[ClaimVerdict]:
    path = folder / "case.pcapng"
    recording.write(path)
    given = {"home": "IN", "vendor": "xiaomi", **more}
    options = pipeline.Options(claims=claims, **given)  # type: ignore[arg-type]
    return pipeline.analyze([path], options).claims


def account_at(address: str, start: int) -> Recording:
    recording = Recording(start)
    recording.dns("account.xiaomi.com", address)
    recording.tls("account.xiaomi.com", address, up=900, down=4_000)
    return recording


@pytest.mark.parametrize(
    ("address", "on", "verdict"),
    [
        (LISTED_THEN, "2017-09-10", "consistent"),
        (LISTED_SINCE, "2017-09-10", "not_testable"),
        (LISTED_SINCE, "2026-10-14", "consistent"),
    ],
)
def test_the_list_of_the_recordings_day_decides(
    address: str, on: str, verdict: str, tmp_path: Path
) -> None:
    recording = account_at(address, EARLY)
    (claim,) = verdicts(recording, tmp_path, "xiaomi-2017-aws-singapore-us", on=on)
    assert claim.verdict == verdict
    assert claim.gap_sentence == ""
    assert "Said on 2017-09-06, recorded on 2017-09-10." in claim.sentence


def test_all_of_the_vendors_claims_are_judged_unasked(tmp_path: Path) -> None:
    found = verdicts(account_at(LISTED_THEN, EARLY), tmp_path)
    assert {claim.id: str(claim.verdict) for claim in found} == {
        "xiaomi-2014-no-china": "consistent",
        "xiaomi-2017-aws-singapore-us": "consistent",
        "xiaomi-2017-encrypted": "consistent",
        "xiaomi-2017-moved-from-china": "consistent",
        "xiaomi-2017-would-move-to-india": "not_testable",
    }
    assert all(words.forbidden(claim.sentence) == [] for claim in found)


def test_a_readable_upload_contradicts_with_its_frame(tmp_path: Path) -> None:
    recording = account_at(LISTED_THEN, EARLY)
    recording.http("tracking.miui.com", LISTED_THEN, "/t", method="POST", body=b"x" * 600)
    (claim,) = verdicts(recording, tmp_path, "xiaomi-2017-encrypted")
    assert claim.verdict == "contradicted"
    (example,) = claim.predicates[0].counterexamples
    assert (example.ip, example.name) == (LISTED_THEN, "tracking.miui.com")
    sent = recording.frames[example.frame - 1].data
    assert b"POST /t HTTP/1.1" in sent


def test_hidden_names_leave_it_open(tmp_path: Path) -> None:
    """With ECH the visible name is the front's: nothing is known to be the vendor's."""
    recording = Recording(EARLY)
    recording.tls("cloudflare-ech.com", "104.18.0.10", ech=True, up=900, down=4_000)
    (claim,) = verdicts(recording, tmp_path, "xiaomi-2017-moved-from-china")
    assert claim.verdict == "not_testable"
    assert "no answered conversation under a name of the vendor was seen" in claim.sentence


@pytest.mark.parametrize(
    ("app", "verdict"),
    [("com.miui.weather2", "contradicted"), ("com.example.game", "consistent")],
)
def test_third_parties_count_where_the_recording_names_the_app(
    app: str, verdict: str, tmp_path: Path
) -> None:
    recording = Recording(EARLY)
    recording.tls("account.xiaomi.com", LISTED_THEN, up=900, app=(1_000, "com.xiaomi.account"))
    recording.tls("app-measurement.com", "142.250.192.67", up=900, app=(10_100, app))
    (claim,) = verdicts(recording, tmp_path, "any-no-third-parties")
    assert claim.verdict == verdict


def test_on_a_vpn_recording_claims_are_judged_all_the_same(tmp_path: Path) -> None:
    recording = account_at(LISTED_THEN, EARLY)
    recording.tls("api.xiaomi.com", LISTED_THEN, up=900, app=(1_000, "com.xiaomi.account"))
    (claim,) = verdicts(recording, tmp_path, "xiaomi-2014-no-china", at="Mumbai")
    assert claim.verdict == "consistent"
    assert claim.coverage.flows == 2


@pytest.mark.parametrize(("name", "verdict"), [("connect.rom.miui.com", "consistent"),
                                               ("tracking.miui.com", "contradicted")])  # fmt: skip
def test_a_hotels_portal_speaks_for_no_vendor(name: str, verdict: str, tmp_path: Path) -> None:
    """It answers connectivity checks itself, from wherever it is run; reports it does not."""
    recording = account_at(LISTED_THEN, LATE)
    recording.dns(name, PORTAL)
    recording.http(name, PORTAL, "/generate_204", status="302 Found")
    (claim,) = verdicts(recording, tmp_path, "xiaomi-2017-aws-singapore-us")
    assert claim.verdict == verdict


@pytest.mark.parametrize(("names", "verdict"), [("portal.hotel.example", "consistent"),
                                                ("*.miui.com", "contradicted")])  # fmt: skip
def test_nor_does_who_shows_anothers_certificate(names: str, verdict: str, tmp_path: Path) -> None:
    recording = account_at(LISTED_THEN, LATE)
    recording.dns("tracking.miui.com", PORTAL)
    shown = Certificate((names,))
    recording.tls("tracking.miui.com", PORTAL, version="1.2", certificate=shown)
    (claim,) = verdicts(recording, tmp_path, "xiaomi-2017-aws-singapore-us")
    assert claim.verdict == verdict


def test_nor_does_that_machine_under_its_other_names(tmp_path: Path) -> None:
    """TLS 1.3 hides the portal's certificate."""
    recording = account_at(LISTED_THEN, LATE)
    shown = Certificate(("portal.hotel.example",))
    recording.tls("tracking.miui.com", PORTAL, version="1.2", certificate=shown)
    recording.tls("api.miui.com", PORTAL, version="1.3")
    (claim,) = verdicts(recording, tmp_path, "xiaomi-2017-aws-singapore-us")
    assert claim.verdict == "consistent"
    assert claim.coverage.endpoints == 1


READABLE = b"battery 71, uptime 8123 s, screen off, network wifi, " * 12


@pytest.mark.parametrize(("other", "verdict"), [("ads.other.example", "not_testable"),
                                                ("push.miui.com", "contradicted")])  # fmt: skip
def test_a_look_up_alone_names_no_address_that_serves_others(
    other: str, verdict: str, tmp_path: Path
) -> None:
    """Which of the names a conversation without one is for, the packets do not say."""
    recording = Recording(LATE)
    for name in (other, "tracking.miui.com"):
        recording.dns(name, LISTED_THEN)
        recording.tcp(LISTED_THEN, 9_000, [Step(True, READABLE), Step(False, READABLE)])
    (claim,) = verdicts(recording, tmp_path, "any-all-encrypted")
    assert claim.verdict == verdict


def asked_of_a_proxy(recording: Recording, request: bytes, answer: bytes) -> None:
    """One request to a machine at AWS's Beijing region, as a browser's proxy setting makes it."""
    recording.tcp("54.222.0.10", 3_128, [Step(True, request), Step(False, answer)])


CONNECT = (
    b"CONNECT tracking.india.miui.com:443 HTTP/1.1\r\nHost: tracking.india.miui.com:443\r\n\r\n"
)
WHOLE_URL = (
    b"POST http://tracking.india.miui.com/v2 HTTP/1.1\r\nHost: tracking.india.miui.com\r\n"
    b"Content-Length: 600\r\n\r\n"
)
TO_THE_SERVER = WHOLE_URL.replace(b"http://tracking.india.miui.com/v2", b"/v2")


@pytest.mark.parametrize(
    ("request_", "answer", "is_proxy"),
    [
        (CONNECT + b"\x16\x03\x01\x00\x05" + bytes(2_000), b"HTTP/1.1 200 OK\r\n\r\n", True),
        (WHOLE_URL + READABLE[:600], b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", True),
        (TO_THE_SERVER + READABLE[:600], b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", False),
    ],
    ids=["connect", "whole URL", "to the server"],
)
def test_a_proxys_place_is_not_that_of_the_names_it_is_asked_for(
    request_: bytes, answer: bytes, is_proxy: bool, tmp_path: Path
) -> None:
    recording = account_at(LISTED_THEN, LATE)
    asked_of_a_proxy(recording, request_, answer)
    recording.write(path := tmp_path / "case.pcapng")
    claims = ("xiaomi-2017-moved-from-china", "xiaomi-2017-encrypted")
    options = pipeline.Options(home="IN", vendor="xiaomi", claims=claims)
    result = pipeline.analyze([path], options)
    verdict = "consistent" if is_proxy else "contradicted"
    assert [claim.verdict for claim in result.claims] == [verdict, verdict]
    (end,) = [end for end in result.endpoints if end.ip == "54.222.0.10"]
    assert (end.party, [seen.name for seen in end.names], bool(end.name_mismatches)) == (
        ("unknown", [], False) if is_proxy else ("first", ["tracking.india.miui.com"], True)
    )
    assert [odd.count for odd in result.anomalies if odd.kind == "proxy"] == [1] * is_proxy


@pytest.mark.parametrize("host", ["tracking.india.miui.com", "54.222.0.10"])
def test_a_whole_url_to_the_server_it_names_makes_no_proxy(host: str, tmp_path: Path) -> None:
    """A look-up led there, or the address itself stands in it."""
    recording = account_at(LISTED_THEN, LATE)
    recording.dns("tracking.india.miui.com", "54.222.0.10")
    request = WHOLE_URL.replace(b"tracking.india.miui.com", host.encode())
    asked_of_a_proxy(recording, request + READABLE[:600], b"HTTP/1.1 200 OK\r\n\r\n")
    recording.write(path := tmp_path / "case.pcapng")
    result = pipeline.analyze([path], pipeline.Options(home="IN", vendor="xiaomi"))
    (end,) = [end for end in result.endpoints if end.ip == "54.222.0.10"]
    assert [seen.name for seen in end.names] == ["tracking.india.miui.com"]
    assert [odd.kind for odd in result.anomalies if odd.kind == "proxy"] == []


def test_a_refusal_is_no_answer(tmp_path: Path) -> None:
    """Any network on the way can send an RST in the server's place."""
    recording = account_at(LISTED_THEN, LATE)
    recording.dns("tracking.miui.com", "54.222.0.10")
    recording.tcp("54.222.0.10", 443, [], closed=False)
    _, answer, _ = recording.frames[-3:]
    flags = 14 + 20 + 13  # Ethernet, IPv4, then the flags of TCP
    reset = replace(answer, data=answer.data[:flags] + b"\x14" + answer.data[flags + 1 :])
    recording.frames[-2:] = [reset]
    (claim,) = verdicts(recording, tmp_path, "xiaomi-2017-moved-from-china")
    assert claim.verdict == "consistent"
    assert claim.coverage.flows == 1
