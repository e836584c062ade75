"""Folders of forged captures, workers that misbehave, and batches run on them."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from analyzer.batch import door, work
from analyzer.batch.engine import Do, Job
from analyzer.batch.local import Local
from captures.forging import Recording

OPTIONS: dict[str, Any] = {
    "home": "IN", "at": None, "vendor": None, "policy": None, "claims": [], "on": None,
    "rules": [], "country_db": None, "asn_db": None, "city_db": None, "keylog": None,
}  # fmt: skip


def capture(path: Path, *names: str) -> Path:
    """A small recording: a look-up and a cleartext upload for each name."""
    forged = Recording()
    for number, name in enumerate(names or (path.stem,)):
        address = f"13.126.0.{10 + number}"
        forged.dns(f"{name}.example", address)
        forged.http(f"{name}.example", address, "/log", method="POST", body=b"x" * 3000)
    path.parent.mkdir(parents=True, exist_ok=True)
    forged.write(path)
    return path


def folder(top: Path, count: int) -> Path:
    """A folder of so many different captures."""
    for number in range(count):
        capture(top / f"phone-{number}.pcap", f"host{number}", f"other{number % 3}")
    return top


def asked(sources: Path | tuple[str, ...], output: Path, **more: Any) -> door.Asked:
    """What the command would have been asked."""
    given = (str(sources),) if isinstance(sources, Path) else sources
    plain = door.Asked(given, str(output), OPTIONS, formats=("json", "csv"), jobs=2)
    return replace(plain, **more)


def batch(wanted: door.Asked, do: Do = work.do) -> tuple[door.Ended, list[str]]:
    """Runs a batch with local workers; what came of it, and what was said."""
    said: list[str] = []
    return door.run(wanted, said.append, with_workers(do)), said


def with_workers(do: Do) -> door.Begin:
    """How a batch begins local workers that do their jobs like this."""

    def begin(settings: Any, wanted: door.Asked) -> Local:
        return Local(wanted.jobs, asdict(settings), wanted.memory, wanted.timeout, do)

    return begin


def misbehave(job: Job, settings: Mapping[str, Any]) -> work.Answer:
    """Does a job as its recording's name says: kills, hogs, endless; else as always."""
    name = job["task"]["names"][0] if job["kind"] == "run" else ""
    if "kills" in name:
        os.kill(os.getpid(), signal.SIGKILL)
    if "hogs" in name:
        held = []
        while True:
            held.append(b"x" * (16 << 20))
    while "endless" in name:
        time.sleep(1)
    return work.do(job, settings)


def slowly(job: Job, settings: Mapping[str, Any]) -> work.Answer:
    """Does a job, so that there is time to do something meanwhile."""
    time.sleep(0.2)
    return work.do(job, settings)


def contents(top: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        path.relative_to(top).as_posix(): path.read_bytes()
        for path in sorted(top.rglob("*"))
        if path.is_file()
    }


def seals(output: Path) -> dict[str, tuple[int, int]]:
    """Of every sealed record, which file it is and when it was written."""
    found = {}
    for path in (output / "captures").glob("*/record.json"):
        said = path.stat()
        found[path.parent.name] = (said.st_ino, said.st_mtime_ns)
    return found


def account(output: Path) -> dict[str, Any]:
    """The summary of a batch."""
    said: dict[str, Any] = json.loads((output / "summary.json").read_text())
    return said


def records(output: Path) -> dict[str, dict[str, Any]]:
    """The records of a batch by the first name of each."""
    found = {}
    for path in (output / "captures").glob("*/record.json"):
        record = json.loads(path.read_text())
        found[record["names"][0]] = record
    return found


def main() -> None:
    """python -m tests.batch.folders SOURCE OUTPUT JOBS MEMORY-MB TIMEOUT, to be killed."""
    source, output, jobs, memory, timeout = sys.argv[1:]
    wanted = asked(
        Path(source), Path(output), jobs=int(jobs), memory=int(memory) << 20, timeout=int(timeout)
    )
    ended, _ = batch(wanted, misbehave)
    print(ended.account, flush=True)
    sys.exit(ended.code)


if __name__ == "__main__":
    main()
