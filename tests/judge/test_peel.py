"""Unwrapping: what comes out of which layers, and that nothing makes it raise or grow."""

from __future__ import annotations

import base64
import gzip
import json
import random
import zlib
from collections.abc import Callable

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer import limits
from analyzer.judge import peel
from analyzer.judge.peel import Layer, layers

BODY = json.dumps({"imei": "490154203237518", "note": 'say "hi" / é', "list": [1, 2, 3]}).encode()


def _chunked(data: bytes) -> bytes:
    parts = (data[:10], data[10:25], data[25:])
    body = b"".join(b"%x;x=1\r\n%s\r\n" % (len(part), part) for part in parts)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body + b"0\r\n\r\n"


def _deflate(data: bytes) -> bytes:
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(data) + machine.flush()


def _percent(data: bytes) -> bytes:
    return b"".join(b"%%%02X" % byte for byte in data)


def _json(data: bytes) -> bytes:
    return b'{"in": ' + json.dumps(data.decode()).encode() + b"}"


WRAPPERS: dict[str, Callable[[bytes], bytes]] = {
    "base64": base64.b64encode,
    "hex": lambda data: data.hex().encode(),
    "percent": _percent,
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "zlib": zlib.compress,
    "deflate": _deflate,
    "zstd": zstandard.ZstdCompressor().compress,
}


def _found(data: bytes, depth: int = 3) -> dict[tuple[str, ...], bytes]:
    return {layer.stack: layer.data for layer in layers(data, depth)}


@pytest.mark.parametrize("kind", WRAPPERS)
def test_each_wrapping_comes_off(kind: str) -> None:
    body = BODY * 3 if kind in ("deflate", "zstd") else BODY
    assert _found(WRAPPERS[kind](body))[(kind,)] == body


@pytest.mark.parametrize("kind", ["base64", "hex", "percent", "gzip", "zlib"])
def test_each_wrapping_comes_off_inside_other_text(kind: str) -> None:
    wrapped = b"POST /v1?x=1 HTTP/1.1\r\n\r\ndata=" + WRAPPERS[kind](BODY) + b"&end=\xff\x00"
    assert BODY in _found(wrapped)[(kind,)]


@pytest.mark.parametrize("outer", ["base64", "hex", "percent", "gzip", "zlib", "zstd"])
@pytest.mark.parametrize("inner", ["base64", "hex", "percent", "gzip", "zlib"])
def test_two_wrappings_come_off_in_turn(outer: str, inner: str) -> None:
    wrapped = WRAPPERS[outer](WRAPPERS[inner](BODY))
    assert (outer, inner) in _found(wrapped)
    assert BODY in _found(wrapped)[outer, inner]


def test_three_layers_are_followed_and_a_fourth_is_not() -> None:
    wrapped = base64.b64encode(gzip.compress(base64.b64encode(BODY)))
    assert _found(wrapped)["base64", "gzip", "base64"] == BODY
    assert ("hex", "base64", "gzip", "base64") not in _found(wrapped.hex().encode())
    assert _found(wrapped.hex().encode(), 4)["hex", "base64", "gzip", "base64"] == BODY


def test_chunks_are_joined_and_count_for_no_layer() -> None:
    body = base64.b64encode(gzip.compress(base64.b64encode(BODY)))
    found = _found(_chunked(body))
    assert found["chunked",] == body
    assert found["chunked", "base64", "gzip", "base64"] == BODY


def test_escapes_of_a_json_text_are_resolved() -> None:
    once = _found(b'{"a":"\\u0041\\/b\\\\u0041\\n"}', 1)
    assert once == {("json",): b'{"a":"A/b\\u0041\n"}'}
    twice = _found(_json(BODY.replace(b"\\", b"")))
    assert b'"imei": "490154203237518"' in twice["json",]


def test_base64url_and_padding_and_broken_lines() -> None:
    raw = bytes(range(251, 256)) * 7 + b"end"
    assert _found(base64.urlsafe_b64encode(raw).rstrip(b"="))[("base64url",)] == raw
    long = base64.encodebytes(BODY * 3)
    assert long.count(b"\n") > 3
    assert _found(long)[("base64",)] == BODY * 3


def test_what_is_cut_short_gives_what_it_holds() -> None:
    text = b"".join(b"%d %d\n" % (i, i * i) for i in range(4_000))
    for kind in ("gzip", "zlib"):
        half = WRAPPERS[kind](text)[:9_000]
        assert text.startswith(_found(half)[(kind,)])
        assert len(_found(half)[(kind,)]) > 9_000
    body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (b"abc", b"defgh"))
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    assert _found(head + body[:-4])["chunked",] == b"abcdef"


def test_plain_text_holds_nothing() -> None:
    assert not _found(b"GET /generate_204 HTTP/1.1\r\nHost: connectivity.example\r\n\r\n")
    assert not _found(b"")


@pytest.mark.parametrize("kind", ["gzip", "zlib", "zstd", "deflate"])
def test_a_bomb_is_stopped_and_leaves_room(kind: str) -> None:
    bomb = WRAPPERS[kind](bytes(30_000_000))
    given_out = list(layers(bomb))
    assert sum(len(layer.data) for layer in given_out) <= limits.PEELED_BYTES
    assert len(given_out[0].data) == limits.PEELED_BYTES // 2
    if kind != "deflate":
        beside = bomb + b" " + base64.b64encode(BODY)
        assert Layer(("base64",), BODY) in list(layers(beside))


def test_a_bomb_of_bombs_is_stopped() -> None:
    inner = gzip.compress(bytes(10_000_000))
    nested = gzip.compress(inner * 200)
    assert sum(len(layer.data) for layer in layers(nested, 8)) <= limits.PEELED_BYTES


def test_pieces_are_counted() -> None:
    many = b" ".join([base64.b64encode(b"%015d" % i) for i in range(3 * peel.LAYERS)])
    assert len(list(layers(many))) == peel.LAYERS


@pytest.mark.parametrize(
    "unit",
    [b"%41", b"\\u0041", b"aB", b"\x78\x9c", b"\x78\x9c\0\0\0\xff\xff", b"\x1f\x8b\x08", b"a1",
     b"\x28\xb5\x2f\xfd", b"\r\ntransfer-encoding: chunked\r\n", b"\n" + b"aB" * 8,
     b"\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n"],
)  # fmt: skip
def test_hostile_repetition_ends_within_bounds(unit: bytes) -> None:
    data = (unit * (200_000 // len(unit)))[:200_000]
    assert sum(len(layer.data) for layer in layers(data)) <= limits.PEELED_BYTES


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_are_survived_and_answered_alike(data: bytes) -> None:
    first = list(layers(data, 4))
    assert first == list(layers(data, 4))
    assert all(1 <= len(layer.stack) <= 5 for layer in first)


@settings(max_examples=60, deadline=None)
@given(
    st.binary(min_size=24, max_size=300),
    st.lists(st.sampled_from(["base64", "hex", "gzip", "zlib", "percent"]), min_size=1, max_size=3),
)
def test_any_content_comes_back_from_any_stack(content: bytes, stack: list[str]) -> None:
    data = content
    for kind in reversed(stack):
        data = WRAPPERS[kind](data)
    if stack[0] != "base64" or (data.upper() != data and data.lower() != data):
        assert any(content in layer.data for layer in layers(data))


def test_mutations_of_nested_wrappings_are_survived() -> None:
    rolls = random.Random(7)
    seed = _chunked(base64.b64encode(gzip.compress(_json(_percent(zlib.compress(BODY))), mtime=0)
                                     ) + zstandard.ZstdCompressor().compress(BODY * 9))  # fmt: skip
    for _ in range(400):
        data = bytearray(seed)
        for _ in range(rolls.randrange(1, 6)):
            data[rolls.randrange(len(data))] = rolls.randrange(256)
        cut = bytes(data[: rolls.randrange(len(data))])
        assert sum(len(layer.data) for layer in layers(cut)) <= limits.PEELED_BYTES
