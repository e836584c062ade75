"""Dated lists: what each date's list said, after a trip through the packed file."""

from __future__ import annotations

import pytest

from analyzer.addresses import packed
from analyzer.data.lists import Listing, in_memory, pack_lists, pick, ranges, read_lists
from analyzer.errors import DataFileError

OLD = [("52.0.0.0/8", "us-east-1", "AMAZON"), ("52.66.0.0/16", "ap-south-1", "EC2")]
NEW = [
    ("52.0.0.0/8", "us-east-1", "AMAZON"),
    ("52.0.0.0/8", "us-east-1", "EC2"),
    ("52.66.0.0/16", "eu-west-1", "S3"),
    ("52.84.0.0/15", "GLOBAL", "CLOUDFRONT"),
    ("52.84.7.0/24", "eu-west-1", "GLOBALACCELERATOR"),
    ("52.1.0.0/16", "us-east-1", "AMAZON"),
    ("2406:da1a::/36", "ap-south-1", "EC2"),
]


def said(lists: object, ip: str) -> tuple[Listing | None, ...]:
    raw = packed(ip)
    number = lists.finder(4 if len(raw) == 4 else 6)(int.from_bytes(raw[:8], "big"))  # type: ignore[attr-defined]
    return lists.history(number)  # type: ignore[attr-defined,no-any-return]


@pytest.fixture(params=["packed", "in memory"])
def lists(request: pytest.FixtureRequest) -> object:
    dates, columns = ["2017-08-03", "2026-10-26"], [ranges("aws", OLD), ranges("aws", NEW)]
    if request.param == "in memory":
        return in_memory(dates, columns)
    return read_lists(pack_lists(dates, columns, ["2026-10-26"]), "aws.lists")


def test_each_date_says_its_own(lists: object) -> None:
    old, new = said(lists, "52.66.1.1")
    assert old == Listing("aws", "ap-south-1", "EC2", edge=False)
    assert new == Listing("aws", "eu-west-1", "S3", edge=False)
    assert said(lists, "9.9.9.9") == (None, None)


def test_edges_lose_their_region_in_no_case(lists: object) -> None:
    assert said(lists, "52.84.1.1")[1] == Listing("aws", "GLOBAL", "CLOUDFRONT", edge=True)
    inner = said(lists, "52.84.7.1")[1]
    assert inner is not None
    assert inner.edge


def test_a_catch_all_within_a_region_has_the_service_around_it(lists: object) -> None:
    assert said(lists, "52.1.2.3")[1] == Listing("aws", "us-east-1", "EC2", edge=False)


def test_ipv6(lists: object) -> None:
    assert said(lists, "2406:da1a::1") == (None, Listing("aws", "ap-south-1", "EC2", edge=False))


def test_pick_prefers_what_says_most() -> None:
    rows = [("eu-west-1", "AMAZON"), ("eu-west-1", "EC2"), ("eu-west-1", "S3")]
    assert pick("aws", rows).service == "S3"
    assert pick("aws", rows[:2]).service == "EC2"
    assert pick("aws", [*rows, ("eu-west-1", "CLOUDFRONT")]).edge


def test_two_regions_for_one_prefix_are_no_region() -> None:
    found = pick("aws", [("us-west-2", "AMAZON"), ("ap-southeast-2", "AMAZON")])
    assert found.region == "ap-southeast-2 or us-west-2"


def test_azure_rows_without_region_stand_where_the_row_around_them_stands() -> None:
    rows = [
        ("20.192.0.0/19", "centralindia", "AZURECLOUD"),
        ("20.192.1.0/28", None, "APPCONFIGURATION"),
        ("20.192.2.0/28", None, "AZUREFRONTDOOR"),
    ]
    lists = in_memory(["2026-10-26"], [ranges("azure", rows)])
    assert said(lists, "20.192.1.1")[0] == Listing(
        "azure", "centralindia", "APPCONFIGURATION", edge=False
    )
    assert said(lists, "20.192.2.1")[0] == Listing("azure", None, "AZUREFRONTDOOR", edge=True)


@pytest.mark.parametrize("data", [b"", b"PHL2", b"<html>not a list</html>"])
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(DataFileError, match=r"aws\.lists"):
        read_lists(data, "aws.lists")
