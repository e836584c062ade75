"""The registrable domain of a name, by the ICANN section of the public suffix list.

The table (built from PyPI ``publicsuffixlist``) holds only rules of two or more
labels: a last label that no rule names is a suffix by the list's default rule.
Algorithm: https://publicsuffix.org/list/ ("Algorithm"); of several rules the
exception wins, else the longest.
"""

from __future__ import annotations

from pathlib import Path

from analyzer.errors import DataFileError
from analyzer.owners.labels import clean, is_private, upwards


class Suffixes:
    """Public suffixes; answers are kept, a capture asks for few names often."""

    KEPT = 50_000
    """Answers kept: a handset meets some thousands of names."""

    def __init__(self, rules: frozenset[str]) -> None:
        self._rules = rules
        self._answers: dict[str, str | None] = {}

    @classmethod
    def read(cls, path: Path) -> Suffixes:
        """The table as shipped: one rule a line, ``*.`` and ``!`` as in the list."""
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise DataFileError(
                f"{path}: the table of public suffixes cannot be read ({error}); "
                "install the package again."
            ) from error
        return cls(frozenset(line for line in text.split("\n") if line and line[0] != "#"))

    def registrable(self, name: str) -> str | None:
        """``a.b.example.co.uk`` -> ``example.co.uk``.

        None for address literals, single labels, public suffixes themselves and
        names nobody registers (``.local``).
        """
        if name in self._answers:
            return self._answers[name]
        tidy = clean(name)
        answer = None if tidy is None or is_private(tidy) else self._cut(tidy)
        if len(self._answers) < self.KEPT:
            self._answers[name] = answer
        return answer

    def _cut(self, name: str) -> str | None:
        """One label more than the longest suffix that a rule makes."""
        below: str | None = None
        for parent in upwards(name):
            _, _, rest = parent.partition(".")
            if "!" + parent in self._rules:
                return parent
            if parent in self._rules or "*." + rest in self._rules or not rest:
                return below
            below = parent
        return None
