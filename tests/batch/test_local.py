"""Workers on this machine: who dies names its suspect, and nobody else loses anything."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from analyzer.batch.engine import Done, Job
from analyzer.batch.local import Local
from tests.conftest import ROOT

MB = 1 << 20


def do(job: Job, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Notes each try in a folder, then does what the job says."""
    Path(settings["folder"], f"{job['name']}-{os.getpid()}-{time.monotonic_ns()}").touch()
    if job["name"].startswith("kills"):
        os.kill(os.getpid(), signal.SIGKILL)
    if job["name"].startswith("hogs"):
        held = []
        while True:
            held.append(b"x" * (16 * MB))
    while job["name"].startswith("endless"):
        time.sleep(1)
    return {"did": job["name"]}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Local]:
    made = Local(3, {"folder": str(tmp_path)}, 300 * MB, 60, do)
    yield made
    made.close()


def never() -> bool:
    return False


def tries(folder: Path) -> Counter[str]:
    return Counter(path.name.split("-")[0] for path in folder.iterdir())


def by_name(done: list[Done]) -> dict[str, str | None]:
    return {each.job["name"]: each.ended for each in done}


def test_every_job_is_answered_once(engine: Local, tmp_path: Path) -> None:
    names = [f"j{number}" for number in range(50)]
    done = list(engine.run(({"name": name} for name in names), never))
    assert sorted(each.answer["did"] for each in done if each.answer) == sorted(names)
    assert tries(tmp_path) == Counter(names)


def test_the_dead_are_named_and_only_they_are_tried_again(engine: Local, tmp_path: Path) -> None:
    names = [*(f"j{number}" for number in range(20)), "kills", "hogs", "last"]
    done = by_name(list(engine.run([{"name": name} for name in names], never)))
    assert set(done) == set(names)
    bad = {name: ended for name, ended in done.items() if ended}
    assert bad == {"kills": "killed", "hogs": "memory"}
    twice = {name: count for name, count in tries(tmp_path).items() if count != 1}
    assert twice == {"kills": 2}  # memory depends on nobody else


def test_what_does_not_end_is_ended(tmp_path: Path) -> None:
    engine = Local(2, {"folder": str(tmp_path)}, 0, 1, do)
    done = list(engine.run([{"name": "endless"}, {"name": "j1"}], never))
    engine.close()
    assert by_name(done) == {"endless": "timeout", "j1": None}
    assert tries(tmp_path)["endless"] == 2


def test_a_suspect_is_tried_with_nothing_beside_it(tmp_path: Path) -> None:
    """It dies only in company: alone it gets through."""

    def in_company(job: Job, settings: Mapping[str, Any]) -> dict[str, Any]:
        mark = Path(settings["folder"], str(os.getpid()))
        mark.touch()
        time.sleep(0.05)
        if job["name"] == "shy" and len(list(mark.parent.iterdir())) > 1:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.05)
        mark.unlink()
        return {"did": job["name"]}

    engine = Local(2, {"folder": str(tmp_path)}, 0, 0, in_company)
    jobs = [{"name": "a"}, {"name": "shy"}, {"name": "b"}, {"name": "c"}]
    done = []
    for each in engine.run(jobs, never):
        done.append(each)
        for left in tmp_path.iterdir():  # of the one that was killed
            if not Path("/proc", left.name).exists():
                left.unlink()
    engine.close()
    assert by_name(done) == {"a": None, "b": None, "c": None, "shy": None}


def test_when_told_to_stop_it_finishes_what_runs(engine: Local) -> None:
    done: list[Done] = []
    jobs = [{"name": f"j{number}"} for number in range(100)]
    done.extend(engine.run(jobs, lambda: bool(done)))
    assert 1 <= len(done) <= 3
    assert all(each.answer for each in done)


SCRIPT = """
import os, time
from analyzer.batch.local import Local

def do(job, settings):
    os.write(1, b"%d\\n" % os.getpid())  # in one piece: two write at once
    time.sleep(600)

list(Local(2, {}, 0, 0, do).run([{"n": 1}, {"n": 2}], lambda: False))
"""


def test_workers_end_with_the_one_that_began_them() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert parent.stdout
    workers = [int(parent.stdout.readline()) for _ in range(2)]
    parent.kill()
    parent.wait()
    end = time.monotonic() + 20
    while any(running(worker) for worker in workers) and time.monotonic() < end:
        time.sleep(0.02)
    assert not any(running(worker) for worker in workers)
    parent.stdout.close()


def running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
