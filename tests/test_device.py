"""Device sheets: every key, and errors that name the line and the nearest known key."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from analyzer import device
from analyzer.errors import DataFileError

WHOLE = """\
vendor: xiaomi
model: Redmi Note 9 Pro
firmware: V12.0.3.0
addresses: [192.168.43.20, "2001:DB8::0:1"]
home: NO
place: Mumbai
quiet_hours: ["01:00-06:00"]
identifiers:
  imei: ["004999012345673", 004999012345681]
  phone: +919900000001
  serial: 00042
custody: [{who: lab, what: recorded, when: 2026-10-14}]
"""


def sheet(folder: Path, text: str) -> device.Device:
    path = folder / "sheet.yaml"
    path.write_text(text, "utf-8")
    return device.read(path)


def test_every_key_is_read(tmp_path: Path) -> None:
    read = sheet(tmp_path, WHOLE)
    assert read == device.Device(
        vendor="xiaomi",
        model="Redmi Note 9 Pro",
        firmware="V12.0.3.0",
        addresses=["192.168.43.20", "2001:db8::1"],
        home="NO",
        place="Mumbai",
        quiet_hours=["01:00-06:00"],
        identifiers={
            "imei": ["004999012345673", "004999012345681"],
            "phone": ["+919900000001"],
            "serial": ["00042"],
        },
        custody=[{"who": "lab", "what": "recorded", "when": "2026-10-14"}],
    )


@pytest.mark.parametrize("text", ["", "# nothing\n", "vendor:\nidentifiers:\n  imei:\n"])
def test_every_key_may_be_left_out(tmp_path: Path, text: str) -> None:
    assert sheet(tmp_path, text) == device.Device()


def test_the_template_names_every_key_and_no_other() -> None:
    template = yaml.safe_load(device.TEMPLATE)
    assert set(template) == set(device.KEYS) == set(device.Device.__slots__)
    assert set(template["identifiers"]) == set(device.IDENTIFIERS)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("model: x\nvender: xiaomi\n", ":2: unknown key 'vender'; did you mean 'vendor'?"),
        ("identifiers:\n  imeii: 1\n", ":2: unknown key 'imeii'; did you mean 'imei'?"),
        ("identifiers:\n  imie: 1\n", ":2: unknown key 'imie'; did you mean 'imei'?"),
        ("zzz: 1\n", ":1: unknown key 'zzz'; known are vendor,"),
        ("addresses: [phone]\n", ":1: 'phone' is not an IP address"),
        ("- a\n", ":1: a device sheet is a list of 'key: value' lines"),
        ("model: [a]\n", ":1: 'model' takes one text"),
        ("identifiers: 7\n", ":1: expected 'name: value' lines"),
        ("identifiers:\n  imei: {a: b}\n", "takes one text"),
        ("custody: me\n", ":1: 'custody' is a list of"),
        ("vendor: a\nvendor: b\n", "sheet.yaml:2"),
        ("vendor: !!python/object:os.system ls\n", "sheet.yaml:1"),
    ],
)
def test_errors_say_where_and_what_next(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(DataFileError) as caught:
        sheet(tmp_path, text)
    assert "sheet.yaml:" in str(caught.value)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "hours", ["1:00-6:00", "01:00", "01.00-06.00", "24:00-01:00", "01:60-02:00"]
)
def test_quiet_hours_are_times_of_the_day(tmp_path: Path, hours: str) -> None:
    with pytest.raises(DataFileError, match=r":1: .* write it like 22:30-06:00 \(UTC\)\.$"):
        sheet(tmp_path, f'quiet_hours: ["{hours}"]\n')


def test_quiet_hours_may_cross_midnight(tmp_path: Path) -> None:
    read = sheet(tmp_path, 'quiet_hours: ["22:30 - 06:00", "12:00-13:00"]\n')
    assert read.quiet_hours == ["22:30-06:00", "12:00-13:00"]


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    wrong = """\
vender: xiaomi
addresses: [10.0.0.0/8]
model: [a, b]
quiet_hours: ["25:00-26:00"]
identifiers: {imie: "1", imei: {a: b}}
custody: nobody
"""
    with pytest.raises(DataFileError) as told:
        sheet(tmp_path, wrong)
    lines = [line.split(":", 2)[1:] for line in str(told.value).split("\n")]
    assert {(int(number), what.split(" ")[1]) for number, what in lines} == {
        (1, "unknown"), (2, "'10.0.0.0/8'"), (3, "'model'"), (4, "'25:00-26:00'"),
        (5, "unknown"), (5, "'imei'"), (6, "'custody'"),
    }  # fmt: skip
