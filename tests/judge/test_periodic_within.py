"""Heartbeats within one conversation: found where regular, not where random."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from forged_results import RULES, START, endpoint, flow, result

from analyzer import limits, pipeline
from analyzer import model as m
from analyzer.capture import hot
from analyzer.judge import rules
from analyzer.judge.judgement import findings
from captures.forging import SECOND, Recording, Step

SERVER = "203.0.113.1"
RULE = next(rule for rule in rules.load([RULES]) if rule.id == "periodic-within")
BEAT = b"\xc2\xfe\0\x05\0\0\0\0"
SEEDS = 200


def talk(seconds: list[float], number: int = 1, server: str = SERVER, **more: Any) -> m.Flow:
    """One TLS conversation in which the handset speaks up at these times."""
    made = flow(number, server, last=START + 10_000 * SECOND, **more)
    made.bursts = ([START + round(second * SECOND) for second in seconds], ())
    return made


def found(*flows: m.Flow) -> list[m.Finding]:
    ends = [endpoint(ip, "edge") for ip in sorted({each.server_ip for each in flows})]
    return findings(result(ends, list(flows)), None, [RULE])


def beats(count: int, every: float, jitter: float, seed: int = 1) -> list[float]:
    chance = random.Random(seed)
    times = [0.0]
    for _ in range(count):
        times.append(times[-1] + every * (1 + jitter * (2 * chance.random() - 1)))
    return times


def after_silences(count: int, every: float, seed: int) -> list[float]:
    """When packets at random times come after a silence (limits.QUIET)."""
    chance = random.Random(seed)
    now, spoken = 0.0, []
    while len(spoken) < count:
        gap = chance.expovariate(1 / every)
        now += gap
        if gap * SECOND >= limits.QUIET:
            spoken.append(now)
    return spoken


def test_a_heartbeat_is_found_and_said_with_its_numbers() -> None:
    (finding,) = found(talk(beats(20, 240, 0.1), name="push.example.com"))
    assert finding.id == "periodic-within-push.example.com"
    assert finding.severity == "info"
    assert finding.title == "Periodic data in one conversation with push.example.com"
    assert "sent something in it 21 times in 80 min after at least 10 s of silence" in finding.text
    assert finding.numbers["gaps"] == 20
    assert finding.numbers["period_s"] == pytest.approx(240, rel=0.1)
    assert finding.numbers["flows"] == finding.numbers["series_tested"] == 1
    assert 0 < float(finding.numbers["p_value"]) <= 0.003


def test_gaps_finer_than_words_are_not_said_to_be_the_same() -> None:
    (finding,) = found(talk(beats(20, 240, 0.0)))
    assert "half of the gaps within 0.1 s of that" in finding.text
    assert finding.numbers["spread_s"] == 0.0


@pytest.mark.parametrize(
    ("each", "said"), [(20_000, ""), (200_000, " On average 200 kB came each time;")]
)
def test_what_came_beside_contacts_that_were_not_kept_counts_for_none(each: int, said: str) -> None:
    """10,000 contacts of which the first 512 are kept."""
    made = talk([60.0 * n for n in range(limits.BURSTS)], payload_down=10_000 * each)
    made.last = START + 600_000 * SECOND
    (finding,) = found(made)
    assert finding.caveat.startswith(f"Periodic says when, not what.{said}")
    assert ("On average" in finding.caveat) is bool(said)


def test_eight_gaps_are_enough_and_seven_are_not() -> None:
    assert len(found(talk(beats(8, 240, 0)))) == 1
    assert found(talk(beats(7, 240, 0))) == []


@pytest.mark.parametrize("every", [5, 10, 15, 30, 300])
@pytest.mark.parametrize("count", [9, 20, 60])
def test_random_packets_are_not(every: float, count: int) -> None:
    alarms = [s for s in range(SEEDS) if found(talk(after_silences(count, every, s)))]
    assert len(alarms) <= SEEDS * 0.02


def test_of_one_endpoint_the_conversation_with_most_counts() -> None:
    some = talk(beats(9, 60, 0), 1), talk(beats(30, 240, 0.05), 2), talk([], 3)
    (finding,) = found(*some)
    assert (finding.numbers["gaps"], finding.numbers["series_tested"]) == (30, 1)
    assert finding.evidence.frames == [some[1].first_frame]


def test_look_ups_and_the_local_network_are_left_out() -> None:
    assert found(talk(beats(20, 60, 0), app_protocol="ntp", proto="udp")) == []
    assert found(talk(beats(20, 60, 0), encrypted_dns="doh")) == []


def recorded(tmp_path: Path, recording: Recording) -> m.Result:
    recording.write(tmp_path / "beat.pcapng")
    return pipeline.analyze([tmp_path / "beat.pcapng"])


def test_through_the_whole_analysis(tmp_path: Path) -> None:
    recording = Recording()
    recording.push("54.169.0.20", b"a greeting of the app", beats=12, every=240 * SECOND)
    chance = random.Random(5)
    steps = [Step(True, BEAT, round(chance.expovariate(1 / 240) * SECOND)) for _ in range(20)]
    recording.tcp("54.169.0.10", 5223, steps)
    every = recorded(tmp_path, recording).findings
    (finding,) = [each for each in every if each.rule == "periodic-within"]
    assert finding.subject == "54.169.0.20"
    assert finding.numbers["gaps"] == 11
    assert finding.numbers["period_s"] == pytest.approx(240, abs=0.1)
    assert not any(each.rule == "periodic-contact" for each in every)


def test_what_the_server_says_first_is_its_own(tmp_path: Path) -> None:
    recording = Recording()
    steps = [
        Step(up, BEAT, 60 * SECOND if not up else 0) for _ in range(12) for up in (False, True)
    ]
    recording.tcp("54.169.0.10", 5223, [Step(True, b"hello"), *steps])
    (flow,) = recorded(tmp_path, recording).flows
    assert [len(side) for side in flow.bursts] == [0, 12]


def test_a_conversation_from_outside_is_turned_whole(tmp_path: Path) -> None:
    """The recording began late, and the server spoke first in it."""
    recording = Recording()
    recording.push("54.169.0.10", b"a greeting of the app", beats=12, every=60 * SECOND)
    del recording.frames[:5]
    first = recorded(tmp_path, recording).flows[0]
    assert first.client_ip == recording.handset.ip
    assert len(first.bursts[0]) == 12


@pytest.mark.parametrize(("content", "after", "count"), [
    (BEAT, 10.1, 5),
    (BEAT, 9.9, 0),
    (b"\0", 60, 0),  # a keep-alive
    (b"", 60, 0),
])  # fmt: skip
def test_what_speaking_up_is(tmp_path: Path, content: bytes, after: float, count: int) -> None:
    recording = Recording()
    steps = [Step(True, content, round(after * SECOND)) for _ in range(5)]
    recording.tcp("54.169.0.10", 5223, [Step(True, b"hello"), *steps])
    (flow,) = recorded(tmp_path, recording).flows
    assert len(flow.bursts[0]) == count


def test_the_silence_is_the_one_that_is_told() -> None:
    assert hot.layout()["QUIET"] == limits.QUIET
    assert (
        f"merge: {limits.QUIET // SECOND} s" in (RULES / "detect/periodic-within.yaml").read_text()
    )


def test_times_kept_are_bounded(tmp_path: Path) -> None:
    recording = Recording()
    steps = [Step(True, BEAT, 30 * SECOND) for _ in range(limits.BURSTS + 20)]
    recording.tcp("54.169.0.10", 5223, [Step(True, b"hello"), *steps])
    (flow,) = recorded(tmp_path, recording).flows
    assert len(flow.bursts[0]) == limits.BURSTS
