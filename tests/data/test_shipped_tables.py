"""The tables as they ship: hand-made ones well formed, built ones as their manifest says."""

from __future__ import annotations

import hashlib
import json
from datetime import date

import pytest

from analyzer.data.build_licences import licences
from analyzer.data.prefixes import parse
from analyzer.data.status import MANIFESTS
from analyzer.data.tsv import read
from analyzer.shipped import data_folder
from tests.conftest import ROOT

TABLES = data_folder()
BUILT = {
    table["file"]: table
    for name in MANIFESTS
    for table in json.loads((TABLES / name).read_text("utf-8"))["tables"]
}
BY_HAND = sorted(path.name for path in TABLES.glob("*.tsv") if path.name not in BUILT)
COUNTRIES = {code for code, _ in read(TABLES / "countries.tsv")} | {"XK", ""}
PROVIDERS = {row[0] for row in read(TABLES / "providers.tsv")}
KINDS = {"listed", "cloud", "edge", "worldwide", "hoster", "carrier"}


def test_every_table_is_built_or_made_by_hand() -> None:
    there = {path.name for path in TABLES.iterdir()} - set(MANIFESTS)
    assert there == set(BUILT) | set(BY_HAND)


@pytest.mark.parametrize("name", BUILT)
def test_a_built_table_is_the_one_of_its_manifest(name: str) -> None:
    content = (TABLES / name).read_bytes()
    assert (len(content), hashlib.sha256(content).hexdigest()) == (
        BUILT[name]["bytes"], BUILT[name]["sha256"],
    ), f"{name} is built, not edited: python -m analyzer.data.build"  # fmt: skip


@pytest.mark.parametrize("name", BY_HAND)
def test_a_table_made_by_hand_has_a_cell_for_each_column(name: str) -> None:
    lines = (TABLES / name).read_text("utf-8").splitlines()
    header, *rows = [line.split("\t") for line in lines if not line.startswith("#")]
    assert [row for row in rows if len(row) != len(header)] == []


def test_providers() -> None:
    rows = read(TABLES / "providers.tsv")
    asns = [asn for *_, listed in rows for asn in listed.split()]
    assert len({(row[0], row[3]) for row in rows}) == len(rows) > 100
    assert len(asns) == len(set(asns))
    assert [row for row in rows if row[3] not in KINDS or row[4] not in COUNTRIES] == []
    assert all(asn.isdecimal() and str(int(asn)) == asn for asn in asns)


def test_regions() -> None:
    rows = read(TABLES / "regions.tsv")
    assert len({(row[0], row[1]) for row in rows}) == len(rows) > 300
    for provider, _, _, _, country, latitude, longitude, opened in rows:
        assert provider in PROVIDERS
        assert country in COUNTRIES - {""}
        assert abs(float(latitude or 0)) <= 90
        assert abs(float(longitude or 0)) <= 180
        assert bool(latitude) == bool(longitude)
        assert not opened or date.fromisoformat(opened + "-01-01"[len(opened) - 4 :])


def test_anycast() -> None:
    for prefix, provider, service, source in read(TABLES / "anycast.tsv"):
        parse(prefix)
        assert provider in PROVIDERS
        assert service
        assert source


def test_licences_are_those_of_the_manifests_and_keep_each_notice() -> None:
    """MIT and CC BY ask for a notice; LICENSE-DATA is written by the build."""
    assert (ROOT / "LICENSE-DATA").read_text("utf-8") == licences(TABLES)
    for name in MANIFESTS:
        for row in json.loads((TABLES / name).read_text("utf-8"))["data"]:
            asked = row["licence"] == "MIT" or row["licence"].startswith("CC BY")
            assert not asked or row["attribution"], row["name"]
