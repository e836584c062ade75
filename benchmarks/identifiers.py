"""``python -m benchmarks.identifiers``: what looking for a device sheet's identifiers costs.

One process a sheet, so that memory is that sheet's own. Columns: patterns made of the
sheet, processor seconds to make them, and to search a megabyte of JSON that names other
people of the same places and some of these, and memory above what was taken before.
"""

from __future__ import annotations

import multiprocessing
import random
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

Sheet = Mapping[str, list[str]]

FIRST = ("Asha", "Ravi", "Meera", "Arjun", "Lakshmi", "Vikram", "Sunita", "Anil")
LAST = ("Sharma", "Rao", "Iyer", "Singh", "Patel", "Das", "Menon", "Gupta")
CLEAR = 2_200_000
"""Bytes of clear content: a day of a phone holds some megabytes."""


def numbers(many: int, seed: int) -> list[str]:
    """Telephone numbers of one country, in a range nobody has."""
    chance = random.Random(seed)
    return [f"+91 00000 {chance.randrange(10**5):05d}" for _ in range(many)]


def names(many: int) -> list[str]:
    """First names that many share."""
    return [f"{FIRST[i % 8]} {LAST[i // 8 % 8]} {i}" for i in range(many)]


def mails(many: int) -> list[str]:
    """Addresses at one provider."""
    return [f"asha.{i}@mail.example" for i in range(many)]


def alike(many: int) -> list[str]:
    """A hostile sheet: two letters, so that all values share all their words."""
    chance = random.Random(3)
    return ["".join(chance.choices("ab", k=40)) for _ in range(many)]


def nested(many: int) -> list[str]:
    """A hostile sheet: each value begins the next."""
    return ["a" * (6 + i) for i in range(many)]


SHEETS: dict[str, Callable[[], Sheet]] = {
    "one IMEI": lambda: {"imei": ["004999012345673"]},
    "1,000 names": lambda: {"contacts": names(1_000)},
    "1,000 numbers": lambda: {"contacts": numbers(1_000, 1)},
    "500 of each, 500 e-mails": lambda: {
        "contacts": names(500) + numbers(500, 1),
        "email": mails(500),
    },
    "2,000 of a and b": lambda: {"contacts": alike(2_000)},
    "250 of a only": lambda: {"contacts": nested(250)},
}


def content(sheet: str) -> bytes:
    """Events in JSON; one in some hundred names somebody of the sheet."""
    if sheet.endswith("only"):
        return b"a" * CLEAR
    if sheet.endswith("a and b"):
        chance = random.Random(4)
        return bytes(chance.choices(b"ab", k=CLEAR))
    people = names(100_000)[2_000:] + numbers(2_000, 2)
    lines = [
        f'{{"event":"view","name":"{people[i * 7 % len(people)]}","ts":{10**12 + i}}}\n'
        for i in range(CLEAR // 50)
    ]
    return "".join(lines).encode()[:CLEAR]


def measure(sheet: str) -> tuple[int, float, float, float]:
    """Patterns, seconds to make them, seconds a megabyte, megabytes above the base."""
    from analyzer.judge.identifier_pool import pool
    from analyzer.judge.needles import Needles

    before, start = peak(), time.process_time()
    patterns = pool(SHEETS[sheet]())
    needles = Needles([pattern.data for pattern in patterns])
    built, memory = time.process_time() - start, peak() - before
    data = content(sheet)
    start = time.process_time()
    for at in range(0, len(data), 50_000):
        needles.find(data[at : at + 50_000])
    searched = time.process_time() - start
    return len(patterns), built, searched / (len(data) / 1e6), memory


def peak() -> float:
    """Megabytes this process has taken at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Prints a table of Markdown."""
    print("| sheet | patterns | made in | searched, a MB | memory |\n|---|---|---|---|---|")
    for sheet in SHEETS:
        with multiprocessing.get_context("spawn").Pool(1) as one:
            patterns, built, searched, memory = one.apply(measure, (sheet,))
        print(
            f"| {sheet} | {patterns:,} | {built:.2f} s | {searched:.2f} s | {memory:.0f} MB |",
            flush=True,
        )


if __name__ == "__main__":
    main()
