"""Long runs are found where the plain regular expression finds them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.judge import peel, runs
from analyzer.judge.lookalikes import looks

DIGITS = runs.letters(b"0123456789")
SHORT = st.text("a1F-+/=:%\r\n ", max_size=120).map(str.encode)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", []),
        (b"12", []),
        (b"123", [(0, 3)]),
        (b"x1234y12z999", [(1, 5), (9, 12)]),
        (b"12 345\n678\xff", [(3, 6), (7, 10)]),
    ],
)
def test_begin_and_end_of_runs(data: bytes, found: list[tuple[int, int]]) -> None:
    assert list(runs.find(data, DIGITS, 3)) == found


@given(SHORT, st.integers(1, 6))
def test_same_as_a_regular_expression(data: bytes, least: int) -> None:
    wanted = [match.span() for match in re.finditer(rb"[0-9]{%d,}" % least, data)]
    assert list(runs.find(data, DIGITS, least)) == wanted


@given(st.lists(SHORT, max_size=4).map(b"aF1".join))
def test_same_encoded_runs_as_regular_expressions(data: bytes) -> None:
    base64 = rb"[A-Za-z0-9+/_-]{16,}(?:\r?\n[A-Za-z0-9+/_-]+)*"
    alone = rb"(?<![0-9A-Za-z])[0-9a-fA-F]{12,}(?![0-9A-Za-z])"
    mixed = [
        run
        for run in re.findall(base64, data)
        if run.upper() != run != run.lower()
        and not (set(run) & set(b"-_") and set(run) & set(b"+/"))
    ]
    found = [layer for layer in peel.layers(data, 1) if layer.stack[0] in ("base64", "base64url")]
    assert len(found) == len([run for run in mixed if _decodes(run)])
    hexes = [bytes.fromhex(run[: len(run) // 2 * 2].decode()) for run in re.findall(alone, data)]
    assert [layer.data for layer in peel.layers(data, 1) if layer.stack == ("hex",)] == hexes


def _decodes(run: bytes) -> bool:
    return bool(peel.unbase64(run.replace(b"-", b"+").replace(b"_", b"/")))


@given(st.lists(st.sampled_from(["9c:2e:a1:11:22:33", "9c-2e", ":", "a1", "-", " "]), max_size=9))
def test_same_mac_addresses_as_a_regular_expression(parts: list[str]) -> None:
    data = "".join(parts).encode()
    shape = rb"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}(?![0-9A-Za-z:-])"
    wanted = [
        match.start()
        for match in re.finditer(shape, data)
        if not re.fullmatch(rb"[0-9A-Za-z:-]", data[match.start() - 1 : match.start()])
        and len(set(match.group()) - set(b":-")) > 3
    ]
    assert [look.at for look in looks(data) if look.kind == "mac"] == wanted
