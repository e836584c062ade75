"""Killed and interrupted batches go on, and sum up what is sealed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from analyzer.batch import digests, door
from tests.batch.folders import (
    account,
    asked,
    batch,
    capture,
    contents,
    folder,
    seals,
)
from tests.conftest import ROOT


def run(source: Path, output: Path, jobs: int = 2) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.batch.folders", str(source), str(output), str(jobs)]
    return subprocess.Popen(
        [*command, "0", "60"], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def wait_for_seals(output: Path, count: int) -> None:
    end = time.monotonic() + 60
    while len(seals(output)) < count and time.monotonic() < end:
        time.sleep(0.01)


def test_killed_anywhere_it_goes_on_and_ends_the_same(tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 6)
    batch(asked(top, tmp_path / "undisturbed"))
    output = tmp_path / "out"
    for count in (0, 1, 3):
        parent = run(top, output)
        wait_for_seals(output, count)
        parent.kill()
        parent.communicate()
    before = seals(output)
    ended, _ = batch(asked(top, output, timeout=60))
    assert ended.code == 0
    after = seals(output)
    assert {key: after[key] for key in before} == before
    assert contents(output) == contents(tmp_path / "undisturbed")


def test_interrupted_once_it_finishes_what_runs_and_sums_up(tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 40)
    output = tmp_path / "out"
    parent = run(top, output, jobs=1)
    wait_for_seals(output, 2)
    parent.send_signal(signal.SIGINT)
    _, err = parent.communicate(timeout=60)
    assert (parent.returncode, err) == (130, "")
    said = account(output)
    assert said["not_yet"] > 0
    assert said["in"] == 40 == said["complete"] + said["not_yet"]
    assert (output / "scoreboard.csv").is_file()


def interrupted(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Ctrl-C comes when so many sources were measured."""
    measured: list[int] = []

    @contextmanager
    def stopping(_: door.Say) -> Iterator[Callable[[], bool]]:
        yield lambda: len(measured) >= after

    plain = digests.Memory.take
    monkeypatch.setattr(digests.Memory, "take", lambda *all_: [measured.append(1), plain(*all_)])
    monkeypatch.setattr(door, "stopping", stopping)


def test_interrupted_while_it_measures_what_is_sealed_is_summed_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, output = folder(tmp_path / "in", 4), tmp_path / "out"
    batch(asked(top, output))
    for name in ("scoreboard.csv", "scoreboard.html", "summary.json"):
        (output / name).unlink()  # as after kill -9 before the first
    capture(top / "phone-0.pcap", "changed")
    capture(top / "phone-9.pcap")
    before = seals(output)
    with monkeypatch.context() as patch:
        interrupted(patch, 2)
        ended, said = batch(asked(top, output, jobs=1))
    assert (ended.code, seals(output)) == (130, before)
    counts = {name: ended.account[name] for name in ("in", "complete", "not_yet")}
    assert counts == {"in": 5, "complete": 3, "not_yet": 2}
    assert said == ["phonehome: 2 were not looked at again; they stand with the results they had."]
    rows = (output / "scoreboard.csv").read_text()
    assert [f"phone-{n}.pcap" in rows for n in (0, 1, 2, 3, 9)] == [False, True, True, True, False]
    page = (output / "scoreboard.html").read_text()
    assert "2 recordings have no result yet" in page
    ended, said = batch(asked(top, output))
    assert (ended.code, said[0]) == (0, "3 of 5 results are there already.")


def test_interrupted_before_the_first_result_the_scoreboard_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, output = folder(tmp_path / "in", 3), tmp_path / "out"
    interrupted(monkeypatch, 1)
    ended, said = batch(asked(top, output, jobs=1))
    assert (ended.code, ended.account["not_yet"], said) == (130, 3, [])
    assert "3 recordings have no result yet" in (output / "scoreboard.html").read_text()


def test_interrupted_with_other_settings_the_earlier_scoreboard_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, output = folder(tmp_path / "in", 3), tmp_path / "out"
    batch(asked(top, output))
    before = contents(output)
    interrupted(monkeypatch, 1)
    with pytest.raises(KeyboardInterrupt):
        batch(asked(top, output, jobs=1, evidence=False))
    assert contents(output) == before


def test_a_sheet_that_changed_is_seen_though_the_source_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, output = folder(tmp_path / "in", 2), tmp_path / "out"
    batch(asked(top, output))
    (top / "phone-1.device.yaml").write_text("vendor: xiaomi\n")
    interrupted(monkeypatch, 0)
    ended, _ = batch(asked(top, output, jobs=1))
    assert (ended.code, ended.account["complete"], ended.account["not_yet"]) == (130, 1, 1)


def test_interrupted_twice_it_stops_now(tmp_path: Path) -> None:
    top = tmp_path / "in"
    capture(top / "endless.pcap")
    parent = run(top, tmp_path / "out")
    end = time.monotonic() + 60
    while not (tmp_path / "out" / "batch.json").exists() and time.monotonic() < end:
        time.sleep(0.02)
    parent.send_signal(signal.SIGINT)
    time.sleep(0.3)
    parent.send_signal(signal.SIGINT)
    parent.communicate(timeout=30)
    assert parent.returncode != 0
    assert not (tmp_path / "out" / "summary.json").exists()
