"""A whole batch: everything that goes in comes out as something, and it resumes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from analyzer.batch import door, lock, work
from analyzer.batch.engine import Job
from analyzer.errors import PhonehomeError, UsageError
from tests.batch.folders import (
    account,
    asked,
    batch,
    capture,
    contents,
    folder,
    misbehave,
    records,
    seals,
    with_workers,
)
from tests.conftest import ROOT


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Good, double, cut, broken, empty, and what kills, hogs and never ends."""
    top = folder(tmp_path / "in", 3)
    whole = (top / "phone-0.pcap").read_bytes()
    (top / "again").mkdir()
    (top / "again" / "copy.pcap").write_bytes(whole)
    (top / "cut.pcap").write_bytes((top / "phone-1.pcap").read_bytes()[:-7])
    (top / "broken.pcap").write_bytes(b"no capture at all")
    (top / "header.pcap").write_bytes(whole[:24])
    (top / "notes.txt").write_text("not a capture")
    for name in ("kills", "hogs"):
        capture(top / f"{name}.pcap")
    return top


def test_everything_is_accounted_for(mixed: Path, tmp_path: Path) -> None:
    ended, _ = batch(asked(mixed, tmp_path / "out", memory=400 << 20, timeout=20), misbehave)
    assert ended.code == 3
    said = account(tmp_path / "out")
    assert said["in"] == 9
    assert said["in"] == said["complete"] + said["incomplete"] + said["failed"]
    assert (said["complete"], said["incomplete"], said["failed"]) == (4, 1, 4)
    assert said["failed_by_reason"] == {
        "killed": 1, "malformed": 2, "memory": 1,
    }  # fmt: skip
    assert said["duplicates"] == 1
    assert said["skipped"] == {"count": 1, "names": ["notes.txt"]}
    found = records(tmp_path / "out")
    assert found["again/copy.pcap"]["names"] == ["again/copy.pcap", "phone-0.pcap"]
    assert {name: found[f"{name}.pcap"]["reason"] for name in ("kills", "hogs")} == {
        "kills": "killed", "hogs": "memory",
    }  # fmt: skip
    assert "inside a packet" in found["cut.pcap"]["why"]
    listed = (tmp_path / "out" / "failed.csv").read_text().splitlines()
    assert len(listed) == 1 + said["incomplete"] + said["failed"]
    assert not (tmp_path / "out" / ".batch").exists()


def test_the_number_of_workers_changes_no_byte(mixed: Path, tmp_path: Path) -> None:
    for name in ("kills", "hogs"):
        (mixed / f"{name}.pcap").unlink()
    for jobs in (1, 2, 5):
        batch(asked(mixed, tmp_path / f"out{jobs}", jobs=jobs))
    first = contents(tmp_path / "out1")
    assert first == contents(tmp_path / "out2") == contents(tmp_path / "out5")
    assert {"batch.json", "summary.json", "failed.csv", "scoreboard.html"} <= first.keys()
    assert any(name.startswith("dataset/flows/vendor=") for name in first)


def test_what_is_sealed_is_not_analysed_again(tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 4)
    output = tmp_path / "out"
    batch(asked(top, output))
    before, bytes_before = seals(output), contents(output)

    def refuse(job: Job, settings: Any) -> dict[str, Any]:
        assert job["kind"] == "measure"
        return work.do(job, settings)

    ended, said = batch(asked(top, output), refuse)
    assert (ended.code, seals(output), contents(output)) == (0, before, bytes_before)
    assert said == ["4 of 4 results are there already."]


def test_what_changed_is_analysed_again_and_why_is_said(tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 3)
    output = tmp_path / "out"
    batch(asked(top, output))
    before = seals(output)
    capture(top / "phone-1.pcap", "something-new")
    _, said = batch(asked(top, output))
    assert said == ["2 of 3 results are there already.", "1 is analysed again: the file changed."]
    assert len(before.keys() & seals(output).keys()) == 2
    assert len(seals(output)) == 3
    _, said = batch(asked(top, output, evidence=False))
    assert said == ["3 are analysed again: --no-evidence changed."]
    (top / "device.yaml").write_text("vendor: xiaomi\n")
    _, said = batch(asked(top, output, evidence=False))
    assert said == ["3 are analysed again: the device sheet changed."]
    assert {r["device"]["vendor"] for r in records(output).values()} == {"xiaomi"}
    parquet = [path.parent.name for path in output.glob("dataset/flows/*/*.parquet")]
    assert parquet == ["vendor=xiaomi"] * 3


def test_what_is_said_stands_on_a_line_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    top, output = folder(tmp_path / "in", 2), tmp_path / "out"
    batch(asked(top, output))
    wanted = asked(top, output, shown=True)
    door.run(wanted, lambda line: print(line, file=sys.stderr), with_workers(work.do))
    before, _, _ = capsys.readouterr().err.partition("2 of 2 results are there already.\n")
    assert "measured" in before
    assert before.endswith("\r\x1b[K")


def test_an_error_is_tried_again_and_odd_names_travel(tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 1)
    odd = top / os.fsdecode(b"\xff\xfe odd.pcap")
    (top / "phone-0.pcap").rename(odd)

    def broken(job: Job, settings: Any) -> dict[str, Any]:
        if job["kind"] == "measure":
            return {"error": "the network is down"}
        return work.do(job, settings)

    ended, _ = batch(asked(top, tmp_path / "out"), broken)
    assert (ended.code, ended.account["failed_by_reason"]) == (4, {"error": 1})
    assert "the network is down" in (tmp_path / "out" / "failed.csv").read_text()
    ended, said = batch(asked(top, tmp_path / "out"))
    assert (ended.code, ended.account["in"]) == (0, 1)
    assert said == ["1 is analysed again: the file changed."]
    assert list(records(tmp_path / "out")) == [odd.name]


def test_findings_change_the_code_only_when_asked(tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 1)
    assert batch(asked(top, tmp_path / "out", fail_on="high"))[0].code == 0
    assert batch(asked(top, tmp_path / "out", fail_on="info"))[0].code == 10


def test_records_have_the_keys_the_scoreboard_reads(tmp_path: Path) -> None:
    from tests.batch.forged_records import record

    top = folder(tmp_path / "in", 1)
    (top / "bad.pcap").write_bytes(b"none")
    batch(asked(top, tmp_path / "out"))
    for made in records(tmp_path / "out").values():
        forged = record(0)
        assert made.keys() == forged.keys()
        assert made["device"].keys() == forged["device"].keys()
        for part in ("endpoints", "countries", "files"):
            assert all(each.keys() == forged[part][0].keys() for each in made[part])


def test_a_limit_raised_gives_another_try(tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 1)
    capture(top / "endless.pcap")
    output = tmp_path / "out"
    batch(asked(top, output, timeout=1), misbehave)
    assert records(output)["endless.pcap"]["reason"] == "timeout"
    _, said = batch(asked(top, output, timeout=1), misbehave)
    assert said == ["2 of 2 results are there already."]
    ended, said = batch(asked(top, output, timeout=60))
    assert said[1:] == ["1 is analysed again: --memory or --timeout changed."]
    assert ended.code == 0


def test_results_of_other_sources_are_not_mixed_in_or_lost(tmp_path: Path) -> None:
    one, two = folder(tmp_path / "one", 1), tmp_path / "two"
    capture(two / "other.pcap")
    output = tmp_path / "out"
    batch(asked(one, output))
    with pytest.raises(UsageError, match=r"such as phone-0\.pcap.*--prune"):
        batch(asked(two, output))
    assert list(records(output)) == ["phone-0.pcap"]
    batch(asked(two, output, prune=True))
    assert list(records(output)) == ["other.pcap"]


def test_no_two_batches_write_in_one_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "_PATIENCE", 0.1)
    with lock.held(tmp_path / "out"), pytest.raises(UsageError, match="Another batch"):
        batch(asked(folder(tmp_path / "in", 1), tmp_path / "out"))


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(PhonehomeError, match="/proc/nowhere cannot be written"):
        batch(asked(folder(tmp_path / "in", 1), Path("/proc/nowhere")))


def test_a_full_disk_ends_the_batch_and_blames_no_capture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    from analyzer.batch import dataset

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(dataset, "write", full)
    with pytest.raises(PhonehomeError, match=r"the disk is full; free some space"):
        batch(asked(folder(tmp_path / "in", 2), tmp_path / "out"))
    assert not seals(tmp_path / "out")
    assert not (tmp_path / "out" / "summary.json").exists()


def test_a_report_is_that_of_a_run_of_its_own(tmp_path: Path) -> None:
    """One worker analyses all, one after the other: nothing of one capture stays for the next."""
    top = folder(tmp_path / "in", 3)
    output = tmp_path / "out"
    batch(asked(top, output, jobs=1))
    for name, record in records(output).items():
        subprocess.run(
            [sys.executable, "-m", "analyzer", "analyze", str(top / name), "--home", "IN", "-q",
             "--format", "json,csv", "-o", str(tmp_path / "alone")],
            check=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        ours = contents(output / "captures" / record["key"])
        del ours["record.json"]
        assert ours == contents(tmp_path / "alone")


def test_parts_become_one_report_unless_their_rows_differ(tmp_path: Path) -> None:
    top = tmp_path / "in"
    capture(top / "x.pcap", "one").read_bytes()
    capture(tmp_path / "x.pcap", "two").rename(top / "x.pcap1")
    ended, _ = batch(asked(top, tmp_path / "out"))
    assert ended.account["in"] == 1
    assert [each["name"] for each in records(tmp_path / "out")["x.pcap"]["files"]] == [
        "x.pcap", "x.pcap1",
    ]  # fmt: skip
    (top / "devices.csv").write_text("capture,device\nx.pcap,a\nx.pcap1,b\n")
    ended, _ = batch(asked(top, tmp_path / "out"))
    assert ended.account["in"] == 2
    assert {r["device"]["id"] for r in records(tmp_path / "out").values()} == {"a", "b"}
