"""``data update`` end to end against a publisher on this machine."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from publisher import Handler, Publisher, mmdb, mmdb_gz, publishing

from analyzer.data import update
from analyzer.data.feeds import FEEDS, Feed
from analyzer.data.history import read_history, write_history
from analyzer.data.listings import AwsRow
from analyzer.data.store import read_ranges, read_sources
from analyzer.errors import UsageError

TODAY = "2026-11-22"


class Site:
    """A publisher that stands for all of them, a user's folder, what was said."""

    def __init__(self, publisher: Publisher, folder: Path) -> None:
        self.publisher, self.folder = publisher, folder
        self.said: list[str] = []
        self.feeds = [self.moved(feed) for feed in FEEDS]

    def moved(self, feed: Feed, **changes: object) -> Feed:
        """The feed with its URLs and hosts at the publisher: /name/0, /name/1."""
        month = "-{month}" if "{month}" in feed.urls[0] else ""
        urls = tuple(self.publisher.url(f"/{feed.name}/{n}{month}") for n in range(len(feed.urls)))
        own = {"urls": urls, "hosts": frozenset({self.publisher.host}), "least": 1}
        return replace(feed, **(own | changes))  # type: ignore[arg-type]

    def update(
        self, only: str | None, environ: dict[str, str] | None = None, **terms: object
    ) -> int:
        self.said.clear()
        return update.run(
            only,
            self.folder,
            self.said.append,
            today=TODAY,
            feeds=self.feeds,
            terms=self.publisher.terms(**terms),
            environ=environ or {},
        )

    def names(self) -> list[str]:
        return sorted(p.name for p in self.folder.iterdir()) if self.folder.exists() else []


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publisher]:
    with publishing(Path(tmp_path_factory.mktemp("publisher"))) as publisher:
        yield publisher


@pytest.fixture
def site(running: Publisher, tmp_path: Path) -> Site:
    running.answers.clear()
    running.asked.clear()
    return Site(running, tmp_path / "data")


def aws_list(date: str, *prefixes: str) -> bytes:
    rows = [
        {"ip_prefix": p, "region": "ap-south-1", "service": "EC2", "network_border_group": "g"}
        for p in prefixes
    ]
    told = {"createDate": f"{date}-01-02-03", "prefixes": rows, "ipv6_prefixes": []}
    return json.dumps(told).encode()


def google_list(*prefixes: str) -> bytes:
    rows = [{"ipv4Prefix": p, "scope": "asia-south1"} for p in prefixes]
    return json.dumps({"creationTime": "2026-11-20T00:00", "prefixes": rows}).encode()


def test_lists_of_several_operators_stand_in_one_file(site: Site) -> None:
    site.publisher.says("/gcp/0", google_list("203.0.113.0/24"))
    site.publisher.says("/cloudflare/0", b"198.51.100.0/24\n")
    site.publisher.says("/cloudflare/1", b"2001:db8::/32\n")
    assert site.update("gcp") == 0
    assert site.update("cloudflare") == 0
    assert read_ranges((site.folder / "cloud-ranges.tsv").read_bytes()) == [
        ("198.51.100.0/24", "cloudflare", "GLOBAL", "CDN", TODAY),
        ("2001:db8::/32", "cloudflare", "GLOBAL", "CDN", TODAY),
        ("203.0.113.0/24", "gcp", "asia-south1", "", "2026-11-20"),
    ]
    site.publisher.says("/gcp/0", google_list("203.0.113.0/25"))
    assert site.update("gcp") == 0
    rows = read_ranges((site.folder / "cloud-ranges.tsv").read_bytes())
    assert [row[0] for row in rows] == ["198.51.100.0/24", "2001:db8::/32", "203.0.113.0/25"]
    assert site.names() == ["cloud-ranges.tsv", "sources.json"]


def test_what_was_fetched_is_written_down(site: Site) -> None:
    body = google_list("203.0.113.0/24")
    site.publisher.says("/gcp/0", body)
    site.update("gcp")
    kept = (site.folder / "cloud-ranges.tsv").read_bytes()
    assert read_sources(site.folder) == {
        "gcp": {
            "publisher": "Google Cloud",
            "licence": "facts published by the operator",
            "file": "cloud-ranges.tsv",
            "urls": [site.publisher.url("/gcp/0")],
            "fetched": TODAY,
            "date": "2026-11-20",
            "rows": 1,
            "sha256": sha256(kept).hexdigest(),
            "sha256_fetched": [sha256(body).hexdigest()],
        }
    }
    assert site.said == ["gcp: 1 rows of 2026-11-20 from Google Cloud, in cloud-ranges.tsv"]


def test_awss_list_is_merged_into_its_history(site: Site) -> None:
    site.folder.mkdir()
    path = site.folder / "aws-ranges-history.tsv.xz"
    one, two, three = (
        AwsRow(p, "ap-south-1", "g", "EC2")
        for p in ("203.0.113.0/26", "203.0.113.64/26", "203.0.113.128/26")
    )
    old = {one: ("2016-06-27", "2026-08-01"), two: ("2016-06-27", "2026-08-01")}
    path.write_bytes(write_history(old))
    site.publisher.says("/aws/0", aws_list("2026-11-20", one.prefix, three.prefix))
    assert site.update("aws") == 0
    assert read_history(path.read_bytes()) == {
        one: ("2016-06-27", "2026-11-20"),
        two: ("2016-06-27", "2026-08-01"),
        three: ("2026-11-20", "2026-11-20"),
    }
    before = path.read_bytes()
    site.publisher.says("/aws/0", aws_list("2026-10-01", one.prefix, two.prefix))
    assert site.update("aws") == 1
    assert "older than the one of 2026-11-20" in site.said[0]
    assert path.read_bytes() == before


def test_a_database_is_unpacked_and_last_months_taken_where_this_one_is_not_out(
    site: Site,
) -> None:
    site.publisher.says("/dbip/0-2026-10", mmdb_gz())
    assert site.update("dbip") == 0
    assert [path for path, _ in site.publisher.asked] == ["/dbip/0-2026-11", "/dbip/0-2026-10"]
    assert (site.folder / "dbip-country-lite.mmdb").read_bytes() == mmdb()
    assert read_sources(site.folder)["dbip"]["date"] == "2026-09-21"
    site.publisher.says("/dbip/0-2026-11", mmdb_gz(country="IN"))
    assert site.update("dbip") == 0
    assert (site.folder / "dbip-country-lite.mmdb").read_bytes() == mmdb(country="IN")
    assert site.names() == ["dbip-country-lite.mmdb", "sources.json"]


def test_months_before_january() -> None:
    assert list(update._months("2027-01-03")) == ["2027-01", "2026-12"]


def test_only_a_missing_month_leads_to_the_one_before(site: Site) -> None:
    site.publisher.says("/dbip/0-2026-11", b"", 500)
    assert site.update("dbip") == 1
    assert [path for path, _ in site.publisher.asked] == ["/dbip/0-2026-11"]


def test_azures_list_is_found_through_its_page(site: Site) -> None:
    link = site.publisher.url("/x/ServiceTags_Public_20261116.json")
    page = f'<a href="https://elsewhere.example/">x</a><a href="{link}">download</a>'
    site.publisher.says("/azure/0", page.encode())
    tags = [
        {
            "name": "AzureCloud.centralindia",
            "properties": {"region": "centralindia", "addressPrefixes": ["203.0.113.0/24"]},
        }
    ]
    site.publisher.says(
        "/x/ServiceTags_Public_20261116.json", json.dumps({"values": tags}).encode()
    )
    assert site.update("azure") == 0
    assert read_ranges((site.folder / "cloud-ranges.tsv").read_bytes()) == [
        ("203.0.113.0/24", "azure", "centralindia", "AZURECLOUD", "2026-11-16")
    ]


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (b"<html>Sorry</html>", "no link with"),
        (b'"https://elsewhere.example/ServiceTags_Public_20261116.json"', "list of hosts"),
        (b'"http://{host}/x/ServiceTags_Public_20261116.json"', "no link with"),
    ],
)
def test_a_page_that_leads_elsewhere_is_not_followed(site: Site, page: bytes, why: str) -> None:
    site.publisher.says("/azure/0", page)
    assert site.update("azure") == 1
    assert why in site.said[0]
    assert site.names() == []


def cut(handler: Handler) -> None:
    handler.head(200, {"Content-Length": "1000"})
    handler.wfile.write(google_list("203.0.113.0/24"))


WRONG: dict[str, bytes] = {
    "empty": b"",
    "html": b"<!DOCTYPE html><h1>Log in to this network</h1>",
    "json of another kind": b'{"error": "not today"}',
    "no rows": google_list(),
    "a wrong prefix": google_list("203.0.113.0/24", "999.0.0.0/8"),
    "cut json": google_list("203.0.113.0/24", "198.51.100.0/24")[:-5],
    "shrunk": google_list("203.0.113.0/24"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_answer_leaves_the_old_list(site: Site, wrong: str) -> None:
    site.publisher.says("/gcp/0", google_list(*(f"203.0.113.{n}/32" for n in range(8))))
    assert site.update("gcp") == 0
    before = {path.name: path.read_bytes() for path in site.folder.iterdir()}
    site.publisher.says("/gcp/0", WRONG[wrong])
    assert site.update("gcp") == 1
    assert site.said[0].startswith("gcp: not updated, what was there stays: ")
    assert {path.name: path.read_bytes() for path in site.folder.iterdir()} == before


def test_a_list_over_its_size_or_cut_or_off_the_list_leaves_nothing(site: Site) -> None:
    site.publisher.answers["/gcp/0"] = cut
    assert site.update("gcp") == 1
    assert "stopped after" in site.said[0]
    site.publisher.redirects("/gcp/0", "https://elsewhere.example/")
    assert site.update("gcp") == 1
    assert "not on the list of hosts" in site.said[0]
    site.publisher.says("/gcp/0", google_list("203.0.113.0/24"))
    site.feeds = [replace(feed, max_bytes=10) for feed in site.feeds]
    assert site.update("gcp") == 1
    assert "over the limit of 10" in site.said[0]
    assert site.names() == []


def test_a_list_far_below_its_usual_length_is_not_believed(site: Site) -> None:
    site.feeds = [replace(feed, least=300) for feed in site.feeds]
    site.publisher.says("/gcp/0", google_list("203.0.113.0/24"))
    assert site.update("gcp") == 1
    assert "has 1 rows, fewer than the 300" in site.said[0]


WRONG_DATABASES: dict[str, bytes] = {
    "html": b"<html>",
    "gzipped html": gzip.compress(b"<html>"),
    "cut gzip": mmdb_gz()[:-9],
    "cut database": gzip.compress(mmdb()[:-30]),
    "another kind": mmdb_gz(kind="Tiny-ASN"),
    "no country": mmdb_gz(country="Q"),
    "not packed": mmdb(),
}


@pytest.mark.parametrize("wrong", WRONG_DATABASES)
def test_a_wrong_database_leaves_the_old_one(site: Site, wrong: str) -> None:
    path = site.folder / "dbip-country-lite.mmdb"
    site.publisher.says("/dbip/0-2026-11", mmdb_gz())
    assert site.update("dbip") == 0
    site.publisher.says("/dbip/0-2026-11", WRONG_DATABASES[wrong])
    assert site.update("dbip") == 1
    assert path.read_bytes() == mmdb()


def test_a_whole_database_takes_the_place_of_a_damaged_one(site: Site) -> None:
    site.folder.mkdir()
    (site.folder / "dbip-country-lite.mmdb").write_bytes(b"<html>")
    site.publisher.says("/dbip/0-2026-11", mmdb_gz())
    assert site.update("dbip") == 0


def test_a_damaged_file_of_the_users_is_named_and_kept(site: Site) -> None:
    site.folder.mkdir()
    path = site.folder / "cloud-ranges.tsv"
    path.write_bytes(b"something of mine")
    site.publisher.says("/gcp/0", google_list("203.0.113.0/24"))
    assert site.update("gcp") == 1
    assert "cloud-ranges.tsv is damaged; delete it" in site.said[0]
    assert path.read_bytes() == b"something of mine"


def tar_gz(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


def test_maxmind_is_asked_with_the_users_own_key(site: Site) -> None:
    archive = tar_gz("../../GeoLite2-Country_20261120/GeoLite2-Country.mmdb", mmdb())
    site.publisher.says("/maxmind/0", archive)
    keys = {"MAXMIND_ACCOUNT_ID": "42", "MAXMIND_LICENSE_KEY": "abc"}
    assert site.update("maxmind", keys) == 0
    assert site.publisher.asked[0][1]["Authorization"] == "Basic NDI6YWJj"
    assert (site.folder / "GeoLite2-Country.mmdb").read_bytes() == mmdb()
    written = (site.folder / "sources.json").read_text()
    assert "abc" not in written
    assert "NDI6YWJj" not in written
    site.publisher.says("/maxmind/0", tar_gz("README.txt", b"nothing"))
    assert site.update("maxmind", keys) == 1
    assert "holds no .mmdb" in site.said[0]


def test_without_a_key_maxmind_is_left_out(site: Site) -> None:
    assert site.update("maxmind") == 1  # it was asked for by name
    assert site.said == [
        "maxmind: left out; set MAXMIND_ACCOUNT_ID and MAXMIND_LICENSE_KEY to your own key"
    ]
    assert site.publisher.asked == []


def test_one_failing_source_does_not_stop_the_others(site: Site) -> None:
    site.publisher.says("/gcp/0", google_list("203.0.113.0/24"))
    site.publisher.says("/aws/0", aws_list("2026-11-20", "203.0.113.0/24"))
    others = len(FEEDS) - 3  # maxmind has no key, which is no failure
    assert site.update(None) == others
    assert len(site.said) == len(FEEDS)
    assert sum("not updated" in line for line in site.said) == others
    assert site.names() == ["aws-ranges-history.tsv.xz", "cloud-ranges.tsv", "sources.json"]


def test_an_unknown_source_names_the_known_ones(site: Site) -> None:
    with pytest.raises(UsageError, match=r"no source 'ebay'.* dbip, aws, gcp, "):
        site.update("ebay")


def test_a_folder_that_cannot_be_written_is_an_error_in_words(site: Site) -> None:
    site.folder.write_text("a file stands here")
    site.publisher.says("/gcp/0", google_list("203.0.113.0/24"))
    assert site.update("gcp") == 1
    assert site.said[0].startswith("gcp: not updated")
