"""The optional plevin databases: shown, disputing, never confirming, never needed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from analyzer.model import Certainty
from analyzer.places.atlas import Atlas
from analyzer.places.mixed import installed

FAKE = """
from types import SimpleNamespace as N

class Plevin:
    def __init__(self, path):
        if path.read_bytes() == b"damaged":
            raise ValueError("damaged")
        self.kind = path.parts[-3]

    def lookup(self, ip):
        if ip == "9.9.9.10":
            raise RuntimeError("a damaged page")
        if self.kind.endswith("network"):
            operator = N(company="Forged Net")
            return N(place=None, network=N(asn=64500, operator=operator, country="CN"))
        return N(place=N(country=N(code="SG"), city=None), network=None)
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with stand-ins of the three packages."""
    (tmp_path / "plevin").mkdir()
    (tmp_path / "plevin" / "__init__.py").write_text(FAKE)
    for name in ("country", "network"):
        package = tmp_path / f"plevin_db_{name}"
        (package / "data").mkdir(parents=True)
        (package / "__init__.py").touch()
        (package / "data" / f"plevin.{name}.plv").write_bytes(b"whole")
        info = tmp_path / f"plevin_db_{name}-2026.10.4.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Name: plevin-db-{name}\nVersion: 2026.10.4.2\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    for module in ("plevin", "plevin_db_country", "plevin_db_network"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    return tmp_path


def test_both_databases_are_found_with_their_dates(site: Path) -> None:
    assert [(d.source.name, d.source.date) for d in installed()] == [
        ("plevin country", "2026-10-04"),
        ("plevin network", "2026-10-04"),
    ]


def test_a_damaged_database_is_a_missing_one(site: Path) -> None:
    (site / "plevin_db_country" / "data" / "plevin.country.plv").write_bytes(b"damaged")
    assert [d.source.name for d in installed()] == ["plevin network"]


def test_its_agreement_confirms_nothing_and_its_registration_is_no_place(site: Path) -> None:
    location = Atlas.open().place("161.117.0.1").location
    assert (location.certainty, location.country) == (Certainty.SINGLE, "SG")
    assert [s.source for s in location.statements] == [
        "DB-IP Lite country", "plevin country", "plevin network"
    ]  # fmt: skip
    assert "registered in CN" in location.statements[-1].note


def test_it_can_dispute(site: Path) -> None:
    assert Atlas.open().place("49.44.0.1").location.certainty is Certainty.DISPUTED


def test_a_failure_in_use_leaves_it_out_and_is_said(site: Path) -> None:
    atlas = Atlas.open("2026-11-01")
    atlas.place("9.9.9.10")
    assert len([line for line in atlas.broken() if "left out" in line]) == 2
    assert atlas.place("49.44.0.1").location.certainty is Certainty.SINGLE
