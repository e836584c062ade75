"""What each fact is of one conversation, and when it is not known."""

from __future__ import annotations

from typing import Any

import pytest
from forged_results import endpoint, flow, result

from analyzer import model as m
from analyzer.judge.facts import FACTS
from analyzer.judge.kinds import Kind, scene

SERVER, NOWHERE, GONE = "203.0.113.1", "203.0.113.2", "203.0.113.3"


def fact(asked: str, server: str = SERVER, home: str | None = "IN", **more: Any) -> object:
    """A fact of one conversation; ``GONE`` is an address without an endpoint."""
    place = endpoint(SERVER, "stated", "SG", provider="aws", region="ap-southeast-1", owner="Own")
    place.party = m.Party.THIRD
    place.name_mismatches = [
        "The name b.example says India, ...",
        "The name a.example says US, ...",
    ]
    made = result([place, endpoint(NOWHERE, "unknown")], [flow(1, server, **more)], home=home)
    return Kind(made.flows, scene(made, None))[asked]


@pytest.mark.parametrize(
    ("server", "home", "at_home"),
    [(SERVER, "SG", True), (SERVER, "IN", False), (SERVER, None, None),
     (NOWHERE, "IN", None), (NOWHERE, None, None), (GONE, "IN", None)],
)  # fmt: skip
def test_at_home_is_known_where_both_countries_are(
    server: str, home: str | None, at_home: bool | None
) -> None:
    assert fact("at_home", server, home) is at_home


@pytest.mark.parametrize(
    ("name", "known", "unknown"),
    [("country", "SG", None), ("certainty", "stated", "unknown"), ("provider", "aws", None),
     ("region", "ap-southeast-1", None), ("asn", 64500, 64500), ("owner", "Own", None),
     ("party", "third", "unknown"), ("public", True, True)],
)  # fmt: skip
def test_facts_of_a_place(name: str, known: object, unknown: object) -> None:
    assert fact(name) == known
    assert fact(name, NOWHERE) == unknown
    assert fact(name, GONE) is None


@pytest.mark.parametrize(
    ("name", "more", "value"),
    [
        ("tls_version", {}, None),
        ("tls_version", {"tls": m.TlsSeen("TLS 1.2")}, None),  # no cipher: not agreed on
        ("tls_version", {"tls": m.TlsSeen("TLS 1.2", "TLS_X")}, "TLS 1.2"),
        ("cipher", {}, None),
        ("cipher", {"tls": m.TlsSeen("TLS 1.2", "TLS_X")}, "TLS_X"),
        ("name_mismatch", {"name": "a.example"}, "The name a.example says US, ..."),
        ("name_mismatch", {"name": "c.example"}, None),
        ("name_mismatch", {}, None),
        ("identifier_in_clear", {}, None),
        ("encrypted", {"encrypted": "mixed"}, "mixed"),
        ("encrypted_dns", {"encrypted_dns": "doq"}, "doq"),
    ],
)
def test_facts_of_a_conversation(name: str, more: dict[str, Any], value: object) -> None:
    assert fact(name, **more) == value


def test_an_identifier_in_clear_is_of_its_conversation_alone() -> None:
    made = result([endpoint(SERVER)], [flow(1, SERVER), flow(2, SERVER)])
    at = scene(made, None)
    at.identified = frozenset((2,))
    assert [Kind([one], at)["identifier_in_clear"] for one in made.flows] == [None, True]


def test_every_value_that_can_be_asked_for_is_listed() -> None:
    assert FACTS["encrypted"].values == ("yes", "no", "mixed", "unknown")
    assert FACTS["encrypted_dns"].values == ("dot", "doh", "doq")
    assert {name for name, each in FACTS.items() if each.type == "flag"} >= {
        "at_home", "public", "identifier_in_clear",
    }  # fmt: skip
