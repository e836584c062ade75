"""certificate and der: a certificate's own words, bounded on any bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from names_forge import certificate as forged

from analyzer.names import certificate, der

LEAF, _ = forged(("www.example.org", "example.org"), "example.org", "Example CA")


def test_names_issuer_and_validity() -> None:
    seen = certificate.parse(LEAF)
    assert seen is not None
    assert (seen.common_name, seen.best_name) == ("example.org", "example.org")
    assert seen.names == ("www.example.org", "example.org")
    assert (seen.issuer, seen.self_signed) == ("Example CA, Example Org", False)


def test_a_common_name_that_is_no_alternative_gives_way() -> None:
    seen = certificate.parse(forged(("a.example",), "Box 17")[0])
    assert seen is not None
    assert (seen.common_name, seen.best_name, seen.self_signed) == ("Box 17", "a.example", True)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (b"\x17\x0d700101000000Z", 0),
        (b"\x17\x0d491231235959Z", 2_524_607_999),
        (b"\x17\x0d500101000000Z", -631_152_000),
        (b"\x18\x0f20000229120000Z", 951_825_600),
        (b"\x17\x0d701301000000Z", None),
        (b"\x17\x03abc", None),
    ],
)
def test_times(text: bytes, seconds: int | None) -> None:
    seen = der.time(text, der.element(text, 0, len(text)))
    assert seen == (None if seconds is None else seconds * 10**9)


@pytest.mark.parametrize("data", [b"", b"\x30", b"\x30\x05\1", b"\x30\x85\1\1\1\1\1", b"\x30\x80"])
def test_lengths_that_lie(data: bytes) -> None:
    with pytest.raises(der.DerError):
        der.element(data, 0, len(data))


def test_cut_anywhere() -> None:
    for cut in range(len(LEAF)):
        assert certificate.parse(LEAF[:cut]) is None


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_mutations(place: int, value: int) -> None:
    wire = bytearray(LEAF)
    wire[place % len(wire)] = value
    certificate.parse(bytes(wire))


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    certificate.parse(data)
