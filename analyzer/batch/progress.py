"""The line on stderr that says how far a batch is and when it will be done."""

from __future__ import annotations

import sys
import time


class Line:
    """One line, written anew five times a second at most."""

    def __init__(self, shown: bool) -> None:
        self._shown = shown
        self._last = 0.0

    def begin(self, what: str, items: int, size: int) -> None:
        """A new stretch of work: how many things, of how many bytes altogether."""
        self._what, self._items, self._size = what, items, max(size, 1)
        self._done = self._bytes = self._failed = 0
        self._begun = time.monotonic()
        self._show()

    def step(self, size: int, failed: bool = False) -> None:
        """One thing more is done."""
        self._done += 1
        self._bytes += size
        self._failed += failed
        self._show()

    def wipe(self) -> None:
        """Leaves the terminal as it was."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _show(self) -> None:
        now = time.monotonic()
        if not self._shown or now - self._last < 0.2:
            return
        self._last = now
        seconds = max(now - self._begun, 1e-6)
        share = max(self._bytes / self._size, self._done / max(self._items, 1))
        failed = f", {self._failed:,} failed" if self._failed else ""
        left = f", {_span(seconds / share - seconds)} left" if share > 0 else ""
        rate = f", {self._bytes / seconds / 1e6:,.0f} MB/s" if self._bytes else ""
        line = f"{self._what} {self._done:,} of {self._items:,}{failed}{rate}{left}"
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()


def _span(seconds: float) -> str:
    """``40 s``, ``12 min``, ``3.5 h``."""
    if seconds < 100:
        return f"{max(0, seconds):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
