"""analyzer/record.py: records compare and show as dataclasses do."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass, field, replace

import pytest

from analyzer.model import Counters, Interface
from analyzer.record import Record


@dataclass(slots=True, eq=False, repr=False)
class _Pair(Record):
    a: int
    b: list[int] = field(default_factory=list)
    c: str = field(default="", repr=False)


@dataclass
class _Plain:
    a: int
    b: list[int] = field(default_factory=list)
    c: str = field(default="", repr=False)


def test_equal_fields_make_equal_records() -> None:
    assert _Pair(1, [2]) == _Pair(1, [2])
    assert _Pair(1, [2]) != _Pair(1, [3])
    assert _Pair(1) != _Plain(1)
    assert Interface(0, "", 1, "x") != Counters()


def test_repr_is_that_of_a_dataclass() -> None:
    assert repr(_Pair(1, [2], "hidden")) == repr(_Plain(1, [2])).replace("_Plain", "_Pair")


def test_records_have_slots_and_no_hash() -> None:
    with pytest.raises(TypeError):
        hash(_Pair(1))
    with pytest.raises(AttributeError):
        _Pair(1).d = 1  # type: ignore[attr-defined]


def test_records_can_be_copied() -> None:
    pair = _Pair(1, [2])
    assert copy.deepcopy(pair) == pair == replace(pair)
    link = Interface(0, "any", 113, "linux_sll")
    assert pickle.loads(pickle.dumps(link)) == link
