"""client_hello and ja4: what a TLS client says in clear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from names_forge import extension, handmade_hello, hello, sni

from analyzer.names import client_hello
from analyzer.names.ja4 import ja4

# The example of the JA4 specification (FoxIO, "JA4: TLS Client Fingerprinting").
SPEC_CIPHERS = "1301 1302 1303 c02b c02f c02c c030 cca9 cca8 c013 c014 009c 009d 002f 0035"
SPEC_EXTENSIONS = "001b 0000 0033 0010 4469 0017 002d 000d 0005 0023 0012 002b ff01 000b 000a 0015"
SPEC_SIGNATURES = "0403 0804 0401 0503 0805 0501 0806 0601"


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word, 16) for word in text.split())


def test_ja4_of_the_specification() -> None:
    seen = client_hello.ClientHello(
        version=0x0303,
        ciphers=(0x2A2A, *_numbers(SPEC_CIPHERS)),
        extensions=(0x3A3A, *_numbers(SPEC_EXTENSIONS), 0xCACA),
        alpn=(b"h2", b"http/1.1"),
        versions=(0x9A9A, 0x0304, 0x0303),
        signatures=_numbers(SPEC_SIGNATURES),
    )
    assert ja4(seen, "t") == "t13d1516h2_8daaf6152771_e5627efa2ab1"


def test_a_real_client() -> None:
    body = hello("Api.Example.org", ("h2", "http/1.1"))[9:]
    seen = client_hello.parse(body)
    assert (seen.sni, seen.names, seen.complete) == (b"Api.Example.org", 1, True)
    assert seen.alpn == (b"h2", b"http/1.1")
    assert 0x0304 in seen.versions
    assert seen.highest == 0x0304
    assert not seen.ech
    assert ja4(seen, "q").startswith("q13d")


@pytest.mark.parametrize("kind", [0xFE0D, 0xFFCE])
def test_ech_extension(kind: int) -> None:
    seen = client_hello.parse(handmade_hello(sni(b"outer.example") + extension(kind, b"abc")))
    assert (seen.ech, seen.sni) == (True, b"outer.example")


def test_no_extensions_at_all() -> None:
    body = handmade_hello(b"", 0x0300)[:-2]
    seen = client_hello.parse(body)
    assert (seen.complete, seen.highest) == (True, 0x0300)
    assert ja4(seen, "t") == "ts3i010000_0f2cb44170f4_000000000000"


def test_a_cut_hello_keeps_what_was_readable() -> None:
    body = handmade_hello(sni(b"a.example") + extension(16, b"\0\3\2h2"))
    for cut in range(len(body)):
        seen = client_hello.parse(body[:cut])
        assert not seen.complete or cut == 41  # there a hello without extensions would end
    assert client_hello.parse(body[:-2]).sni == b"a.example"


def test_two_names_are_counted_and_the_first_is_kept() -> None:
    seen = client_hello.parse(handmade_hello(sni(b"first.example", b"second.example")))
    assert (seen.sni, seen.names) == (b"first.example", 2)
    seen = client_hello.parse(handmade_hello(sni(b"first.example") + sni(b"second.example")))
    assert (seen.sni, seen.names) == (b"first.example", 2)


@pytest.mark.parametrize(
    ("alpn", "shown"),
    [(b"h2", "h2"), (b"http/1.1", "h1"), (b"\xab", "ab"), (b"\x30\xab", "3b"), (b"", "00")],
)
def test_alpn_in_ja4(alpn: bytes, shown: str) -> None:
    seen = client_hello.ClientHello(alpn=(alpn,))
    assert ja4(seen, "t")[8:10] == shown


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    ja4(client_hello.parse(data), "t")
    client_hello.parse(data, dtls=True)


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_mutations(place: int, value: int) -> None:
    body = bytearray(hello()[9:])
    body[place % len(body)] = value
    ja4(client_hello.parse(bytes(body)), "t")
