"""Times the writing of reports: python benchmarks/report.py CAPTURE ... [--endpoints 10000]

What a report costs beyond the analysis, step by step: the evidence (packets are
fetched from the capture once more) and the files of the default formats, with
CPU and wall seconds and the size of each file. ``--endpoints`` asks besides for a
report of that many endpoints, twice as many flows, multiplied from the last capture.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from analyzer import report
from analyzer.model import Result
from analyzer.pipeline import Options, analyze, keep_evidence
from analyzer.record import replace

FORMATS = ("html", "json", "csv")
T = TypeVar("T")


def main() -> None:
    """Figures of each capture, then those of the multiplied result."""
    asked = _arguments()
    gc.disable()  # as the command does
    for path in asked.captures:
        print(f"\n{path.name}")
        result = timed("analysis", lambda path=path: analyze([path], Options(home="IN")))
        written(result, path)
    if asked.endpoints:
        print(f"\n{asked.endpoints:,} endpoints")
        written(multiplied(result, asked.endpoints), None)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("captures", nargs="+", type=Path)
    parser.add_argument("--endpoints", type=int, default=0)
    return parser.parse_args()


def written(result: Result, path: Path | None) -> None:
    """Writes the report somewhere; says what it cost and how large it is."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "report")
        if path:
            timed("evidence", lambda: keep_evidence(result, [path], folder))
        timed("report", lambda: report.write(result, folder, FORMATS))
        print(f"{len(result.flows):,} flows, {len(result.endpoints):,} endpoints")
        for file in sorted(file for file in folder.iterdir() if file.is_file()):
            print(f"  {file.name:<16} {file.stat().st_size / 1e6:8.2f} MB")


def timed(label: str, task: Callable[[], T]) -> T:
    """Runs a task and prints its CPU and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    done = task()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"{label:<16} {cpu:8.2f} s CPU {wall:8.2f} s wall")
    return done


def multiplied(result: Result, endpoints: int) -> Result:
    """The result with its endpoints and flows told again under other addresses."""
    addresses = [f"198.{18 + n // 65536}.{n // 256 % 256}.{n % 256}" for n in range(endpoints)]
    return replace(
        result,
        endpoints=[
            replace(model, ip=ip)
            for ip, model in zip(addresses, cycle(result.endpoints), strict=False)
        ],
        flows=[
            replace(model, id=number, server_ip=ip)
            for number, (ip, model) in enumerate(
                islice(zip(cycle(addresses), cycle(result.flows), strict=False), 2 * endpoints), 1
            )
        ],
    )


if __name__ == "__main__":
    main()
