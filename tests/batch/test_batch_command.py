"""``phonehome batch`` as a script meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.batch.folders import capture, folder
from tests.conftest import ROOT


def phonehome(cwd: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "analyzer", "batch", *map(str, words)], cwd=cwd, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip


def test_all_complete_is_0_and_the_account_is_said(tmp_path: Path) -> None:
    folder(tmp_path / "in", 2)
    ran = phonehome(tmp_path, "in", "-o", "out", "--home", "in", "--jobs", "2")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("2 recordings: 2 complete, 0 incomplete, 0 failed.\n")
    assert ran.stdout.endswith("Scoreboard: out/scoreboard.html\n")
    said = json.loads((tmp_path / "out" / "batch.json").read_text())
    assert said["asked"]["home"] == "in"
    assert str(tmp_path) not in (tmp_path / "out" / "batch.json").read_text()


def test_some_not_complete_is_3_and_json_is_for_scripts(tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 1)
    (top / "bad.pcap").write_bytes(b"none")
    ran = phonehome(tmp_path, "in", "-o", "out", "--json", "-q")
    assert (ran.returncode, ran.stderr) == (3, "")
    said = json.loads(ran.stdout)
    assert (said["in"], said["complete"], said["failed_by_reason"]) == (2, 1, {"malformed": 1})


def test_nothing_usable_is_4(tmp_path: Path) -> None:
    (tmp_path / "bad.pcap").write_bytes(b"none")
    assert phonehome(tmp_path, "bad.pcap", "-o", "out", "-q").returncode == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("in",), "Missing option '-o' / '--output'"),
        (("in", "-o", "out", "--home", "UK"), "write GB for United Kingdom"),
        (("in", "-o", "out", "--vendor", "nobody"), "There is no vendor 'nobody'"),
        (("in", "-o", "out", "--claims", "none"), "none"),
        (("in", "-o", "out", "--format", "pdf"), "html, json, csv, parquet, md"),
        (("gone", "-o", "out"), "gone does not exist"),
        (("empty", "-o", "out"), "There is no capture in these sources"),
        (("in", "-o", "out", "--devices", "no.csv"), "no.csv cannot be read as a table"),
        (("in", "-o", "in/a.pcap"), "cannot be written: not a directory"),
        (("in", "-o", "out", "--cluster", "nonsense"), "No Dask scheduler"),
    ],
)
def test_wrong_usage_is_2_and_one_sentence(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    capture(tmp_path / "in" / "a.pcap")
    (tmp_path / "empty").mkdir()
    ran = phonehome(tmp_path, *words)
    assert ran.returncode == 2
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert not (tmp_path / "out" / "captures").exists()


def test_a_sheet_that_is_wrong_names_its_capture(tmp_path: Path) -> None:
    capture(tmp_path / "in" / "a.pcap")
    (tmp_path / "in" / "devices.csv").write_text("capture,vendor\na.pcap,nobody\nb.pcap,oppo\n")
    ran = phonehome(tmp_path, "in", "-o", "out")
    assert ran.returncode == 2
    assert ran.stderr.startswith("phonehome: a.pcap: There is no vendor 'nobody'")
    (tmp_path / "in" / "devices.csv").write_text("capture,vendor\na.pcap,oppo\nb.pcap,oppo\n")
    ran = phonehome(tmp_path, "in", "-o", "out")
    assert ran.returncode == 0
    assert ran.stderr == "in/devices.csv:3: no capture is called 'b.pcap'\n"
