import builtins
import io
from typing import Any

import pandas as pd
import pytest

from analyzer.errors import PhonehomeError
from analyzer.model import Result
from analyzer.report import frames, to_parquet
from analyzer.report.tables import FLOWS, TABLES


def test_flows(result: Result) -> None:
    result.flows[0].bytes_up = 2**40
    table = frames.flows_frame(result)
    assert list(table.columns) == list(FLOWS)
    assert table["bytes_up"].dtype == "int64"
    assert table["bytes_up"].sum() == sum(f.bytes_up for f in result.flows)
    assert table["first"][0] == pd.Timestamp("2019-10-16T13:05:08.779483000Z")
    assert table["first"].dtype == "datetime64[ns, UTC]"
    assert table["asn"].dtype == "Int64"
    assert table["asn"][7] is pd.NA
    assert table["name"][7] is None


def test_the_others(result: Result) -> None:
    assert list(frames.endpoints_frame(result)["certainty"]) == [
        "stated", "agreed", "single", "stated", "edge", "disputed", "excluded", "unknown", "private"
    ]  # fmt: skip
    assert len(frames.names_frame(result)) == 7
    assert frames.findings_frame(result)["frame_count"].tolist() == [0, 3, 4_012]


def test_times_no_frame_holds_are_missing(result: Result) -> None:
    result.flows[0].first = 2**70
    assert pd.isna(frames.flows_frame(result)["first"][0])


@pytest.mark.parametrize("table", TABLES)
def test_an_empty_table_has_its_columns(result: Result, table: str) -> None:
    result.flows, result.endpoints, result.names, result.findings = [], [], [], []
    assert list(frames.frame(result, table).columns) == list(TABLES[table][0])
    assert len(frames.frame(result, table)) == 0


def parquet(result: Result) -> dict[str, bytes]:
    return {name: b"".join(chunks) for name, chunks in to_parquet.render(result)}


def test_parquet_holds_the_same(result: Result) -> None:
    files = parquet(result)
    assert list(files) == [f"{name}.parquet" for name in TABLES]
    table = pd.read_parquet(io.BytesIO(files["flows.parquet"]))
    assert table["bytes_up"].tolist() == [f.bytes_up for f in result.flows]
    assert str(table["first"].dtype) == "datetime64[ns, UTC]"
    assert table["name"][0] == "tracking.intl.phone.example"
    result.flows, result.endpoints, result.names, result.findings = [], [], [], []
    empty = pd.read_parquet(io.BytesIO(parquet(result)["flows.parquet"]))
    assert empty["bytes_up"].dtype == "int64"


def test_hostile_text_in_parquet(hostile: Result) -> None:
    for name, data in parquet(hostile).items():
        _, rows = TABLES[name.removesuffix(".parquet")]
        assert len(pd.read_parquet(io.BytesIO(data))) == sum(1 for _ in rows(hostile))


def test_without_pyarrow_the_remedy_is_named(
    result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(PhonehomeError, match=r"pip install 'phonehome\[parquet\]'"):
        parquet(result)
