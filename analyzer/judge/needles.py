"""All places where any of many byte strings stands: exactly what a naive search finds.

METHODS asks for one Aho-Corasick automaton. Stepping through one byte by byte costs
Python about 0.1 s a megabyte, and building it for the thousands of written forms of a
device sheet more than that. This finds the same in 0.01 s a megabyte: text is looked at
in words of four bytes; a needle of seven or more holds a whole one of them, wherever it
begins, so the words at its offsets 0 to 3 lead to it. Each word costs one look-up and,
where it is a needle's, one comparison for each needle that shares it: at most text length
times needles, however the text is made. Needles of less than seven bytes, which are few,
are looked for one by one.
"""

from __future__ import annotations

from collections.abc import Sequence

WORD = 4
SHORTEST = 2 * WORD - 1
"""Bytes of a needle that holds a whole word wherever it begins."""


class Needles:
    """Byte strings to look for; empty ones are never found."""

    def __init__(self, needles: Sequence[bytes]) -> None:
        self.needles = needles
        self._short = [i for i, needle in enumerate(needles) if 0 < len(needle) < SHORTEST]
        self._words: dict[int, list[tuple[int, int]]] = {}  # word -> (needle, offset in it)
        for i, needle in enumerate(needles):
            if len(needle) >= SHORTEST:
                for at in range(WORD):
                    (word,) = memoryview(needle[at : at + WORD]).cast("I")
                    self._words.setdefault(word, []).append((i, at))

    def find(self, data: bytes) -> list[tuple[int, int]]:
        """(offset, place of the needle in the list) of every occurrence, in that order."""
        found = [(at, i) for i in self._short for at in _all(self.needles[i], data)]
        words = memoryview(data)[: len(data) // WORD * WORD].cast("I")
        known, needles = self._words, self.needles
        for place, word in [(p, w) for p, w in enumerate(words) if w in known]:
            for i, offset in known[word]:
                start = place * WORD - offset
                if start >= 0 and data.startswith(needles[i], start):
                    found.append((start, i))
        found.sort()
        return found


def _all(needle: bytes, data: bytes) -> list[int]:
    """Offsets of one needle, overlapping ones too."""
    found = []
    at = data.find(needle)
    while at >= 0:
        found.append(at)
        at = data.find(needle, at + 1)
    return found
