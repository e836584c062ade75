"""Histograms, compiled and as they are: against counting on fingers."""

from __future__ import annotations

import importlib.util
from array import array
from collections import Counter
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.judge import counting
from tests.conftest import ROOT


def _interpreted() -> ModuleType:
    path = ROOT / "analyzer" / "judge" / "counting.py"
    spec = importlib.util.spec_from_file_location("counting_interpreted", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SPEEDS = {"compiled": counting, "interpreted": _interpreted()}


def bits(data: bytes, big: bool) -> list[str]:
    """Every bit, in the order it is read."""
    return list("".join(f"{byte:08b}"[:: 1 if big else -1] for byte in data))


def listed(counts: Counter[int]) -> list[int]:
    return [counts[i] for i in range(256)]


@pytest.mark.parametrize("speed", SPEEDS)
@given(st.binary(max_size=300))
def test_bytes(speed: str, data: bytes) -> None:
    counts = array("q", bytes(8 * 256))
    SPEEDS[speed].bytes_of(data, counts)
    assert counts.tolist() == listed(Counter(data))


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("big", [True, False])
@given(st.binary(max_size=60))
def test_bits(speed: str, big: bool, data: bytes) -> None:
    row = bits(data, big)
    seen: Counter[int] = Counter()
    for at in range(len(row)):
        pattern = (row + row[:7])[at : at + 8] if data else []
        seen[int("".join(pattern[:: 1 if big else -1]), 2)] += 1
    counts = array("q", bytes(8 * 256))
    SPEEDS[speed].bits_of(data, counts, big)
    assert counts.tolist() == listed(seen)


@pytest.mark.parametrize("speed", SPEEDS)
def test_squares(speed: str) -> None:
    counts = array("q", [1, 2, 3, 4, 5])
    assert SPEEDS[speed].squares(counts, 1) == 1 + 4 + 9 + 16 + 25
    assert SPEEDS[speed].squares(counts, 2) == 3**2 + 7**2
    assert SPEEDS[speed].squares(array("q", [1 << 20] * 256), 2) == 128 << 42


@pytest.mark.parametrize("speed", SPEEDS)
def test_too_few_counts_are_an_error(speed: str) -> None:
    with pytest.raises(IndexError):
        SPEEDS[speed].bytes_of(b"\xff", array("q", bytes(8 * 255)))
