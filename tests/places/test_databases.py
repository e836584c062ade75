"""The user's own databases: every kind joins, every wrong file is refused at once."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from mmdb_forge import mmdb

from analyzer.errors import DataFileError
from analyzer.model import Certainty
from analyzer.places.atlas import Atlas
from analyzer.places.databases import UserDatabase

COUNTRY = {"country": {"iso_code": "SG", "names": {"en": "Singapore"}}}
CITY = COUNTRY | {"city": {"names": {"en": "Singapore"}}}
ASN = {"autonomous_system_number": 64500, "autonomous_system_organization": "Forged Net"}
LITE = {"country": "Singapore", "country_code": "SG", "asn": "AS64500", "as_name": "Forged Net"}
ADDRESS = "161.117.0.1"  # Alibaba: the embedded database says Singapore


def write(
    folder: Path, kind: str, record: dict[str, object], prefix: str = "161.117.0.0/16"
) -> Path:
    path = folder / f"{kind}.mmdb"
    path.write_bytes(mmdb(kind, {prefix: record}))
    return path


@pytest.mark.parametrize(
    ("named", "record", "publisher"),
    [
        ("GeoLite2-Country", COUNTRY, "MaxMind"),
        ("GeoLite2-City", CITY, "MaxMind"),
        ("DBIP-Country-Lite", COUNTRY, "DB-IP"),
        ("ipinfo generic_country_lite", LITE, "IPinfo"),
        ("My-Country", COUNTRY, "My-Country"),
        ("addresses", LITE, "addresses"),
    ],
)
def test_country_kinds(
    tmp_path: Path, named: str, record: dict[str, object], publisher: str
) -> None:
    opened = UserDatabase(write(tmp_path, named, record), "country")
    found = opened.opinion(ADDRESS)
    assert found is not None
    assert (found.country, found.source.publisher, found.source.date) == (
        "SG",
        publisher,
        "2026-06-01",
    )
    assert opened.opinion("9.9.9.9") is None


def test_city_and_asn_kinds(tmp_path: Path) -> None:
    city = UserDatabase(write(tmp_path, "GeoLite2-City", CITY), "city").opinion(ADDRESS)
    asn = UserDatabase(write(tmp_path, "GeoLite2-ASN", ASN), "asn").opinion(ADDRESS)
    assert city is not None
    assert city.city == "Singapore"
    assert asn is not None
    assert (asn.asn, asn.network, asn.country) == (64500, "Forged Net", None)


@pytest.mark.parametrize(
    ("kind", "named"),
    [("country", "GeoLite2-ASN"), ("asn", "GeoLite2-City"), ("city", "GeoLite2-Country")],
)
def test_the_wrong_kind_is_an_error_that_names_the_option(
    tmp_path: Path, kind: str, named: str
) -> None:
    with pytest.raises(DataFileError, match=f"kind '{named}'.*--{kind}-db"):
        UserDatabase(write(tmp_path, named, COUNTRY), kind)


def test_what_is_no_mmdb_is_an_error(tmp_path: Path) -> None:
    whole = mmdb("GeoLite2-Country", {"161.117.0.0/16": COUNTRY})
    for content in (
        b"",
        b"<!doctype html><title>Sign in</title>",
        whole[: len(whole) // 2],
        bytes(4096),
    ):
        path = tmp_path / "x.mmdb"
        path.write_bytes(content)
        with pytest.raises(DataFileError, match=r"x\.mmdb is not a readable MMDB"):
            Atlas.open(country_db=path)
    with pytest.raises(DataFileError, match=r"none\.mmdb is not a readable MMDB"):
        Atlas.open(asn_db=tmp_path / "none.mmdb")
    with pytest.raises(DataFileError, match="not a readable MMDB"):
        Atlas.open(asn_db=tmp_path)


def test_no_damaged_byte_ends_in_a_traceback(tmp_path: Path) -> None:
    whole = mmdb("GeoLite2-Country", {"161.117.0.0/16": COUNTRY, "1.0.0.0/8": CITY})
    path = tmp_path / "x.mmdb"
    for at in range(0, len(whole), 3):
        damaged = bytearray(whole)
        damaged[at] ^= 0x5A
        path.write_bytes(damaged)
        with suppress(DataFileError):  # any other error fails the test
            UserDatabase(path, "country").opinion(ADDRESS)


def test_two_publishers_agree(tmp_path: Path) -> None:
    place = Atlas.open(country_db=write(tmp_path, "GeoLite2-Country", COUNTRY)).place(ADDRESS)
    assert place.location.certainty is Certainty.AGREED
    assert place.location.country == "SG"
    assert [s.source for s in place.location.statements] == [
        "DB-IP Lite country",
        "GeoLite2-Country",
    ]


def test_two_files_of_one_publisher_are_one_source(tmp_path: Path) -> None:
    place = Atlas.open(country_db=write(tmp_path, "DBIP-Country-Lite", COUNTRY)).place(ADDRESS)
    assert place.location.certainty is Certainty.SINGLE


@pytest.mark.parametrize("named", ["country ipvAll", "dbip country ipvAll", "iptoasn-country"])
def test_a_source_that_may_have_copied_confirms_nothing(tmp_path: Path, named: str) -> None:
    location = Atlas.open(country_db=write(tmp_path, named, LITE)).place(ADDRESS).location
    assert (location.certainty, location.country) == (Certainty.SINGLE, "SG")


def test_a_registration_is_shown_and_places_nothing(tmp_path: Path) -> None:
    china = {"country_code": "CN"}
    atlas = Atlas.open(country_db=write(tmp_path, "geo-whois-asn-country", china))
    location = atlas.place(ADDRESS).location
    assert (location.certainty, location.country) == (Certainty.SINGLE, "SG")
    assert "registered in CN" in location.statements[-1].note


def test_databases_that_differ_are_all_shown(tmp_path: Path) -> None:
    china = {"country": {"iso_code": "CN"}}
    atlas = Atlas.open(country_db=write(tmp_path, "GeoLite2-Country", china))
    location = atlas.place(ADDRESS).location
    assert (location.certainty, location.country) == (Certainty.DISPUTED, None)
    assert "Singapore" in location.sentence
    assert "China" in location.sentence
    assert atlas.place("13.126.0.1").location.certainty is Certainty.STATED


def test_an_asn_database_names_the_operator_only_where_the_table_does_not(tmp_path: Path) -> None:
    atlas = Atlas.open(asn_db=write(tmp_path, "GeoLite2-ASN", ASN, "88.108.0.0/16"))
    assert atlas.place("88.108.0.1").operator.asn == 64500
    assert atlas.place(ADDRESS).operator.asn == 45102


def test_the_file_stands_among_the_data_sets(tmp_path: Path) -> None:
    atlas = Atlas.open(country_db=write(tmp_path, "GeoLite2-Country", COUNTRY))
    last = atlas.data_sets()[-1]
    assert (last.name, last.publisher, last.built, len(last.sha256)) == (
        "GeoLite2-Country",
        "MaxMind",
        "2026-06-01",
        64,
    )
