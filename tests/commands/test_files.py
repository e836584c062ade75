"""What commands read and write: parts, formats, folders, tables, sheets."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from captures.forging import SECOND, Recording
from tests.commands.command import (
    DEMO,
    SHEET,
    Run,
    process,
    recording,
)


def test_two_files_are_one_recording(run: Run, tmp_path: Path) -> None:
    first, second = Recording(), Recording(start=Recording().start + 60 * SECOND)
    first.http("one.example", "198.51.100.1", "/")
    second.http("two.example", "198.51.100.2", "/")
    first.write(tmp_path / "ring_00001.pcap")
    second.write(tmp_path / "ring_00002.pcap")
    assert run("analyze", "ring_00001.pcap", "ring_00002.pcap", "-q").code == 0
    result = json.loads(Path("ring_00001.pcap.phonehome/result.json").read_text())
    assert [file["name"] for file in result["capture"]["files"]] == [
        "ring_00001.pcap", "ring_00002.pcap",
    ]  # fmt: skip
    assert [end["ip"] for end in result["endpoints"]] == ["198.51.100.1", "198.51.100.2"]
    assert result["capture"]["packets"] == len(first.frames) + len(second.frames)


def test_an_unfinished_part_leaves_the_rest_whole(run: Run, tmp_path: Path) -> None:
    whole = Recording()
    whole.http("one.example", "198.51.100.1", "/")
    whole.write(tmp_path / "a.pcap")
    Path("b.pcap").write_bytes(b"")
    assert run("analyze", "a.pcap", "b.pcap", "-q", "-o", "both").code == 3
    assert run("analyze", "a.pcap", "missing.pcap", "-q", "-o", "none").code == 4
    assert not Path("none").exists()


def test_the_arguments_that_decided_are_told(run: Run) -> None:
    run("analyze", DEMO, "--home", "IN", "--on", "2022-09-01", "--format", "json", "-q")
    told = json.loads(Path("demo.pcapng.phonehome/result.json").read_text("utf-8"))["run"]
    assert told["arguments"] == ["--home=IN", "--on=2022-09-01"]


@pytest.mark.parametrize("formats", ["json", "md,json", "csv", "html"])
def test_formats_are_what_was_asked(run: Run, formats: str) -> None:
    assert run("demo", "-q", "-o", "out", "--format", formats).code == 0
    suffixes = {path.suffix for path in Path("out").iterdir() if path.is_file()}
    assert suffixes == {".json", *(f".{name}" for name in formats.split(","))}


def test_a_second_run_replaces_the_first_and_nothing_else(run: Run) -> None:
    run("demo", "-q", "-o", "out")
    Path("out/notes.txt").write_text("mine")
    run("demo", "-q", "-o", "out", "--format", "json")
    assert {path.name for path in Path("out").iterdir() if path.is_file()} == {
        "notes.txt", "result.json", "manifest.json",
    }  # fmt: skip


def test_the_manifest_lists_every_file_with_its_sha256(run: Run) -> None:
    run("demo", "-q", "-o", "out", "--format", "html,json,csv,md")
    manifest = json.loads(Path("out/manifest.json").read_text())
    listed = {entry["name"]: entry["sha256"] for entry in manifest["files"]}
    there = {
        path.relative_to("out").as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in Path("out").rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert listed == there
    assert manifest["inputs"][0]["sha256"] == hashlib.sha256(DEMO.read_bytes()).hexdigest()


def test_baseline_is_a_policy_its_own_capture_meets(run: Run) -> None:
    path = recording(Path("a.pcap"), {"one.example": "13.126.0.10", "two.example": "54.169.0.10"})
    written = run("baseline", path)
    assert written.code == 0
    Path("expected.yaml").write_text(written.out)
    assert run("analyze", path, "--policy", "expected.yaml", "-q", "-o", "same").code == 0
    assert "unexpected-endpoint" not in rules_met("same")
    other = recording(Path("b.pcap"), {"three.example": "219.142.0.10"})
    assert run("analyze", other, "--policy", "expected.yaml", "-q", "-o", "other").code == 0
    assert "unexpected-endpoint" in rules_met("other")


def rules_met(folder: str) -> set[str]:
    result = json.loads(Path(folder, "result.json").read_text())
    return {finding["rule"] for finding in result["findings"]}


def test_the_device_sheet_template_is_a_device_sheet(run: Run) -> None:
    Path("sheet.yaml").write_text(run("device-sheet").out)
    assert run("demo", "-q", "--device", "sheet.yaml").code == 0


def test_where_writes_one_json_object_an_argument(run: Run) -> None:
    ran = run("where", "13.126.0.10", "8.8.8.8", "--json", "--on", "2026-10-14")
    first, second = map(json.loads, ran.out.splitlines())
    assert (first["ip"], first["region"], first["location"]["country"]) == (
        "13.126.0.10", "ap-south-1", "IN",
    )  # fmt: skip
    assert (second["ip"], second["location"]["country"]) == ("8.8.8.8", None)
    assert second["location"]["certainty"] == "edge"


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_where_goes_on_behind_what_it_cannot_use(run: Run, form: tuple[str, ...]) -> None:
    ran = run("where", "999.1", "13.126.0.10", "x y", "8.8.8.8", *form)
    assert ran.code == 2
    assert [line[:19] for line in ran.err.splitlines()] == [
        "phonehome: “999.1” ", "phonehome: “x y” is"
    ]  # fmt: skip
    assert all(line.endswith("data.mistat.india.xiaomi.com.") for line in ran.err.splitlines())
    assert ran.out.index("13.126.0.10") < ran.out.index("8.8.8.8")
    if form:
        assert [json.loads(line)["ip"] for line in ran.out.splitlines()] == [
            "13.126.0.10", "8.8.8.8"
        ]  # fmt: skip


def test_data_status_names_licences(run: Run) -> None:
    ran = run("data", "status", "--json", "--on", "2026-11-01")
    sets = json.loads(ran.out)["data_sets"]
    assert all(row["licence"] for row in sets)
    assert "CC BY 4.0" in {row["licence"] for row in sets}


ELSEWHERE = [
    {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "77", "TZ": "Asia/Kolkata", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8"},
]


def test_same_input_same_bytes(tmp_path: Path) -> None:
    folders = []
    for number, surroundings in enumerate(ELSEWHERE):
        cwd = tmp_path / str(number)
        cwd.mkdir()
        (cwd / "demo.pcapng").write_bytes(DEMO.read_bytes())
        ran = process(
            "analyze", "demo.pcapng", "--device", str(SHEET), "--at", "Mumbai",
            "--format", "html,json,csv,md,parquet", cwd=cwd, **surroundings,
        )  # fmt: skip
        assert (ran.returncode, ran.stderr) == (0, b"")
        folders.append(dict(contents(cwd)) | {"": ran.stdout})
    assert folders[0] == folders[1] == folders[2]
    assert "demo.pcapng.phonehome/manifest.json" in folders[0]


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()
