"""Evidence end to end: the files of real runs as Wireshark's own tools see them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer import pipeline, report, shipped
from analyzer.model import Result
from analyzer.pipeline import Options
from tests.conftest import ROOT

needs_tshark = pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
REAL = ("phone/ndpi__xiaomi.pcap", "exfil/ndpi__trickbot.pcap", "phone/ndpi__sites.pcapng",
        "exfil/ndpi__dns-tunnel-iodine.pcap", "http/zeek__http-http-post-large.pcap")  # fmt: skip


def analyzed(folder: Path, *paths: Path) -> Result:
    result = pipeline.analyze(paths, Options(home="IN"))
    pipeline.keep_evidence(result, paths, folder)
    report.write(result, folder, ["json"])
    return result


def tshark(path: Path, *fields: str, only: str = "") -> list[list[str]]:
    command = ["tshark", "-n", "-r", str(path), "-T", "fields"]
    command += [word for field in fields for word in ("-e", field)]
    ran = subprocess.run(
        command + (["-Y", only] if only else []), capture_output=True, text=True, check=True
    )
    return [line.split("\t") for line in ran.stdout.splitlines()]


def numbers(path: Path) -> list[int]:
    """The original frame numbers, from the packets' comments."""
    return [int(row[0].split()[1]) for row in tshark(path, "frame.comment")]


def check(result: Result, folder: Path, original: Path) -> int:
    """Every file against the recording; how many hold all their filter selects."""
    columns = ("frame.number", "frame.time_epoch", "frame.len", "frame.cap_len", "frame.protocols")
    packets = {int(row[0]): row[1:] for row in tshark(original, *columns)}
    complete = 0
    for finding in result.findings:
        assert finding.evidence.file, finding.id
        path = folder / finding.evidence.file
        held = numbers(path)
        assert held == sorted(set(held))
        assert set(finding.evidence.frames) <= set(held)
        for number, row in zip(held, tshark(path, *columns[1:]), strict=True):
            assert row[:3] == packets[number][:3]
        rows = tshark(original, columns[0], only=finding.evidence.display_filter)
        selected = {int(row[0]) for row in rows}
        assert set(held) <= selected
        if len(held) == finding.evidence.frame_count:
            assert set(held) == selected
            complete += 1
    return complete


@needs_tshark
def test_the_demo(tmp_path: Path) -> None:
    original = shipped.captures_folder() / "demo.pcapng"
    result = analyzed(tmp_path / "r", original)
    assert check(result, tmp_path / "r", original) >= len(result.findings) - 1 > 4
    manifest = json.loads((tmp_path / "r" / "manifest.json").read_text())
    listed = {entry["name"] for entry in manifest["files"]}
    assert {f.evidence.file for f in result.findings} <= listed


@needs_tshark
@pytest.mark.parametrize("name", REAL)
def test_real_captures(name: str, shared: Path, tmp_path: Path) -> None:
    original = shared / "captures" / name
    if not original.exists():
        pytest.skip(f"{name} is not here")
    result = analyzed(tmp_path / "r", original)
    check(result, tmp_path / "r", original)


def test_two_runs_are_equal_and_nothing_stale_stays(tmp_path: Path) -> None:
    original = shipped.captures_folder() / "demo.pcapng"
    result = analyzed(tmp_path / "r", original)
    first = {path.name: path.read_bytes() for path in (tmp_path / "r" / "evidence").iterdir()}
    assert len(first) == len(result.findings)
    analyzed(tmp_path / "r", original)
    assert first == {p.name: p.read_bytes() for p in (tmp_path / "r" / "evidence").iterdir()}
    result.findings.clear()
    report.write(result, tmp_path / "r", ["json"])
    assert list((tmp_path / "r").rglob("*.pcapng")) == []


def run(*words: str, stdin: Path | None = None, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from analyzer.cli import main; main()", *words]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(folder)}
    with (stdin or Path("/dev/null")).open("rb") as given:
        return subprocess.run(
            command, cwd=folder, stdin=given, env=environment, capture_output=True, text=True
        )


def test_a_pipe_leaves_no_evidence_and_says_so(tmp_path: Path) -> None:
    original = shipped.captures_folder() / "demo.pcapng"
    ran = run(
        "analyze", "-", "-v", "-q", "--home", "IN", "-o", "r", stdin=original, folder=tmp_path
    )
    assert ran.returncode == 0
    result = json.loads((tmp_path / "r" / "result.json").read_text())
    (odd,) = (a for a in result["anomalies"] if a["kind"] == "no_evidence")
    assert odd["effect"].startswith("the input could not be read a second time")
    assert odd["effect"] in ran.stderr
    assert {f["evidence"]["file"] for f in result["findings"]} == {None}
    assert not (tmp_path / "r" / "evidence").exists()


def test_evidence_can_be_left_out(tmp_path: Path) -> None:
    assert run("demo", "-q", "--no-evidence", "-o", "r", folder=tmp_path).returncode == 0
    result = json.loads((tmp_path / "r" / "result.json").read_text())
    assert {f["evidence"]["file"] for f in result["findings"]} == {None}
    assert "no_evidence" not in {a["kind"] for a in result["anomalies"]}
