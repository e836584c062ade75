"""What is wrong in rule and data files, collected and said at once.

Rules of this file
- A reader who mends files wants every problem of every file in one run, each
  as "path:line:column: what was found; expected what; fix: how".
- What a message quotes from a file is one short printable line.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.errors import DataFileError

MAX_PROBLEMS = 50
"""Problems listed of one check; a reader mends a few, then looks again."""


class Problems:
    """What is wrong in one or many files, said at once instead of one by one."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, where: str, found: str, expected: str, fix: str) -> None:
        """Notes one problem; ``where`` is "path:line:column" (``Document.at``)."""
        self.lines.append(f"{where}: {found}; expected {expected}; fix: {fix}")

    def take(self, error: DataFileError) -> None:
        """Notes the problems another check has raised."""
        self.lines.extend(str(error).split("\n"))

    def stop(self) -> None:
        """Raises one DataFileError with every problem, if there is any."""
        if not self.lines:
            return
        left = len(self.lines) - MAX_PROBLEMS
        more = [f"... and {left} more"] if left > 0 else []
        raise DataFileError("\n".join(self.lines[:MAX_PROBLEMS] + more))


def nearest(word: str, known: Iterable[str]) -> str:
    """A remedy for an unknown key or value: the nearest known, or all of them."""
    known = sorted(known)
    close = closest(word, known)
    return f"did you mean '{close}'?" if close else "known are: " + ", ".join(known)


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like this one; of those like it, one of the same letters."""
    from difflib import get_close_matches

    close = get_close_matches(word[:60], known, 3, 0.6)
    return min(close, key=lambda each: sorted(each) != sorted(word)) if close else None


def shown(value: object) -> str:
    """A value as an error may print it: one short line, printable characters only."""
    text = repr(value)
    text = text if len(text) <= 60 else text[:57] + "..."
    return text.encode("ascii", "backslashreplace").decode()
