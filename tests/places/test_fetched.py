"""Lists that ``data update`` fetched join the embedded ones, each for its own time."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest
from mmdb_forge import mmdb

from analyzer.data.files import AWS_HISTORY, CLOUD_RANGES, DBIP_COUNTRY, GEOLITE_COUNTRY
from analyzer.errors import DataFileError
from analyzer.model import Certainty
from analyzer.places.atlas import Atlas

HISTORY = "prefix\tregion\tnetwork_border_group\tservice\tfirst_seen\tlast_seen\n"
RANGES = "prefix\tprovider\tregion\tservice\tdate\n"


def history(folder: Path, *rows: str) -> Path:
    (folder / AWS_HISTORY).write_bytes(lzma.compress((HISTORY + "\n".join(rows)).encode()))
    return folder


def clouds(folder: Path, *rows: str) -> Path:
    (folder / CLOUD_RANGES).write_text(RANGES + "\n".join(rows), encoding="ascii")
    return folder


BANGKOK = "52.76.0.0/16\tap-southeast-1\tap-southeast-1-bkk-1\tEC2\t2026-11-20\t2026-11-20"


def test_todays_list_speaks_for_today_and_old_ones_for_their_time(tmp_path: Path) -> None:
    folder = history(tmp_path, BANGKOK)
    today = Atlas.open(user_data=folder).place("52.76.0.1")
    assert (today.region, today.location.country) == ("ap-southeast-1-bkk-1", "TH")
    assert today.location.certainty is Certainty.STATED
    old = Atlas.open("2017-09-05", user_data=folder).place("52.76.0.1")
    assert (old.region, old.location.country) == ("ap-southeast-1", "SG")
    assert old.location.certainty is Certainty.STATED


def test_lists_on_both_sides_of_the_day_that_differ_are_not_firm(tmp_path: Path) -> None:
    place = Atlas.open("2026-11-18", user_data=history(tmp_path, BANGKOK)).place("52.76.0.1")
    assert place.location.certainty is Certainty.DISPUTED
    assert "says ap-southeast-1 instead" in place.location.statements[0].note


def test_lists_on_both_sides_of_the_day_that_agree_are_firm(tmp_path: Path) -> None:
    same = "13.126.0.0/15\tap-south-1\tap-south-1\tEC2\t2026-11-20\t2026-11-20"
    place = Atlas.open("2026-11-18", user_data=history(tmp_path, same)).place("13.126.0.1")
    assert (place.location.certainty, place.location.statements[0].date) == (
        Certainty.STATED,
        "2026-11-20",
    )


def test_what_todays_list_lacks_is_not_the_operators_today(tmp_path: Path) -> None:
    place = Atlas.open(user_data=history(tmp_path, BANGKOK)).place("13.126.0.1")
    assert place.provider is None
    assert "does not have this address" in place.location.statements[0].note


def test_other_clouds(tmp_path: Path) -> None:
    folder = clouds(
        tmp_path,
        "20.43.0.0/16\tazure\tcentralfrance\tAZURECLOUD\t2026-11-20",
        "34.93.0.0/16\tgcp\tasia-south2\t\t2026-11-20",
        "34.92.0.0/14\tgoogle\tGLOBAL\t\t2026-11-20",
    )
    atlas = Atlas.open(user_data=folder)
    assert atlas.place("20.43.1.1").region == "francecentral"
    assert (atlas.place("34.93.0.1").region, atlas.place("34.93.0.1").provider) == (
        "asia-south2",
        "gcp",
    )
    assert atlas.place("34.94.0.1").location.certainty is Certainty.EDGE
    assert atlas.place("129.154.32.1").region == "ap-hyderabad-1"  # not fetched: the embedded list
    assert [d.built for d in atlas.data_sets() if "fetched" in d.name] == ["2026-11-20"]


def test_a_newer_database_of_the_same_publisher_takes_the_embedded_ones_place(
    tmp_path: Path,
) -> None:
    record = {"161.117.0.0/16": {"country": {"iso_code": "MY"}}}
    (tmp_path / DBIP_COUNTRY).write_bytes(mmdb("DBIP-Country-Lite", record, 1_795_000_000))
    location = Atlas.open(user_data=tmp_path).place("161.117.0.1").location
    assert (location.certainty, location.country) == (Certainty.SINGLE, "MY")
    then = Atlas.open("2026-05-01", user_data=tmp_path).place("161.117.0.1").location
    assert (then.certainty, then.country) == (Certainty.SINGLE, "SG")


def test_a_fetched_database_of_another_publisher_joins(tmp_path: Path) -> None:
    record = {"161.117.0.0/16": {"country": {"iso_code": "SG"}}}
    (tmp_path / GEOLITE_COUNTRY).write_bytes(mmdb("GeoLite2-Country", record))
    location = Atlas.open(user_data=tmp_path).place("161.117.0.1").location
    assert location.certainty is Certainty.AGREED


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"prefix\tprovider\n", (RANGES + "1.2.3\tgcp\tx\t\t2026-11-20").encode(),
     (RANGES + "1.2.3.0/24\tgcp\tx\t\tlately").encode(), (RANGES + "1.2.3.0/24\tgcp").encode(),
     b"\xff"],
)  # fmt: skip
def test_a_damaged_list_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CLOUD_RANGES).write_bytes(content)
    with pytest.raises(DataFileError, match=r"cloud-ranges\.tsv.*data update"):
        Atlas.open(user_data=tmp_path)
