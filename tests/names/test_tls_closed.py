"""tls_open: what wrong, missing and changed keys and bytes leave closed is said, and bounded."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer import limits
from analyzer.names import tls_open
from tests.names.tls_forge import (
    ASKED,
    SUITES_12,
    SUITES_13,
    TOLD,
    Flights,
    Hearing,
    Session,
    closed,
    exchange,
    hear,
)

ONE = {version: exchange(version) for version in ("1.2", "1.3")}


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_without_a_key_log_nothing_more_is_wanted(version: str) -> None:
    session = exchange(version)
    hearing = Hearing().hear(session.flights)
    assert hearing.talk.wants == [0, 0]
    closed(hearing)


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_key_log_of_another_session(version: str) -> None:
    session, other = exchange(version), exchange(version)
    hearing = hear(session, other.key_log)
    assert hearing.talk.wants == [0, 0]
    closed(hearing)
    assert hearing.heard.anomalies == {}


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_wrong_secret_opens_nothing(version: str) -> None:
    session = exchange(version)
    lines = [line.split() for line in session.key_log.splitlines()]
    wrong = b"".join(b"%s %s %s\n" % (a, b, c[::-1]) for a, b, c in lines)
    hearing = hear(session, wrong)
    closed(hearing)
    assert set(hearing.heard.anomalies) == {"key_wrong"}


@pytest.mark.parametrize("side", [0, 1])
def test_a_wrong_secret_of_one_direction_is_said(side: int) -> None:
    session = exchange("1.3")
    label = (b"CLIENT_TRAFFIC", b"SERVER_TRAFFIC")[side]
    lines = [line.split() for line in session.key_log.splitlines()]
    told = [(a, b, c[::-1] if a.startswith(label) else c) for a, b, c in lines]
    hearing = hear(session, b"".join(b"%s %s %s\n" % each for each in told))
    assert hearing.end().decrypted == "http"
    assert hearing.inside == (((b"", TOLD), (ASKED, b""))[side])
    assert {kind: odd.count for kind, odd in hearing.heard.anomalies.items()} == {"key_wrong": 1}


def test_versions_and_suites_that_are_not_opened_are_said() -> None:
    for session in (exchange("1.1", "AES128-SHA"), exchange("1.2", "AES128-CCM")):
        hearing = hear(session)
        closed(hearing)
        assert set(hearing.heard.anomalies) == {"key_missing"}


def test_a_key_log_without_the_secrets_of_content() -> None:
    session = exchange("1.3")
    lines = [line for line in session.key_log.splitlines(True) if b"HANDSHAKE" in line]
    hearing = hear(session, b"".join(lines))
    closed(hearing)
    assert set(hearing.heard.anomalies) == {"key_missing"}


def test_a_gap_ends_a_direction_and_is_said() -> None:
    session = exchange("1.3")
    hearing = Hearing(session.key_log).hear(session.flights)
    hearing.talk.gap(0, False)
    session.say(0, ASKED)
    hearing.hear(session.flights[-1:])
    assert hearing.inside == (ASKED, TOLD)
    assert set(hearing.heard.anomalies) == {"key_gap"}
    assert 2 in hearing.content.gaps
    assert hearing.talk.wants[0] == 0


@pytest.mark.parametrize("cipher", [*SUITES_12, *SUITES_13])
def test_a_changed_record_is_never_used(cipher: str) -> None:
    session = Session("1.3" if cipher.startswith("TLS_") else "1.2", cipher)
    before = len(session.flights)
    session.say(0, ASKED)
    side, data = session.flights[before]
    hearing = Hearing(session.key_log).hear(session.flights[:before])
    hearing.hear([(side, data[:-1] + bytes([data[-1] ^ 1]))])
    closed(hearing)
    assert set(hearing.heard.anomalies) == {"key_wrong"}


def test_what_waits_is_bounded() -> None:
    session = exchange("1.3")
    hearing = Hearing(session.key_log).hear(session.flights[:1])
    hearing.hear([(0, (b"\x17\x03\x03\x40\x00" + bytes(16_384)) * 4)])
    assert hearing.talk.wants[0] == 0
    assert tls_open.WAITING < 40_000
    assert set(hearing.heard.anomalies) == {"key_gap"}


def test_a_gap_in_the_handshake_is_said_where_there_are_keys() -> None:
    for key_log, said in ((None, {"key_gap"}), (b"", set())):
        session = exchange("1.3")
        hearing = Hearing(session.key_log if key_log is None else key_log)
        hearing.hear(session.flights[:1])
        hearing.talk.gap(1, False)
        hearing.hear(session.flights[1:])
        closed(hearing)
        assert set(hearing.heard.anomalies) == said


def test_no_more_is_read_than_the_limit() -> None:
    session = Session("1.3")
    session.say(0, b"\x01" * (2 * limits.CLEAR_STREAM_BYTES))
    hearing = hear(session)
    hearing.end()
    assert len(hearing.inside[0]) <= limits.CLEAR_STREAM_BYTES


def test_tls_inside_tls_stays_closed() -> None:
    inner = exchange("1.3")
    outer = Session("1.3")
    outer.say(0, inner.flights[0][1])
    hearing = hear(outer, outer.key_log + inner.key_log)
    assert hearing.end().decrypted == "tls"


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["1.2", "1.3"]), st.integers(0, 8), st.integers(0, 5_000), st.binary(max_size=4)
)
def test_mutated_sessions_are_borne(version: str, flight: int, at: int, put: bytes) -> None:
    session = ONE[version]
    flights: Flights = list(session.flights)
    side, data = flights[flight % len(flights)]
    at %= len(data) + 1
    flights[flight % len(flights)] = side, data[:at] + put + data[at + len(put) :]
    hearing = Hearing(session.key_log).hear(flights)
    hearing.end()
    assert "parser_fault" not in hearing.heard.anomalies
    assert not any(ASKED in hearing.content.sides.get(side, b"") for side in (0, 1))
    assert ASKED.startswith(hearing.inside[0])
    assert TOLD.startswith(hearing.inside[1])


def test_what_is_kept_is_told_and_let_go() -> None:
    hello, more = ONE["1.3"].flights[0][1], b"\x16\3\3\x20\0" + b"\x14\xff\xff\xff" * 2_048
    hearing = Hearing(ONE["1.3"].key_log).hear([(0, hello), *[(0, more)] * 10])
    assert 80_000 < hearing.talk.held < 90_000  # a message of 16 MB, never whole
    hearing.talk.let_go(True)
    assert (hearing.talk.held, hearing.talk.wants, hearing.talk.ear) == (0, [0, 0], None)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["1.2", "1.3"]), st.integers(0, 2_000), st.binary(max_size=3))
def test_mutated_key_logs_open_all_or_nothing(version: str, at: int, put: bytes) -> None:
    session = ONE[version]
    at %= len(session.key_log)
    key_log = session.key_log[:at] + put + session.key_log[at + len(put) :]
    hearing = hear(session, key_log)
    hearing.end()
    assert hearing.inside[0] in (b"", ASKED)
    assert hearing.inside[1] in (b"", TOLD)
