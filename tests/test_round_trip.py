"""A measured round trip through the whole pipeline: it rules places out, never in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.model import Certainty, Endpoint
from analyzer.pipeline import Options, analyze
from captures.forging import MS, SECOND, Frame, Host, Recording, Step, write_pcap
from captures.forging.frames import ethernet
from captures.forging.tcp import TcpTalk

SINGAPORE = "54.169.0.10"  # AWS ap-southeast-1
CHINA = "118.26.252.1"  # China Telecom


def endpoint(
    tmp_path: Path, server: str, rtt: int, at: str | None, **where: tuple[int, str]
) -> Endpoint:
    """The endpoint of one forged HTTP exchange with a round trip of ``rtt`` ns."""
    recording = Recording()
    for i in range(3):
        recording.http("host.example", server, at=i * SECOND, rtt=rtt + i * MS, **where)
    path = tmp_path / "forged.pcapng"
    recording.write(path)
    result = analyze([path], Options(home="IN", at=at))
    return next(found for found in result.endpoints if found.ip == server)


def test_twelve_milliseconds_from_mumbai_exclude_singapore(tmp_path: Path) -> None:
    found = endpoint(tmp_path, SINGAPORE, 12 * MS, "Mumbai")
    location = found.place.location
    assert location.certainty is Certainty.EXCLUDED
    assert location.rtt_ms == pytest.approx(12, abs=0.5)
    assert location.max_km == pytest.approx(1200, abs=50)
    assert found.rtt_frames is not None
    (sentence,) = location.excluded
    for part in ("Singapore", "12", "1,200", *map(str, found.rtt_frames)):
        assert part in sentence


def test_forty_five_milliseconds_exclude_nothing(tmp_path: Path) -> None:
    assert endpoint(tmp_path, SINGAPORE, 45 * MS, "Mumbai").place.location.excluded == []
    assert endpoint(tmp_path, SINGAPORE, 45 * MS, "Delhi").place.location.excluded == []
    assert endpoint(tmp_path, CHINA, 45 * MS, "Delhi").place.location.excluded == []


def test_without_a_place_the_check_is_off(tmp_path: Path) -> None:
    location = endpoint(tmp_path, SINGAPORE, 12 * MS, None).place.location
    assert location.certainty is Certainty.STATED
    assert location.excluded == []


def test_on_a_vpn_recording_the_check_is_off(tmp_path: Path) -> None:
    location = endpoint(
        tmp_path, SINGAPORE, 12 * MS, "Mumbai", app=(10123, "org.example.app")
    ).place.location
    assert location.certainty is Certainty.STATED
    assert location.rtt_ms is None


def test_an_exclusion_says_that_the_clock_jumped(tmp_path: Path) -> None:
    recording = Recording()
    for server in (SINGAPORE, CHINA, SINGAPORE):
        recording.http("host.example", server, rtt=12 * MS)
    recording.frames[-1] = replace(recording.frames[-1], ts=recording.frames[0].ts)
    path = tmp_path / "forged.pcap"
    write_pcap(path, recording.frames)
    found = analyze([path], Options(home="IN", at="Mumbai")).endpoints[0].place.location
    assert found.excluded[0].endswith("may be the clock's doing.")


def test_a_quic_connection_is_timed_by_its_first_datagrams(tmp_path: Path) -> None:
    path = tmp_path / "forged.pcapng"
    recording = Recording()
    recording.quic("host.example", SINGAPORE, rtt=70 * MS)
    recording.write(path)
    (found,) = analyze([path], Options(home="IN", at="Mumbai")).endpoints
    location = found.place.location
    assert location.certainty is Certainty.STATED
    assert location.rtt_ms == pytest.approx(70, abs=1)


def test_a_quic_handshake_joined_late_is_not_timed(tmp_path: Path) -> None:
    """Its first recorded datagrams need not be a question and the answer to it."""
    path = tmp_path / "forged.pcapng"
    long_header = bytes.fromhex("e000000001 08 0102030405060708 00 4014") + bytes(20)
    recording = Recording()
    steps = [Step(True, long_header), Step(False, long_header)]
    recording.udp(SINGAPORE, 443, steps, rtt=2 * MS)
    recording.write(path)
    (found,) = analyze([path], Options(home="IN", at="Mumbai")).endpoints
    assert found.place.location.certainty is Certainty.STATED
    assert found.rtt is None


def late_first_answer(recording: Recording, at: int) -> None:
    """An answer after 1.005 s to a first SYN that is not recorded, only its repetition is."""
    before = len(recording.frames)
    recording.http("host.example", SINGAPORE, at=at, rtt=150 * MS)
    _, answer, *rest = recording.frames[before:]
    again = recording.frames[before]
    shift = 5 * MS - 150 * MS
    recording.frames[before:] = [
        again,
        replace(answer, ts=answer.ts + shift),
        *(replace(frame, ts=frame.ts + shift) for frame in rest),
    ]


def placed(tmp_path: Path, recording: Recording) -> Endpoint:
    path = tmp_path / "forged.pcapng"
    recording.write(path)
    result = analyze([path], Options(home="IN", at="Mumbai"))
    return next(found for found in result.endpoints if found.ip == SINGAPORE)


def test_a_missed_first_syn_excludes_nothing(tmp_path: Path) -> None:
    recording = Recording()
    late_first_answer(recording, 0)
    found = placed(tmp_path, recording)
    assert found.rtt == 5 * MS
    assert found.place.location.certainty is Certainty.STATED
    assert found.place.location.excluded == []
    assert "rules nothing out" in found.place.location.sentence


def test_nor_do_several_missed_together(tmp_path: Path) -> None:
    recording = Recording()
    for i in range(4):
        late_first_answer(recording, i * 100 * MS)
    recording.http("host.example", SINGAPORE, at=20 * SECOND, rtt=150 * MS)
    location = placed(tmp_path, recording).place.location
    assert (location.certainty, location.excluded) == (Certainty.STATED, [])


def test_a_handshake_alone_excludes_and_says_that_it_is(tmp_path: Path) -> None:
    recording = Recording()
    recording.tcp(SINGAPORE, 443, [], rtt=12 * MS, closed=False)
    location = placed(tmp_path, recording).place.location
    assert location.certainty is Certainty.EXCLUDED
    assert "this rests on one answer" in location.excluded[0]


def test_the_answer_to_the_first_bytes_counts_as_a_second_one(tmp_path: Path) -> None:
    recording = Recording()
    recording.http("host.example", SINGAPORE, rtt=12 * MS)
    location = placed(tmp_path, recording).place.location
    assert location.certainty is Certainty.EXCLUDED
    assert "1 more answer of this address" in location.excluded[0]


def test_a_syn_repeated_after_its_answer_is_not_timed(tmp_path: Path) -> None:
    recording = Recording()
    recording.http("host.example", SINGAPORE, rtt=12 * MS)
    first = recording.frames[0]
    recording.frames.insert(2, replace(first, ts=recording.frames[1].ts + MS // 10))
    found = placed(tmp_path, recording)
    assert found.rtt is None
    assert found.place.location.certainty is Certainty.STATED


def test_a_connection_from_outside_is_not_timed(tmp_path: Path) -> None:
    """It is the handset that answered it, after a few milliseconds."""
    recording = Recording()
    recording.http("host.example", CHINA)
    outside, phone = Host(SINGAPORE, recording.gateway.mac, 52), recording.handset
    talk = TcpTalk(outside, phone, (40_000, 5_555), recording.start + 5 * SECOND, 3 * MS)
    talk.open()
    for ts, up, packet in talk.packets:
        ends = (outside, phone) if up else (phone, outside)
        recording.frames.append(Frame(ts, ethernet(*ends, packet)))
    found = placed(tmp_path, recording)
    assert found.flows == 1
    assert (found.rtt, found.place.location.certainty) == (None, Certainty.STATED)


@pytest.mark.parametrize(("near", "far", "doubted"), [(5, 2, True), (4, 0, False), (5, 5, False)])
def test_so_much_ruled_out_speaks_against_the_place_of_the_recording(
    tmp_path: Path, near: int, far: int, doubted: bool
) -> None:
    recording = Recording()
    for i in range(near + far):
        recording.http("host.example", f"54.169.0.{i + 1}", rtt=(12 if i < near else 80) * MS)
    path = tmp_path / "forged.pcapng"
    recording.write(path)
    result = analyze([path], Options(home="IN", at="Mumbai"))
    said = [odd.effect for odd in result.anomalies if odd.kind == "recording_place"]
    assert len(said) == doubted
    if doubted:
        assert "of 5 of 7 addresses" in said[0]
        assert "not recorded at Mumbai, IN (--at)" in said[0]
