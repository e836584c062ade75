"""Captures are taken when they are finished, not before, each once, and they stay."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from analyzer.batch import door, record, watch, work
from analyzer.batch.engine import Do, Job
from analyzer.batch.task import Part, Task, settings_from_json
from analyzer.errors import UsageError
from tests.batch.folders import asked, capture, seals, with_workers


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Looker:
    """A watcher, and what it takes at each look."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.clock = Clock()
        self.watcher = watch.Watcher(30.0, self.clock)

    def after(self, seconds: float) -> list[str]:
        self.clock.now += seconds
        there = [Part(path.name, str(path)) for path in sorted(self.top.iterdir())]
        return [part.name for part in self.watcher.finished(there)]


@pytest.fixture
def look(tmp_path: Path) -> Callable[[float], list[str]]:
    return Looker(tmp_path).after


def append(path: Path, data: bytes = b"more") -> None:
    with path.open("ab") as file:
        file.write(data)


def test_what_rests_is_taken_once(tmp_path: Path, look: Callable[[float], list[str]]) -> None:
    (tmp_path / "a.pcap").write_bytes(b"1")
    assert look(0) == []
    assert look(29) == []
    append(tmp_path / "a.pcap")
    assert look(2) == []
    assert look(29) == []
    assert look(1) == ["a.pcap"]
    assert look(100) == []
    append(tmp_path / "a.pcap")
    assert look(1) == []
    assert look(31) == ["a.pcap"]


def test_a_later_part_says_that_the_earlier_is_finished(
    tmp_path: Path, look: Callable[[float], list[str]]
) -> None:
    (tmp_path / "a.pcap").write_bytes(b"1")
    assert look(0) == []
    (tmp_path / "a.pcap1").write_bytes(b"1")
    assert look(1) == ["a.pcap"]
    assert look(1) == []


def test_a_file_that_is_given_its_name_is_finished(
    tmp_path: Path, look: Callable[[float], list[str]]
) -> None:
    (tmp_path / "a.pcap.part").write_bytes(b"1")
    assert look(0) == look(100) == []
    (tmp_path / "a.pcap.part").rename(tmp_path / "a.pcap")
    assert look(1) == ["a.pcap"]


def test_a_ring_that_overwrites_gives_each_round(
    tmp_path: Path, look: Callable[[float], list[str]]
) -> None:
    (tmp_path / "a.pcap0").write_bytes(b"1")
    (tmp_path / "a.pcap1").write_bytes(b"2")
    assert look(0) == []
    assert look(1) == ["a.pcap0"]
    (tmp_path / "a.pcap0").write_bytes(b"new round")
    assert look(1) == []
    assert look(30) == ["a.pcap0", "a.pcap1"]


@contextmanager
def watching(wanted: door.Asked, settle: float = 0.3, do: Do = work.do) -> Any:
    """A watch in this process, ended like Ctrl-C ends it."""
    stop = threading.Event()

    @contextmanager
    def stopping(_: door.Say) -> Any:
        yield stop.is_set

    patched = pytest.MonkeyPatch()
    patched.setattr(door, "stopping", stopping)
    ended: list[door.Ended] = []

    def run() -> None:
        ended.append(watch.run(wanted, lambda _: None, with_workers(do), settle=settle, every=0.1))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield ended
    finally:
        stop.set()
        thread.join(60)
        patched.undo()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    assert true()


def summed(output: Path) -> int:
    try:
        return int(json.loads((output / "summary.json").read_text())["in"])
    except (OSError, ValueError):
        return -1


def test_a_rotating_recorder_is_followed(tmp_path: Path) -> None:
    top, output = tmp_path / "in", tmp_path / "out"
    top.mkdir()
    parts = [capture(tmp_path / f"made{n}.pcap", f"host{n}").read_bytes() for n in range(3)]
    with watching(asked(top, output)) as ended:
        for number, content in enumerate(parts):
            path = top / f"ring.pcap{number or ''}"
            for at in range(0, len(content), 4000):
                append(path, content[at : at + 4000])
                time.sleep(0.03)
        until(lambda: summed(output) == 3)
        (top / "ring.pcap").unlink()  # the ring is overwritten; its result stays
    assert ended[0].account["complete"] == 3
    assert ended[0].code == 0
    before = seals(output)
    assert len(before) == 3
    with watching(asked(top, output)):  # it begins anew, and does nothing twice
        capture(top / "late.pcap", "late")
        until(lambda: summed(output) == 4)
    assert {key: seals(output)[key] for key in before} == before
    assert "late.pcap" in (output / "scoreboard.csv").read_text()


def names(output: Path) -> list[list[str]]:
    found = (
        json.loads(p.read_text())["names"] for p in (output / "captures").glob("*/record.json")
    )
    return sorted(found)


def test_a_file_that_goes_on_replaces_what_it_was(tmp_path: Path) -> None:
    top, output = tmp_path / "in", tmp_path / "out"
    whole = capture(tmp_path / "made.pcap", "one", "two").read_bytes()
    half = len(capture(tmp_path / "half.pcap", "one").read_bytes())
    assert whole[:24] == (tmp_path / "half.pcap").read_bytes()[:24]
    (top / "sub").mkdir(parents=True)
    for name in ("a.pcap", "sub/copy.pcap"):
        (top / name).write_bytes(whole[:half])
    with watching(asked(top, output)):
        until(lambda: summed(output) == 2)
        assert names(output) == [["a.pcap", "sub/copy.pcap"]]
        append(top / "a.pcap", whole[half:])
        until(lambda: names(output) == [["a.pcap"], ["sub/copy.pcap"]])
        append(top / "sub" / "copy.pcap", whole[half:])
        until(lambda: names(output) == [["a.pcap", "sub/copy.pcap"]])
        until(lambda: summed(output) == 2)
    only = [path.parent.name for path in (output / "captures").glob("*/record.json")]
    assert [p.stem for p in (output / "dataset" / "flows").rglob("*.parquet")] == only


def test_a_later_round_of_a_ring_replaces_nothing(tmp_path: Path) -> None:
    top, output = tmp_path / "in", tmp_path / "out"
    capture(top / "a.pcap", "one")
    with watching(asked(top, output)):
        until(lambda: summed(output) == 1)
        capture(top / "a.pcap", "another", "more")
        until(lambda: summed(output) == 2)
    assert names(output) == [["a.pcap"], ["a.pcap"]]


def test_what_cannot_be_analysed_replaces_nothing(tmp_path: Path) -> None:
    top, output = tmp_path / "in", tmp_path / "out"
    capture(top / "a.pcap", "one")

    def long_ones_fail(job: Job, settings: Any) -> dict[str, Any]:
        if job["kind"] == "run" and job["task"]["parts"][0]["bytes"] > size:
            task = Task.from_json(job["task"])
            return work.keep(record.failed(task, "memory"), settings_from_json(settings))
        return work.do(job, settings)

    size = (top / "a.pcap").stat().st_size
    with watching(asked(top, output), do=long_ones_fail):
        until(lambda: summed(output) == 1)
        append(top / "a.pcap")
        until(lambda: summed(output) == 2)
    assert names(output) == [["a.pcap"], ["a.pcap"]]


@pytest.mark.parametrize("source", ["memory://lab/a.pcap", "@{}/list"])
def test_urls_cannot_be_watched(tmp_path: Path, source: str) -> None:
    pytest.importorskip("fsspec")
    (tmp_path / "list").write_text("memory://lab/a.pcap\n")
    wanted = asked((source.format(tmp_path),), tmp_path / "out")
    with pytest.raises(UsageError, match=r"memory://lab/a.pcap is a URL"):
        watch.run(wanted, print, with_workers(work.do))


def test_nothing_is_mixed_with_what_was_judged_otherwise(tmp_path: Path) -> None:
    top, output = tmp_path / "in", tmp_path / "out"
    capture(top / "a.pcap")
    with watching(asked(top, output)):
        until(lambda: summed(output) == 1)
    with pytest.raises(UsageError, match=r"1 results.*the options changed.*--prune"):
        watch.run(asked(top, output, options={**asked(top, output).options, "home": "DE"}),
                  print, with_workers(work.do))  # fmt: skip
