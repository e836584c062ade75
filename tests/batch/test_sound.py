"""A record somebody else wrote is a result only if nothing in it can mislead or stop a batch."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analyzer.batch import seal
from analyzer.batch.sound import sound
from tests.batch import folders, forged_records


@pytest.mark.parametrize("number", [1, 6, 10, 13])
def test_records_as_they_are_made_are_sound(number: int) -> None:
    assert sound(forged_records.record(number), forged_records.key(number))


def test_a_record_under_the_key_of_another_is_none() -> None:
    assert not sound(forged_records.record(1), forged_records.key(2))


@pytest.mark.parametrize("name", sorted(forged_records.record(1)))
def test_a_value_is_of_its_kind_and_none_is_missing(name: str) -> None:
    good = forged_records.record(1)
    assert not sound({k: v for k, v in good.items() if k != name}, good["key"])
    open_texts = name in ("report", "first", "last", "why", "schema", "key", "status")
    for wrong in (7, [7], {"a": 7}, True, float("nan"), -1):
        if wrong == 7 and name in ("bytes", "bytes_up", "bytes_down", "hours", "handsets"):
            continue
        if wrong == {"a": 7} and name in ("limits", "findings"):
            continue
        assert not sound(good | {name: wrong}, good["key"]), wrong
    assert open_texts or name == "reason" or not sound(good | {name: "x"}, good["key"])


@pytest.mark.parametrize("inner", [
    {"countries": [{"country": [1], "certainty": "stated", "bytes_up": 1}]}, {"verdicts": [1]},
    {"endpoints": [{"name": [1]}]}, {"findings": {"high": "x"}}, {"names": []},
    {"score": {"total": "x", "parts": []}}, {"visibility": {"named": "x"}}, {"status": "ok"},
    {"score": {"total": 1, "parts": [], "coverage": {"hours": "x"}}}, {"status": "failed"},
])  # fmt: skip
def test_nor_is_what_lies_inside_of_another_kind(inner: Any) -> None:
    assert not sound(forged_records.record(1) | inner, forged_records.key(1))


def test_a_batch_analyses_again_what_has_no_sound_record(tmp_path: Any) -> None:
    folders.folder(tmp_path / "in", 2)
    wanted = folders.asked(tmp_path / "in", tmp_path / "out", jobs=1)
    folders.batch(wanted)
    before = folders.contents(tmp_path / "out")
    path = next((tmp_path / "out" / "captures").iterdir()) / seal.RECORD
    path.write_text(json.dumps(json.loads(path.read_text()) | {"names": 7, "device": [1]}))
    folders.batch(wanted)
    assert folders.contents(tmp_path / "out") == before
