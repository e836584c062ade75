"""tls_open: what is inside TLS, with the secrets of its session."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from analyzer.names import schedule
from analyzer.names.schedule import SUITES
from captures.forging import Certificate, Recording, Step
from tests.names.names_forge import question, record, reply
from tests.names.tls_forge import (
    ALLOW_RENEGOTIATION,
    ASKED,
    NO_ENCRYPT_THEN_MAC,
    SUITES_12,
    SUITES_13,
    TOLD,
    Hearing,
    Session,
    exchange,
    hear,
    opened,
    sealed_13,
    traffic_secret,
)


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


def test_keys_that_come_behind_the_hello() -> None:
    """Of a recording that brings its keys along, which come when they are made."""
    session = exchange("1.3")
    first = session.flights[0]
    hearing = Hearing(b"", growing=True).hear([first])
    hearing.heard.take_found_secrets(session.key_log)
    opened(hearing.hear(session.flights[1:]))


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
