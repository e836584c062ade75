"""Which kind of content some bytes are; encoded or compressed is never called random."""

from __future__ import annotations

import base64
import bz2
import gzip
import json
import lzma
import random
import zlib

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.judge.entropy import KINDS, bodies, is_http, kind_of, kinds_of_bodies

DRAW = random.Random(11)
TEXT = json.dumps([{"n": i, "w": DRAW.choice(["a", "bc", "def"])} for i in range(400)]).encode()
RANDOM = DRAW.randbytes(1_500)


def _bare(data: bytes) -> bytes:
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(data) + machine.flush()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (TEXT, "readable"),
        ("Grüße 你好 नमस्ते".encode() * 3, "readable"),
        (TEXT.decode().encode("utf-16-le"), "readable"),
        (b"\x02" + TEXT, "readable"),
        (b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", "readable"),
        (base64.b64encode(RANDOM), "encoded"),
        (base64.encodebytes(RANDOM), "encoded"),
        (base64.urlsafe_b64encode(RANDOM).rstrip(b"="), "encoded"),
        (b"data=" + base64.b64encode(RANDOM), "encoded"),
        (b'{"v":1,"d":"' + base64.b64encode(TEXT) + b'"}', "encoded"),
        (RANDOM.hex().encode(), "encoded"),
        (b"".join(b"%%%02X" % byte for byte in RANDOM), "encoded"),
        (gzip.compress(TEXT), "compressed"),
        (gzip.compress(RANDOM), "compressed"),
        (zlib.compress(TEXT), "compressed"),
        (b"\x00\x00\x01\x7f" + zlib.compress(TEXT), "compressed"),
        (b"LEN:%d;" % 7 + gzip.compress(TEXT)[:700], "compressed"),
        (_bare(TEXT), "compressed"),
        (zstandard.ZstdCompressor().compress(TEXT), "compressed"),
        (bz2.compress(TEXT), "compressed"),
        (lzma.compress(TEXT), "compressed"),
        (b"\x89PNG\r\n\x1a\n" + RANDOM, "compressed"),
        (b"\xff\xd8\xff\xe0" + RANDOM, "compressed"),
        (b"\0\0\0\x18ftypmp42" + RANDOM, "compressed"),
        (b"RIFF\x10\0\0\0WEBP" + RANDOM, "compressed"),
        (RANDOM, "random"),
        (RANDOM[:256], "random"),
        (RANDOM[:255], "unknown"),
        (bytes(range(256)) * 4, "unknown"),
        (b"\x08\x01\x12\x04\xff\xfe" * 100, "unknown"),
        (b"hello", "unknown"),
        (b"", "unknown"),
    ],
)
def test_kinds_of_content(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind


def test_random_bytes_are_never_said_to_show_content() -> None:
    """Only a wrong 'encoded' or 'compressed' could call what is encrypted unencrypted."""
    draw = random.Random(4)
    kinds = [kind_of(draw.randbytes(draw.choice([16, 64, 256, 900, 5_000]))) for _ in range(3_000)]
    assert set(kinds) <= {"random", "unknown"}


@pytest.mark.parametrize("size", [16, 17, 20, 25, 28, 36, 48])
def test_few_random_bytes_show_nothing(size: int) -> None:
    """A call between peers sends hundreds of such datagrams; one taken for text or for the
    beginning of a stream without header would be a finding."""
    draw = random.Random(size)
    assert {kind_of(draw.randbytes(size)) for _ in range(8_000)} == {"unknown"}


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("नमस्ते दुनिया".encode()[:31], "readable"),
        (b"HELLO device 01\r\n", "readable"),
        (b"HELLO device 01\0\0", "unknown"),
        ("नमस्ते दुनिया".encode()[:30], "unknown"),
        (_bare(TEXT[:40]), "compressed"),
        (_bare(TEXT)[:256], "compressed"),
        (_bare(TEXT)[:255], "unknown"),
    ],
)
def test_few_bytes_are_judged_by_all_of_them(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=700))
def test_any_bytes_have_one_kind(data: bytes) -> None:
    assert kind_of(data) in KINDS
    list(bodies(data))


def _post(body: bytes, more: bytes = b"") -> bytes:
    length = b"Content-Length: %d\r\n" % len(body)
    return b"POST /up HTTP/1.1\r\nHost: a.example\r\n" + length + more + b"\r\n" + body


def test_bodies_are_told_from_heads() -> None:
    stream = _post(RANDOM) + b"GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n" + _post(TEXT)
    assert list(bodies(stream)) == [(False, RANDOM), (False, TEXT)]
    assert kinds_of_bodies(stream) == {"random": len(RANDOM), "readable": len(TEXT)}
    assert is_http(stream)
    assert not is_http(b"220 mail.example ESMTP\r\n")


def test_a_body_its_head_calls_packed_is() -> None:
    stream = _post(RANDOM, b"Content-Encoding: br\r\n")
    assert kinds_of_bodies(stream) == {"compressed": len(RANDOM)}


def test_bodies_of_responses_run_to_the_end_unless_there_is_none() -> None:
    assert list(bodies(b"HTTP/1.0 200 OK\r\nServer: x\r\n\r\n" + TEXT)) == [(False, TEXT)]
    assert not list(bodies(b"HTTP/1.1 204 No Content\r\n\r\n" + TEXT))
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = head + b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
    assert list(bodies(chunks)) == [(False, b"hello world")]


@pytest.mark.parametrize("unit", [b"GET ", b"HTTP/1.1 200\r\n", b"GET / HTTP/1.1\r\n\r\n"])
def test_hostile_repetition_ends(unit: bytes) -> None:
    assert sum(1 for _ in bodies(unit * 50_000)) <= 1_000
