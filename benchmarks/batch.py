"""How a batch scales over cores: python -m benchmarks.batch [--captures 60] [--runs 3]

The same captures are analysed by so many workers on as many cores (``--jobs 1,2``),
in turn and several times over, so that what else the machine does hits all alike.
The ratio of throughputs is the figure to quote, from an idle machine; processor
seconds say how much work there was, and must not grow with the workers.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import make

ROOT = Path(__file__).resolve().parent.parent
MB = 1_000_000


@dataclass(slots=True)
class Timing:
    """The runs with one number of workers."""

    jobs: int
    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)


def main() -> None:
    """Times and compares."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--captures", type=int, default=60)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", default="1,2")
    parser.add_argument("--data", type=Path, default=Path("bench-data/batch"))
    asked = parser.parse_args()
    captures(asked.data, asked.captures)
    timings = [Timing(int(jobs)) for jobs in asked.jobs.split(",")]
    for _ in range(asked.runs):
        for timing in timings:
            once(asked.data, timing)
    size = sum(path.stat().st_size for path in asked.data.iterdir())
    print(f"{asked.captures} captures, {size / MB:.0f} MB, {os.cpu_count()} cores")
    first = timings[0]
    for timing in timings:
        wall, best = statistics.median(timing.wall), min(timing.wall)
        print(
            f"jobs {timing.jobs}: {best:.1f} s best, {wall:.1f} s median,"
            f" {statistics.median(timing.processor):.1f} s of processor,"
            f" {asked.captures / best:.1f} captures a second;"
            f" {min(first.wall) / best:.2f} times jobs {first.jobs}"
            f" (median {statistics.median(first.wall) / wall:.2f})"
        )


def captures(folder: Path, count: int) -> None:
    """So many phone-like captures of 2 to 18 MB, where they are not there already."""
    folder.mkdir(parents=True, exist_ok=True)
    mix = make.phone_mix()
    for number in range(count):
        path = folder / f"phone-{number:03}.pcap"
        if not path.exists():
            make.write(path, mix, 2 * MB + number * 16 * MB // max(1, count - 1))


def once(data: Path, timing: Timing) -> None:
    """One run in a new folder, on the first cores."""
    cores = set(sorted(os.sched_getaffinity(0))[: timing.jobs])
    with tempfile.TemporaryDirectory() as output:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "analyzer", "batch", str(data), "-o", f"{output}/out",
             "--home", "IN", "--no-group", "-q", "--jobs", str(timing.jobs)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            preexec_fn=lambda: os.sched_setaffinity(0, cores),  # one worker hashes in a thread, too
        )  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
        timing.wall.append(time.perf_counter() - begun)
        timing.processor.append(usage.ru_utime + usage.ru_stime)
        if os.waitstatus_to_exitcode(status) not in (0, 3):
            sys.exit("the batch failed")


if __name__ == "__main__":
    main()
