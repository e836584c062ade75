"""tls_open: what is inside TLS, with the secrets of its session and never without."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer import limits
from analyzer.model import NameSource
from analyzer.names import schedule, tls_open
from analyzer.names.schedule import SUITES
from captures.forging import Certificate, Recording, Step
from tests.names.names_forge import question, record, reply
from tests.names.tls_forge import (
    ALLOW_RENEGOTIATION,
    NO_ENCRYPT_THEN_MAC,
    Flights,
    Hearing,
    Session,
    sealed_13,
    traffic_secret,
)

ASKED = b"POST /report HTTP/1.1\r\nHost: Inside.example.org\r\nContent-Length: 5\r\n\r\nhello"
TOLD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1_000
SUITES_12 = (
    "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305",
    "ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA", "ECDHE-RSA-AES128-SHA256",
    "ECDHE-RSA-AES256-SHA384", "AES128-SHA", "AES256-SHA256", "AES128-GCM-SHA256",
)  # fmt: skip
SUITES_13 = (
    "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"
)  # fmt: skip


def exchange(version: str = "1.3", cipher: str = "", **more: object) -> Session:
    """A session with one request and its answer."""
    session = Session(version, cipher, **more)  # type: ignore[arg-type]
    session.say(0, ASKED)
    session.say(1, TOLD)
    return session


def hear(session: Session, *key_logs: bytes) -> Hearing:
    return Hearing(*(key_logs or (session.key_log,))).hear(session.flights)


def opened(hearing: Hearing) -> None:
    """Both sides were read, as what they are, and nothing as heard in clear."""
    flow = hearing.end()
    assert hearing.inside == (ASKED, TOLD)
    assert set(hearing.content.sides) == {2, 3}
    assert (flow.decrypted, flow.app_protocol, flow.encrypted) == ("http", "tls", "yes")
    assert (flow.cleartext_frame, flow.user_agent) == (None, None)
    assert (flow.name, flow.name_source) == ("api.example.org", NameSource.SNI)
    seen = [s for s in hearing.heard.names if s.source == "http_host"]
    assert [(s.name, s.detail, s.decrypted) for s in seen] == [
        ("inside.example.org", "POST /report", True)
    ]
    assert hearing.heard.anomalies == {}


@pytest.mark.parametrize("cipher", SUITES_12)
def test_tls_12(cipher: str) -> None:
    hearing = hear(exchange("1.2", cipher))
    opened(hearing)
    assert [s.decrypted for s in hearing.heard.names if s.source == "cert"] == [False]


@pytest.mark.parametrize("cipher", [c for c in SUITES_12 if "-SHA" in c and "GCM" not in c])
def test_tls_12_with_the_code_inside(cipher: str) -> None:
    opened(hear(exchange("1.2", cipher, options=NO_ENCRYPT_THEN_MAC)))


@pytest.mark.parametrize("cipher", SUITES_13)
def test_tls_13(cipher: str) -> None:
    hearing = hear(exchange("1.3", cipher))
    opened(hearing)
    tls = hearing.end().tls
    assert tls is not None
    assert (tls.cipher, tls.certificate_names) == (cipher, ("api.example.org",))
    assert [s.decrypted for s in hearing.heard.names if s.source == "cert"] == [True]


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_resumed_session(version: str) -> None:
    first = exchange(version)
    again = Session(version, again=first)
    again.say(0, ASKED)
    again.say(1, TOLD)
    hearing = hear(again)
    opened(hearing)
    tls = hearing.end().tls
    assert tls is not None
    assert tls.resumed
    assert tls.certificate_names == ()


def test_a_second_handshake_inside_the_first() -> None:
    session = Session("1.2", "ECDHE-RSA-AES128-GCM-SHA256", options=ALLOW_RENEGOTIATION)
    session.say(0, ASKED[:20])
    assert session.ends[0].renegotiate()
    session.shake_hands()
    session.say(0, ASKED[20:])
    session.say(1, TOLD)
    assert session.ends[0].total_renegotiations() == 1
    hearing = hear(session)
    hearing.end()
    assert hearing.inside == (ASKED, TOLD)


def test_keys_that_are_renewed() -> None:
    """KeyUpdate (RFC 8446 4.6.3), twice."""
    session = Session("1.3", "TLS_AES_256_GCM_SHA384")
    secret = traffic_secret(session.key_log, "CLIENT_TRAFFIC_SECRET_0")
    flights = list(session.flights)
    for part in (ASKED[:30], ASKED[30:60], ASKED[60:]):
        flights.append((0, sealed_13(secret, 0, part)))
        flights.append((0, sealed_13(secret, 1, b"\x18\0\0\1\1", 22)))
        secret = schedule.next_secret(secret, SUITES[0x1302])
    hearing = Hearing(session.key_log).hear(flights)
    assert hearing.inside[0] == ASKED
    assert hearing.heard.anomalies == {}


def test_early_data() -> None:
    """Records before the server's answer, under keys of their own (RFC 8446 4.2.10)."""
    session = exchange("1.3", "TLS_AES_256_GCM_SHA384")
    early = b"\x77" * 48
    line = session.key_log.split()[1]
    key_log = session.key_log + b"CLIENT_EARLY_TRAFFIC_SECRET %s %s\n" % (
        line,
        early.hex().encode(),
    )
    hello, *rest = session.flights
    sent = (0, sealed_13(early, 0, b"GET /early HTTP/1.1\r\nHost: early.example.org\r\n\r\n"))
    hearing = Hearing(key_log).hear([hello, sent, *rest])
    hearing.end()
    assert hearing.inside[0].startswith(b"GET /early ")
    assert hearing.inside[0].endswith(ASKED)


def test_http_2_is_told_by_alpn_though_the_server_speaks_first() -> None:
    session = Session("1.3", alpn=(b"h2",))
    session.say(1, b"\0\0\0\x04\0\0\0\0\0" * 3)  # SETTINGS
    session.say(0, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\x04\0\0\0\0\0")
    assert hear(session).end().decrypted == "http2"


def test_dns_over_tls() -> None:
    """What is asked names no conversation heard in clear, what is answered may name others."""
    session = Session("1.3", alpn=(b"dot",))
    asked = question("hidden.example.org")
    answer = reply("hidden.example.org", record(b"\xc0\x0c", 1, bytes((203, 0, 113, 7))))
    for side, message in ((0, asked), (1, answer)):
        session.say(side, len(message).to_bytes(2, "big") + message)
    hearing = hear(session)
    assert hearing.end().decrypted == "dns"
    rows = [s for s in hearing.heard.names if s.name == "hidden.example.org"]
    assert [(s.source, s.address, s.decrypted) for s in rows] == [
        ("dns_query", None, True), ("dns", "203.0.113.7", True)
    ]  # fmt: skip
    assert [a.address for a in hearing.heard.answers] == ["203.0.113.7"]


def test_content_nobody_knows_is_read_too() -> None:
    session = Session("1.3")
    session.say(0, b"\x01\x02imei=004999012345673")
    hearing = hear(session)
    assert hearing.end().decrypted == "unknown"
    assert hearing.inside[0] == b"\x01\x02imei=004999012345673"


def test_only_the_secrets_of_the_content() -> None:
    """A handshake whose keys were not logged is passed over."""
    session = exchange("1.3")
    lines = [line for line in session.key_log.splitlines(True) if b"HANDSHAKE" not in line]
    hearing = hear(session, b"".join(lines))
    opened(hearing)


@pytest.mark.parametrize("version", ["1.2", "1.3"])
@pytest.mark.parametrize("step", [1, 7, 100])
def test_any_segments(version: str, step: int) -> None:
    session = exchange(version)
    opened(Hearing(session.key_log).hear(session.flights, step))


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_the_server_may_be_heard_first(version: str) -> None:
    """Two directions of a recording need not be in order with each other."""
    session = exchange(version)
    flights = sorted(session.flights, key=lambda flight: -flight[0])
    hearing = Hearing(session.key_log).hear(flights)
    hearing.end()
    assert hearing.inside == (ASKED, TOLD)


# ------------------------------------------------------------------- without keys


def closed(hearing: Hearing) -> None:
    flow = hearing.end()
    assert hearing.content.sides == {}
    assert (flow.decrypted, flow.encrypted) == (None, "yes")
    assert flow.name == "api.example.org"


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


def test_keys_that_come_behind_the_hello() -> None:
    """Of a recording that brings its keys along, which come when they are made."""
    session = exchange("1.3")
    first = session.flights[0]
    hearing = Hearing(b"", growing=True).hear([first])
    hearing.heard.take_found_secrets(session.key_log)
    opened(hearing.hear(session.flights[1:]))


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


ONE = {version: exchange(version) for version in ("1.2", "1.3")}


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


def test_what_a_server_says_out_of_turn_changes_nothing() -> None:
    session = Session("1.3", SUITES_13[1])
    secret = traffic_secret(session.key_log, "SERVER_HANDSHAKE_TRAFFIC_SECRET")
    lists = []
    for name in ("first.example", "second.example"):
        leaf = Certificate((name,)).build().public_bytes(Encoding.DER)
        entry = len(leaf).to_bytes(3, "big") + leaf + b"\0\0"
        whole = b"\0" + len(entry).to_bytes(3, "big") + entry
        lists.append(b"\x0b" + len(whole).to_bytes(3, "big") + whole)
    hello, (side, answer) = session.flights[:2]
    answer = answer[: 5 + int.from_bytes(answer[3:5], "big")]
    strange = b"\1\0\0\x24\3\3" + bytes(34)  # a ClientHello
    said = sealed_13(secret, 0, lists[0] + strange + lists[1], 22)
    hearing = Hearing(session.key_log).hear([hello, (side, answer), (side, said)])
    told = [(row.source, row.name) for row in hearing.heard.names]
    assert told == [("sni", "api.example.org"), ("cert", "first.example")]
    tls = hearing.end().tls
    assert tls is not None
    assert tls.certificate_names == ("first.example",)


def test_next_keys_are_made_where_a_record_asks_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    session = exchange("1.3")
    made = []
    monkeypatch.setattr(schedule, "next_secret", lambda *given: made.append(given) or b"")
    opened(hear(session))
    assert made == []


def test_what_is_kept_is_told_and_let_go() -> None:
    hello, more = ONE["1.3"].flights[0][1], b"\x16\3\3\x20\0" + b"\x14\xff\xff\xff" * 2_048
    hearing = Hearing(ONE["1.3"].key_log).hear([(0, hello), *[(0, more)] * 10])
    assert 80_000 < hearing.talk.held < 90_000  # a message of 16 MB, never whole
    hearing.talk.let_go(True)
    assert (hearing.talk.held, hearing.talk.wants, hearing.talk.ear) == (0, [0, 0], None)


def test_a_conversation_let_go_tells_what_it_heard() -> None:
    session = exchange("1.3")
    hearing = hear(session)
    hearing.talk.let_go(False)
    flow = hearing.end()
    assert (flow.decrypted, hearing.inside) == ("http", (ASKED, TOLD))
    assert hearing.heard.anomalies == {}


def test_bodies_of_http_2_that_wait_are_told() -> None:
    session = Session(alpn=(b"h2",))
    session.say(0, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\x27\x10\0\0\0\0\0\1" + bytes(10_000))
    hearing = hear(session)
    assert 18_000 < hearing.talk.held < 20_000


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


@pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
@pytest.mark.parametrize(
    ("version", "cipher"),
    [("1.2", "ECDHE-RSA-AES128-SHA256"), ("1.2", "AES128-GCM-SHA256"), ("1.3", SUITES_13[2])],
)
def test_tshark_reads_the_same(tmp_path: Path, version: str, cipher: str) -> None:
    session = exchange(version, cipher)
    story = Recording()
    story.tcp("203.0.113.9", 443, [Step(side == 0, data) for side, data in session.flights])
    story.write(tmp_path / "x.pcap")
    (tmp_path / "keys").write_bytes(session.key_log)
    command = ["tshark", "-r", str(tmp_path / "x.pcap"), "-o", f"tls.keylog_file:{tmp_path}/keys",
               "-Y", "http.request", "-T", "fields", "-e", "http.host"]  # fmt: skip
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    opened(hear(session))
    assert told.strip() == "Inside.example.org"
