"""Host names that say a region: every row by its example, and false friends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.data.tsv import read
from analyzer.model import Certainty, Location, Place, Statement
from analyzer.places.gazetteer import cities
from analyzer.places.region_names import EUROPE, _stands, compare, name_region
from analyzer.shipped import data_folder

CODES = {
    (p, c): (countries.split(","), city)
    for p, c, countries, city in read(data_folder() / "region_codes.tsv")
}
LISTED = {
    (p, c): ([country], city) for p, c, _, city, country, *_ in read(data_folder() / "regions.tsv")
}
RULES = [row for row in read(data_folder() / "region_names.tsv") if row[3] != "-"]


@pytest.mark.parametrize("row", RULES, ids=[f"{row[0]}:{row[3]}:{row[7]}" for row in RULES])
def test_every_row_finds_its_own_example(row: list[str]) -> None:
    domain, _, _, token, says, meaning, source, example = row
    found = name_region(example)
    assert found is not None
    assert found.domain == domain
    assert found.source == source
    if token.startswith("@"):
        assert found.provider == token[1:]
        assert list(found.countries) == (LISTED | CODES)[token[1:], found.region or ""][0]
        return
    assert (found.token, found.meaning, found.region) == (token, meaning, None)
    expected = EUROPE if says == "EUROPE" else tuple(says.removeprefix("!").split(","))
    assert (found.countries, found.outside) == (expected, says.startswith("!"))


@pytest.mark.parametrize(
    ("host", "countries", "region"),
    [
        ("tracking.india.miui.com", ("IN",), None),
        ("TRACKING.INDIA.MIUI.COM.", ("IN",), None),
        ("conn-service-eu-04.allawnos.com", EUROPE, None),
        ("x-1.eu-central-1.elb.amazonaws.com", ("DE",), "eu-central-1"),
        ("x-1.elb.eu-central-1.amazonaws.com", ("DE",), "eu-central-1"),
        ("ec2-203-0-113-1.ap-south-1.compute.amazonaws.com", ("IN",), "ap-south-1"),
        ("us-east-1-backup.s3.ap-south-1.amazonaws.com", ("IN",), "ap-south-1"),
        ("b.s3.dualstack.ap-southeast-1.amazonaws.com", ("SG",), "ap-southeast-1"),
        ("b.oss-ap-southeast-1-internal.aliyuncs.com", ("SG",), "ap-southeast-1"),
        ("b.oss-cn-hongkong.aliyuncs.com", ("HK",), "cn-hongkong"),
        ("b.obs.ap-southeast-1.myhuaweicloud.com", ("HK",), "ap-southeast-1"),
        ("b.cos.ap-beijing-1.myqcloud.com", ("CN",), "ap-beijing-1"),
        ("europe-west10-p.cloudfunctions.net", ("DE",), "europe-west10"),
        ("us-central1-my-us-east1.cloudfunctions.net", ("US",), "us-central1"),
        ("centralindia-1.in.applicationinsights.azure.com", ("IN",), "centralindia"),
    ],
)
def test_names_that_say_a_region(host: str, countries: tuple[str, ...], region: str | None) -> None:
    found = name_region(host)
    assert found is not None
    assert (found.countries, found.region) == (countries, region)


@pytest.mark.parametrize(
    "host",
    [
        "india.com",
        "www.india.com",
        "india.gov.in",
        "tracking.india.example.com",
        "miui.com",
        "tracking.miui.com",
        "indiamiui.com",
        "india.notmiui.com",
        "tracking.indian.miui.com",
        "prussia.miui.com",
        "login.realmemobile.com",
        "sign-in.realmemobile.com",
        "log-in-web.heytapmobile.com",
        "admin.heytapmobile.com",
        "in-house.example.com",
        "api-sg.example.com",
        "sg.wikipedia.org",
        "msg.allawnos.com",
        "neu.allawnos.com",
        "eu-west-1.example.com",
        "us-east-1.s3.amazonaws.com",
        "ap-south-1-logs.s3.amazonaws.com",
        "s3.amazonaws.com",
        "ap-south-1.amazonaws.com.evil.example",
        "d111.cloudfront.net",
        "shop.fra1.cdn.digitaloceanspaces.com",
        "bjork.bcebos.com",
        "map-south-1.amazonaws.com",
        "shop-us-east-1.elb.amazonaws.com",
        "ap-south-12.amazonaws.com",
        "amazonaws.com",
        "com",
        "",
        ".",
        "203.0.113.7",
        "2001:db8::1",
    ],
)
def test_false_friends(host: str) -> None:
    assert name_region(host) is None


def test_codes_are_unique_and_their_countries_are_known() -> None:
    assert len(CODES) == len(read(data_folder() / "region_codes.tsv")) >= 100
    assert CODES.keys() & LISTED.keys() == set()
    known = {city.country for city in cities()}
    for countries, place in CODES.values():
        assert set(countries) <= known
        assert place


@given(st.text(max_size=300))
def test_any_text_is_answered(host: str) -> None:
    assert name_region(host) is None
    name_region(host + ".india.miui.com")


@given(st.lists(st.sampled_from(["in", "sg", "eu", "sign", "x", "india", "ap-south-1"])))
def test_what_stands_outside_a_listed_domain_says_nothing(words: list[str]) -> None:
    assert name_region(".".join([*words, "example", "org"])) is None
    assert name_region("-".join([*words, "example.org"])) is None


def test_a_very_long_name_is_no_name() -> None:
    assert name_region("a." * 200_000 + "india.miui.com") is None


def at(country: str | None, certainty: Certainty, *sources: str, **place: str) -> Place:
    told = [Statement(source, country, None, "2017-08-03") for source in sources]
    location = Location(country=country, certainty=certainty, statements=told, city="Singapore")
    return Place("203.0.113.7", location=location, **place)  # type: ignore[arg-type]


def test_a_stated_place_elsewhere_is_a_mismatch() -> None:
    place = at(
        "SG", Certainty.STATED, "AWS ip-ranges.json", provider="aws", region="ap-southeast-1"
    )
    text = compare("tracking.india.miui.com", place)
    assert text is not None
    for part in (
        "tracking.india.miui.com says India (IN)",
        "“india” under miui.com",
        "handsets sold for India",
        "203.0.113.7 stands in Singapore (SG), aws ap-southeast-1, as",
        "as AWS ip-ranges.json of 2017-08-03 states",
        "need not promise",
    ):
        assert part in text


def test_agreed_and_single_sources_are_said_as_such() -> None:
    agreed = compare("b.oss-ap-southeast-1.aliyuncs.com", at("CN", Certainty.AGREED, "A", "B"))
    assert agreed is not None
    assert "stands in Singapore, China (CN) as A of 2017-08-03 and B of 2017-08-03 agree." in agreed
    assert "part of the name its operator gives" in agreed
    single = compare("b.oss-ap-southeast-1.aliyuncs.com", at("CN", Certainty.SINGLE, "A"))
    assert single is not None
    assert "one source only, A of 2017-08-03, which may be wrong" in single


@pytest.mark.parametrize(
    "certainty",
    [
        Certainty.EDGE,
        Certainty.DISPUTED,
        Certainty.EXCLUDED,
        Certainty.UNKNOWN,
        Certainty.PRIVATE,
    ],
)
def test_places_not_known_well_are_not_compared(certainty: Certainty) -> None:
    assert compare("tracking.india.miui.com", at("SG", certainty, "A")) is None
    assert compare("tracking.india.miui.com", at(None, certainty)) is None


@pytest.mark.parametrize(
    ("host", "country"),
    [
        ("tracking.india.miui.com", "IN"),
        ("tracking.intl.miui.com", "SG"),
        ("tracking.miui.com", "CN"),
        ("conn-service-eu-04.allawnos.com", "IE"),
    ],
)
def test_agreement_is_silent(host: str, country: str) -> None:
    assert compare(host, at(country, Certainty.STATED, "A")) is None


def test_outside_china_is_a_mismatch_in_china() -> None:
    text = compare("tracking.intl.miui.com", at("CN", Certainty.AGREED, "A", "B"))
    assert text is not None
    assert "says a place outside China (CN)" in text


def test_a_local_zone_abroad_belongs_to_its_region() -> None:
    host = "ec2-203-0-113-7.ap-southeast-1.compute.amazonaws.com"
    bangkok = at("TH", Certainty.STATED, "A", provider="aws", region="ap-southeast-1-bkk-1")
    assert compare(host, bangkok) is None
    tokyo = at("JP", Certainty.STATED, "A", provider="aws", region="ap-northeast-1")
    assert compare(host, tokyo) is not None


WHERE = ("label", "prefix", "suffix", "part")


@pytest.mark.parametrize(
    ("label", "stands"),
    [
        ("in", WHERE),
        ("in-api", ("prefix", "part")),
        ("api-in", ("suffix", "part")),
        ("a-in-b", ("part",)),
        ("main", ()),
        ("a-ind", ()),
        ("design-in", ("suffix", "part")),
        *((f"{word}-in", ()) for word in ("sign", "log", "check", "opt", "plug", "built", "buy")),
    ],
)
def test_where_a_token_has_to_stand(label: str, stands: tuple[str, ...]) -> None:
    assert tuple(where for where in WHERE if _stands("in", where, label)) == stands


def test_europe_is_the_economic_area_with_switzerland_and_the_united_kingdom() -> None:
    union = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
    assert sorted(EUROPE) == sorted([*union.split(), "IS", "LI", "NO", "CH", "GB"])
