"""``python benchmarks/places.py [SEED]``: times the look-up of 5,000 scattered addresses.

Addresses are drawn from the whole IPv4 space, so that they touch nearly every
block of every table: the worst case. Prints milliseconds of processor time,
the peak of memory, and the same for ``where``'s single address.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

ADDRESSES = 5_000


def drawn(seed: int) -> list[str]:
    """Addresses of the public IPv4 space, the same for the same seed."""
    chance = random.Random(seed)
    return [
        f"{chance.randrange(1, 224)}.{chance.randrange(256)}.{chance.randrange(256)}.1"
        for _ in range(ADDRESSES)
    ]


def main() -> None:
    """Print one line a stage."""
    addresses = drawn(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    marks = [("start", time.process_time())]

    def mark(stage: str) -> None:
        marks.append((stage, time.process_time()))

    from analyzer.places.atlas import Atlas

    mark("import the places room")
    atlas = Atlas.open("2026-11-01")
    mark("open the tables")
    atlas.place("13.126.0.1")
    mark("first address")
    for address in addresses:
        atlas.place(address)
    mark(f"{ADDRESSES:,} addresses, whole judgement and sentence")
    for (_, before), (stage, after) in pairwise(marks):
        print(f"{(after - before) * 1000:8.1f} ms  {stage}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{peak:8} MB  peak memory of the process")
    tables = Path(sys.modules["analyzer.data.table"].__file__ or "").parent / "tables"
    size = sum(path.stat().st_size for path in tables.iterdir())
    print(f"{size / 1e6:8.1f} MB  tables on disk")


if __name__ == "__main__":
    main()
