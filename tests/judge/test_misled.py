"""Scenes made to mislead: what must not be said of them, and what must be all the same."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from analyzer import model as m
from analyzer import pipeline
from analyzer.device import Device
from analyzer.judge.demands import Day, Demand
from analyzer.pipeline import Options
from analyzer.report import answer
from captures.forging import MS, SECOND, Certificate, Host, Recording, Step
from tests import scenes

AWS = "54.169.0.10"
ROUTER = "10.42.0.1"
LOOPBACK = "127.0.0.1"
PASSWORD = {"Authorization": "Basic YWRtaW46c2VjcmV0MTIz"}
FORM = b'--B\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nx\r\n--B--\r\n'


def findings(
    folder: Path, recording: Recording, on: str | None = None, **sheet: list[str]
) -> dict[str, m.Finding]:
    """What is found, by rule; the last of several."""
    path = folder / "case.pcapng"
    recording.write(path)
    options = Options(home="IN", on=on, device=Device(**sheet))  # type: ignore[arg-type]
    return {finding.rule: finding for finding in pipeline.analyze([path], options).findings}


def in_the_house(address: str) -> Recording:
    """A form with a file and a password, and a certificate of its own making."""
    story = Recording()
    story.http(None, address, method="POST", headers=PASSWORD, body=FORM)
    own = Certificate(("box.example",), issuer="")
    story.tls("box.example", address, version="1.2", certificate=own)
    return story


LOCAL = {
    "certificate-local", "cleartext-http-local", "password-in-clear-local", "upload-in-clear-local",
}  # fmt: skip


def test_what_stays_in_the_house_is_told_as_that(tmp_path: Path) -> None:
    found = findings(tmp_path, in_the_house(ROUTER))
    assert set(found) >= LOCAL
    said = found["password-in-clear-local"].text
    assert "sent a user name and a password to 10.42.0.1" in said
    assert "signed in" not in said  # whether it was let in is the server's answer


def test_what_never_left_the_machine_is_in_no_network(tmp_path: Path) -> None:
    """Anybody "in the local network" could not read it."""
    assert set(findings(tmp_path, in_the_house(LOOPBACK))).isdisjoint(LOCAL)


@pytest.mark.parametrize(("start", "told"), [(1_791_964_800, True), (1_000, False)])
def test_a_clock_that_was_never_set_tells_no_quiet_hours(
    tmp_path: Path, start: int, told: bool
) -> None:
    """1970-01-01 00:16 is no time of night."""
    story = Recording(start * SECOND)
    story.tls("cloud.handset.example", AWS, up=40_000)
    found = findings(tmp_path, story, quiet_hours=["00:00-23:59"], on="2026-10-14")
    assert ("idle-upload" in found) is told
    assert "left-home" in found


def test_what_left_home_is_not_known_by_a_clock_that_was_never_set(tmp_path: Path) -> None:
    """In 1970 no cloud had a region; ``--on`` gives the day."""
    story = Recording(1_000 * SECOND)
    story.tls("cloud.handset.example", AWS, up=40_000)
    assert "place-unknown" in findings(tmp_path, story)
    assert not {"left-home", "left-home-single"} & set(findings(tmp_path, story))
    assert "left-home" in findings(tmp_path, story, on="2026-10-14")


@pytest.mark.parametrize(
    ("cipher_fault", "met"), [("null", None), ("rc4", True), (None, True)], ids=str
)
@pytest.mark.parametrize("demand", [{"encrypted": True}, {"identifier_in_clear": False}], ids=str)
def test_tls_that_encrypts_nothing_meets_no_demand(
    demand: dict[str, bool], cipher_fault: str | None, met: bool | None
) -> None:
    facts = {
        "encrypted": "yes", "cipher_fault": cipher_fault, "starttls": None,
        "identifier_in_clear": None,
    }  # fmt: skip
    assert Demand(*demand).meets(facts, Day()).met is met


def test_a_title_of_our_own_words_begins_with_a_capital(tmp_path: Path) -> None:
    story = Recording()
    story.http("log.metrics-of.example", AWS, "/?serial=R58M12ABCDE&imei=356938035643809")
    path = tmp_path / "case.pcapng"
    story.write(path)
    sheet = Device(identifiers={"serial": ["R58M12ABCDE"], "imei": ["356938035643809"]})
    result = pipeline.analyze([path], Options(device=sheet))
    titles = {f.title for f in result.findings if f.rule == "identifier-sent"}
    to = "readable on the way to log.metrics-of.example"
    assert titles == {f"Serial number {to}", f"IMEI {to}"}


def hosts(story: Recording, met: int) -> None:
    """Forty names that are hashes, each with an address of its own; some are contacted."""
    for number in range(40):
        name = f"{sha256(bytes([number])).hexdigest()[:44]}.cdn.example"
        story.dns(name, f"13.35.0.{number + 1}")
        if number < met:
            story.tls(name, f"13.35.0.{number + 1}")


@pytest.mark.parametrize(("met", "told"), [(0, True), (1, True), (8, False)])
def test_names_made_of_hashes_that_are_hosts_are_no_tunnel(
    tmp_path: Path, met: int, told: bool
) -> None:
    """A delivery network names files or shards by hash; a browser looks up more than it gets."""
    story = Recording()
    hosts(story, met)
    assert ("dns-tunnel" in findings(tmp_path, story)) is told


def test_behind_the_networks_own_nat64_the_place_is_the_servers(tmp_path: Path) -> None:
    """Its addresses are the carrier's, at home; what they stand for is in Singapore."""
    phone = Host("2405:200::20", "02:00:5e:00:53:14")
    story = Recording(handset=phone, gateway=Host("fe80::1", "00:00:5e:00:53:01"))
    resolver = "2405:200::1"
    story.dns("ipv4only.arpa", "2405:200:ff:1::c000:aa", kind="AAAA", server=resolver)
    story.tls("cloud.handset.example", "2405:200:ff:1::36a9:a")
    assert "in Singapore" in findings(tmp_path, story)["left-home"].text
    before = Recording(handset=phone, gateway=Host("fe80::1", "00:00:5e:00:53:01"))
    before.tls("cloud.handset.example", "2405:200:ff:1::36a9:a")
    assert "left-home" not in findings(tmp_path, before)


@pytest.mark.parametrize(
    ("kind", "severity"), [(b"\3\3", "info"), (None, "low")], ids=["port unreachable", "a datagram"]
)
def test_an_error_that_quotes_a_packet_carries_no_content(
    tmp_path: Path, kind: bytes | None, severity: str
) -> None:
    """What came in under any address, forged or late, is answered so."""
    story = Recording()
    story.udp(AWS, 40_000, [Step(True, b"x" * 28)])
    if kind:
        (frame,) = story.frames
        ip = bytearray(frame.data[14:34])
        ip[9] = 1  # ICMP
        ip[10:12] = b"\0\0"
        story.frames = [replace(frame, data=frame.data[:14] + ip + kind + bytes(34))]
    assert findings(tmp_path, story)["left-home"].severity == severity


def test_a_clock_that_was_never_set_is_told_where_the_answer_stands(tmp_path: Path) -> None:
    story = Recording(1_000 * SECOND)
    story.tls("cloud.handset.example", AWS, up=40_000)
    path = tmp_path / "case.pcapng"
    story.write(path)
    for on, told in ((None, True), ("2026-10-14", False)):
        result = pipeline.analyze([path], Options(home="IN", on=on))
        assert ("with --on" in " ".join(answer.answer(result, answer.facts(result)))) is told


def test_years_in_one_recording_are_told(tmp_path: Path) -> None:
    """What was Oregon's in 2017 is Ireland's since; one day is judged by."""
    paths = []
    for day, visits in (("2017-06-01", 1), ("2026-10-14", 3)):
        story = scenes.recording(day)
        for _ in range(visits):
            scenes.visit(story, "api.handset.example", scenes.OREGON_THEN_IRELAND)
        story.write(path := tmp_path / f"{day}.pcapng")
        paths.append(path)
    odd = {each.kind: each for each in pipeline.analyze(paths, Options()).anomalies}
    assert odd["recording_days"].count == 2
    assert "over a year from 2026-10-14" in odd["recording_days"].effect


def test_whoever_calls_at_the_handset_gets_none_of_its_names(tmp_path: Path) -> None:
    """A handset with a public address that serves: names and certificates are its own."""
    phone = Host("49.36.0.7", "02:00:5e:00:53:14")
    gateway = Host("49.36.0.1", "00:00:5e:00:53:01")
    story = Recording(handset=phone, gateway=gateway, resolver="8.8.8.8")
    scenes.visit(story, "news.example", AWS)
    scenes.visit(story, "mail.example", "52.0.0.10")
    agent = {"User-Agent": "Dalvik/2.1.0 (Linux; U; Android 10; Redmi Note 9 Pro MIUI/V12.0.3.0)"}
    caller = Host("54.222.0.10", gateway.mac, 52)
    own = Certificate(("box.example",), issuer="")
    for _ in range(12):
        at = story.frames[-1].ts - story.start + 60 * SECOND
        story.http("api.miui.com", phone.ip, headers=agent, client=caller, port=8_123, at=at)
    story.tls("api.miui.com", phone.ip, version="1.2", certificate=own, client=caller)
    path = tmp_path / "case.pcapng"
    story.write(path)
    sheet = Device(addresses=[phone.ip])
    result = pipeline.analyze([path], Options(home="IN", device=sheet))
    (phone_,) = result.handsets
    assert (phone_.addresses, phone_.vendor, phone_.model_hints) == (["49.36.0.7"], None, [])
    (end,) = [end for end in result.endpoints if end.ip == caller.ip]
    assert (end.names, end.owner, end.party) == ([], None, "unknown")
    of = {finding.rule for finding in result.findings if caller.ip in finding.endpoints}
    assert of == {"cleartext-http", "left-home"}


@pytest.mark.parametrize(
    ("agent", "told"),
    [("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36", True),
     ("Mozilla/5.0 (Linux; Android 13; SM-A515F) AppleWebKit/537.36", False)],
)  # fmt: skip
def test_a_computer_behind_the_handset_is_told(tmp_path: Path, agent: str, told: bool) -> None:
    story = Recording()
    for each in ("Dalvik/2.1.0 (Linux; U; Android 13; SM-A515F)", agent):
        story.http("news.example", AWS, headers={"User-Agent": each})
    story.write(path := tmp_path / "case.pcapng")
    (phone,) = pipeline.analyze([path], Options()).handsets
    assert any("a computer uses the handset's connection" in why for why in phone.how_known) is told
    assert not phone.desktop


@pytest.mark.parametrize(("later", "told"), [(2, 3), (500, 0)], ids=["translated", "another phone"])
def test_both_sides_of_a_translator_are_told(tmp_path: Path, later: int, told: int) -> None:
    """``tcpdump -i any`` on a hotspot sees each packet under two addresses."""
    story = Recording()
    outside = Host("192.168.1.5", "02:00:5e:00:53:15")
    for number in range(3):
        at = number * 5 * SECOND
        story.tls("news.example", AWS, up=900 + number, at=at)
        story.tls("news.example", AWS, up=900 + number, at=at + later * MS, client=outside)
    story.write(path := tmp_path / "case.pcapng")
    result = pipeline.analyze([path], Options())
    assert len(result.handsets) == 2
    odd = [each.count for each in result.anomalies if each.kind == "recorded_twice"]
    assert odd == [told] * bool(told)


def test_a_day_backwards_between_parts_is_no_translation(tmp_path: Path) -> None:
    """Two phones that fetched the same, and the later part of the recording named first."""
    parts = [tmp_path / "later.pcapng", tmp_path / "earlier.pcapng"]
    other = Host("192.168.1.5", "02:00:5e:00:53:15")
    (later := Recording()).tls("news.example", AWS, up=900, at=86_400 * SECOND, client=other)
    (earlier := Recording()).tls("news.example", AWS, up=900)
    later.write(parts[0])
    earlier.write(parts[1])
    result = pipeline.analyze(parts, Options())
    assert len(result.handsets) == 2
    assert "recorded_twice" not in {odd.kind for odd in result.anomalies}


@pytest.mark.parametrize(("answered", "told"), [(True, True), (False, False)])
def test_a_name_is_not_held_against_an_address_that_did_not_answer(
    tmp_path: Path, answered: bool, told: bool
) -> None:
    """A false look-up leads anywhere; what refuses may be the network on the way."""
    story = Recording()
    story.dns("tracking.india.miui.com", scenes.BEIJING)
    if answered:
        story.tls("tracking.india.miui.com", scenes.BEIJING)
    else:
        story.tcp(scenes.BEIJING, 443, [])
    assert ("name-region" in findings(tmp_path, story)) is told
