"""The build, on small forged lists: right rows, same bytes each time, strangers dropped."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from analyzer.data import build_inputs
from analyzer.data.build_tables import (
    amazon_rows,
    cloud_rows,
    country_tables,
    csv_rows,
    network_tables,
    with_border_groups,
    without_strangers,
)
from analyzer.data.lists import Listing, ranges, united
from analyzer.data.operators import Operators
from analyzer.data.prefixes import whole_ranges
from analyzer.data.table import RangeTable, WideTable
from analyzer.errors import DataFileError

V6 = 0x20010DB8 << 96


def country_rows() -> dict[int, list[tuple[int, int, tuple[str, ...]]]]:
    four = csv_rows(b"16777216,16777471,AU\n16777472,16778239,CN\n", 4)
    six = csv_rows(
        f"{V6},{V6 + (1 << 64) - 1},IN\n{V6 + (5 << 64) + 9},{V6 + (5 << 64) + 10},SG\n".encode(), 6
    )
    return {4: four, 6: six}


def test_country_tables() -> None:
    files = country_tables(country_rows())
    codes = [None, *files["country-codes.txt"].decode().split()]
    four, six = WideTable(files["country4.tbl"]), RangeTable(files["country6.tbl"])
    assert codes[four.find(16777300)] == "AU"
    assert codes[four.find(16778239)] == "CN"
    assert four.find(16778240) == four.find(16777215) == 0
    assert codes[six.find(V6 >> 64)] == "IN"
    assert six.find((V6 >> 64) + 5) == 0  # finer than a /64: left out, not spread over it


def test_network_tables_put_the_big_ones_first() -> None:
    rows = {4: csv_rows(b'1,2,65001,"Small, Inc."\n100,9999,65002,Big\n', 4), 6: []}
    files = network_tables(rows)
    operators, table = Operators(files["operators.tbl"]), WideTable(files["asn4.tbl"])
    assert operators[table.find(1)] == (65001, "Small, Inc.")
    assert operators[1] == (65002, "Big")


def test_the_same_input_gives_the_same_bytes() -> None:
    assert country_tables(country_rows()) == country_tables(country_rows())


def test_amazon_rows_take_the_border_group_where_there_is_one() -> None:
    listed = {
        "prefixes": [
            {"ip_prefix": "3.5.0.0/16", "region": "us-east-1", "service": "S3"},
            {"ip_prefix": "15.220.0.0/20", "region": "us-east-1", "service": "EC2",
             "network_border_group": "us-east-1-bue-1"},
        ],
        "ipv6_prefixes": [
            {"ipv6_prefix": "2406:da1a::/36", "region": "ap-south-1", "service": "EC2"}
        ],
    }  # fmt: skip
    rows = amazon_rows(json.dumps(listed).encode())
    assert [region for _, region, _ in rows] == ["us-east-1", "us-east-1-bue-1", "ap-south-1"]


def test_border_groups_carry_over_only_within_their_region() -> None:
    known = [("10.0.0.0/8", "us-east-1-bue-1", "EC2"), ("11.0.0.0/8", "us-east-1-bue-1", "EC2")]
    rows = [("10.0.0.0/8", "us-east-1", "EC2"), ("11.0.0.0/8", "eu-west-1", "EC2")]
    assert [row[1] for row in with_border_groups(rows, known)] == ["us-east-1-bue-1", "eu-west-1"]


def test_cloud_rows() -> None:
    unpacked = {
        "providers": ["azure", "cloudflare"],
        "ranges": [
            {"cidr": "20.1.0.0/16", "p": 0, "r": "centralfrance", "s": "STORAGE.CENTRALFRANCE"},
            {"cidr": "104.16.0.0/13", "p": 1},
        ],
    }
    rows = cloud_rows(unpacked, {("azure", "centralfrance"): "francecentral"})
    assert rows["azure"] == [("20.1.0.0/16", "francecentral", "STORAGE")]
    assert rows["cloudflare"] == [("104.16.0.0/13", None, "CDN")]


def test_ranges_of_other_networks_are_dropped_and_counted() -> None:
    listed = ranges(
        "aws",
        [("88.108.0.0/15", "ap-south-1", "AMAZON"), ("111.13.171.0/24", "GLOBAL", "CLOUDFRONT")],
    )
    first = 88 << 24 | 108 << 16
    networks = {
        4: whole_ranges([(first, first + 65535, 9105), (111 << 24, 112 << 24, 9808)]),
        6: [],
    }
    kept, dropped = without_strangers(listed, networks, frozenset({16509}))
    here = [listing for start, listing in kept[4] if start == first + 65536]
    assert here == [Listing("aws", "ap-south-1", "AMAZON", edge=False)]  # announced by nobody: kept
    assert not any(start == first for start, _ in kept[4])
    assert any(listing and listing.edge for _, listing in kept[4])  # a cache in China stays
    assert dropped == 1


def test_united_lists_keep_every_provider() -> None:
    both = united(
        [
            ranges("gcp", [("34.0.0.0/8", "us-west1", "G")]),
            ranges("oracle", [("129.0.0.0/8", "x", "OCI")]),
        ]
    )
    assert {listing.provider for _, listing in both[4] if listing} == {"gcp", "oracle"}


def test_another_archive_than_the_pinned_one_stops_the_build(tmp_path: Path) -> None:
    folder = tmp_path / f"ip-location-db-asn-{build_inputs.NETWORKS.version}"
    folder.mkdir()
    with tarfile.open(folder / "asn.tgz", "w:gz"):
        pass
    with pytest.raises(DataFileError, match="not the pinned"):
        build_inputs.fetch(build_inputs.NETWORKS, tmp_path)
