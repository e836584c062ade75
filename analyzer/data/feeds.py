"""The publishers ``data update`` asks: one row each.

A newcomer is one row here and, for a new form of list, one reader in
listings.py. Every file is taken from its publisher itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from . import listings
from .files import AWS_HISTORY, CLOUD_RANGES, DBIP_COUNTRY, GEOLITE_COUNTRY
from .listings import Published

MB = 1_000_000
_FACTS = "facts published by the operator"


@dataclass(slots=True, frozen=True)
class Feed:
    """One source. ``{month}`` in a URL is this month, else the one before."""

    name: str  # as in --only; for lists of prefixes also the provider id
    publisher: str
    licence: str
    urls: tuple[str, ...]
    hosts: frozenset[str]
    max_bytes: int
    file: str  # name in the user's folder
    least: int  # rows (nodes of a database) below which an answer is not plausible
    reader: Callable[[Sequence[bytes]], Published] | None = None
    link: str | None = None  # the URL is a page: the list is its link with this in the name
    packed: str = ""  # gz | tar.gz: how a database comes
    keys: tuple[str, str] | None = None  # environment variables of user and key


def _list(
    name: str,
    publisher: str,
    urls: tuple[str, ...],
    reader: Callable[[Sequence[bytes]], Published],
    least: int,
    more_hosts: tuple[str, ...] = (),
    link: str | None = None,
    max_bytes: int = 20 * MB,
) -> Feed:
    """A row for a list of prefixes; its hosts are those of its URLs and more."""
    hosts = frozenset({url.split("/")[2] for url in urls} | set(more_hosts))
    return Feed(name, publisher, _FACTS, urls, hosts, max_bytes, CLOUD_RANGES, least, reader, link)


FEEDS: tuple[Feed, ...] = (
    Feed(
        name="dbip",
        publisher="DB-IP",
        licence="CC BY 4.0",
        urls=("https://download.db-ip.com/free/dbip-country-lite-{month}.mmdb.gz",),
        hosts=frozenset({"download.db-ip.com"}),
        max_bytes=40 * MB,
        file=DBIP_COUNTRY,
        least=200_000,
        packed="gz",
    ),
    Feed(
        name="aws",
        publisher="Amazon Web Services",
        licence=_FACTS,
        urls=("https://ip-ranges.amazonaws.com/ip-ranges.json",),
        hosts=frozenset({"ip-ranges.amazonaws.com"}),
        max_bytes=20 * MB,
        file=AWS_HISTORY,
        least=5_000,
    ),
    _list(
        "gcp",
        "Google Cloud",
        ("https://www.gstatic.com/ipranges/cloud.json",),
        listings.google_cloud,
        300,
    ),
    _list("google", "Google", ("https://www.gstatic.com/ipranges/goog.json",), listings.google, 20),
    _list(
        "azure",
        "Microsoft Azure",
        ("https://www.microsoft.com/en-us/download/details.aspx?id=56519",),
        listings.azure,
        5_000,
        more_hosts=("download.microsoft.com",),
        link="/ServiceTags_Public_",
    ),
    _list(
        "oracle",
        "Oracle Cloud",
        ("https://docs.oracle.com/en-us/iaas/tools/public_ip_ranges.json",),
        listings.oracle,
        200,
    ),
    _list(
        "cloudflare",
        "Cloudflare",
        ("https://www.cloudflare.com/ips-v4/", "https://www.cloudflare.com/ips-v6/"),
        listings.lines,
        10,
    ),
    _list("fastly", "Fastly", ("https://api.fastly.com/public-ip-list",), listings.fastly, 10),
    _list(
        "digitalocean",
        "DigitalOcean",
        ("https://digitalocean.com/geo/google.csv",),
        listings.geofeed,
        300,
        more_hosts=("www.digitalocean.com",),
    ),
    _list("linode", "Akamai (Linode)", ("https://geoip.linode.com/",), listings.geofeed, 300),
    _list("github", "GitHub", ("https://api.github.com/meta",), listings.github, 10),
    _list(
        "apple",
        "Apple (iCloud Private Relay)",
        ("https://mask-api.icloud.com/egress-ip-ranges.csv",),
        listings.relay,
        500,
        max_bytes=60 * MB,
    ),
    Feed(
        name="maxmind",
        publisher="MaxMind",
        licence="GeoLite2 End User License Agreement (your own)",
        urls=(
            "https://download.maxmind.com/geoip/databases/GeoLite2-Country/download?suffix=tar.gz",
        ),
        hosts=frozenset(
            {
                "download.maxmind.com",
                "mm-prod-geoip-databases.a2649acb697e2c09b632799562c076f2.r2.cloudflarestorage.com",
            }
        ),
        max_bytes=80 * MB,
        file=GEOLITE_COUNTRY,
        least=200_000,
        packed="tar.gz",
        keys=("MAXMIND_ACCOUNT_ID", "MAXMIND_LICENSE_KEY"),
    ),
)
