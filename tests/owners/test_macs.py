"""MAC prefixes of all three lengths, and tables that are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.errors import DataFileError
from analyzer.owners import macs
from analyzer.owners.macs import Macs
from analyzer.shipped import data_folder


@pytest.fixture(scope="module")
def registry() -> Macs:
    return Macs.read(data_folder() / "mac.bin")


@pytest.mark.parametrize(
    ("mac", "maker"),
    [
        ("00:00:0c:01:02:03", "Cisco Systems, Inc"),
        ("00-00-0C-01-02-03", "Cisco Systems, Inc"),
        ("00000c010203", "Cisco Systems, Inc"),
        ("4c:6a:f6:00:00:01", "HMD Global Oy"),
        ("00:1b:c5:00:00:01", "Converging Systems Inc."),  # 36 bits
        ("00:1b:c5:00:10:01", "OpenRB.com, Direct SIA"),
        ("02:00:0c:01:02:03", None),  # locally administered
        ("01:00:5e:00:00:fb", None),  # group
        ("ff:ff:ff:ff:ff:ff", None),
        ("00:00:0c", None),
        ("", None),
        ("not a mac", None),
        ("zz:zz:zz:zz:zz:zz", None),
    ],
)
def test_vendor(registry: Macs, mac: str, maker: str | None) -> None:
    assert registry.vendor(mac) == maker


def test_longest_prefix_wins() -> None:
    rows = {
        (24, b"\xac\xde\x48"): "block",
        (28, b"\xac\xde\x48\x10"): "part",
        (36, b"\xac\xde\x48\x12\x30"): "piece",
    }
    table = Macs(macs.write(rows))
    assert table.vendor("ac:de:48:12:3f:ff") == "piece"
    assert table.vendor("ac:de:48:12:4f:ff") == "part"
    assert table.vendor("ac:de:48:20:00:00") == "block"
    assert table.vendor("ac:de:49:20:00:00") is None


KEYS = st.integers(0, 2**24 - 1).map(lambda n: (n & ~0x030000).to_bytes(3, "big"))


@given(st.dictionaries(KEYS, st.sampled_from(["A", "B\u00e9", "C co"]), max_size=30), KEYS)
def test_every_written_prefix_is_found_and_no_other(rows: dict[bytes, str], other: bytes) -> None:
    table = Macs(macs.write({(24, key): name for key, name in rows.items()}))
    for key in (*rows, other):
        assert table.vendor(key.hex(":") + ":01:02:03") == rows.get(key)


@pytest.mark.parametrize(
    "table",
    [b"", b"<html>", b"phonehome-mac 1 1 2\n", b"phonehome-mac 1 9 9 9\nabc", b"phonehome-mac 1 x"],
)
def test_what_is_no_table_is_refused(table: bytes) -> None:
    with pytest.raises(DataFileError):
        Macs(table)


def test_missing_table_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="install the package again"):
        Macs.read(tmp_path / "none.bin")
