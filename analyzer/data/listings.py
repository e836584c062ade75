"""Readers of what operators publish: bytes in, rows of one form out.

Each reader takes the bodies of its source (one for each URL) and returns a
Published; ListError if they are not what the operator publishes.

Rules of this file
- A row is (prefix, region, service); region GLOBAL means an edge: no place.
- A prefix that does not parse makes the whole list unusable, not one row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from ..errors import PhonehomeError
from .prefixes import parse

Row = tuple[str, str, str]
EDGE = "GLOBAL"


class ListError(PhonehomeError):
    """A fetched file is not the list it should be."""


class Published(NamedTuple):
    """One source's list of one day."""

    rows: list[Row]
    date: str | None  # YYYY-MM-DD as the list says itself; None if it does not


class AwsRow(NamedTuple):
    """One row of AWS's list; a prefix stands there once for each service."""

    prefix: str
    region: str
    border_group: str
    service: str


def aws(body: bytes) -> tuple[list[AwsRow], str]:
    """The rows and the date of AWS's ip-ranges.json."""

    def read() -> tuple[list[AwsRow], str]:
        told = json.loads(body)
        found = [(row["ip_prefix"], row) for row in told["prefixes"]]
        found += [(row["ipv6_prefix"], row) for row in told["ipv6_prefixes"]]
        rows = [
            AwsRow(prefix, row["region"], row["network_border_group"], row["service"])
            for prefix, row in found
        ]
        return sorted(set(rows)), _date(told["createDate"])

    rows, date = _guarded(read, "AWS's ip-ranges.json")
    _check((tuple(row) for row in rows), "AWS's ip-ranges.json")
    return rows, date


def google_cloud(bodies: Sequence[bytes]) -> Published:
    """cloud.json: one region ("scope") a prefix."""
    told = json.loads(bodies[0])
    rows = [(_google_prefix(row), _region(row["scope"]), "") for row in told["prefixes"]]
    return Published(rows, _date(told["creationTime"]))


def google(bodies: Sequence[bytes]) -> Published:
    """goog.json: all of Google, whose front ends answer from the nearest place."""
    told = json.loads(bodies[0])
    rows = [(_google_prefix(row), EDGE, "") for row in told["prefixes"]]
    return Published(rows, _date(told["creationTime"]))


def azure(bodies: Sequence[bytes]) -> Published:
    """ServiceTags: AzureCloud.<region> covers a region; Front Door is an edge."""
    rows = []
    for tag in json.loads(bodies[0])["values"]:
        name, _, region = tag["name"].partition(".")
        if name == "AzureCloud" and region:
            where, service = tag["properties"]["region"] or region, "AZURECLOUD"
        elif name == "AzureFrontDoor":
            where, service = EDGE, tag["name"].upper()
        else:
            continue
        rows += [(prefix, where, service) for prefix in tag["properties"]["addressPrefixes"]]
    return Published(rows, None)


def oracle(bodies: Sequence[bytes]) -> Published:
    """public_ip_ranges.json: prefixes by region, IPv4 only."""
    told = json.loads(bodies[0])
    rows = [
        (row["cidr"], region["region"], "") for region in told["regions"] for row in region["cidrs"]
    ]
    return Published(rows, _date(told["last_updated_timestamp"]))


def lines(bodies: Sequence[bytes]) -> Published:
    """Plain prefixes, one a line, of an edge network (Cloudflare)."""
    words = [line.strip() for body in bodies for line in body.decode("ascii").splitlines()]
    return Published([(word, EDGE, "CDN") for word in words if word], None)


def fastly(bodies: Sequence[bytes]) -> Published:
    """public-ip-list: two arrays of prefixes of an edge network."""
    told = json.loads(bodies[0])
    prefixes = told["addresses"] + told["ipv6_addresses"]
    return Published([(prefix, EDGE, "CDN") for prefix in prefixes], None)


def geofeed(bodies: Sequence[bytes]) -> Published:
    """RFC 8805: prefix, country, subdivision, city; the subdivision is the region."""
    return Published([(row[0], row[2], "") for row in _geofeed_rows(bodies[0])], None)


def relay(bodies: Sequence[bytes]) -> Published:
    """Apple's relay egress: 300,000 small prefixes, joined; the place is the user's."""
    from ipaddress import collapse_addresses, ip_network

    networks = [ip_network(row[0]) for row in _geofeed_rows(bodies[0])]
    four = collapse_addresses(n for n in networks if n.version == 4)
    six = collapse_addresses(n for n in networks if n.version == 6)
    rows = [(str(network), EDGE, "PRIVATE RELAY") for found in (four, six) for network in found]
    return Published(rows, None)


def github(bodies: Sequence[bytes]) -> Published:
    """api.github.com/meta: GitHub's own networks; its runners stand at Azure."""
    told = json.loads(bodies[0])
    own = ("hooks", "web", "api", "git", "packages", "pages", "importer", "copilot")
    rows = {(prefix, "", key.upper()) for key in own for prefix in told.get(key, ())}
    return Published(sorted(rows), None)


def read(reader: Callable[[Sequence[bytes]], Published], bodies: Sequence[bytes]) -> Published:
    """What a reader makes of the bodies; ListError if that is no list of prefixes."""
    published = _guarded(lambda: reader(bodies), "the answer")
    _check(published.rows, "the answer")
    return Published(sorted(set(published.rows)), published.date)


def _guarded(work: Callable[[], Any], what: str) -> Any:
    """A foreign file is never trusted for its form."""
    try:
        return work()
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise ListError(f"{what} is not in the form its publisher documents") from error


def _check(rows: Iterable[tuple[str, ...]], what: str) -> None:
    """ListError unless every field is plain text and every prefix a prefix."""
    for row in rows:
        try:
            parse(row[0])
            plain = all(f.isascii() and f.isprintable() and len(f) < 100 for f in row)
        except (ValueError, AttributeError) as error:
            raise ListError(f"{what} names {str(row[0])[:60]!r}, which is no prefix") from error
        if not plain:
            raise ListError(f"{what} has fields that are not plain text beside {row[0]!r}")


def _geofeed_rows(body: bytes) -> list[list[str]]:
    text = body.decode("utf-8-sig")
    rows = [line.split(",") for line in text.splitlines() if line.strip() and line[0] != "#"]
    return [[field.strip() for field in row] for row in rows]


def _google_prefix(row: dict[str, str]) -> str:
    return row["ipv4Prefix"] if "ipv4Prefix" in row else row["ipv6Prefix"]


def _region(scope: str) -> str:
    return EDGE if scope == "global" else scope


def _date(stamp: str) -> str:
    """The day of ``2026-11-20T…`` or ``2026-11-20-19-03-12``."""
    from datetime import date

    return date.fromisoformat(stamp[:10]).isoformat()
