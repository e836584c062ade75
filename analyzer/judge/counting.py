# cython: language_level=3, annotation_typing=False, boundscheck=True, wraparound=False
"""Histograms of bytes and of bits: loops that are compiled where the hot room is.

Plain Python, with C types in counting.pxd; both give the same counts.
"""

from __future__ import annotations

from array import array


def bytes_of(data: bytes, counts: array[int]) -> None:
    """Adds to ``counts``, one of 256, how often each byte occurs."""
    for i in range(len(data)):
        counts[data[i]] += 1


def bits_of(data: bytes, counts: array[int], big: bool) -> None:
    """Adds how often each pattern of 8 bits occurs, at every bit, end joined to beginning.

    ``big``: the bits of a byte are read from its highest on, else from its lowest.
    """
    size = len(data)
    for i in range(size):
        here = data[i]
        after = data[i + 1 if i + 1 < size else 0]
        pair = here << 8 | after if big else after << 8 | here
        for shift in range(8):
            counts[pair >> shift & 255] += 1


def squares(counts: array[int], step: int) -> int:
    """The sum of the squares of ``counts``, of each ``step`` neighbours taken together."""
    total = 0
    for i in range(0, len(counts) - step + 1, step):
        together = 0
        for k in range(step):
            together += counts[i + k]
        total += together * together
    return total
