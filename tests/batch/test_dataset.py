"""The data set of a batch: one schema, one byte for one input, and names that stay inside."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analyzer.batch import dataset
from analyzer.model import Result
from analyzer.record import replace
from tests.report.conftest import HOSTILE, forged, retold

KEY = "0123456789abcdef0123"
DEVICE = {"id": "phone-1", "vendor": "xiaomi", "model": "M1", "firmware": "V12", "home": "IN"}


def written(folder: Path, result: Result, key: str = KEY, **device: str | None) -> list[Path]:
    return dataset.write(result, key, {**DEVICE, **device}, folder)


def test_three_files_a_capture_below_its_vendor(tmp_path: Path) -> None:
    files = written(tmp_path, forged())
    assert [p.relative_to(tmp_path).as_posix() for p in files] == [
        f"{name}/vendor=xiaomi/{KEY}.parquet" for name in ("flows", "endpoints", "findings")
    ]
    assert sorted(p for p in tmp_path.rglob("*") if p.is_file()) == sorted(files)


def test_same_result_same_bytes(tmp_path: Path) -> None:
    one, two = written(tmp_path / "1", forged()), written(tmp_path / "2", forged())
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in two]
    again = written(tmp_path / "1", forged())
    assert [p.read_bytes() for p in again] == [p.read_bytes() for p in two]


def test_the_schema_holds_where_nothing_is_known(tmp_path: Path) -> None:
    empty = replace(forged(), flows=[], endpoints=[], findings=[])
    for full, bare in zip(written(tmp_path / "1", forged()),
                          written(tmp_path / "2", empty, id=None, vendor=None, model=None),
                          strict=True):  # fmt: skip
        schema = pq.read_schema(full)
        assert schema == pq.read_schema(bare)
        assert schema.metadata is None
        assert pq.read_table(bare).num_rows == 0
        assert not any(pa.types.is_null(kind) for kind in schema.types)
        counters = [n for n in schema.names if n.startswith(("bytes_", "packets_"))]
        assert {schema.field(name).type for name in counters} <= {pa.int64()}


def test_times_are_whole_nanoseconds(tmp_path: Path) -> None:
    flows = pq.read_table(written(tmp_path, forged())[0])
    assert flows.schema.field("first").type == pa.timestamp("ns", tz="UTC")
    assert flows["first"].cast(pa.int64()).to_pylist() == [f.first for f in forged().flows]


def test_what_64_bits_cannot_hold_is_null_and_the_rest_stays(tmp_path: Path) -> None:
    result = forged()
    result.flows[0].first = 2**70
    result.flows[0].bytes_up = 2**63
    result.flows[1].bytes_up = 2**40 + 1
    flows = pq.read_table(written(tmp_path, result)[0])
    assert flows["first"].to_pylist()[0] is None
    assert flows["bytes_up"].to_pylist()[:2] == [None, 2**40 + 1]


@pytest.mark.parametrize(
    ("country", "certainty", "home", "said"),
    [
        ("SG", "stated", "IN", True), ("SG", "agreed", "IN", True), ("IN", "stated", "IN", False),
        ("SG", "single", "IN", None), ("SG", "excluded", "IN", None), (None, "edge", "IN", None),
        (None, "stated", "IN", None), ("SG", "stated", None, None), (None, None, "IN", None),
        (None, "private", "IN", None),
    ],
)  # fmt: skip
def test_outside_home_is_said_of_firm_places_only(
    country: str | None, certainty: str | None, home: str | None, said: bool | None
) -> None:
    assert dataset.outside(country, certainty, home) is said


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_in_its_cells(text: str, tmp_path: Path) -> None:
    files = written(tmp_path, retold(forged(), lambda _: text), vendor=text, id=text)
    for path in files:
        assert len(path.relative_to(tmp_path).parts) == 3
        assert path.parent.name.startswith("vendor=")
        assert len(path.parent.name) < 255
        assert path.parent.name.isascii()
    table = pd.read_parquet(tmp_path / "endpoints")
    assert len(table) == len(forged().endpoints)
    assert table["bytes_up"].sum() == sum(e.bytes_up for e in forged().endpoints)


def test_all_captures_open_as_one_table(tmp_path: Path) -> None:
    written(tmp_path, forged())
    written(tmp_path, replace(forged(), endpoints=[], flows=[]), key="b" * 20, vendor=None)
    written(tmp_path, forged(), key="c" * 20, vendor="../x y=1", home=None)
    [[rows, vendors]] = duckdb.sql(
        "select count(*), count(distinct vendor) from"
        f" read_parquet('{tmp_path}/endpoints/*/*.parquet', hive_partitioning=true)"
    ).fetchall()
    assert (rows, vendors) == (18, 2)
    assert set(pd.read_parquet(tmp_path / "endpoints")["vendor"]) == {"xiaomi", "../x y=1"}


def test_a_failure_leaves_no_half_file(tmp_path: Path) -> None:
    def rows() -> object:
        yield ["a"]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dataset.write_table(tmp_path / "x.parquet", {"a": "text"}, rows())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
