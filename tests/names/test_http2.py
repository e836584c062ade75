"""http2 and hpack: requests of cleartext HTTP/2, against RFC 7541's examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from names_forge import feed, finished, open_talk, record, reply

from analyzer import limits
from analyzer.names import hpack, http2
from tests.names.test_sharing import shared

# RFC 7541 C.4: three requests on one connection, Huffman coded
RFC_BLOCKS = (
    "828684418cf1e3c2e5f23a6ba0ab90f4ff",
    "828684be5886a8eb10649cbf",
    "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
)


def frame(kind: int, body: bytes, flags: int = 4, stream: int = 1) -> bytes:
    return len(body).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + body


def test_the_requests_of_rfc_7541() -> None:
    decoder = hpack.Decoder()
    first, second, third = (decoder.block(bytes.fromhex(block)) for block in RFC_BLOCKS)
    assert first == [
        (":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "www.example.com"),
    ]  # fmt: skip
    assert second[3:] == [(":authority", "www.example.com"), ("cache-control", "no-cache")]
    assert third[4] == ("custom-key", "custom-value")


@pytest.mark.parametrize("step", [0, 1, 10])
def test_a_connection(step: int) -> None:
    talk = open_talk(port=80)
    wire = http2.PREFACE + frame(4, b"", 0, 0)
    for block in RFC_BLOCKS[:2]:
        wire += frame(1, bytes.fromhex(block))
    feed(talk, 0, wire, step)
    done = finished(talk)
    assert (done.name, done.app_protocol, done.encrypted) == ("www.example.com", "http2", "no")
    assert [(n.name, n.detail) for n in talk.heard.names] == [("www.example.com", "GET /")] * 2


def test_padding_priority_and_continuation() -> None:
    block = bytes.fromhex(RFC_BLOCKS[0])
    padded = b"\3" + bytes(5) + block[:4] + bytes(3)
    talk = open_talk(port=80)
    feed(talk, 0, http2.PREFACE + frame(1, padded, 0x28) + frame(9, block[4:]))
    assert talk.name == "www.example.com"


@pytest.mark.parametrize("field", ["accept", "content-type"])
def test_dns_inside_where_the_client_asks_for_it(field: str) -> None:
    kind = "application/dns-message"
    for asked, answers in ((kind, [("a.example", "192.0.2.1")]), ("text/html", [])):
        talk = open_talk(port=80)
        block = b"".join(bytes([len(text)]) + text.encode() for text in (field, asked))
        feed(talk, 0, http2.PREFACE + frame(1, b"\0" + block))
        feed(talk, 1, frame(4, b"", 0, 0))
        feed(talk, 1, frame(1, b"\0\x0ccontent-type" + bytes([len(kind)]) + kind.encode()))
        feed(talk, 1, frame(0, reply("a.example", record(b"\xc0\x0c", 1, b"\xc0\0\2\1"))))
        assert [(a.name, a.address) for a in talk.heard.answers] == answers


def test_bodies_of_streams_that_take_turns_are_given_one_after_the_other() -> None:
    talk, taken = shared(port=80)
    wire = http2.PREFACE + frame(1, bytes.fromhex(RFC_BLOCKS[0]), stream=1)
    wire += frame(1, bytes.fromhex(RFC_BLOCKS[1]), stream=3)
    turns = [(1, b"one ", 0), (3, b"two ", 0), (1, b"body", 1), (3, b"reset", 0), (5, b"half", 0)]
    for stream, body, flags in turns:
        wire += frame(0, body, flags, stream)
    wire += frame(3, bytes(4), 0, 3)
    feed(talk, 0, wire)
    finished(talk)
    bodies = [data for _, data, whole in taken.taken if not whole]
    assert b"".join(bodies).split(b"<gap>") == [b"", b"one body", b"two reset", b"half"]


@pytest.mark.parametrize("block", [b"\xff", b"\xff" * 6, b"\xbf", b"\x40\x05a", b"\x80"])
def test_damage(block: bytes) -> None:
    with pytest.raises(hpack.HpackError):
        hpack.Decoder().block(block)


def test_the_table_stays_small() -> None:
    decoder = hpack.Decoder()
    for i in range(200):
        decoder.block(b"\x40\1" + bytes([97 + i % 26]) + b"\x64" + bytes(100))
    assert decoder.size <= hpack.TABLE
    assert len(decoder.table) < 40


def test_fields_that_unpack_to_far_more_than_was_sent() -> None:
    entry = b"\x40\1a\x7f\xa1\x1e" + b"v" * 4_000  # into the table, where 1 byte stands for it
    content = []
    for blocks in ([entry + b"\xbe" * 50_000], [entry, *[b"\xbe" * 16] * 100]):
        talk, kept = shared("tcp", 80)
        for block in blocks:
            feed(talk, 0, (http2.PREFACE if block is blocks[0] else b"") + frame(1, block))
        content.append(kept.of(0).replace(b"<gap>", b""))
        assert talk.heard.anomalies["http_long_head"].count > 0
    lines = [set(data.splitlines()) for data in content]
    assert lines == [{b"a: " + b"v" * 4_000}] * 2
    assert len(content[0]) == http2.FRAME // 4_004 * 4_004
    assert len(content[1]) == limits.CLEAR_STREAM_BYTES // 4_004 * 4_004


@given(st.binary(max_size=200), st.integers(1, 50))
def test_any_bytes(data: bytes, step: int) -> None:
    talk = open_talk(port=80)
    feed(talk, 0, http2.PREFACE + frame(1, data) + data, step)
    feed(talk, 1, frame(0, data) + data, step)
    finished(talk)
    assert "parser_fault" not in talk.heard.anomalies
