"""Records as a batch seals them, forged: any number, each reproducible by its number.

And the lines of the scoreboard made of them.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from analyzer.batch import board_cover

Json = dict[str, Any]

FILES = ("scoreboard.csv", "scoreboard.parquet", "scoreboard.html", "cohorts.csv")
FAR = board_cover.USUAL

VENDORS = ("acme", "borealis", "cirrus")
COUNTRIES = (("IN", "stated"), ("SG", "stated"), ("CN", "agreed"), ("US", "single"),
             (None, "edge"), (None, "unknown"), ("HK", "disputed"), (None, "private"))  # fmt: skip
PARTS = (("left-home", "Content sent to places outside home", 25),
         ("clear-content", "Content sent without encryption", 20),
         ("claims", "Claims", 15), ("behaviour", "Unusual ways", 10))  # fmt: skip


def key(number: int) -> str:
    return sha256(str(number).encode()).hexdigest()[:20]


def record(number: int, **changes: Any) -> Json:
    """A record; every 11th failed, every 7th incomplete, every 13th of nobody's handset."""
    draw = Random(number)
    device = number // 3
    vendor = VENDORS[device % 3]
    if number % 11 == 10:
        return failed(number) | changes
    hours = (0.3, 2.0, 30.0)[device % 3]
    made = {
        "schema": "phonehome/record/1",
        "key": key(number),
        "names": [f"lab/phone-{device}/capture-{number}.pcap"],
        "files": [{"name": "x.pcap", "sha256": sha256(b"%d" % number).hexdigest(),
                   "bytes": 1_000 + number}],
        "device": {
            "id": f"phone-{device}" if number % 13 else None, "vendor": vendor, "model": "M1",
            "firmware": f"V{device % 2}", "home": "IN", "place": None,
        },
        "status": "incomplete" if number % 7 == 6 else "complete",
        "reason": None,
        "why": "The last 512 bytes are missing." if number % 7 == 6 else "",
        "first": f"2019-10-{1 + number % 28:02d}T13:04:08.779483000Z",
        "last": f"2019-10-{1 + number % 28:02d}T15:04:08.779483000Z",
        "hours": hours,
        "bytes": 1_000_000,
        "visibility": {"hours": hours, "bytes": 1_000_000, "named": 0.8,
                       "located_by_operator": 0.5, "edge": 0.1, "decrypted": 0.0},
        "score": score(draw, hours),
        "verdicts": [
            {"claim": f"{vendor}-home", "vendor": vendor,
             "verdict": draw.choice(("contradicted", "consistent", "not_testable"))},
            {"claim": f"{vendor}-tls", "vendor": vendor, "verdict": "consistent"},
        ],
        "countries": [
            {"country": c, "certainty": sure, "endpoints": draw.randint(1, 9),
             "bytes_up": draw.randint(0, 10**6), "bytes_down": 5_000}
            for c, sure in COUNTRIES
        ],
        "endpoints": endpoints(vendor, device),
        "findings": {"high": draw.randint(0, 2), "medium": 1, "info": 4},
        "handsets": 1,
        "report": f"captures/{key(number)}/report.html",
        "limits": None,
    }  # fmt: skip
    for way in ("bytes_up", "bytes_down"):
        made[way] = sum(each[way] for each in made["countries"])
    return made | changes


def failed(number: int) -> Json:
    return {
        "schema": "phonehome/record/1", "key": key(number), "names": [f"bad/{number}.pcap"],
        "files": [], "device": {"id": f"phone-{number // 3}", "vendor": None, "model": None,
                                "firmware": None, "home": None, "place": None},
        "status": "failed", "reason": ("killed", "timeout", "malformed")[number % 3],
        "why": "it took longer than --timeout allows", "first": None, "last": None, "hours": 0.0,
        "bytes": 0, "bytes_up": 0, "bytes_down": 0, "visibility": None, "score": None,
        "verdicts": [], "countries": [], "endpoints": [], "findings": {}, "handsets": 0,
        "report": None, "limits": {"memory": 0, "timeout": 60},
    }  # fmt: skip


def score(draw: Random, hours: float) -> Json:
    parts = [
        {"name": name, "title": title, "points": round(draw.uniform(0, of), 1), "of": of,
         "why": "Why.", "findings": ["F001"], "claims": [], "endpoints": []}
        for name, title, of in PARTS
    ]  # fmt: skip
    total = round(100 * sum(p["points"] for p in parts) / sum(p["of"] for p in parts))
    coverage = {"hours": hours, "bytes": 900_000, "content_up": 1_000, "flows": 40, "endpoints": 9,
                "named": 0.8, "located": 0.7, "edge": 0.1, "hidden": 0.0, "home": "IN",
                "rules_sha256": "ef" * 32}  # fmt: skip
    return {"total": total, "sentence": "A sentence.", "parts": parts, "coverage": coverage}


def endpoints(vendor: str, device: int) -> list[Json]:
    """Some of all handsets of a vendor, some of one firmware, some of one handset."""
    names = [f"api.{vendor}.example", f"update.{vendor}.example",
             f"beta-{device % 2}.{vendor}.example", f"only-{device}.{vendor}.example"]  # fmt: skip
    return [
        {"ip": f"198.51.100.{i}", "name": name, "owner": f"{vendor.title()} Ltd.", "country": "SG",
         "certainty": "stated", "provider": "aws", "region": "ap-southeast-1", "party": "first",
         "bytes_up": 1_000 * i, "bytes_down": 100}
        for i, name in enumerate(names, 1)
    ]  # fmt: skip


def records(count: int, **changes: Any) -> Callable[[], Iterator[Json]]:
    """What a batch hands to the scoreboard: sorted by key, as often as asked."""
    numbers = sorted(range(count), key=key)
    return lambda: (record(number, **changes) for number in numbers)


SETTINGS: Json = {
    "schema": "phonehome/batch/1", "tool": "phonehome", "version": "0.1.0", "rules": "ab" * 32,
    "data": "cd" * 32, "asked": {"home": "IN", "rules": []}, "files": {}, "formats": ["html"],
    "evidence": True,
}  # fmt: skip


def rows(folder: Path, name: str = "scoreboard.csv") -> list[dict[str, str]]:
    """The lines of a table of the scoreboard."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
