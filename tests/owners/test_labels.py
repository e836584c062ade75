"""Names cut at dots, and only there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.owners.labels import clean, is_private, is_under, upwards

LABEL = st.text("abcxyz019-", min_size=1, max_size=6)
NAME = st.lists(LABEL, min_size=1, max_size=5).map(".".join)


@pytest.mark.parametrize(
    ("name", "tidy"),
    [
        ("WWW.Example.COM.", "www.example.com"),
        ("*.example.com", "example.com"),
        ("localhost", "localhost"),
        ("192.0.2.1", None),
        ("2001:db8::1", None),
        ("[2001:db8::1]", None),
        ("", None),
        (".", None),
        (".example.com", None),
        ("a..b", None),
        ("example.com:8080", None),
        ("a" * 254, None),
    ],
)
def test_clean(name: str, tidy: str | None) -> None:
    assert clean(name) == tidy


def test_upwards() -> None:
    assert list(upwards("a.b.c")) == ["a.b.c", "b.c", "c"]


def test_private_ends() -> None:
    assert is_private("printer.local")
    assert is_private("1.168.192.in-addr.arpa")
    assert not is_private("local.example.com")


@given(NAME, NAME)
def test_a_suffix_matches_whole_labels_only(name: str, parent: str) -> None:
    labels, wanted = name.split("."), parent.split(".")
    assert is_under(name, parent) == (labels[-len(wanted) :] == wanted)
    assert (parent in list(upwards(name))) == is_under(name, parent)
