"""http1 and http_head: requests in clear, however they are cut up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from names_forge import (
    PHONE,
    SERVER,
    feed,
    finished,
    handmade_hello,
    handshake,
    open_talk,
    records,
    server_hello,
    sni,
)  # fmt: skip

from analyzer import limits
from analyzer.model import HostHint
from analyzer.names.conversation import Conversation, FlowStart, Heard
from analyzer.names.http_head import bare_host, read_request

GET = b"GET /a?b=1 HTTP/1.1\r\nHost: WWW.Example.org:8080\r\nUser-Agent: Tester/1\r\n\r\n"
POST = b"POST /up HTTP/1.1\r\nHost: up.example.org\r\nContent-Length: %d\r\n\r\n"
CHUNKED = b"PUT /c HTTP/1.1\r\nhost: c.example.org\r\nTransfer-Encoding: chunked\r\n\r\n"


def told(talk: Conversation) -> list[tuple[str, str]]:
    return [(n.name, n.detail) for n in talk.heard.names if n.source == "http_host"]


@pytest.mark.parametrize("step", [0, 1, 2, 19])
def test_one_request(step: int) -> None:
    talk = open_talk(port=80)
    feed(talk, 0, GET, step)
    feed(talk, 1, b"HTTP/1.1 200 OK\r\n\r\n", step)
    done = finished(talk)
    assert told(talk) == [("www.example.org", "GET /a?b=1")]
    assert (done.name, done.name_source, done.user_agent) == (
        "www.example.org", "http_host", "Tester/1",
    )  # fmt: skip
    assert (done.app_protocol, done.encrypted, done.cleartext_frame) == ("http", "no", 4)
    assert talk.heard.hints == [HostHint("user_agent", "Tester/1", 4, PHONE)]


@pytest.mark.parametrize("step", [0, 1, 3, 64])
def test_pipelined_requests_with_bodies(step: int) -> None:
    body = b"GET /not-a-request HTTP/1.1\r\nHost: no.example\r\n\r\n"
    chunks = b"%x;x=y\r\n%s\r\n0\r\nTrailer: 1\r\n\r\n" % (len(body), body)
    talk = open_talk(port=80)
    feed(talk, 0, POST % len(body) + body + CHUNKED + chunks + b"\r\n" + GET, step)
    assert told(talk) == [
        ("up.example.org", "POST /up"),
        ("c.example.org", "PUT /c"),
        ("www.example.org", "GET /a?b=1"),
    ]


def test_a_long_body_is_counted_not_kept() -> None:
    talk = open_talk(port=80)
    feed(talk, 0, POST % 900_000)
    for _ in range(900):
        talk.stream(0, bytes(1_000), 5, 5)
    talk.stream(0, GET, 6, 6)
    assert [name for name, _ in told(talk)] == ["up.example.org", "www.example.org"]
    assert talk.wants[0] == limits.CLEAR_STREAM_BYTES


def test_after_a_hole_the_next_method_counts() -> None:
    talk = open_talk(port=80)
    feed(talk, 0, POST % 5_000 + b"x" * 100)
    talk.gap(0, False)
    talk.stream(0, b"xxxx GET /no HTTP/1.1\r\nHost: no.example\r\n\r\n", 5, 5)
    talk.stream(0, GET, 6, 6)
    assert [name for name, _ in told(talk)] == ["up.example.org", "www.example.org"]


def test_a_cut_header_block_still_names_its_host() -> None:
    talk = open_talk(port=80)
    feed(talk, 0, GET[:-4])
    talk.gap(0, True)
    assert talk.name == "www.example.org"


@pytest.mark.parametrize(("cut", "why"), [(False, "gap"), (True, "cut")])
@pytest.mark.parametrize("head", [b"GET / H", b"GET / HTTP/1.1\r\nAccept: */*\r\nHo"])
def test_a_host_that_a_hole_swallowed_is_missing_for_that_reason(
    head: bytes, cut: bool, why: str
) -> None:
    talk = open_talk(port=80)
    feed(talk, 0, head)
    talk.gap(0, cut)
    talk.stream(0, b"st: www.example.org\r\n\r\n", 5, 5)
    assert finished(talk).why_no_name == why


def test_a_recording_that_ends_inside_a_header_block_lacks_the_rest() -> None:
    talk = open_talk(port=80)
    feed(talk, 0, b"GET / HTTP/1.1\r\nAcc")
    assert finished(talk).why_no_name == "gap"


@pytest.mark.parametrize(("late", "why"), [(False, "gap"), (True, "started_late")])
def test_a_response_whose_request_was_not_recorded(late: bool, why: str) -> None:
    talk = open_talk(port=80, late=late)
    feed(talk, 1, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    assert finished(talk).why_no_name == why


def test_a_whole_request_without_a_host_lacks_nothing() -> None:
    talk = open_talk(port=80, late=True)
    feed(talk, 1, b"HTTP/1.0 200 OK\r\n\r\n")
    feed(talk, 0, b"GET / HTTP/1.0\r\n\r\n")
    assert finished(talk).why_no_name == "not_parsed"


def test_only_the_response_came_first() -> None:
    talk = open_talk(port=80, late=True)
    feed(talk, 1, b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")
    feed(talk, 0, GET)
    assert talk.name == "www.example.org"


def test_two_hosts() -> None:
    talk = open_talk(port=80)
    feed(talk, 0, b"GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n")
    assert talk.name == "a.example"
    assert talk.heard.anomalies["http_two_hosts"].count == 1


def test_no_host_is_told_by_address() -> None:
    talk = open_talk(port=80)
    feed(talk, 0, b"GET / HTTP/1.0\r\n\r\n")
    assert told(talk) == [(SERVER, "GET /")]
    assert talk.name is None


def test_a_proxied_request() -> None:
    talk = open_talk(port=3_128)
    feed(talk, 0, b"GET http://deep.example.org:81/x HTTP/1.1\r\n\r\n")
    assert told(talk) == [("deep.example.org", "GET http://deep.example.org:81/x")]


@pytest.mark.parametrize("step", [0, 1])
def test_a_tunnel_is_heard_inside(step: int) -> None:
    talk = open_talk(port=3_128)
    feed(
        talk, 0, b"CONNECT proxied.example:443 HTTP/1.1\r\nHost: proxied.example:443\r\n\r\n", step
    )
    feed(talk, 1, b"HTTP/1.1 200 Connection established\r\n\r\n", step)
    feed(talk, 0, records(handshake(1, handmade_hello(sni(b"inner.example")))), step)
    feed(talk, 1, records(server_hello(extensions=b"\0\x2b\0\2\3\4")), step)
    done = finished(talk)
    assert told(talk) == [("proxied.example", "CONNECT proxied.example:443")]
    assert (done.name, done.encrypted) == ("inner.example", "mixed")
    assert done.tls is not None
    assert done.tls.version == "TLS 1.3"


def test_connect_asked_again() -> None:
    ask = b"CONNECT a.example:443 HTTP/1.1\r\n\r\n"
    talk = open_talk(port=3_128)
    feed(talk, 0, ask)
    feed(talk, 1, b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")
    feed(talk, 0, ask)
    feed(talk, 1, b"HTTP/1.1 200 OK\r\n\r\n")
    feed(talk, 0, records(handshake(1, handmade_hello(sni(b"inner.example")))))
    assert len(told(talk)) == 2
    assert talk.name == "inner.example"


def test_connect_asked_thousands_of_times_in_one_segment() -> None:
    talk = open_talk(port=3_128)
    talk.stream(0, b"CONNECT a.example:443 HTTP/1.1\r\n\r\n" * 1_800, 1, 1)
    assert len(told(talk)) == 1_800
    assert talk.heard.anomalies == {}


def test_websocket_ends_the_listening() -> None:
    talk = open_talk(port=80)
    feed(talk, 0, b"GET /s HTTP/1.1\r\nHost: ws.example\r\nUpgrade: websocket\r\n\r\n")
    assert (talk.wants, talk.name, talk.protocol) == ([0, 0], "ws.example", "http")


def test_names_asked_over_http() -> None:
    talk = Conversation(FlowStart(1, "tcp", PHONE, 4, "203.107.1.33", 80, False), Heard())
    feed(talk, 0, b"GET /9/d?host=a.example,b.example&x=1 HTTP/1.1\r\nHost: 203.107.1.33\r\n\r\n")
    asked = [n.name for n in talk.heard.names if n.source == "dns_query"]
    assert (asked, talk.protocol) == (["a.example", "b.example"], "httpdns")


def test_endless_headers_are_bounded() -> None:
    talk = open_talk(port=80)
    feed(talk, 0, b"GET / HTTP/1.1\r\nHost: a.example\r\n" + b"x: y\r\n" * 200_000, 1_400)
    assert talk.name == "a.example"
    assert talk.heard.anomalies["http_long_head"].count == 1


@pytest.mark.parametrize("length", [b"-5", b"1e9", b"9" * 40, b""])
def test_absurd_lengths(length: bytes) -> None:
    talk = open_talk(port=80)
    feed(talk, 0, b"POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: " + length + b"\r\n\r\n")
    feed(talk, 0, GET)
    assert [name for name, _ in told(talk)] == ["a.example", "www.example.org"]


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"A.example:80", "a.example"),
        (b"[2001:db8::1]:443", "2001:db8::1"),
        (b"2001:db8::1", "2001:db8::1"),
        (b"user:pw@a.example:8", "a.example"),
        (b"a.example.", "a.example"),
        (b"<script>", "<script>"),
        (b"\xff", "\\xff"),
    ],
)
def test_bare_host(raw: bytes, name: str) -> None:
    assert bare_host(raw) == name


@pytest.mark.parametrize("block", [b"", b"\n", b"GET", b"G3T / HTTP/1.1", b"GET / FTP/1.1"])
def test_not_a_request(block: bytes) -> None:
    assert read_request(block) is None


@given(st.binary(max_size=200), st.integers(1, 9))
def test_any_bytes_behind_a_method(data: bytes, step: int) -> None:
    talk = open_talk(port=80)
    feed(talk, 0, b"POST " + data + CHUNKED + data + b"\r\n" + data, step)
    finished(talk)
    assert "parser_fault" not in talk.heard.anomalies


@given(st.integers(0, 500), st.integers(0, 255))
def test_any_steps_say_the_same(place: int, value: int) -> None:
    wire = bytearray(GET + POST % 3 + b"abc" + CHUNKED + b"1\r\na\r\n0\r\n\r\n" + GET)
    wire[place % len(wire)] = value
    seen = []
    for step in (0, 1, 5):
        talk = open_talk(port=80)
        feed(talk, 0, bytes(wire), step)
        seen.append(told(talk))
    if bytes(wire).startswith(b"GET "):
        assert seen[0] == seen[1] == seen[2]
