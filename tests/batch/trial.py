"""The trial of a batch, too long for every day: python -m tests.batch.trial

Makes captures from the real ones (whole, cut between packets, cut anywhere),
among them some that kill their worker, eat its memory or never end, damaged
ones and duplicates. Then: is every one accounted for, each bad one with its
reason? Is a batch that was killed again and again, byte for byte, the one that
was left in peace, with nothing sealed written twice? Exit code 1 if not.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from analyzer.batch import digests
from tests.batch.folders import contents, seals
from tests.conftest import ROOT, SHARED

KILLERS, HOGS, ENDLESS, MALFORMED, DUPLICATES = 3, 2, 1, 20, 50
SUFFIXES = (".pcap", ".pcapng", ".gz")
MEMORY, TIMEOUT = 1024, 20  # MB, seconds
MADE_BAD = {"killed": KILLERS, "memory": HOGS, "timeout": ENDLESS}


def main() -> None:
    """Both runs, and what they show."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--keep", action="store_true")
    asked = parser.parse_args()
    top = Path(tempfile.mkdtemp(prefix="phonehome-trial-"))
    print(f"in {top}")
    make(top / "in", asked.count, random.Random(asked.seed))
    wrong = [*undisturbed(top, asked), *killed(top, asked)]
    for each in wrong:
        print(f"WRONG: {each}")
    print("all as it should be" if not wrong else f"{len(wrong)} things are not as they should be")
    if not asked.keep:
        shutil.rmtree(top)
    sys.exit(1 if wrong else 0)


def make(top: Path, count: int, draw: random.Random) -> None:
    """So many captures, all different but the duplicates."""
    files = [path for path in (SHARED / "captures").rglob("*") if path.is_file()]
    real = sorted(path for path in files if path.suffix in SUFFIXES and "truth" not in path.parts)
    if not real:
        sys.exit("the real captures are not here; set PHONEHOME_SHARED")
    plain = count - KILLERS - HOGS - ENDLESS - MALFORMED - DUPLICATES
    made: set[bytes] = set()
    top.mkdir(parents=True)
    number = 0
    while len(made) < plain:
        content = cut(real[number % len(real)].read_bytes(), number // len(real), draw)
        if content in made:
            content = content[: draw.randrange(40, max(41, len(content)))]
        if content not in made:
            made.add(content)
            (top / f"{number % 40:02}").mkdir(exist_ok=True)
            (top / f"{number % 40:02}" / f"c{number:05}.pcap").write_bytes(content)
        number += 1
    rest = sorted(made, key=len)
    for name, many in (("kills", KILLERS), ("hogs", HOGS), ("endless", ENDLESS)):
        for n in range(many):
            (top / f"{name}{n}.pcap").write_bytes(rest.pop(len(rest) // 2) + name.encode())
    for n in range(MALFORMED):
        (top / f"malformed{n}.pcap").write_bytes(draw.randbytes(200 + n))
    originals = sorted(top.glob("*/c*.pcap"))
    for n in range(DUPLICATES):
        shutil.copy(originals[n * len(originals) // DUPLICATES], top / f"double{n}.pcap")


def cut(content: bytes, turn: int, draw: random.Random) -> bytes:
    """A capture whole, cut behind a packet (little-endian pcap), or cut anywhere."""
    if turn == 0:
        return content
    if turn % 2 and content[:4] == b"\xd4\xc3\xb2\xa1":
        ends = [24]
        while ends[-1] + 16 <= len(content):
            size = int.from_bytes(content[ends[-1] + 8 : ends[-1] + 12], "little")
            ends.append(ends[-1] + 16 + size)
        return content[: draw.choice(ends[1:] or ends)]
    return content[: draw.randrange(30, len(content) + 1)]


def undisturbed(top: Path, asked: argparse.Namespace) -> list[str]:
    """A batch left in peace: the account."""
    begun = time.monotonic()
    process = begin(top / "in", top / "peace", asked.jobs)
    process.wait()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = json.loads((top / "peace" / "summary.json").read_text())
    print(
        f"undisturbed: {time.monotonic() - begun:.0f} s, {usage.ru_utime + usage.ru_stime:.0f} s of"
        f" processor, exit code {process.returncode}: "
        + json.dumps({k: v for k, v in said.items() if k != "skipped"})
    )
    reasons = said["failed_by_reason"]
    checks = {
        "exit code 3": process.returncode == 3,
        "in = files": said["in"] == sum(1 for p in (top / "in").rglob("*") if p.is_file()),
        "in = count": said["in"] == asked.count,
        "in = out": said["in"] == said["complete"] + said["incomplete"] + said["failed"],
        "the bad named": {k: reasons.get(k) for k in MADE_BAD} == MADE_BAD,
        "malformed": reasons.get("malformed", 0) >= MALFORMED,
        "no errors": "error" not in reasons,
        "duplicates": said["duplicates"] == DUPLICATES,
    }
    return [what for what, holds in checks.items() if not holds]


def killed(top: Path, asked: argparse.Namespace) -> list[str]:
    """The same batch, killed at random moments and begun again."""
    draw = random.Random(asked.seed)
    output = top / "killed"
    wrong = []
    before: dict[str, tuple[int, int]] = {}
    whole = len(seals(top / "peace"))
    at: Counter[str] = Counter()
    for number in range(asked.kills):
        goal = whole * (number + draw.random()) / asked.kills
        process = begin(top / "in", output, asked.jobs)
        while process.poll() is None and len(seals(output)) < goal:
            time.sleep(0.05)
        time.sleep(draw.random() * 0.5)
        at["ended by itself" if process.poll() is not None else "killed"] += 1
        process.kill()
        process.wait()
        now = seals(output)
        if changed := [key for key in before if now.get(key) != before[key]]:
            wrong.append(f"after kill {number} {len(changed)} sealed results were written again")
        before = now
    process = begin(top / "in", output, asked.jobs)
    process.wait()
    now = seals(output)
    if changed := [key for key in before if now.get(key) != before[key]]:
        wrong.append(f"at the end {len(changed)} sealed results were written again")
    ours, theirs = contents(output), contents(top / "peace")
    results = {*ours, *theirs} - {digests.NAME}
    different = [name for name in results if ours.get(name) != theirs.get(name)]
    print(f"killed: {dict(at)}, {len(before)} sealed at the last, {len(ours)} files,"
          f" {len(different)} differ, exit code {process.returncode}")  # fmt: skip
    return wrong + [f"differs: {name}" for name in sorted(different)[:10]]


def begin(source: Path, output: Path, jobs: int) -> subprocess.Popen[bytes]:
    """A batch whose workers misbehave where a capture's name says so."""
    words: list[Any] = [source, output, jobs, MEMORY, TIMEOUT]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.batch.folders", *map(str, words)], cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL,
    )  # fmt: skip


if __name__ == "__main__":
    main()
