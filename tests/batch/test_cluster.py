"""A real scheduler and three workers on this machine: the same bytes, whoever dies on the way."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from analyzer.batch import door, work
from analyzer.batch.engine import Do
from analyzer.errors import UsageError
from tests.batch.folders import asked, batch, capture, contents, folder, misbehave, seals, slowly
from tests.conftest import ROOT

pytest.importorskip("distributed")
from analyzer.batch.cluster import Cluster

WORKERS = 3


class Dask:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, home: Path, data: str) -> None:
        self.home = home
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self.port}"
        self.surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "PHONEHOME_DATA": data,
                             "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}  # fmt: skip
        self.scheduler = self.begin_scheduler()
        self.workers = [self.begin_worker() for _ in range(WORKERS)]

    def begin_scheduler(self) -> subprocess.Popen[bytes]:
        return self._begin("scheduler", "--host", "127.0.0.1", "--port", str(self.port),
                           "--no-dashboard", "--no-show")  # fmt: skip

    def begin_worker(self) -> subprocess.Popen[bytes]:
        return self._begin("worker", self.address, "--nthreads", "1", "--no-dashboard",
                           "--host", "127.0.0.1", "--local-directory", str(self.home))  # fmt: skip

    def _begin(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *words], env=self.surroundings, cwd=self.home,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def end(self) -> None:
        for process in (*self.workers, self.scheduler):
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """At once, with what it began."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    made = Dask(tmp_path_factory.mktemp("dask"), str(tmp_path_factory.getbasetemp() / "user-data"))
    yield made
    made.end()


def on(dask: Dask, do: Do = work.do) -> door.Begin:
    def begin(settings: Any, wanted: door.Asked) -> Cluster:
        return Cluster(dask.address, asdict(settings), wanted.timeout, do)

    return begin


def after(output: Path, count: int, act: Any) -> threading.Thread:
    """Does something once so many results are sealed."""

    def wait() -> None:
        end = time.monotonic() + 120
        while len(seals(output)) < count and time.monotonic() < end:
            time.sleep(0.02)
        act()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_a_lost_worker_costs_nothing_and_changes_no_byte(dask: Dask, tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 16)
    batch(asked(top, tmp_path / "here"))
    output = tmp_path / "there"
    thread = after(output, 3, lambda: kill(dask.workers[0]))
    ended = door.run(asked(top, output), print, on(dask, slowly))
    thread.join()
    dask.workers[0] = dask.begin_worker()
    assert ended.code == 0
    assert contents(output) == contents(tmp_path / "here")


def test_each_engine_goes_on_where_the_other_stopped(dask: Dask, tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 3)
    said: list[str] = []
    door.run(asked(top, tmp_path / "out"), said.append, on(dask))
    before = contents(tmp_path / "out")
    _, here = batch(asked(top, tmp_path / "out"))
    door.run(asked(top, tmp_path / "out"), said.append, on(dask))
    assert here == said == ["3 of 3 results are there already."]
    assert contents(tmp_path / "out") == before


def test_what_kills_a_worker_is_named_and_the_rest_is_done(dask: Dask, tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 6)
    capture(top / "kills.pcap")
    ended = door.run(asked(top, tmp_path / "out"), print, on(dask, misbehave))
    assert ended.account["failed_by_reason"] == {"killed": 1}
    assert ended.account["complete"] == 6


def test_what_does_not_end_is_ended(dask: Dask, tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 3)
    capture(top / "endless.pcap")
    ended = door.run(asked(top, tmp_path / "out", timeout=2), print, on(dask, misbehave))
    assert ended.account["failed_by_reason"] == {"timeout": 1}
    assert ended.account["complete"] == 3


def test_a_scheduler_that_begins_anew_is_found_again(dask: Dask, tmp_path: Path) -> None:
    top = folder(tmp_path / "in", 20)

    def again() -> None:
        kill(dask.scheduler)
        dask.scheduler = dask.begin_scheduler()
        for worker in dask.workers:
            kill(worker)
        dask.workers = [dask.begin_worker() for _ in range(WORKERS)]

    thread = after(tmp_path / "out", 3, again)
    ended = door.run(asked(top, tmp_path / "out"), print, on(dask, slowly))
    thread.join()
    assert (ended.code, ended.account["complete"]) == (0, 20)


def test_a_worker_that_would_answer_otherwise_is_named(
    dask: Dask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = folder(tmp_path / "in", 1)
    settled = door.settled
    for name, said in (("version", "runs phonehome"), ("rules", "other rules"),
                       ("data", "data sets are not")):  # fmt: skip
        monkeypatch.setattr(door, "settled", lambda a, n=name: replace(settled(a), **{n: "0"}))
        with pytest.raises(UsageError, match=rf"The worker tcp://.* cannot help: .*{said}"):
            door.run(asked(top, tmp_path / "out"), print, on(dask))
    assert not seals(tmp_path / "out")


def test_no_scheduler_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from analyzer.batch import cluster

    connected = cluster._connected
    monkeypatch.setattr(cluster, "_connected", lambda address, _: connected(address, 0))
    with pytest.raises(UsageError, match="No Dask scheduler with workers answers at tcp://127"):
        Cluster("tcp://127.0.0.1:1", {}, 0)
