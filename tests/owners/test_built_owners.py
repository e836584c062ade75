"""The built tables: enough of them, honest rows, and rebuilt to the same bytes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from analyzer.data import build_owners
from analyzer.errors import DataFileError
from analyzer.owners.labels import clean
from analyzer.shipped import data_folder

OWN = build_owners.own_rows(build_owners.SOURCES / "owners.tsv")
BUILT = [
    line.split("\t")
    for line in (data_folder() / "owners.tsv").read_text("utf-8").splitlines()
    if line[0] != "#"
]
COUNTRY_MISSING = {"Agora", "ExpressVPN (Kape)", "NordVPN (Nord Security)"}


def test_enough_companies_and_domains() -> None:
    assert len({row[0] for row in OWN.values()}) >= 300
    assert len(OWN) >= 600
    assert len(BUILT) > len(OWN) + 2000


def test_rows_are_whole() -> None:
    for domain, company, country, category, source in BUILT:
        assert clean(domain) == domain
        assert "." in domain
        assert company.strip() == company != ""
        assert country == "" or (len(country) == 2 and country.isascii() and country.isupper())
        assert category == "" or category.replace("-", "").islower()
        assert source


def test_own_rows_have_country_and_category() -> None:
    for company, country, category, _ in OWN.values():
        assert country or company in COUNTRY_MISSING
        assert category


def test_one_company_has_one_headquarters() -> None:
    seen: dict[str, str] = {}
    for company, country, _, _ in OWN.values():
        assert seen.setdefault(company, country) == country


def test_own_rows_stand_unchanged_in_the_table() -> None:
    built = {row[0]: tuple(row[1:]) for row in BUILT}
    assert all(built[domain] == row for domain, row in OWN.items())


def test_manifest_tells_the_shipped_bytes() -> None:
    manifest = json.loads((data_folder() / "manifest-owners.json").read_text("utf-8"))
    for table in manifest["tables"]:
        content = (data_folder() / table["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == table["sha256"]
    keys = {"name", "publisher", "package", "version", "date", "licence", "sha256", "rows"}
    assert all(keys <= set(entry) for entry in manifest["data"])
    own = (build_owners.SOURCES / "owners.tsv").read_bytes()
    assert manifest["data"][0]["sha256"] == hashlib.sha256(own).hexdigest()


def test_joining_prefers_own_rows_and_gives_a_company_one_name() -> None:
    own = {"doubleclick.test": ("Google", "US", "ads", "k")}
    web = {
        "doubleclick.test": ("Google", "", "ads", "w"),
        "more.test": ("Google", "", "analytics", "w"),
        "other.test": ("Other", "", "unknown", "w"),
        "x.miui.com": ("Somebody", "", "ads", "w"),
        "cdn.test": ("Customer of a CDN", "", "ads", "w"),
        "customer.test": ("Customer of a CDN", "", "ads", "w"),
    }
    own["cdn.test"] = ("Edgy", "FR", "cdn", "k")
    joined = build_owners.join_rows(own, web, ["miui.com"])
    assert joined == {
        "doubleclick.test": ("Google", "US", "ads", "k"),
        "more.test": ("Google", "US", "analytics", "w"),
        "other.test": ("Other", "", "", "w"),
        "cdn.test": ("Edgy", "FR", "cdn", "k"),
        "customer.test": ("Customer of a CDN", "", "ads", "w"),  # not Edgy's
    }


def test_suffix_rules_are_the_icann_ones_of_two_labels() -> None:
    dat = (
        "// ===BEGIN ICANN DOMAINS===\n// uk\nuk\nco.uk\n*.ck\n!www.ck\n\u4e2a\u4eba.hk\n"
        "// ===END ICANN DOMAINS===\ngithub.io\n"
    )
    assert build_owners.suffix_rules(dat) == [
        "!www.ck", "*.ck", "co.uk", "xn--ciqpn.hk", "\u4e2a\u4eba.hk",
    ]  # fmt: skip
    with pytest.raises(DataFileError):
        build_owners.suffix_rules("<html>")


def test_mac_rows() -> None:
    text = "# x\n\n00:00:0C\t\tCisco  Systems\n00:1B:C5:00:10:00/36\tOpen RB\nbad\t\tline\n"
    assert build_owners.mac_rows(text) == {
        (24, b"\x00\x00\x0c"): "Cisco Systems",
        (36, b"\x00\x1b\xc5\x00\x10"): "Open RB",
    }


def test_a_bad_own_row_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "owners.tsv"
    path.write_text("# head\na.test\tA\tUS\tads\tk\na.test\tB\tUS\tads\tk\n", "utf-8")
    with pytest.raises(DataFileError, match=r"owners\.tsv:3"):
        build_owners.own_rows(path)
