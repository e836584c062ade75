"""Times whole processes side by side: python benchmarks/run.py [FILE ...] [--runs 5] [--json OUT]

Every tool reads the same file from a warm page cache, in turn and several times
over, so that what else the machine does hits all alike. Seconds are wall clock;
``cpu s`` are those of all threads, which a busy machine changes least. Memory is
the peak resident set (as ``wait4`` says; a process starts as a copy of this one, so
less than its 20 MB is never shown). Read the ratios: they hold from machine to
machine, seconds do not. Tools that are missing are named.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.peers import PEERS, ROOT, Peer, ours

ACCEPTED = (0, 3)  # 3: phonehome, complete up to a damaged place


@dataclass(slots=True)
class Timing:
    """The runs of one tool over one file."""

    tool: str
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak_mb: float = 0.0
    failed: str = ""

    @property
    def best(self) -> float:
        """The least disturbed run."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """What a user would see."""
        return statistics.median(self.seconds)


def main() -> None:
    """Times all files that are named, or all of bench-data."""
    asked = _arguments()
    tools = [ours(asked.command), *PEERS]
    if asked.only:
        tools = [tool for tool in tools if tool.name in asked.only.split(",")]
    for tool in tools:
        if tool.missing():
            print(f"skipped {tool.name}: {tool.missing()} is not installed")
    tools = [tool for tool in tools if not tool.missing()]
    if not tools:
        sys.exit(f"no tool left to time; --only takes {', '.join(p.name for p in PEERS)}")
    environment = dict(os.environ, PYTHONPATH=str(ROOT))
    if asked.interpreted:
        environment["PHONEHOME_INTERPRETED"] = "1"
    timed = {str(path): rounds(path, tools, asked.runs, environment) for path in _files(asked)}
    for path, timings in timed.items():
        print(table(Path(path), timings, asked.against))
    if asked.json:
        asked.json.write_text(json.dumps(_as_json(timed, asked), indent=1) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, help="captures; else bench-data/*.pcap")
    parser.add_argument("--runs", type=int, default=5, help="of each tool (5)")
    parser.add_argument("--only", help="names of tools, with commas between")
    parser.add_argument("--against", default="ndpiReader", help="the peer ratios are made with")
    parser.add_argument("--interpreted", action="store_true", help="run us without compiled code")
    parser.add_argument("--command", default="", help="time this instead of phonehome: 'x {file}'")
    parser.add_argument("--json", type=Path, help="write all figures here")
    return parser.parse_args()


def _files(asked: argparse.Namespace) -> list[Path]:
    files = asked.files or sorted(Path("bench-data").glob("*.pcap"), key=lambda p: p.stat().st_size)
    if not files:
        sys.exit("no capture to time; make some with: python benchmarks/make.py all")
    return list(files)


def rounds(path: Path, tools: list[Peer], runs: int, environment: dict[str, str]) -> list[Timing]:
    """Each tool once, then each again: one disturbance does not hit one tool only."""
    timings = [Timing(tool.name) for tool in tools]
    _warm(path)
    for _ in range(runs):
        for tool, timing in zip(tools, timings, strict=True):
            if not timing.failed:
                _once(tool, path, timing, environment)
    return timings


def _warm(path: Path) -> None:
    """Brings a file into the page cache, a little at a time."""
    with path.open("rb") as file:
        while file.read(1 << 20):
            pass


def _once(tool: Peer, path: Path, timing: Timing, environment: dict[str, str]) -> None:
    """One run of one tool: a new process, its output thrown away."""
    with tempfile.TemporaryDirectory() as out:
        words = {"file": str(path), "out": out, "python": sys.executable}
        command = [_filled(word, words) for word in tool.command]
        began = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if "{out}/report" in tool.command and not Path(out, "report", "result.json").is_file():
            timing.failed = "no report"  # a program that does nothing is quick
            return
    if process.returncode not in ACCEPTED:
        timing.failed = f"exit code {process.returncode}"
        return
    timing.seconds.append(seconds)
    timing.cpu.append(usage.ru_utime + usage.ru_stime)
    kilobytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    timing.peak_mb = max(timing.peak_mb, kilobytes / 1024)


def _filled(word: str, words: dict[str, str]) -> str:
    """A word of a command; scripts keep the braces that are their own."""
    for key, value in words.items():
        word = word.replace("{" + key + "}", value)
    return word


def table(path: Path, timings: list[Timing], against: str) -> str:
    """One capture's figures, quickest tool first."""
    done = sorted((t for t in timings if t.seconds), key=lambda timing: timing.best)
    measure = next((t for t in done if t.tool == against), None)
    lines = [
        f"\n{path.name}  {path.stat().st_size / 1e6:,.1f} MB",
        f"{'tool':<14} {'best s':>8} {'median s':>9} {'cpu s':>8} {'peak MB':>8}   of {against}",
    ]
    for timing in done:
        ratio = f"{timing.best / measure.best:8.2f}" if measure else "       -"
        figures = f"{timing.best:8.3f} {timing.median:9.3f} {min(timing.cpu):8.3f}"
        figures += f" {timing.peak_mb:8.1f}"
        lines.append(f"{timing.tool:<14} {figures} {ratio}")
    lines += [f"{timing.tool:<14} failed: {timing.failed}" for timing in timings if timing.failed]
    return "\n".join(lines)


def _as_json(timed: dict[str, list[Timing]], asked: argparse.Namespace) -> dict[str, object]:
    """All runs of all tools, and on what they ran."""
    return {
        "machine": {"system": platform.system(), "cpus": os.cpu_count()},
        "python": platform.python_version(),
        "interpreted": asked.interpreted,
        "files": [
            {
                "name": Path(path).name,
                "bytes": Path(path).stat().st_size,
                "tools": [asdict(timing) for timing in timings],
            }
            for path, timings in timed.items()
        ],
    }


if __name__ == "__main__":
    main()
