"""analyzer/record.py: records compare and show as dataclasses do."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from analyzer.model import Counters, Interface, Operator
from analyzer.record import Record, field, replace


class _Pair(Record):
    a: int
    b: list[int] = field(default_factory=list)
    c: str = ""


class _Fixed(Record, frozen=True):
    a: int
    b: tuple[int, ...] = ()
    c: list[int] = field(default_factory=list)


@dataclasses.dataclass
class _Plain:
    a: int
    b: list[int] = dataclasses.field(default_factory=list)
    c: str = ""


def test_equal_fields_make_equal_records() -> None:
    assert _Pair(1, [2]) == _Pair(1, [2])
    assert _Pair(1, [2]) != _Pair(1, [3])
    assert _Pair(1) != _Plain(1)
    assert Interface(0, "", 1, "x") != Counters()


def test_fields_are_given_by_place_or_name_or_left_out() -> None:
    pair = _Pair(1, c="x")
    assert (pair.a, pair.b, pair.c) == (1, [], "x")
    assert _Pair(c="", b=[], a=1) == _Pair(1)
    assert _Fixed(1, (2,), [3]) == _Fixed(c=[3], b=(2,), a=1)


@pytest.mark.parametrize("kind", [_Pair, _Fixed])
@pytest.mark.parametrize("again", [False, True])  # the first call writes the __init__
def test_fields_that_do_not_fit_are_refused(kind: Any, again: bool) -> None:
    if again:
        kind(1)
    for given, named in (((), {}), ((1, [], "", 0), {}), ((1,), {"a": 1}), ((1,), {"d": 1})):
        with pytest.raises(TypeError):
            kind(*given, **named)


def test_each_record_has_defaults_of_its_own() -> None:
    _Pair(1).b.append(2)
    assert _Pair(1).b == []
    assert _Fixed(1).c is not _Fixed(1).c


def test_repr_is_that_of_a_dataclass() -> None:
    assert repr(_Pair(1, [2], "x")) == repr(_Plain(1, [2], "x")).replace("_Plain", "_Pair")


def test_records_have_slots_and_no_hash() -> None:
    with pytest.raises(TypeError):
        hash(_Pair(1))
    with pytest.raises(AttributeError):
        _Pair(1).d = 1  # type: ignore[attr-defined]
    assert (_Pair.__slots__, _Fixed.__slots__) == (("a", "b", "c"), ("a", "b", "c"))


def test_frozen_records_stay_as_they_are_and_can_be_keys() -> None:
    seen = Operator(64496, "Example")
    for change in (lambda: setattr(seen, "asn", 1), lambda: delattr(seen, "asn")):
        with pytest.raises(AttributeError, match="frozen Operator"):
            change()
    assert len({seen, Operator(64496, "Example")}) == 1
    assert hash(seen) != hash(Operator(64497, "Example"))


@pytest.mark.parametrize(
    "record", [_Pair(1, [2]), _Fixed(1, (2,), [3]), Interface(0, "any", 113, "linux_sll")]
)
def test_records_can_be_copied(record: Any) -> None:
    assert copy.copy(record) == copy.deepcopy(record) == replace(record) == record
    assert pickle.loads(pickle.dumps(record)) == record
    inner = record.c if isinstance(record, _Fixed) else getattr(record, "b", None)
    if inner is not None:
        deep = copy.deepcopy(record)
        assert inner is not (deep.c if isinstance(record, _Fixed) else deep.b)


def test_replace_changes_what_is_named_in_a_new_record() -> None:
    pair = _Pair(1, [2])
    other = replace(pair, a=3)
    assert (pair.a, other.a) == (1, 3)
    assert other.b is pair.b
    assert replace(_Fixed(1), a=3) == _Fixed(3)
    with pytest.raises(TypeError):
        replace(pair, d=1)
