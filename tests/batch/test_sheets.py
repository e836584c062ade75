"""Whose handset a recording is of: the nearest word counts; a wrong one is said with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from analyzer.batch import sources
from analyzer.batch.sheets import Sheets, only
from analyzer.batch.task import Part
from analyzer.errors import DataFileError, UsageError


def sheet(top: Path, name: str, table: str = "", common: str = "") -> dict[str, Any]:
    """The sheet of a capture below ``top``."""
    return sheets(top, table, common).of([Part(name, str(top / name))])


def sheets(top: Path, table: str = "", common: str = "") -> Sheets:
    given = []
    for name, text in (("devices.csv", table), ("common.yaml", common)):
        (top / name).write_text(text)
        given.append(top / name if text else None)
    roots = {str(path): str(top) for path in top.rglob("*")}
    return Sheets(given[0] and str(given[0]), given[1], roots)


@pytest.mark.parametrize(
    "beside", ["a.pcap.gz.device.yaml", "a.pcap.device.yaml", "a.device.yaml", "a.pcap.yaml"]
)
def test_a_sheet_of_its_own_name(tmp_path: Path, beside: str) -> None:
    (tmp_path / "a.pcap.gz").touch()
    (tmp_path / beside).write_text("vendor: xiaomi\nhome: IN\n")
    (tmp_path / "device.yaml").write_text("vendor: oppo\n")
    assert sheet(tmp_path, "a.pcap.gz") == {"vendor": "xiaomi", "home": "IN"}


def test_the_nearest_folder_counts_and_names_the_handset(tmp_path: Path) -> None:
    (tmp_path / "lab" / "redmi" / "day1").mkdir(parents=True)
    (tmp_path / "lab" / "redmi" / "day1" / "a.pcap").touch()
    (tmp_path / "device.yaml").write_text("vendor: oppo\n")
    assert sheet(tmp_path, "lab/redmi/day1/a.pcap")["vendor"] == "oppo"
    (tmp_path / "lab" / "redmi" / "device.yaml").write_text("vendor: xiaomi\n")
    found = sheet(tmp_path, "lab/redmi/day1/a.pcap")
    assert found == {"id": "lab/redmi", "vendor": "xiaomi"}


def test_a_folder_above_the_source_says_nothing(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (tmp_path / "device.yaml").write_text("vendor: oppo\n")
    (source / "a.pcap").touch()
    assert sheet(source, "a.pcap", common="vendor: vivo\n") == {"vendor": "vivo"}


TABLE = """\
capture,device,vendor,firmware,home,addresses,imei,claims
day1/a.pcap,phone 1,xiaomi,V12,IN,192.168.43.20;fd00::1,356938035643809,
b.pcap,phone 2,oppo,,,,,one;two
day?/*.pcap,phone 3,vivo,,,,,
"""


def test_rows_by_name_then_by_pattern(tmp_path: Path) -> None:
    assert sheet(tmp_path, "day1/a.pcap", TABLE) == {
        "id": "phone 1", "vendor": "xiaomi", "firmware": "V12", "home": "IN",
        "addresses": ["192.168.43.20", "fd00::1"],
        "identifiers": {"imei": ["356938035643809"]},
    }  # fmt: skip
    assert sheet(tmp_path, "day2/b.pcap", TABLE)["claims"] == ["one", "two"]
    assert sheet(tmp_path, "day2/c.pcap", TABLE)["id"] == "phone 3"
    assert sheet(tmp_path, "c.pcap", TABLE) == {}


def test_a_row_goes_before_the_sheet_it_names(tmp_path: Path) -> None:
    (tmp_path / "redmi.yaml").write_text(
        "vendor: xiaomi\nfirmware: V11\nidentifiers: {imei: '1', email: a@b.example}\n"
    )
    table = "capture,sheet,firmware,imei\na.pcap,redmi.yaml,V12,2\n"
    assert sheet(tmp_path, "a.pcap", table) == {
        "vendor": "xiaomi", "firmware": "V12",
        "identifiers": {"imei": ["2"], "email": ["a@b.example"]},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("capture,firmwear\na,b\n", r"devices.csv:1: unknown column 'firmwear'.*firmware"),
        ("# mine\n# too\nvendor\nxiaomi\n", r"devices.csv:3: no column 'capture'"),
        ("capture,home,home\na,IN,IN\n", r"devices.csv:1: the column home twice"),
        ("capture,home\n\n,IN\n", r"devices.csv:3: no capture"),
        ("# mine\ncapture,home\na,IN,more\n", r"devices.csv:3: more cells than columns"),
        ("capture,addresses\na,10.0.0.999\n", r"devices.csv:2: address '10.0.0.999'"),
        ('capture,home\n"a,IN\n', r"devices.csv cannot be read as a table"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, table: str, said: str) -> None:
    with pytest.raises(DataFileError, match=said):
        sheets(tmp_path, table)


def test_rows_that_fit_nothing_are_named(tmp_path: Path) -> None:
    made = sheets(tmp_path, TABLE)
    made.of([Part("day1/a.pcap", "/in/day1/a.pcap")])
    assert [line.rpartition("devices.csv:")[2] for line in made.unused()] == [
        "3: no capture is called 'b.pcap'", "4: no capture is called 'day?/*.pcap'",
    ]  # fmt: skip


def test_of_many_rows_that_fit_nothing_the_first_are_named(tmp_path: Path) -> None:
    made = sheets(tmp_path, "capture,home\n" + "".join(f"{n}.pcap,IN\n" for n in range(1_021)))
    *first, last = made.unused()
    assert (len(first), last) == (20, f"{tmp_path}/devices.csv: 1,001 more rows fit no capture")


def test_parts_of_different_handsets_are_no_one_recording(tmp_path: Path) -> None:
    parts = [Part(name, str(tmp_path / name)) for name in ("x.pcap", "x.pcap1")]
    for table, differ in (
        ("capture,device\nx.pcap,one\n", False),
        ("capture,device\nx.pcap,one\nx.pcap1,one\n", False),
        ("capture,device\nx.pcap,one\nx.pcap1,two\n", True),
    ):
        made = sheets(tmp_path, table)
        assert made.differ(parts) == differ
        assert made.unused() == []


def test_two_tables_are_one_too_many(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "devices.csv").write_text("capture\n")
    one, two, above = (str(tmp_path / name) for name in ("one", "two", ""))
    assert only(sources.find([one, above]).tables) == f"{one}/devices.csv"
    assert only(sources.find([above]).tables) is None
    with pytest.raises(UsageError, match="--devices"):
        only(sources.find([one, two]).tables)


def test_a_name_may_be_too_long_to_have_a_sheet(tmp_path: Path) -> None:
    assert sheet(tmp_path, "l" * 250 + ".pcap") == {}


def test_two_rows_that_say_different_things_of_one_capture_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"devices.csv:3.*again, unlike line 2"):
        sheet(tmp_path, "a.pcap", "capture,home\na.pcap,IN\na.pcap,DE\n")
    same = sheets(tmp_path, "capture,home\na.pcap,IN\na.pcap,IN\n")
    assert same.of([Part("a.pcap", str(tmp_path / "a.pcap"))]) == {"home": "IN"}
    assert same.unused() == []
