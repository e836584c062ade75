"""conversation and registry: who is recognised, when listening ends, what is left at the end."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from names_forge import feed, finished, handmade_hello, handshake, open_talk, question, records, sni

from analyzer import limits
from analyzer.model import WhyNoName
from analyzer.names import conversation, registry, talk
from analyzer.names.conversation import Conversation, FlowStart, Heard

TLS = records(handshake(1, handmade_hello(sni(b"mail.example"))))
STUN = b"\0\1\0\0\x21\x12\xa4\x42" + bytes(12)


@pytest.mark.parametrize(
    ("port", "side", "data", "protocol", "encrypted"),
    [
        (22, 1, b"SSH-2.0-x\r\n", "ssh", "yes"),
        (25, 1, b"220 mail.example\r\n", "smtp", "no"),
        (21, 1, b"220 files\r\n", "ftp", "no"),
        (143, 1, b"* OK hello\r\n", "imap", "no"),
        (110, 1, b"+OK hello\r\n", "pop3", "no"),
        (5222, 0, b"<?xml version='1.0'?><stream:stream>", "xmpp", "no"),
        (1883, 0, b"\x10\x10\0\4MQTT\4\2\0\x3c\0\4abcd", "mqtt", "no"),
        (5222, 0, b"WA\6\3\0\0\0", "whatsapp", "yes"),
        (443, 0, b"ED\0\1\0\0", "whatsapp", "yes"),
        (6881, 0, b"\x13BitTorrent protocol" + bytes(8), "bittorrent", "no"),
        (554, 0, b"OPTIONS rtsp://a.example RTSP/1.0\r\n\r\n", "rtsp", "no"),
        (9999, 0, struct.pack(">H", 33) + question("www.example.org"), "dns", "no"),
        (9999, 0, b"\xde\xad\xbe\xef" * 20, None, "unknown"),
    ],
)
def test_streams(port: int, side: int, data: bytes, protocol: str | None, encrypted: str) -> None:
    for step in (0, 1):
        heard = open_talk(port=port)
        feed(heard, side, data, step)
        done = finished(heard)
        assert (done.app_protocol, done.encrypted) == (protocol, encrypted)
        assert done.why_no_name is WhyNoName.NOT_PARSED


@pytest.mark.parametrize(
    ("port", "data", "protocol"),
    [
        (3478, STUN, "stun"),
        (123, b"\x23" + bytes(47), "ntp"),
        (1900, b"M-SEARCH * HTTP/1.1\r\n\r\n", "ssdp"),
        (137, bytes(50), "netbios"),
        (161, b"\x30\x10\2\1\1", "snmp"),
        (5683, b"\x40\1\0\0", "coap"),
        (5060, b"REGISTER sip:a.example SIP/2.0\r\nVia: SIP/2.0/UDP\r\n\r\n", "sip"),
        (9999, b"SIP/2.0 200 OK\r\n\r\n", "sip"),
        (9999, b"Via: SIP/2.0/UDP\r\n\r\n", None),
        (51820, b"\1\0\0\0" + bytes(144), "wireguard"),
        (443, b"\xde\xad\xbe\xef" * 20, None),
        (9999, b"", None),
    ],
)
def test_datagrams(port: int, data: bytes, protocol: str | None) -> None:
    heard = open_talk("udp", port)
    heard.datagram(0, data, 1, 1, False)
    assert finished(heard).app_protocol == protocol


@pytest.mark.parametrize("step", [0, 1])
def test_starttls(step: int) -> None:
    heard = open_talk(port=587)
    feed(heard, 1, b"220 mail.example ESMTP\r\n", step)
    feed(heard, 0, b"EHLO phone\r\nSTARTTLS\r\n", step)
    feed(heard, 1, b"220 go\r\n", step)
    feed(heard, 0, TLS, step)
    done = finished(heard)
    assert (done.name, done.encrypted, done.cleartext_frame) == ("mail.example", "mixed", 4)


def test_unknown_protocols_are_soon_left_alone() -> None:
    heard = open_talk()
    feed(heard, 0, b"\xde" * 3_000)
    feed(heard, 1, b"\xad" * 3_000)
    assert heard.wants == [0, 0]
    fresh = open_talk("udp")
    assert fresh.wants == [conversation.UNDECIDED_DATAGRAMS] * 2


@pytest.mark.parametrize(
    ("late", "gap", "why"),
    [(True, None, WhyNoName.STARTED_LATE), (False, None, WhyNoName.NOT_PARSED),
     (False, True, WhyNoName.CUT), (False, False, WhyNoName.GAP)],
)  # fmt: skip
def test_reasons(late: bool, gap: bool | None, why: WhyNoName) -> None:
    heard = open_talk(late=late)
    if gap is not None:
        heard.gap(0, gap)
    feed(heard, 0, b"\xde\xad\xbe\xef" * 20)
    assert finished(heard).why_no_name is why


def test_a_faulty_ear_costs_one_name_not_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(talk.Deaf):
        def stream(self, side: int, data: bytes, frame: int, ts: int) -> None:
            raise RuntimeError

    row = registry.Row("broken", lambda _: Broken(), "no", (b"BRK",))
    monkeypatch.setattr(registry, "STREAM", (row,))
    heard = open_talk()
    feed(heard, 0, b"BRK now")
    assert heard.wants == [0, 0]
    assert heard.heard.anomalies["parser_fault"].first_frame == 4


def test_names_are_capped_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NAMES", 3)
    heard = open_talk("udp", 53)
    for i in range(5):
        heard.datagram(0, question(f"n{i}.example"), i + 1, 1, False)
    assert len(heard.heard.names) == 3
    assert (heard.heard.anomalies["names_capped"].count,
            heard.heard.anomalies["names_capped"].first_frame) == (2, 4)  # fmt: skip


def test_every_anomaly_says_what_it_means() -> None:
    assert all(effect.endswith(".") for effect in talk.EFFECTS.values())


@given(st.binary(max_size=120), st.binary(max_size=120), st.integers(1, 40),
       st.sampled_from([25, 53, 80, 443, 853, 5222]))  # fmt: skip
def test_any_streams(up: bytes, down: bytes, step: int, port: int) -> None:
    heard = open_talk(port=port)
    feed(heard, 0, up, step)
    feed(heard, 1, down, step)
    heard.gap(0, True)
    feed(heard, 0, down, step)
    finished(heard)
    assert "parser_fault" not in heard.heard.anomalies


@given(st.lists(st.binary(max_size=80), max_size=6), st.sampled_from([53, 67, 123, 443, 5353]))
def test_any_datagrams(data: list[bytes], port: int) -> None:
    start = FlowStart(1, "udp", "192.168.7.20", port, "203.0.113.80", port, False)
    heard = Conversation(start, Heard())
    for i, one in enumerate(data):
        heard.datagram(i & 1, one, i, i, False)
    finished(heard)
    assert "parser_fault" not in heard.heard.anomalies


def test_a_port_alone_is_not_coap() -> None:
    start = FlowStart(1, "udp", "10.0.0.1", 5683, "192.0.2.1", 9999, False)
    assert registry.of_datagram(b"abcd", start) is None
    get = registry.of_datagram(bytes.fromhex("44011d2b74657374"), start)
    assert get is not None
    assert get.protocol == "coap"
