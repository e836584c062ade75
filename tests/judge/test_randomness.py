"""The tests of randomness: against values worked out elsewhere, and their error rates."""

from __future__ import annotations

import base64
import random
import zlib

import pytest

from analyzer.judge.randomness import LEAST, LOWER, MOST, UPPER, is_random, of_bits, of_bytes, score


def test_a_score_is_that_of_the_chi_square_tables() -> None:
    """Upper percentage points of chi-square (NIST/SEMATECH e-Handbook 1.3.6.7.4)."""
    assert score(124.342, 100) == pytest.approx(1.645, abs=0.005)  # 0.05
    assert score(135.807, 100) == pytest.approx(2.326, abs=0.005)  # 0.01
    assert score(149.449, 100) == pytest.approx(3.090, abs=0.005)  # 0.001
    assert score(77.929, 100) == pytest.approx(-1.645, abs=0.005)
    assert score(0.0, 100) < -20


def test_the_histogram_counts_what_pearson_counts() -> None:
    assert of_bytes(bytes(range(256)) * 4) == score(0.0, 255)
    one_value = bytes(1_024)  # (1024 - 4)^2 / 4 + 255 * 4
    assert of_bytes(one_value) == score(1_020**2 / 4 + 255 * 4, 255)


@pytest.mark.parametrize("order", ["big", "little"])
def test_the_serial_test_is_the_one_of_the_standard(order: str) -> None:
    """SP 800-22 2.11 written out: psi-squared of 8 bits less that of 7, on the bits in a row."""
    data = random.Random(3).randbytes(40) + b"abcabcabc"
    bits = [byte >> (7 - i if order == "big" else i) & 1 for byte in data for i in range(8)]

    def psi(width: int) -> float:
        counts: dict[tuple[int, ...], int] = {}
        for at in range(len(bits)):
            pattern = tuple((bits + bits)[at : at + width])
            counts[pattern] = counts.get(pattern, 0) + 1
        return float(2**width) / len(bits) * sum(c * c for c in counts.values()) - len(bits)

    expected = score(psi(8) - psi(7), 128)
    assert of_bits(data, "big" if order == "big" else "little") == pytest.approx(expected)


@pytest.mark.parametrize("size", [LEAST, 300, 1_400, 4_096])
def test_random_bytes_pass_at_all_lengths(size: int) -> None:
    """At most 1 % missed; 500 draws of a fixed seed."""
    draw = random.Random(size)
    missed = sum(not is_random(draw.randbytes(size)) for _ in range(500))
    assert missed <= 5


def test_too_few_bytes_are_never_called_random() -> None:
    assert not is_random(random.Random(1).randbytes(LEAST - 1))


def test_what_is_too_even_is_not_random() -> None:
    shuffled = [byte for _ in range(8) for byte in range(256)]
    random.Random(5).shuffle(shuffled)
    assert of_bytes(bytes(shuffled)) < LOWER
    assert not is_random(bytes(shuffled))


def test_encodings_and_packings_fail() -> None:
    draw = random.Random(9)
    assert not is_random(base64.b64encode(draw.randbytes(300)))
    assert of_bytes(base64.b64encode(draw.randbytes(1_500))) > 10 * UPPER
    text = b" ".join(b"%d %s" % (i, draw.choice([b"up", b"down", b"idle"])) for i in range(9_000))
    machine = zlib.compressobj(wbits=-15)
    assert not is_random((machine.compress(text) + machine.flush())[200 : 200 + MOST])


@pytest.mark.parametrize(("least", "most"), [(UPPER, 3.6), (3.6, 5.0)])
def test_a_little_too_uneven_is_not_random(least: float, most: float) -> None:
    data = bytearray(random.Random(11).randbytes(4_096))
    for at in range(0, 4_096, 40):
        if of_bytes(bytes(data)) <= least:
            data[at] = 0
    assert least < of_bytes(bytes(data)) < most
    assert not is_random(bytes(data))


@pytest.mark.parametrize(("order", "other"), [("big", "little"), ("little", "big")])
def test_bits_are_read_in_both_orders(order: str, other: str) -> None:
    """The last bit of each byte is the first of the next, in the one order alone."""
    last, first = (0, 7) if order == "big" else (7, 0)
    data = bytearray(random.Random(12).randbytes(4_096))
    for at in range(1, len(data)):
        data[at] = data[at] & ~(1 << first) | (data[at - 1] >> last & 1) << first
    assert LOWER < of_bytes(bytes(data)) < UPPER
    assert LOWER < of_bits(bytes(data), other) < UPPER  # type: ignore[arg-type]
    assert not is_random(bytes(data))
