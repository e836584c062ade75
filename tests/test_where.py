"""``where``: an address source by source, a name without asking anybody."""

from __future__ import annotations

import json

import pytest

from analyzer.errors import UsageError
from analyzer.model import Owner
from analyzer.where import Atlas, as_json_line, as_text, explain


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return Atlas.open()


def test_an_address_as_json(atlas: Atlas) -> None:
    line = as_json_line(explain("13.126.0.1", atlas))
    assert "\n" not in line
    found = json.loads(line)
    assert list(found) == ["ip", "operator", "provider", "service", "region", "owner", "location"]
    assert (found["ip"], found["provider"], found["region"], found["owner"]) == (
        "13.126.0.1",
        "aws",
        "ap-south-1",
        None,
    )
    assert found["location"]["country"] == "IN"
    assert found["location"]["certainty"] == "stated"


def test_an_address_as_text_names_every_source_and_date(atlas: Atlas) -> None:
    told = as_text(explain("13.126.0.1", atlas))
    assert told.startswith("13.126.0.1 stands in Mumbai, India, in Amazon's region ap-south-1")
    for part in ("2026-10-26", "DB-IP Lite country, 2026-06-01: India", "AS16509", "stated: "):
        assert part in told


def test_addresses_are_shown_in_one_form(atlas: Atlas) -> None:
    assert explain("2406:DA1A:0::1", atlas)["ip"] == "2406:da1a::1"


def test_a_name_is_not_looked_up_but_has_an_owner(atlas: Atlas) -> None:
    asked: list[str] = []

    def owner(name: str) -> Owner:
        asked.append(name)
        return Owner("Example Phones", "CN", "example.com", "vendor")

    found = explain("Data.Example.com.", atlas, owner)
    assert asked == ["data.example.com"]
    assert (found["ip"], found["name"]) == (None, "data.example.com")
    assert found["owner"]["name"] == "Example Phones"
    assert (found["location"]["country"], found["location"]["certainty"]) == (None, "unknown")
    told = as_text(found)
    assert "Example Phones, headquarters in China" in told
    assert "contacts nobody" in told
    assert json.loads(as_json_line(found))["location"]["statements"] == []


def test_a_name_of_nobody(atlas: Atlas) -> None:
    assert "not known" in as_text(explain("nobody.example", atlas))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "1.2.3.400",
        "10.0.0.0/8",
        "<b>.com",
        "a..b",
        "\x1b[31m.com",
        "a" * 64 + ".com",
        "::g",
    ],
)
def test_what_is_neither_is_one_sentence(atlas: Atlas, text: str) -> None:
    with pytest.raises(UsageError, match="neither an IP address nor a domain name") as caught:
        explain(text, atlas)
    assert str(caught.value).isprintable()
