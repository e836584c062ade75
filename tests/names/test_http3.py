"""http3: requests and bodies out of streams, whole, in pieces and with holes."""

from __future__ import annotations

import pylsqpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.names.conversation import FlowStart, Heard
from analyzer.names.http3 import Http3
from analyzer.names.outlet import Outlet, Piece
from analyzer.names.qpack import Decoder
from analyzer.names.talk import Talk
from tests.names.names_forge import PHONE, SERVER, record, reply
from tests.names.test_qpack import B2
from tests.names.test_sharing import Taken

FIELDS = [(":method", "POST"), (":scheme", "https"), (":authority", "api.example.org"),
          (":path", "/report"), ("user-agent", "Gallery/2")]  # fmt: skip
SETTINGS = b"\0\4\3\1\x40\xdc"  # a control stream: a table of 220 bytes


def frame(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + (0x4000 | len(body)).to_bytes(2, "big") + body


def section(fields: list[tuple[str, str]]) -> bytes:
    raw = [(name.encode(), value.encode()) for name, value in fields]
    return pylsqpack.Encoder().encode(0, raw)[1]


def reader() -> tuple[Http3, Talk, Taken]:
    taken = Taken()
    talk = Talk(FlowStart(1, "udp", PHONE, 40_000, SERVER, 443, False), Heard(content=taken))
    return Http3(talk, 0, Outlet(talk)), talk, taken


def said(talk: Talk) -> list[tuple[str, str]]:
    return [(seen.name, seen.detail) for seen in talk.heard.names]


@pytest.mark.parametrize("step", [1, 7, 10_000])
@pytest.mark.parametrize("size", [9, 5_000])  # taken whole, passed on
def test_a_request(step: int, size: int) -> None:
    http, talk, taken = reader()
    body = b"b" * size
    wire = frame(1, section(FIELDS)) + frame(0x21, b"grease") + frame(0, body) + frame(0, b"end")
    for at in range(0, len(wire), step):
        http.piece(0, 0, Piece(wire[at : at + step], 5, 50))
    http.end(0, 0)
    http.close()
    assert said(talk) == [("api.example.org", "POST /report")]
    assert (talk.name, talk.user_agent) == ("api.example.org", "Gallery/2")
    lines = "".join(f"{name}: {value}\n" for name, value in FIELDS).encode()
    assert taken.taken[0] == (0, lines, True)
    assert taken.of(0) == lines + b"<gap>" + body + b"end"
    assert talk.heard.anomalies == {}


def test_requests_that_take_turns_keep_their_bodies() -> None:
    http, talk, taken = reader()
    for stream in (0, 4):
        http.piece(0, stream, Piece(frame(1, section(FIELDS)), 1, 1))
    for stream, data in ((0, b"one "), (4, b"two "), (0, b"body"), (4, b"body")):
        http.piece(0, stream, Piece(frame(0, data), 2, 2))
    http.end(0, 0)
    http.end(0, 4)
    assert len(said(talk)) == 2
    assert taken.of(0).endswith(b"<gap>one body<gap>two body")


def test_fields_wait_for_the_table() -> None:
    http, talk, taken = reader()
    http.piece(0, 0, Piece(frame(1, bytes.fromhex("0381d41011")), 3, 30))
    assert said(talk) == []
    http.piece(1, 3, Piece(SETTINGS, 4, 40))
    http.piece(0, 2, Piece(b"\2" + B2[:9], 5, 50))
    http.piece(0, 2, Piece(B2[9:], 6, 60))
    assert said(talk) == [("www.example.com", "POST /sample/path")]
    assert talk.heard.names[0].frame == 3
    assert taken.of(0).count(b"/sample/path") == 1


def test_sections_are_read_again_when_their_entries_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    http, talk, _ = reader()
    http.piece(0, 2, Piece(b"\2\x3f\xe1\xff\3\x41a\1b", 1, 1))  # a table of 65,536, one entry
    read = []
    section_of = Decoder.section
    monkeypatch.setattr(Decoder, "section", lambda *a: read.append(1) or section_of(*a))
    for number in range(2, 200):  # entry by entry, each needed by one
        required = number % 4_096 + 1
        block = (bytes([required]) if required < 255 else b"\xff") + b"\0\x80"
        http.piece(0, 4 * number, Piece(frame(1, block), 1, 1))
    for _ in range(2, 200):
        http.piece(0, 2, Piece(b"\0", 2, 2))  # the newest once more
    assert len(read) == 2 * 198
    assert talk.heard.anomalies == {}
    assert http.held < 100_000


def test_fields_whose_table_never_comes() -> None:
    http, talk, taken = reader()
    http.piece(1, 3, Piece(SETTINGS, 1, 1))
    http.piece(0, 2, Piece(b"\2" + B2[:3], 1, 1))
    http.piece(0, 2, Piece(B2[9:], 2, 2, 6))  # behind a hole no instruction begins
    http.piece(0, 0, Piece(frame(1, bytes.fromhex("0381d41011") + b"\x23abc\5imei="), 3, 30))
    http.close()
    assert said(talk) == []
    assert b"abc: imei=\n" in taken.of(0)
    http.piece(0, 4, Piece(frame(1, bytes.fromhex("0381d4") + b"\x50\5a.exa"), 4, 40))
    http.close()
    assert said(talk) == [("a.exa", "POST ")]
    assert talk.heard.anomalies["http3_fields"].first_frame == 3


def test_a_hole_within_a_body_and_one_elsewhere() -> None:
    http, _, taken = reader()
    wire = frame(1, section(FIELDS)) + frame(0, b"b" * 6_000)
    http.piece(0, 0, Piece(wire[:1_000], 1, 1))
    http.piece(0, 0, Piece(wire[2_000:], 2, 2, 1_000))
    http.piece(0, 0, Piece(frame(0, b"aligned again"), 3, 3))
    http.piece(0, 0, Piece(b"no boundary known", 4, 4, 5))
    http.end(0, 0)
    bodies = taken.of(0).split(b"<gap>")[1:]
    assert bodies[0] == b"b" * (6_000 - len(wire[2_000:]) - 1_000)
    assert bodies[1:] == [wire[2_000:] + b"aligned again", b"no boundary known"]


def test_what_stands_around_a_hole_is_not_joined() -> None:
    http, _, taken = reader()
    wire = frame(0, b"3569380" + b"-" * 5_000) + frame(0, b"35643809")
    at = wire.index(b"-")
    http.piece(0, 0, Piece(wire[:at], 1, 1))
    http.piece(0, 0, Piece(wire[at + 5_000 :], 2, 2, 5_000))
    http.close()
    assert taken.of(0) == b"<gap>3569380<gap>35643809"


def test_half_a_body_is_content() -> None:
    http, _, taken = reader()
    http.piece(0, 0, Piece(frame(0, b"imei=490154203237518 and more")[:-4], 1, 1))
    http.close()
    assert b"imei=490154203237518" in taken.of(0)


@pytest.mark.parametrize("asks", [True, False])
def test_dns_inside_where_the_client_asks_for_it(asks: bool) -> None:
    http, talk, _ = reader()
    fields = [*FIELDS, ("accept", "application/dns-message")] if asks else FIELDS
    http.piece(0, 0, Piece(frame(1, section(fields)), 1, 1))
    answer = reply("a.example", record(b"\xc0\x0c", 1, b"\xc0\0\2\1"))
    http.piece(1, 0, Piece(frame(1, b"\0\0\xd9") + frame(0, answer), 1, 1))
    found = [(a.name, a.address) for a in talk.heard.answers]
    assert found == ([("a.example", "192.0.2.1")] if asks else [])


def test_answers_tell_no_fields_but_their_body() -> None:
    http, talk, taken = reader()
    http.piece(1, 0, Piece(frame(1, section(FIELDS)) + frame(0, b"answer"), 1, 1))
    http.end(1, 0)
    assert said(talk) == []
    assert taken.of(1) == b"<gap>answer"


@pytest.mark.parametrize(
    ("stream", "wire"),
    [
        (0, b"\x40\x41\0content"),
        (2, b"\x40\x54\0content"),
        (3, b"\1\0content"),
        (1, b"\x40\x41content"),
    ],
)
def test_what_is_no_http_is_content_all_the_same(stream: int, wire: bytes) -> None:
    http, _, taken = reader()
    http.piece(0, stream, Piece(wire, 1, 1))
    http.close()
    assert taken.of(0).endswith(b"content")


def test_a_long_head_is_told() -> None:
    http, talk, taken = reader()
    wire = b"\1\x80\1\x86\xa0" + bytes(100_000) + frame(0, b"body")
    for at in range(0, len(wire), 1_200):
        http.piece(0, 0, Piece(wire[at : at + 1_200], 1 + at // 1_200, 1))
    http.close()
    assert talk.heard.anomalies["http_long_head"].first_frame == 1
    assert taken.of(0) == b"<gap>body"


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 7), st.binary(max_size=80),
                          st.sampled_from([0, 0, 0, 3])), max_size=20))  # fmt: skip
def test_any_bytes(pieces: list[tuple[int, int, bytes, int]]) -> None:
    http, _, taken = reader()
    for side, stream, data, hole in pieces:
        http.piece(side, stream, Piece(data, 1, 1, hole))
    http.close()
    assert not http._streams
    bodies = [data for _, data, whole in taken.taken if not whole and data != b"<gap>"]
    assert sum(map(len, bodies)) <= sum(len(data) for _, _, data, _ in pieces)
