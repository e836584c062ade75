"""What a batch of 10,000 captures costs the process that supervises it:
python -m tests.batch.parent [COUNT]

Its workers pretend: they seal forged records instead of analysing. Everything
else is as always. Prints the peak memory of the supervising process in MB, and
its processor time; exit code 1 over 300 MB.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analyzer.batch import work
from analyzer.batch.engine import Job
from analyzer.batch.seal import Folder
from tests.batch.folders import asked, batch
from tests.batch.forged_records import record

LIMIT_MB = 300


def pretend(job: Job, settings: Mapping[str, Any]) -> work.Answer:
    """Seals a forged record under the recording's own key and names."""
    if job["kind"] == "measure":
        return work.do(job, settings)
    task = job["task"]
    number = int(task["key"], 16) % 100_000
    names, files = task["names"], [{**part, "place": None} for part in task["parts"]]
    made = record(number, key=task["key"], names=names, files=files, report=None)
    Folder(Path(settings["output"])).seal_record(made)
    return {"status": made["status"], "reason": made["reason"]}


def main() -> None:
    """The figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as top:
        for number in range(count):
            path = Path(top, "in", f"{number % 100:02}", f"handset-of-a-lab-{number:06}.pcap")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"\xd4\xc3\xb2\xa1" + number.to_bytes(8, "big"))
        for what in ("first run", "resumed"):
            begun, before = time.monotonic(), time.process_time()
            ended, _ = batch(asked(Path(top, "in"), Path(top, "out")), pretend)
            assert ended.account["in"] == count, ended.account
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{count:,} recordings, {what}: supervising process {peak:.0f} MB,"
                f" {time.process_time() - before:.1f} s of processor,"
                f" {time.monotonic() - begun:.0f} s"
            )
    sys.exit(0 if peak < LIMIT_MB else 1)


if __name__ == "__main__":
    main()
