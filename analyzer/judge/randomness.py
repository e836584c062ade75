"""Whether bytes could be drawn at random: tests that know how many there are.

- Pearson's chi-square of the histogram of bytes against a uniform one, 255
  degrees of freedom. Both tails count: bytes that are too even were not drawn.
- The serial test of NIST SP 800-22 (2.11) with patterns of 8 bits at every bit, 128
  degrees of freedom, once from the highest bit of each byte on as bzip2 packs, once
  from the lowest as deflate and Zstandard do: what compressors write keeps traces
  between neighbouring bits long after its bytes look even.

Entropy against a fixed threshold is no such test: random bytes score 0.79 at
100 bytes and 0.98 at 1,400, deflated JSON 0.975, base64 of random bytes 0.75.

Nothing here says *encrypted*: range coders (xz) pass both tests at any length
a phone sends, and a simple cipher over a text fails them. benchmarks/entropy.py
prints how often each kind of content is taken for another.
"""

from __future__ import annotations

from array import array
from functools import partial
from typing import Literal

from analyzer.judge import counting

LEAST = 256
"""Bytes below which nothing is said: one expected in each cell of the histogram."""

MOST = 16_384
"""Bytes looked at; more would only find ever smaller frames around random content."""

MOST_BITS = 8_192
"""Bytes whose bits are looked at, which takes ten times as long."""

UPPER, LOWER = 3.2, -3.3
"""Standard normal scores beyond which bytes are not taken for random.

Each tail below 0.1 %: of random content about 0.4 % is missed, at all lengths."""


def is_random(data: bytes) -> bool:
    """Whether at least 256 bytes are indistinguishable from random by all tests."""
    if len(data) < LEAST:
        return False
    data = data[:MOST]
    tests = (of_bytes, partial(of_bits, order="big"), partial(of_bits, order="little"))
    return all(LOWER < test(data) < UPPER for test in tests)


def of_bytes(data: bytes) -> float:
    """The histogram of bytes as a standard normal score; 0 is what chance gives."""
    expected = len(data) / 256
    counts = _none()
    counting.bytes_of(data, counts)
    squares = counting.squares(counts, 1)
    return score(squares / expected - len(data), 255)


def of_bits(data: bytes, order: Literal["big", "little"]) -> float:
    """The serial test with patterns of 8 bits, end joined to beginning, as such a score.

    ``order``: whether the bits of a byte are read from its highest or its lowest on.
    """
    data = data[:MOST_BITS]
    counts = _none()
    counting.bits_of(data, counts, order == "big")
    eight, seven = counting.squares(counts, 1), counting.squares(counts, 2)
    return score((256 * eight - 128 * seven) / (8 * len(data)), 128)


def _none() -> array[int]:
    return array("q", bytes(8 * 256))


def score(chi_square: float, degrees: int) -> float:
    """A chi-square as a standard normal score (Wilson and Hilferty, PNAS 17, 1931)."""
    width = 2 / (9 * degrees)
    root = max(chi_square / degrees, 0.0) ** (1 / 3)
    return float((root - (1 - width)) / width**0.5)
