"""Nothing is called moved or gone that may only not have been seen."""

from __future__ import annotations

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.compare import match, said
from analyzer.compare.compared import document
from analyzer.compare.ends import Spot
from analyzer.model import (
    Certainty,
    Endpoint,
    Location,
    Place,
)
from tests.compare.pairs import SCHEMA, compared, end, kinds, names, shown


def test_names_are_matched_whatever_their_address_case_and_last_dot() -> None:
    found = compared(
        [end("192.0.2.1", "API.phone.example.")], [end("192.0.2.9", "api.phone.example")]
    )
    assert found["endpoints"]["both"] == 1
    assert not found["endpoints"]["new"] + found["endpoints"]["gone"]


def test_what_stands_on_one_side_only() -> None:
    both = end("192.0.2.1", "a.example")
    after = [both, end("192.0.2.3", "new.example"), end("192.0.2.4")]
    found = compared([both, end("192.0.2.2", "old.example")], after)["endpoints"]
    assert names(found["new"]) == ["192.0.2.4", "new.example"]
    assert names(found["gone"]) == ["old.example"]
    assert found["gone"][0]["domain_on_both"] is False


def test_a_new_name_of_a_domain_that_both_sides_show_is_told_so() -> None:
    one = end("192.0.2.1", "a.phone.example")
    found = compared([one], [one, end("192.0.2.2", "b.phone.example")])
    assert [each["domain_on_both"] for each in found["endpoints"]["new"]] == [True]


def test_every_name_of_a_shared_address_is_looked_for_and_bytes_count_once() -> None:
    found = compared(
        [end("192.0.2.1", "a.example")], [end("192.0.2.1", "a.example", "ads.example")]
    )
    [new] = found["endpoints"]["new"]
    assert (new["endpoint"], new["bytes_up"], new["expected_flows"]) == ("ads.example", None, None)
    assert new["seldom"]
    assert said.expected(new) == "shares an address with other names"
    assert sum(each["bytes"]["b_up"] for each in found["endpoints"]["rates"]) == 1_000


@pytest.mark.parametrize("back", [False, True])
def test_a_name_the_other_side_may_have_reached_without_one_is_on_no_list(back: bool) -> None:
    sides = [end("192.0.2.1", "a.example")], [end("192.0.2.1")]
    found = compared(*sides[::-1] if back else sides)["endpoints"]
    assert (found["both"], found["new"], found["gone"]) == (0, [], [])
    assert (found["a_by_address"], found["b_by_address"]) == (1, 1)


def test_the_local_network_takes_no_part() -> None:
    found = compared([end("192.0.2.1", at="private")], [end("192.0.2.2", at="private")])
    assert (found["endpoints"]["new"], found["endpoints"]["gone"], found["a"]["endpoints"]) == (
        [],
        [],
        0,
    )


@pytest.mark.parametrize(
    ("a", "b", "found"),
    [
        ([("1", "SG stated")], [("2", "CN agreed")], "moved"),
        ([("1", "SG stated")], [("2", "CN single")], "said"),
        ([("1", "SG single")], [("2", "CN stated")], "said"),
        ([("1", "SG stated")], [("2", "edge")], "said"),
        ([("1", "SG stated")], [("2", "unknown")], "said"),
        ([("1", "SG stated")], [("2", "CN excluded")], "said"),  # ruled out: no country
        ([("1", "SG stated")], [("1", "CN stated")], "restated"),  # the same address
        ([("1", "SG stated")], [("2", "SG single")], None),
        ([("1", "edge")], [("2", "unknown")], None),
        ([("1", "SG stated"), ("2", "edge")], [("3", "CN stated")], "said"),
        ([("1", "SG stated")], [("3", "CN stated"), ("4", "disputed")], "said"),
        ([("1", "SG stated"), ("2", "US stated")], [("3", "US stated")], "partly"),  # a CDN
        ([("1", "SG stated"), ("2", "US stated")], [("2", "US stated")], "partly"),
    ],
)  # fmt: skip
def test_moved_is_said_only_of_firm_places_on_both_sides(
    a: list[tuple[str, str]], b: list[tuple[str, str]], found: str | None
) -> None:
    sides = [[end(f"192.0.2.{ip}", "x.example", at=at) for ip, at in each] for each in (a, b)]
    expected = [("country", found)] if found else []
    assert kinds(*sides) == expected
    assert kinds(*sides[::-1]) == expected
    text = " ".join(said.answer(compared(*sides)))
    assert ("x.example stood in another country" in text) == (found == "moved")
    assert ("No name is known to have moved" in text) == (found != "moved")


def test_providers_and_regions() -> None:
    def of(ip: str, provider: str | None, region: str | None = None) -> list[Endpoint]:
        return [end(ip, "x.example", provider=provider, region=region)]

    assert kinds(of("192.0.2.1", "aws"), of("192.0.2.2", "gcp")) == [("provider", "moved")]
    assert kinds(of("192.0.2.1", "aws"), of("192.0.2.1", "gcp")) == [("provider", "restated")]
    assert kinds(of("192.0.2.1", "aws"), of("192.0.2.2", None)) == []
    assert kinds(of("192.0.2.1", "aws", "r1"), of("192.0.2.2", "aws", "r2")) == [
        ("region", "moved")
    ]
    both = kinds(of("192.0.2.1", "aws", "r1"), of("192.0.2.2", "gcp", "g1"))
    assert both == [("provider", "moved")]


def test_an_uncertain_place_is_told_with_its_certainty() -> None:
    found = compared(
        [end("192.0.2.1", "x.example")], [end("192.0.2.2", "x.example", at="CN single")]
    )
    [change] = found["endpoints"]["changed"][0]["changes"]
    assert said.change(change) == "Singapore (stated); now said to be China (single)"


def test_a_place_without_a_country_is_none() -> None:
    location = Location(None, Certainty.STATED)
    ends = [Endpoint("192.0.2.1", Place("192.0.2.1", location=location))]
    assert [at.spot for e in shown(*ends).ends.values() for at in e.at.values()] == [
        Spot(None, "unknown")
    ]


@st.composite
def sides(draw: st.DrawFn) -> list[Endpoint]:
    """Endpoints on few addresses with few names, so that they meet."""
    found = draw(st.dictionaries(
        st.integers(1, 6),
        st.tuples(st.lists(st.sampled_from("abcde"), max_size=3, unique=True),
                  st.sampled_from(["SG stated", "CN agreed", "US single", "edge", "unknown"]),
                  st.integers(0, 9)),
        max_size=5,
    ))  # fmt: skip
    return [
        end(f"192.0.2.{ip}", *(f"{n}.x.example" for n in heard), at=at, up=n, flows=n)
        for ip, (heard, at, n) in found.items()
    ]


@settings(max_examples=150, deadline=None)
@given(sides(), sides(), st.sampled_from([0.0, 0.5, 3.0]))
def test_new_from_a_to_b_is_gone_from_b_to_a(
    a: list[Endpoint], b: list[Endpoint], hours: float
) -> None:
    x, y = shown(*a), shown(*b, hours=hours)
    there, back = match.endpoints(x, y), match.endpoints(y, x)
    assert there["new"] == back["gone"]
    assert there["gone"] == back["new"]
    assert (there["a_by_address"], there["both"]) == (back["b_by_address"], back["both"])
    assert len(x.ends) == there["both"] + len(there["gone"]) + there["a_by_address"]
    assert len(y.ends) == there["both"] + len(there["new"]) + there["b_by_address"]
    for one, other in zip(there["changed"], back["changed"], strict=True):
        assert [(c["what"], c["kind"], c["a"], c["b"]) for c in one["changes"]] == [
            (c["what"], c["kind"], c["b"], c["a"]) for c in other["changes"]
        ]
    for what in ("up", "down"):
        primary = sum(e.up if what == "up" else e.down for e in x.ends.values())
        assert primary == getattr(x, what)
    jsonschema.validate(document(x, y), SCHEMA)
    assert match.endpoints(x, x)["changed"] == []
