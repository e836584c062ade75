"""``python -m benchmarks.entropy [SAMPLES] [FOLDER]``: how often content is taken for another kind.

Samples (2,000 of each kind and length) are made from a fixed seed; ``FOLDER`` is
searched for JPEG and PNG files, of which pieces are taken as well. One line each:
the share of every answer of ``analyzer.judge.entropy.kind_of``.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import json
import lzma
import random
import sys
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import zstandard

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from analyzer.judge.entropy import KINDS, kind_of

LENGTHS = (256, 512, 1_024, 4_096, 16_384)
WORDS = (
    "screen",
    "time",
    "network",
    "battery",
    "click",
    "wifi",
    "page",
    "model",
    "device",
    "event",
)
Make = Callable[[int], bytes]

chance = random.Random(2026)


def text(size: int) -> bytes:
    """At least so many bytes of JSON lines as a telemetry report has them."""
    lines: list[str] = []
    length = 0
    while length < size:
        event = {
            "ts": chance.randrange(10**12, 2 * 10**12),
            "event": chance.choice(WORDS),
            "id": f"{chance.getrandbits(128):032x}" if chance.random() < 0.5 else None,
            "value": round(chance.random(), 4),
            "list": [chance.randrange(100) for _ in range(chance.randrange(6))],
            "text": " ".join(chance.choices(WORDS, k=chance.randrange(9))),
        }
        lines.append(json.dumps(event))
        length += len(lines[-1]) + 1
    return "\n".join(lines).encode()


def packed(pack: Callable[[bytes], bytes], cut: int) -> Make:
    """``size`` bytes of packed text, from byte ``cut`` on."""

    def make(size: int) -> bytes:
        grown, found = 4 * size + 400, b""
        while len(found) < size + cut:
            found, grown = pack(text(grown)), 2 * grown
        return found[cut : cut + size]

    return make


def deflated(data: bytes) -> bytes:
    """A bare stream (RFC 1951)."""
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(data) + machine.flush()


def simple_cipher(size: int) -> bytes:
    """Text under a repeated key of 16 bytes: no encryption, though apps do so."""
    key = chance.randbytes(16)
    return bytes(a ^ key[i % 16] for i, a in enumerate(text(size)[:size]))


def pieces(files: list[bytes], start: int) -> Make:
    """Pieces of files, from ``start`` bytes on or, where 0, from the beginning."""

    def make(size: int) -> bytes:
        data = chance.choice([one for one in files if len(one) >= start + size])
        at = chance.randrange(start, len(data) - size + 1) if start else 0
        return data[at : at + size]

    return make


def kinds(folder: Path | None) -> dict[str, Make]:
    """Every kind of content, with what makes some of it."""
    zstd = zstandard.ZstdCompressor().compress
    found: dict[str, Make] = {
        "random": chance.randbytes,
        "JSON": lambda size: text(size)[:size],
        "base64 of random": lambda size: base64.b64encode(chance.randbytes(size))[:size],
        "hex of random": lambda size: chance.randbytes(size // 2).hex().encode(),
        "gzip": packed(gzip.compress, 0),
        "zstd": packed(zstd, 0),
        "deflate, bare": packed(deflated, 0),
        "deflate, from its middle": packed(deflated, 150),
        "zstd, from its middle": packed(zstd, 150),
        "bzip2, from its middle": packed(bz2.compress, 150),
        "xz, from its middle": packed(lzma.compress, 150),
        "text under a repeated key": simple_cipher,
    }
    for ending in ("jpg", "png") if folder else ():
        files = [path.read_bytes() for path in sorted((folder or Path()).rglob(f"*.{ending}"))]
        files = [one for one in files if len(one) > 1_000 + max(LENGTHS)]
        if files:
            found[f"{ending}, {len(files)} files"] = pieces(files, 0)
            found[f"{ending}, from their middle"] = pieces(files, 1_000)
    return found


def main() -> None:
    """Print the table."""
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    print(f"{'content':28}{'bytes':>7}" + "".join(f"{kind:>12}" for kind in KINDS))
    for name, make in kinds(folder).items():
        for size in LENGTHS:
            seen = Counter(kind_of(make(size)) for _ in range(samples))
            total = sum(seen.values())
            shares = "".join(f"{100 * seen[kind] / total:11.2f}%" for kind in KINDS)
            print(f"{name:28}{size:7,}{shares}", flush=True)


if __name__ == "__main__":
    main()
