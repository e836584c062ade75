"""The table of operators gives number and name back."""

from __future__ import annotations

import pytest

from analyzer.data.operators import Operators, pack_operators
from analyzer.errors import DataFileError

NETWORKS = [
    (55836, "Reliance Jio  Infocomm"),
    (4134, "Chinanet"),
    (4811, "Chinanet"),
    (1, "Ünï 网络"),
]


def test_round_trip() -> None:
    operators = Operators(pack_operators(NETWORKS))
    assert operators.rows == 4
    assert [operators[value] for value in (1, 2, 3, 4)] == [
        (55836, "Reliance Jio Infocomm"), (4134, "Chinanet"), (4811, "Chinanet"), (1, "Ünï 网络")
    ]  # fmt: skip


@pytest.mark.parametrize("data", [b"", b"PHO2\xff\xff\xff\xff", b"<html></html>"])
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(DataFileError, match="operators"):
        Operators(data)
