"""The line on stderr that says how far the reading is."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path


def on_stderr(captures: tuple[Path, ...]) -> Callable[[int, int], None]:
    """Takes bytes read and packets, five times a second at most; (-1, 0) wipes the line."""
    whole = sum(path.stat().st_size for path in captures if path.is_file())
    begun = last = time.monotonic()

    def show(done: int, packets: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done >= 0 and now - last < 0.2:
            return
        last = now
        line = "" if done < 0 else _line(done, whole, packets, now - begun)
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()

    return show


def _line(done: int, whole: int, packets: int, seconds: float) -> str:
    rate = done / max(seconds, 1e-6)
    of = f" of {whole / 1e6:,.0f}" if whole else ""
    left = f", {max(0, whole - done) / max(rate, 1):.0f} s left" if whole else ""
    return f"{done / 1e6:,.0f}{of} MB, {packets:,} packets, {rate / 1e6:,.0f} MB/s{left}"
