"""dns: one message into records, whatever the bytes."""

from __future__ import annotations

import struct
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from names_forge import labels, question, record, reply

from analyzer.names import dns

HERE = b"\xc0\x0c"  # a pointer to the question's name


def test_query() -> None:
    message = dns.parse(question("API.Example.org", 28))
    assert message.questions == [("api.example.org", 28)]
    assert (message.response, message.damage, message.id) == (False, None, 7)


def test_addresses_through_a_cname_and_compression() -> None:
    alias = record(HERE, 5, b"\4edge\xc0\x10")  # edge + pointer to "example.org"
    message = dns.parse(
        reply("www.example.org", alias, record(b"\4edge\xc0\x10", 1, b"\xc0\0\2\1"))
    )
    assert [(r.name, r.type, r.value, r.ttl) for r in message.records] == [
        ("www.example.org", 5, "edge.example.org", 60),
        ("edge.example.org", 1, "192.0.2.1", 60),
    ]
    assert message.damage is None


def test_ipv6_service_text_and_https() -> None:
    params = struct.pack(">HH", 4, 8) + bytes([192, 0, 2, 1, 192, 0, 2, 2])
    params += struct.pack(">HH", 5, 2) + b"xx" + struct.pack(">HH", 6, 16) + bytes(15) + b"\1"
    message = dns.parse(
        reply(
            "a.example",
            record(HERE, 28, bytes.fromhex("20010db8000000000000000000000001")),
            record(HERE, 33, struct.pack(">HHH", 0, 0, 8080) + labels("host.local")),
            record(HERE, 16, b"\3a=b\1c"),
            record(HERE, 65, b"\0\1\0" + params),
        )
    )
    assert [r.value for r in message.records] == ["2001:db8::1", "host.local:8080", "a=b c", ""]
    https = message.records[3]
    assert https.hints == ("192.0.2.1", "192.0.2.2", "::1")
    assert https.ech


def test_edns_is_not_a_name() -> None:
    message = dns.parse(reply("a.example", extra=(record(b"\0", 41, b""),)))
    assert message.records == []
    assert message.damage is None


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        (b"a.b", "a\\046b.example"),
        (b"a\0b", "a\\000b.example"),
        (b"\xff\\", "\\255\\092.example"),
        (b"Two words", "two\\032words.example"),
    ],
)
def test_odd_labels_are_escaped(label: bytes, shown: str) -> None:
    wire = struct.pack(">6H", 1, 0, 1, 0, 0, 0) + bytes([len(label)]) + label + labels("example")
    assert dns.parse(wire + b"\0\1\0\1").questions == [(shown, 1)]


@pytest.mark.parametrize("pointer", [b"\xc0\x0c", b"\xc0\x0e", b"\xc0\x20", b"\1a\xc0\x0c"])
def test_pointers_only_go_backwards(pointer: bytes) -> None:
    wire = struct.pack(">6H", 1, 0, 1, 0, 0, 0) + pointer + bytes(32)
    assert dns.parse(wire).damage == "dns_loop"


def test_what_came_before_the_damage_is_kept() -> None:
    whole = reply("a.example", record(HERE, 1, b"\xc0\0\2\1"), record(HERE, 1, b"\xc0\0\2\2"))
    message = dns.parse(whole[:-1])
    assert [r.value for r in message.records] == ["192.0.2.1"]
    assert message.damage == "dns_damaged"


def test_counts_are_only_wishes() -> None:
    wire = (
        struct.pack(">6H", 1, 0x8180, 65_535, 65_535, 65_535, 65_535) + labels("a.b") + b"\0\1\0\1"
    )
    message = dns.parse(wire)
    assert message.questions == [("a.b", 1)]
    assert message.damage == "dns_damaged"


def test_lying_record_length() -> None:
    wire = reply("a.example", HERE + struct.pack(">HHIH", 1, 1, 60, 65_535) + b"\1\2\3\4")
    assert dns.parse(wire).damage == "dns_damaged"


def test_more_records_than_are_read() -> None:
    tiny = [record(b"\0", 1, b"\1\2\3\4")] * (dns.RECORDS + 5)
    message = dns.parse(reply("a.example", *tiny))
    assert len(message.records) == dns.RECORDS
    assert message.damage == "dns_too_many_records"


def test_a_message_of_pointer_chains_is_soon_read() -> None:
    chain = b"\0" + b"".join(
        struct.pack(">H", 0xC000 | (12 + max(0, 2 * i - 1))) for i in range(8_000)
    )
    wire = struct.pack(">6H", 1, 0x8180, 0, 65_535, 0, 0) + chain
    before = time.process_time()
    dns.parse(wire)
    assert time.process_time() - before < 5  # a guard against hanging, not a benchmark


@pytest.mark.parametrize(
    ("data", "clear"),
    [
        (question("a.example.org"), True),
        (reply("a.example.org", record(HERE, 1, b"\1\2\3\4")), True),
        (question("a.example.org") + b"x", False),
        (question("a\x01b.example"), False),
        (bytes(40), False),
        (b"\x16\x03\x01" + bytes(60), False),
    ],
)
def test_plausible(data: bytes, clear: bool) -> None:
    assert dns.plausible(data) is clear


@given(st.binary(max_size=600))
def test_any_bytes(data: bytes) -> None:
    message = dns.parse(data)
    assert message.end <= max(12, len(data))
    dns.plausible(data)


@given(st.integers(0, 200), st.integers(0, 255), st.integers(0, 200))
def test_mutations(place: int, value: int, cut: int) -> None:
    wire = bytearray(
        reply("www.example.org", record(HERE, 5, b"\1x\xc0\x10"), record(HERE, 65, b"\0\1\0"))
    )
    wire[place % len(wire)] = value
    dns.parse(bytes(wire[: cut % len(wire)]))
    dns.parse(bytes(wire))
