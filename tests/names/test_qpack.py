"""qpack: field sections of HTTP/3, against RFC 9204's examples and an independent encoder."""

from __future__ import annotations

import pylsqpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.names import qpack
from analyzer.names.hpack import HpackError, string
from analyzer.names.qpack import Blocked, Decoder

# RFC 9204 appendix B: what the encoder's stream says in B.2 to B.5
B2 = bytes.fromhex("3fbd01c00f7777772e6578616d706c652e636f6dc10c2f73616d706c652f70617468")
B3 = bytes.fromhex("4a637573746f6d2d6b65790c637573746f6d2d76616c7565")
B4 = bytes.fromhex("02")
B5 = bytes.fromhex("810d637573746f6d2d76616c756532")
AUTHORITY, PATH = (":authority", "www.example.com"), (":path", "/sample/path")
CUSTOM = ("custom-key", "custom-value")


def decoder(*instructions: bytes) -> Decoder:
    made = Decoder()
    made.most = 220
    for each in instructions:
        made.instructions(each)
    return made


def test_the_sections_of_rfc_9204() -> None:
    assert decoder().section(bytes.fromhex("0000510b2f696e6465782e68746d6c")) == [
        (":path", "/index.html")
    ]
    assert decoder(B2).section(bytes.fromhex("03811011")) == [AUTHORITY, PATH]
    assert decoder(B2, B3, B4).section(bytes.fromhex("050080c181")) == [
        AUTHORITY, (":path", "/"), CUSTOM,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "size", "table"),
    [  # sizes as printed there
        ((B2,), 106, [AUTHORITY, PATH]),
        ((B2, B3), 160, [AUTHORITY, PATH, CUSTOM]),
        ((B2, B3, B4), 217, [AUTHORITY, PATH, CUSTOM, AUTHORITY]),
        ((B2, B3, B4, B5), 215, [PATH, CUSTOM, AUTHORITY, ("custom-key", "custom-value2")]),
    ],
)
def test_the_table_of_rfc_9204(
    said: tuple[bytes, ...], size: int, table: list[tuple[str, str]]
) -> None:
    whole, byte_by_byte = decoder(*said), decoder(*(bytes([b]) for b in b"".join(said)))
    for made in (whole, byte_by_byte):
        assert (made._size, made._table, made.broken) == (size, table, False)


def test_the_static_table_is_that_of_an_independent_decoder() -> None:
    other = pylsqpack.Decoder(0, 0)
    for index in range(99):
        line = bytes([0xC0 | index]) if index < 63 else bytes([0xFF, index - 63])
        _, [(name, value)] = other.feed_header(4 * index, b"\0\0" + line)
        assert decoder().section(b"\0\0" + line) == [(name.decode(), value.decode())]
    with pytest.raises(HpackError):
        decoder().section(b"\0\0\xff\x24")


def test_a_long_entry_that_comes_byte_by_byte_is_read_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[int] = []

    def counted(data: bytearray, at: int, bits: int = 7) -> tuple[str, int]:
        calls.append(at)
        return string(data, at, bits)

    monkeypatch.setattr(qpack, "string", counted)
    made = decoder(b"\x3f\xbd\x01")
    for byte in b"\x7f\x21" + b"\x1c" * 64 + b"\x64" + b"v" * 100:
        made.instructions(bytes([byte]))
    assert (len(calls), made.inserted, made.broken) == (2, 1, False)


def test_a_section_waits_for_its_entries() -> None:
    made = decoder()
    section = bytes.fromhex("03811011")
    with pytest.raises(Blocked):
        made.section(section)
    made.instructions(B2)
    assert made.section(section) == [AUTHORITY, PATH]
    unsaid = Decoder()  # without SETTINGS the capacity counts
    unsaid.instructions(B2)
    assert unsaid.section(section) == [AUTHORITY, PATH]


def test_lines_that_need_no_entry_are_read_all_the_same() -> None:
    section = bytes.fromhex("050080c1") + b"\x23abc\1d" + b"\x40\1v"
    with pytest.raises(Blocked):
        decoder().section(section)
    assert decoder().known(section) == [(":path", "/"), ("abc", "d"), ("?", "v")]
    assert Decoder().known(section) == [(":path", "/"), ("abc", "d"), ("?", "v")]


@pytest.mark.parametrize(
    "said",
    [
        b"\x3f\xff\xff\xff\xff\x7f",  # a capacity beyond all
        b"\x3f\xe2\xff\x03",  # 65,537: more than is kept
        b"\x00",  # duplicates what is not there
        b"\x80\1a",
        b"\x20\xc0\1a",  # an entry larger than the table
        b"\x20\x7f\xff\xff\x7f",  # a string longer than the table
    ],
)
def test_damaged_instructions_end_the_table(said: bytes) -> None:
    made = decoder(said, B2)
    assert made.broken
    assert made._table == []
    assert made.section(b"\0\0\xc1") == [(":path", "/")]


@pytest.mark.parametrize(
    "section", [b"", b"\0", b"\xff", b"\0\0\x51", b"\0\0\x51\x7f", b"\x80\0", b"\2\0\x9f"]
)
def test_damaged_sections(section: bytes) -> None:
    with pytest.raises(HpackError):
        decoder(B2).section(section)


def test_the_table_stays_small() -> None:
    made = Decoder()
    made.instructions(b"\x3f\xe1\xff\x03")  # 65,536
    for i in range(2_000):
        made.instructions(b"\x41" + bytes([97 + i % 26]) + b"\x64" + bytes(100))
    assert not made.broken
    assert made.inserted == 2_000
    assert made._size <= qpack.TABLE
    made.instructions(b"\x20")
    assert (made._size, made._table) == (0, [])


names = st.sampled_from(["cookie", "x-device", "user-agent", ":path", "accept"])
values = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)


@settings(max_examples=60)
@given(st.lists(st.lists(st.tuples(names, values), max_size=8), max_size=12), st.integers(0, 4096))
def test_what_an_independent_encoder_says(
    sections: list[list[tuple[str, str]]], capacity: int
) -> None:
    encoder, made = pylsqpack.Encoder(), Decoder()
    made.most = capacity
    made.instructions(encoder.apply_settings(capacity, 16))
    for number, fields in enumerate(sections):
        raw = [(name.encode(), value.encode()) for name, value in fields]
        instructions, section = encoder.encode(4 * number, raw)
        made.instructions(instructions)
        assert made.section(section) == fields
    assert not made.broken


@given(st.binary(max_size=300), st.binary(max_size=60), st.integers(1, 40))
def test_any_bytes(said: bytes, section: bytes, step: int) -> None:
    made = decoder(*(said[at : at + step] for at in range(0, len(said), step)))
    for read in (made.section, made.known):
        try:
            read(section)
        except HpackError:
            continue
    assert made._size <= qpack.TABLE
