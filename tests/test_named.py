"""analyzer/named.py: named tuples are those of typing."""

from __future__ import annotations

import copy
import pickle
from typing import Any, NamedTuple

import pytest

from analyzer.named import Named


class _City(Named):
    name: str
    land: str | None = None
    marks: tuple[int, ...] = (1,)

    def label(self) -> str:
        return f"{self.name} in {self.land}"


class _Typed(NamedTuple):
    name: str
    land: str | None = None
    marks: tuple[int, ...] = (1,)


@pytest.mark.parametrize("given", [("Pune",), ("Pune", "IN"), ("Pune", "IN", ())])
def test_a_named_tuple_is_that_of_typing(given: Any) -> None:
    ours, theirs = _City(*given), _Typed(*given)
    assert ours == theirs == tuple(ours)
    assert hash(ours) == hash(theirs)
    assert repr(ours) == repr(theirs).replace("_Typed", "_City")
    assert ours._asdict() == theirs._asdict()
    assert ours._replace(name="Goa") == theirs._replace(name="Goa")
    assert (ours.name, ours.land, ours.marks) == tuple(theirs)
    assert _City._fields == _Typed._fields
    assert _City._field_defaults == _Typed._field_defaults


def test_items_are_given_by_name_and_methods_are_kept() -> None:
    assert _City(marks=(), land="IN", name="Pune") == ("Pune", "IN", ())
    assert _City("Pune", land="IN").label() == "Pune in IN"


@pytest.mark.parametrize("again", [False, True])  # the first call writes the constructor
def test_items_that_do_not_fit_are_refused(again: bool) -> None:
    class Fresh(Named):
        a: int

    if again:
        assert Fresh(1).a == 1
    for given, named in (((), {}), ((1, 2), {}), ((1,), {"a": 1}), ((1,), {"b": 1})):
        with pytest.raises(TypeError):
            Fresh(*given, **named)
    with pytest.raises(TypeError):
        Fresh(1)._replace(b=2)


def test_items_cannot_be_set() -> None:
    with pytest.raises(AttributeError):
        _City("Pune").name = "Goa"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        _City("Pune").other = 1  # type: ignore[attr-defined]


def test_named_tuples_can_be_copied() -> None:
    city = _City("Pune", "IN")
    for twin in (copy.copy(city), copy.deepcopy(city), pickle.loads(pickle.dumps(city))):
        assert twin == city
        assert type(twin) is _City
