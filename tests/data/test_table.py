"""Range tables: what is packed is found again, and what is no table is refused."""

from __future__ import annotations

from bisect import bisect_right
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.data.table import ROWS, RangeTable, WideTable, open_table, pack, pack_wide
from analyzer.errors import DataFileError

keys32 = st.lists(st.integers(0, 2**32 - 1), unique=True, max_size=60).map(sorted)
keys64 = st.lists(st.integers(0, 2**64 - 1), unique=True, max_size=60).map(sorted)


def expected(keys: list[int], values: list[int], key: int) -> int:
    at = bisect_right(keys, key) - 1
    return values[at] if at >= 0 else 0


@given(keys32, st.integers(0, 2**32 - 1))
def test_wide_table_finds_what_a_list_finds(keys: list[int], key: int) -> None:
    values = [(k * 7 + 1) % 70_000 for k in keys]
    table = WideTable(pack_wide(keys, values))
    for probe in [key, *keys]:
        assert table.find(probe) == expected(keys, values, probe)


@given(keys64, st.integers(0, 2**64 - 1))
def test_range_table_finds_what_a_list_finds(keys: list[int], key: int) -> None:
    values = [k % 300 for k in keys]
    table = RangeTable(pack(keys, values, key_bytes=8))
    for probe in [key, *keys]:
        assert table.find(probe) == expected(keys, values, probe)


def test_several_blocks() -> None:
    keys = list(range(10, 10 + 5 * 3 * ROWS, 5))
    table = RangeTable(pack(keys, [i % 250 for i in range(len(keys))], key_bytes=4))
    assert table.rows == 3 * ROWS
    assert table.find(9) == 0
    for i in (0, 1, ROWS - 1, ROWS, 2 * ROWS + 7, 3 * ROWS - 1):
        assert table.find(10 + 5 * i) == table.find(10 + 5 * i + 4) == i % 250


def test_same_rows_same_bytes() -> None:
    assert pack([1, 9], [3, 4], key_bytes=4) == pack([1, 9], [3, 4], key_bytes=4)
    assert pack_wide([1, 9], [3, 4]) == pack_wide([1, 9], [3, 4])


def test_keys_must_ascend() -> None:
    with pytest.raises(ValueError, match="ascend"):
        pack([4, 4], [1, 2], key_bytes=4)
    with pytest.raises(ValueError, match="ascend"):
        pack_wide([5, 4], [1, 2])


@pytest.mark.parametrize("data", [b"", b"PHT1", b"<html>" + bytes(40), b"PHW1\x01" + bytes(30)])
def test_what_is_no_table_is_refused_by_name(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "country4.tbl"
    path.write_bytes(data)
    with pytest.raises(DataFileError, match=r"country4\.tbl"):
        open_table(path)


def test_a_cut_wide_table_is_refused() -> None:
    whole = pack_wide([1, 2, 3], [1, 2, 3])
    with pytest.raises(DataFileError, match="damaged"):
        WideTable(whole[:-1])
