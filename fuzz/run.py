"""Fuzzes ``analyze`` for as long as it is told: python -m fuzz.run --minutes 10

Each mutant is analyzed compiled and interpreted, in a process of its own kind
that is replaced when it dies, takes too long or grows too large. A mutant that
breaks a rule is kept in the folder given with --keep, named by how to make it
again: seed file and number.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

from fuzz import oracle, seeds
from fuzz.mutate import mutant

SECONDS = 60  # for one mutant, both speeds
MEMORY = 3 << 30  # address space of the analyzing process
HERE = Path(__file__).resolve().parent.parent


def main() -> int:
    """Counts mutants; 1 where one of them broke a rule."""
    asked = _asked()
    asked.keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        sources = [*seeds.forged(Path(folder)), *_real()]
        end, number, broken = time.monotonic() + 60 * asked.minutes, asked.first, 0
        process = Worker()
        while time.monotonic() < end:
            source = sources[number % len(sources)]
            data = mutant(source.read_bytes(), number)
            path = Path(folder) / "mutant"
            path.write_bytes(data)
            if why := process.analyze(path):
                broken += 1
                kept = asked.keep / f"{source.name}.{number}"
                kept.write_bytes(data)
                sys.stdout.write(f"{kept}: {why}\n")
                sys.stdout.flush()
            number += 1
        process.stop()
    sys.stdout.write(f"{number - asked.first} mutants, {broken} broke a rule\n")
    return 1 if broken else 0


class Worker:
    """A process that analyzes; a new one takes the place of one that failed."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, other = context.Pipe()
        self._process = context.Process(target=_work, args=(other,), daemon=True)
        self._process.start()
        other.close()

    def analyze(self, path: Path) -> str:
        """What rule the file broke; "" for none."""
        self._line.send(path)
        why = f"took more than {SECONDS} s"
        try:
            if self._line.poll(SECONDS):
                return str(self._line.recv())
        except EOFError:
            why = "the process died"
        self.stop()
        self._start()
        return why

    def stop(self) -> None:
        """Ends the process, whatever it does."""
        self._process.kill()
        self._process.join()


def _work(line: Connection) -> None:
    """Analyzes files as they are named, until nobody asks any more."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    while True:
        try:
            path = line.recv()
        except EOFError:
            return
        try:
            oracle.check(path)
        except BaseException as error:  # everything is an answer here
            line.send(f"{type(error).__name__}: {error}"[:500])
        else:
            line.send("")


def _real() -> list[Path]:
    shared = Path(os.environ.get("PHONEHOME_SHARED", HERE.parent / "shared"))
    return seeds.real(shared) if (shared / "captures").is_dir() else []


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fuzz analyze with mutants of captures.")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--first", type=int, default=0, help="number of the first mutant")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-found"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
