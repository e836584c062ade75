"""Known addresses and what must be said of them, on known days."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.addresses import packed, text
from analyzer.errors import DataFileError
from analyzer.model import Certainty, Place
from analyzer.places.atlas import Atlas

STATED = [
    # address, provider, region, country, city
    ("13.126.0.1", "aws", "ap-south-1", "IN", "Mumbai"),
    ("2406:da1a::1", "aws", "ap-south-1", "IN", "Mumbai"),
    ("52.76.0.1", "aws", "ap-southeast-1", "SG", "Singapore"),
    ("54.169.0.1", "aws", "ap-southeast-1", "SG", "Singapore"),
    ("54.255.253.199", "aws", "ap-southeast-1", "SG", "Singapore"),
    ("3.5.140.2", "aws", "ap-northeast-2", "KR", "Seoul"),
    ("52.80.0.1", "aws", "cn-north-1", "CN", "Beijing"),
    ("20.47.87.1", "azure", "canadacentral", "CA", "Toronto"),
    ("20.192.0.1", "azure", "centralindia", "IN", "Pune"),
    ("34.93.0.1", "gcp", "asia-south1", "IN", "Mumbai"),
    ("129.154.32.1", "oracle", "ap-hyderabad-1", "IN", "Hyderabad"),
    ("139.59.0.1", "digitalocean", "IN-KA", "IN", "Bengaluru"),
]
EDGE = [
    ("52.95.110.1", "aws"), ("99.83.190.1", "aws"), ("13.32.1.1", "aws"), ("8.8.8.8", "google"),
    ("2001:4860:4860::8888", "google"), ("142.250.1.1", "google"), ("1.1.1.1", "cloudflare"),
    ("104.16.1.1", "cloudflare"), ("2606:4700::1", "cloudflare"), ("151.101.1.140", "fastly"),
    ("23.45.1.1", "akamai"), ("157.240.1.1", "meta"), ("2a03:2880:f10d::1", "meta"),
    ("17.253.5.1", "apple"), ("9.9.9.9", "quad9"), ("208.67.222.222", "opendns"),
    ("94.140.14.14", "adguard"), ("114.114.114.114", "114dns"), ("223.5.5.5", "alibaba"),
    ("119.29.29.29", "tencent"), ("180.76.76.76", "baidu"), ("13.107.42.14", "microsoft"),
    ("34.117.1.1", "gcp"), ("193.0.14.129", "root"),
]  # fmt: skip
ONE_SOURCE = [
    # address, provider, country, ASN
    ("161.117.0.1", "alibaba", "SG", 45102),
    ("47.74.128.1", "alibaba", "SG", 45102),
    ("49.44.0.1", "jio", "IN", 55836),
    ("123.125.102.48", "chinaunicom", "CN", 4808),
    ("111.13.141.1", "chinamobile", "CN", 9808),
    ("118.26.252.1", "chinatelecom", "CN", 23724),
    ("42.62.94.1", "chinatelecom", "CN", 23724),
    ("17.57.146.1", "apple", "US", 714),
]


@pytest.fixture(scope="module")
def today() -> Atlas:
    return Atlas.open()


@pytest.mark.parametrize(("ip", "provider", "region", "country", "city"), STATED)
def test_stated(today: Atlas, ip: str, provider: str, region: str, country: str, city: str) -> None:
    place = today.place(ip)
    at = place.location
    assert (place.provider, place.region) == (provider, region)
    assert (at.certainty, at.country, at.city) == (Certainty.STATED, country, city)
    assert at.statements[0].date == "2026-10-26"
    assert region in at.sentence
    assert city in at.sentence
    assert at.latitude is not None


@pytest.mark.parametrize(("ip", "provider"), EDGE)
def test_edge(today: Atlas, ip: str, provider: str) -> None:
    place = today.place(ip)
    at = place.location
    assert (place.provider, at.certainty, at.country, place.region) == (
        provider,
        Certainty.EDGE,
        None,
        None,
    )
    assert at.latitude is at.city is None
    assert "where the data is stored cannot be seen" in at.sentence


@pytest.mark.parametrize(("ip", "provider", "country", "asn"), ONE_SOURCE)
def test_one_source(today: Atlas, ip: str, provider: str, country: str, asn: int) -> None:
    place = today.place(ip)
    assert (place.provider, place.operator.asn) == (provider, asn)
    assert (place.location.certainty, place.location.country) == (Certainty.SINGLE, country)
    assert "one source only" in place.location.sentence


def test_private_addresses_have_no_operator(today: Atlas) -> None:
    place = today.place("192.168.1.1")
    assert place.location.certainty is Certainty.PRIVATE
    assert place.operator.asn is None
    assert place.location.statements == []


def test_nat64_is_judged_by_the_address_inside(today: Atlas) -> None:
    place = today.place("64:ff9b::d7e:1")  # 13.126.0.1
    assert (place.ip, place.region, place.location.country) == (
        "64:ff9b::d7e:1",
        "ap-south-1",
        "IN",
    )
    assert "13.126.0.1" in place.location.statements[0].note
    assert place.location.sentence.startswith(
        "stands for 13.126.0.1 (NAT64), which stands in Mumbai"
    )
    assert today.place("64:ff9b::a00:1").location.certainty is Certainty.PRIVATE


def test_so_is_the_translator_of_a_network_itself_where_a_look_up_tells_it() -> None:
    """The prefix is of a carrier in India; what is behind it stands in Singapore."""
    behind = "2405:200:ff:1::36a9:a"  # 54.169.0.10
    atlas = Atlas.open("2026-10-26")
    atlas.know_translator(["192.0.0.170", "2405:200:ff:1::c000:aa"])
    place = atlas.place(behind)
    assert (place.ip, place.region, place.location.country) == (behind, "ap-southeast-1", "SG")
    assert "stands for 54.169.0.10 (the network's NAT64)" in place.location.sentence
    assert atlas.place("2405:200::1").location.country == "IN"


def test_behind_an_unknown_translator_is_no_local_network(today: Atlas) -> None:
    place = today.place("64:ff9b:1::36a9:a")
    assert place.location.certainty is Certainty.UNKNOWN
    assert place.location.sentence == (
        "is an address of a translator to IPv4, of a form that no look-up of the recording told;"
        " which server is behind it is not known"
    )


def test_what_no_registry_has_given_out_is_nowhere(today: Atlas) -> None:
    """DB-IP Lite calls all of 2e00::/7 Canada."""
    at = today.place("2ed5:9050:81e9:4b68::1").location
    assert (at.country, at.certainty) == (None, Certainty.UNKNOWN)
    assert at.sentence == (
        "is an address of a range that no registry has given out, as in recordings made anonymous;"
        " where it stands is not known"
    )


def test_a_listed_address_that_nobody_announces_is_not_stated(today: Atlas) -> None:
    at = today.place("88.108.0.1").location
    assert at.certainty is not Certainty.STATED
    assert "no network announced" in at.statements[0].note


def test_places_may_be_changed_without_changing_others(today: Atlas) -> None:
    first = today.place("13.126.0.2").location
    first.statements.clear()
    first.excluded.append("changed")
    second = today.place("13.126.0.3").location
    assert second.statements
    assert not second.excluded


@pytest.mark.parametrize(
    "text_given", ["", "1.2.3", "1.2.3.400", "example.com", "1.2.3.4.5", "::g"]
)
def test_what_is_no_address_is_a_value_error(today: Atlas, text_given: str) -> None:
    with pytest.raises(ValueError, match="not an IP address"):
        today.place(text_given)


def test_ipv4_by_the_short_way_and_the_long_way(today: Atlas) -> None:
    for ip in ("0.0.0.0", "255.255.255.255", "13.126.0.1", "9.10.99.100"):
        assert text(today._packed(ip)) == ip == text(packed(ip))


# ------------------------------------------------------------------ by date


@pytest.fixture(scope="module", params=["embedded", "history"])
def user_data(request: pytest.FixtureRequest) -> Path | None:
    if request.param == "embedded":
        return None
    folder: Path = request.getfixturevalue("shared") / "data"
    return folder


def of(on: str, ip: str, user_data: Path | None) -> Place:
    return Atlas.open(on, user_data=user_data).place(ip)


def test_mumbai_was_amazons_in_2017(user_data: Path | None) -> None:
    place = of("2017-09-05", "13.126.0.1", user_data)
    assert (place.provider, place.region) == ("aws", "ap-south-1")
    assert (place.location.certainty, place.location.country) == (Certainty.STATED, "IN")
    assert (place.location.statements[0].date or "") <= "2017-09-05"


@pytest.mark.parametrize("ip", ["18.60.0.1", "18.61.1.1", "40.192.0.1"])
def test_hyderabad_was_not_amazons_in_2017(ip: str, user_data: Path | None) -> None:
    assert Atlas.open(user_data=user_data).place(ip).region == "ap-south-2"
    place = of("2017-09-05", ip, user_data)
    assert (place.provider, place.region) == (None, None)
    assert place.location.certainty is Certainty.UNKNOWN  # today's databases speak of Amazon's time
    assert "not used" in place.location.statements[-1].note


def test_local_zones_abroad(shared: Path) -> None:
    place = Atlas.open("2026-07-15", user_data=shared / "data").place("15.220.120.1")
    assert (place.region, place.location.country) == ("us-east-1-bue-1", "AR")
    assert place.location.city == "Buenos Aires"


@pytest.mark.parametrize("on", ["1900-01-01", "2016-06-26"])
def test_mumbai_was_no_region_of_amazons_before_it_opened(on: str) -> None:
    place = of(on, "13.126.0.10", None)
    assert (place.region, place.location.certainty) == (None, Certainty.UNKNOWN)


@pytest.mark.parametrize(
    ("on", "certainty"), [("2014-01-01", Certainty.SINGLE), ("2015-10-27", Certainty.AGREED)]
)
def test_a_list_of_years_later_confirms_no_database(on: str, certainty: Certainty) -> None:
    assert of(on, "54.255.253.199", None).location.certainty is certainty


def test_far_lists_are_weakened_in_words_and_certainty() -> None:
    place = of("2024-03-01", "13.126.0.1", None)
    assert place.location.certainty is Certainty.AGREED
    assert "18 months before 2024-03-01" in place.location.sentence
    assert "more than a year away" in place.location.statements[0].note


def test_a_later_list_alone_is_weakened() -> None:
    place = of("2026-09-01", "34.93.0.1", None)
    assert place.location.certainty is Certainty.AGREED
    assert "; no earlier list is at hand" in place.location.statements[0].note


def test_databases_say_how_far_they_are() -> None:
    at = of("2017-09-05", "111.13.141.1", None).location
    assert (at.certainty, at.country) == (Certainty.SINGLE, "CN")
    assert at.statements[0].note == (
        "announced by China Mobile, which serves China; 9 years after 2017-09-05"
    )


def test_warnings_name_what_is_far_from_the_capture() -> None:
    assert Atlas.open().far() == []
    assert Atlas.open("2026-11-01").far() == []
    warned = Atlas.open("2017-09-05").far()
    assert len(warned) == 3
    assert all("9 years after the capture" in sentence for sentence in warned)


def test_data_sets_name_the_lists_around_the_capture() -> None:
    built = [
        d.built for d in Atlas.open("2017-09-05").data_sets() if d.name == "Amazon ip-ranges.json"
    ]
    assert built == ["2017-08-03", "2017-10-17"]
    assert all(len(d.sha256) == 64 and d.licence for d in Atlas.open().data_sets())


@pytest.mark.parametrize("content", [b"", b"not xz", b"\xfd7zXZ\x00\x00\x04"])
def test_a_broken_history_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "aws-ranges-history.tsv.xz").write_bytes(content)
    with pytest.raises(DataFileError, match=r"history of Amazon's ranges.*data update"):
        Atlas.open("2017-09-05", user_data=tmp_path)


def test_old_data_are_told_without_a_number_to_agree_with() -> None:
    """One source or several: ``the range lists ...: data of``, never ``its data``."""
    said = Atlas.open("2015-04-26", user_data=None).far()
    assert any(one.startswith("the range lists of the other clouds (20") for one in said)
    assert all(one.endswith(" years after the capture)") for one in said)
