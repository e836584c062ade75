"""Which addresses can be a host's, and whether that host is on the public Internet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer import addresses
from analyzer.places.special import special


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("10.1.2.3", "private"),
        ("172.15.0.1", "public"),
        ("172.16.0.1", "private"),
        ("172.32.0.1", "public"),
        ("192.168.1.1", "private"),
        ("192.0.0.4", "private"),
        ("192.0.1.4", "public"),
        ("100.64.0.1", "private"),
        ("100.128.0.1", "public"),
        ("169.254.7.7", "private"),
        ("127.0.0.1", "none"),
        ("0.0.0.0", "none"),
        ("224.0.0.251", "none"),
        ("255.255.255.255", "none"),
        ("::", "none"),
        ("::1", "none"),
        ("ff02::fb", "none"),
        ("fd00::1", "private"),
        ("fe80::1", "private"),
        ("2600:1f18::1", "public"),
        ("::ffff:10.0.0.1", "private"),
    ],
)
def test_kinds(address: str, kind: str) -> None:
    assert addresses.kind(address) == kind


@given(st.binary(min_size=4, max_size=4))
def test_what_no_registry_calls_special_is_public(raw: bytes) -> None:
    if special(raw) is None:
        assert addresses.kind(addresses.text(raw)) == "public"


@pytest.mark.parametrize("wrong", ["", "1.2.3", "a::b::c:d:e:f:1:2:3:4", "example.org"])
def test_what_is_no_address_is_an_error(wrong: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any reason will do
        addresses.kind(wrong)
