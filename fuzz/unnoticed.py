"""Lists the faults of a source that no test notices.

    python -m fuzz.unnoticed analyzer/places/ladder.py -- tests/places tests/cases

Takes a file, or a line of it (ladder.py:88), and after ``--`` what pytest is to
run. The tests run once without a fault, then with each fault alone until one of
them fails: the quickest first of those that came by the faulty line. All of it
in a copy of the checkout, the faulty file always interpreted.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from fuzz.faults import Fault, faults

HERE = Path(__file__).resolve().parent.parent
NOT_COPIED = (".git", ".hypothesis", ".*_cache", "__pycache__", "build", "fuzz-found")
PYTEST = ("-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0")
MEMORY = 3 << 30  # address space of the tests
SPARE = 10  # seconds they may take beyond three times what they took without a fault
PASSED = 0  # how pytest ends


def main() -> int:
    """Counts faults; 1 where one went unnoticed, 2 where the tests fail without any."""
    asked = _asked()
    name, _, line = asked.file.partition(":")
    with tempfile.TemporaryDirectory() as folder:
        checkout = _copied(Path(folder))
        planted = _planted(checkout / name, int(line or 0), asked.sample, asked.seed)
        tests = Tests(checkout, name, asked.tests)
        if tests.fail:
            sys.stdout.write(f"{tests.fail}The tests fail without a fault.\n")
            return 2
        unnoticed = 0
        for fault in planted:
            if not tests.notice(fault):
                unnoticed += 1
                sys.stdout.write(f"{name}:{fault.line}: {fault.change}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{name}: {len(planted)} faults, {unnoticed} unnoticed\n")
    return 1 if unnoticed else 0


def _copied(folder: Path) -> Path:
    """A copy of the checkout, the working directory from here on."""
    checkout = folder / "checkout"
    shutil.copytree(HERE, checkout, ignore=shutil.ignore_patterns(*NOT_COPIED))
    os.environ.setdefault("PHONEHOME_SHARED", str(HERE.parent / "shared"))
    os.environ["PYTHONPATH"] = str(checkout)
    os.chdir(checkout)
    return checkout


def _planted(file: Path, line: int, sample: int, seed: int) -> list[Fault]:
    """The faults to try, in order: all (0) or one line's, all (0) or a sample of them."""
    found = [f for f in faults(file.read_text("utf-8")) if line in (0, f.line)]
    chance = random.Random(seed)  # noqa: S311  # the same again is what is wanted
    count = min(sample or len(found), len(found))
    return [found[at] for at in sorted(chance.sample(range(len(found)), count))]


class Tests:
    """The tests of a file in a copy; ``fail`` is what they say where they fail without a fault."""

    def __init__(self, checkout: Path, name: str, arguments: list[str]) -> None:
        self._file, self._log, notes = checkout / name, checkout / ".log", checkout / ".notes"
        for compiled in self._file.parent.glob(f"{self._file.stem}.*.so"):
            compiled.unlink()
        self._arguments = [*PYTEST, f"--basetemp={checkout / '.tests'}", *arguments]
        started = time.monotonic()
        passed = self._run(Watch(str(self._file), notes), None) == PASSED
        self._limit = 3 * (time.monotonic() - started) + SPARE
        self.fail = "" if passed else self._log.read_text("utf-8", "replace")
        self._seen = json.loads(notes.read_text("utf-8")) if passed else {}
        sys.dont_write_bytecode = True  # two faults in a second look alike to Python's cache
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"

    def notice(self, fault: Fault) -> bool:
        """Whether one of them fails with this fault, or does not end."""
        seen = {test: s for test, (s, lines) in self._seen.items() if {*lines} & {*fault.lines}}
        self._file.write_text(fault.source, "utf-8")
        return bool(seen) and self._run(QuickFirst(seen), self._limit) != PASSED

    def _run(self, plugin: object, seconds: float | None) -> int | None:
        """How pytest ends, in a process of its own; below 0 where that was ended."""
        context = multiprocessing.get_context("fork")
        process = context.Process(target=_tested, args=(self._arguments, plugin, self._log))
        process.start()
        try:
            process.join(seconds)
        finally:
            if process.exitcode is None and process.pid:
                os.killpg(process.pid, signal.SIGKILL)
                process.join()
        return process.exitcode


def _tested(arguments: list[str], plugin: object, log: Path) -> None:
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with log.open("wb") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    sys.exit(int(pytest.main(arguments, plugins=[plugin])))


class Watch:
    """Notes of each test how many seconds it takes and which lines of a file it comes by.

    What runs while tests are collected is noted under the name "".
    """

    def __init__(self, file: str, notes: Path) -> None:
        self._file, self._notes = file, notes
        self._lines: set[int] = set()
        self._seen: dict[str, tuple[float, list[int]]] = {}

    def pytest_sessionstart(self) -> None:
        sys.settrace(self._calls)

    def pytest_collection_finish(self) -> None:
        self._note("", 0.0)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        started = time.monotonic()
        answer = yield
        self._note(item.nodeid, time.monotonic() - started)
        return answer

    def pytest_sessionfinish(self) -> None:
        sys.settrace(None)
        self._notes.write_text(json.dumps(self._seen), "utf-8")

    def _note(self, test: str, seconds: float) -> None:
        self._seen[test] = seconds, sorted(self._lines)
        self._lines.clear()

    def _calls(self, frame: FrameType, event: str, arg: object) -> Any:
        return self._steps if frame.f_code.co_filename == self._file else None

    def _steps(self, frame: FrameType, event: str, arg: object) -> Any:
        self._lines.add(frame.f_lineno)
        return self._steps


class QuickFirst:
    """Has these tests run first, the quickest of them before the others."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self._seconds = seconds

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self._seconds.get(item.nodeid, float("inf")))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="List the faults of a file that no test notices.")
    parser.add_argument("file", help="of the package, or a line of it: FILE:LINE")
    parser.add_argument("tests", nargs="+", help="for pytest, after --")
    parser.add_argument("--sample", type=int, default=0, help="of all faults; 0: all of them")
    parser.add_argument("--seed", type=int, default=0, help="which sample")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
