"""dtls: a ClientHello in one fragment or several."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from names_forge import finished, handmade_hello, open_talk, sni

BODY = handmade_hello(sni(b"call.example.org"), 0xFEFD)
HELLO = BODY[:35] + b"\0" + BODY[35:]  # with an empty cookie


def fragments(size: int) -> list[bytes]:
    made = []
    for at in range(0, len(HELLO), size):
        part = HELLO[at : at + size]
        head = b"\1" + len(HELLO).to_bytes(3, "big") + b"\0\0" + at.to_bytes(3, "big")
        body = head + len(part).to_bytes(3, "big") + part
        made.append(b"\x16\xfe\xff\0\0" + bytes(6) + struct.pack(">H", len(body)) + body)
    return made


@pytest.mark.parametrize("size", [1_000, 40])
def test_hello(size: int) -> None:
    for parts in (fragments(size), fragments(size)[::-1], [b"".join(fragments(size))]):
        talk = open_talk("udp", 5_000)
        for part in parts:
            talk.datagram(0, part, 2, 2, False)
        done = finished(talk)
        assert (done.name, done.app_protocol, done.encrypted) == ("call.example.org", "dtls", "yes")
        assert done.tls is not None
        assert done.tls.version == "DTLS 1.2"
        assert str(done.tls.ja4).startswith("dd2d")


@given(st.integers(0, 500), st.integers(0, 255))
def test_mutations(place: int, value: int) -> None:
    wire = bytearray(b"".join(fragments(30)))
    wire[place % len(wire)] = value
    talk = open_talk("udp", 5_000)
    talk.datagram(0, bytes(wire), 2, 2, False)
    finished(talk)
    assert "parser_fault" not in talk.heard.anomalies
