"""Readers of operators' lists: the documented form, and everything else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.data import listings
from analyzer.data.feeds import FEEDS
from analyzer.data.listings import AwsRow, ListError, aws, read

AWS = {
    "syncToken": "1",
    "createDate": "2026-11-20-19-03-12",
    "prefixes": [
        {
            "ip_prefix": "203.0.113.0/24",
            "region": "ap-southeast-1",
            "service": "EC2",
            "network_border_group": "ap-southeast-1-bkk-1",
        }
    ],
    "ipv6_prefixes": [
        {
            "ipv6_prefix": "2001:db8::/32",
            "region": "GLOBAL",
            "service": "CLOUDFRONT",
            "network_border_group": "GLOBAL",
        }
    ],
}

SAMPLES: dict[str, tuple[object, list[tuple[str, str, str]], str | None]] = {
    "gcp": (
        {
            "creationTime": "2026-11-20T04:03:39",
            "prefixes": [
                {"ipv4Prefix": "203.0.113.0/24", "service": "Google Cloud", "scope": "asia-south1"},
                {"ipv6Prefix": "2001:db8::/44", "service": "Google Cloud", "scope": "global"},
            ],
        },
        [("2001:db8::/44", "GLOBAL", ""), ("203.0.113.0/24", "asia-south1", "")],
        "2026-11-20",
    ),
    "google": (
        {"creationTime": "2026-11-20T04:03:39", "prefixes": [{"ipv4Prefix": "198.51.100.0/24"}]},
        [("198.51.100.0/24", "GLOBAL", "")],
        "2026-11-20",
    ),
    "azure": (
        {
            "changeNumber": 1,
            "values": [
                {
                    "name": "AzureCloud.centralindia",
                    "properties": {
                        "region": "centralindia",
                        "addressPrefixes": ["203.0.113.0/24", "2001:db8::/47"],
                    },
                },
                {
                    "name": "AzureCloud",
                    "properties": {"region": "", "addressPrefixes": ["192.0.2.0/24"]},
                },
                {
                    "name": "AzureFrontDoor.Frontend",
                    "properties": {"region": "", "addressPrefixes": ["198.51.100.0/24"]},
                },
                {
                    "name": "Storage.WestUS",
                    "properties": {"region": "westus", "addressPrefixes": ["192.0.2.0/25"]},
                },
            ],
        },
        [
            ("198.51.100.0/24", "GLOBAL", "AZUREFRONTDOOR.FRONTEND"),
            ("2001:db8::/47", "centralindia", "AZURECLOUD"),
            ("203.0.113.0/24", "centralindia", "AZURECLOUD"),
        ],
        None,
    ),
    "oracle": (
        {
            "last_updated_timestamp": "2026-11-19T22:15:44.614303",
            "regions": [
                {"region": "ap-mumbai-1", "cidrs": [{"cidr": "203.0.113.0/24", "tags": ["OCI"]}]}
            ],
        },
        [("203.0.113.0/24", "ap-mumbai-1", "")],
        "2026-11-19",
    ),
    "cloudflare": (
        b"203.0.113.0/24\r\n\n2001:db8::/32\n",
        [("2001:db8::/32", "GLOBAL", "CDN"), ("203.0.113.0/24", "GLOBAL", "CDN")],
        None,
    ),
    "fastly": (
        {"addresses": ["203.0.113.0/24"], "ipv6_addresses": ["2001:db8::/32"]},
        [("2001:db8::/32", "GLOBAL", "CDN"), ("203.0.113.0/24", "GLOBAL", "CDN")],
        None,
    ),
    "digitalocean": (
        "\ufeff203.0.113.0/24,IN,IN-KA,Bangalore,560100\n".encode(),
        [("203.0.113.0/24", "IN-KA", "")],
        None,
    ),
    "linode": (
        "# prefix,country,region,city,postal\n203.0.113.0/24,SE,SE-AB,Malmö,\n".encode(),
        [("203.0.113.0/24", "SE-AB", "")],
        None,
    ),
    "github": (
        {
            "verifiable_password_authentication": False,
            "ssh_keys": ["x"],
            "web": ["203.0.113.0/24"],
            "actions": ["192.0.2.0/24"],
            "domains": {"website": ["*.example"]},
        },
        [("203.0.113.0/24", "", "WEB")],
        None,
    ),
    "apple": (
        b"203.0.113.0/26,US,US-CA,LOS ANGELES,\n203.0.113.64/26,IN,IN-MH,MUMBAI,\n"
        b"2001:db8::/45,GB,GB-EN,London,\n",
        [
            ("2001:db8::/45", "GLOBAL", "PRIVATE RELAY"),
            ("203.0.113.0/25", "GLOBAL", "PRIVATE RELAY"),
        ],
        None,
    ),
}
READERS = {feed.name: feed.reader for feed in FEEDS if feed.reader}


def body(told: object) -> bytes:
    return told if isinstance(told, bytes) else json.dumps(told).encode()


def test_every_list_has_a_sample() -> None:
    assert SAMPLES.keys() == READERS.keys()


@pytest.mark.parametrize("name", SAMPLES)
def test_the_documented_form_is_read(name: str) -> None:
    told, rows, date = SAMPLES[name]
    published = read(READERS[name], [body(told)])  # type: ignore[arg-type]
    assert published == listings.Published(rows, date)


def test_several_bodies_make_one_list() -> None:
    published = read(listings.lines, [b"203.0.113.0/24\n", b"2001:db8::/32\n"])
    assert [row[0] for row in published.rows] == ["2001:db8::/32", "203.0.113.0/24"]


def test_aws_rows_and_date() -> None:
    assert aws(body(AWS)) == (
        [
            AwsRow("2001:db8::/32", "GLOBAL", "GLOBAL", "CLOUDFRONT"),
            AwsRow("203.0.113.0/24", "ap-southeast-1", "ap-southeast-1-bkk-1", "EC2"),
        ],
        "2026-11-20",
    )


WRONG = [
    b"",
    b"<!DOCTYPE html><title>Sorry</title>",
    b"{}",
    b"[]",
    b"null",
    b"1",
    b'"prefixes"',
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"prefixes": 1, "creationTime": "2026-11-20", "values": {}, "regions": 7}',
    b'{"prefixes": [{"ipv4Prefix": 3}], "creationTime": "2026-11-20T"}',
    b'{"prefixes": [], "creationTime": "yesterday"}',
]


@pytest.mark.parametrize("wrong", WRONG, ids=range(len(WRONG)))
@pytest.mark.parametrize("name", [name for name in SAMPLES if name not in ("cloudflare",)])
def test_another_form_is_an_error_or_empty(name: str, wrong: bytes) -> None:
    try:
        published = read(READERS[name], [wrong])  # type: ignore[arg-type]
    except ListError:
        return
    assert published.rows == []  # the caller refuses a list without rows


@pytest.mark.parametrize("wrong", WRONG, ids=range(len(WRONG)))
def test_another_form_of_awss_list_is_an_error(wrong: bytes) -> None:
    with pytest.raises(ListError):
        aws(wrong)


@pytest.mark.parametrize(
    "prefix",
    ["203.0.113.0/33", "203.0.113/24", "2001:db8::/129", "x", "203.0.113.0/24\tx", "", "1.2.3.4/"],
)
def test_one_wrong_prefix_makes_the_list_unusable(prefix: str) -> None:
    told = {"addresses": ["203.0.113.0/24", prefix], "ipv6_addresses": []}
    with pytest.raises(ListError):
        read(listings.fastly, [body(told)])


@pytest.mark.parametrize("region", ["a\tb", "a\nb", "ré", "x" * 101, None, 3])
def test_fields_that_would_break_the_file_are_refused(region: object) -> None:
    told = json.loads(json.dumps(AWS))
    told["prefixes"][0]["region"] = region
    with pytest.raises(ListError):
        aws(body(told))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_list_or_an_error(data: bytes) -> None:
    for reader in READERS.values():
        try:
            read(reader, [data])  # type: ignore[arg-type]
        except ListError:
            continue


def test_feeds_are_asked_over_https_at_hosts_on_their_own_list() -> None:
    assert len({feed.name for feed in FEEDS}) == len(FEEDS)
    for feed in FEEDS:
        for url in feed.urls:
            assert url.startswith("https://")
            assert url.split("/")[2] in feed.hosts
        assert feed.least > 0
        assert feed.max_bytes <= 100_000_000
