"""A side is a report, a handset of a batch or a batch; damaged and foreign ones are a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from analyzer import report
from analyzer.compare.compared import document
from analyzer.compare.sides import side
from analyzer.errors import NothingUsable, UsageError
from analyzer.model import (
    Result,
)
from analyzer.record import replace
from tests.compare.pairs import SCHEMA, Json, end, names, shown
from tests.report.conftest import forged


def spoiled(folder: Path, change: Callable[[Json], None]) -> None:
    result = json.loads((folder / "result.json").read_text())
    change(result)
    (folder / "result.json").write_text(json.dumps(result))


@pytest.mark.parametrize(
    ("content", "said_"),
    [
        (b"", "no JSON"), (b"<html>", "no JSON"), (b"[" * 200_000, "no JSON"),
        (b"[1]", "schema None"),
        (b'{"schema": "phonehome/result/2"}', "schema phonehome/result/2"),
        (b'{"schema": "\\u001b[31m"}', "\\\\x1b"), (b"\xff\xfe", "no JSON"),
        (b'{"schema": "phonehome/result/1"}', "it lacks status, run, capture, visibility, endp"),
        (b'{"schema": "phonehome/result/1", "endpoints": {}}', "schema at endpoints"),
        (b'{"schema": "phonehome/result/1", "endpoints": [1]}', "schema at endpoints"),
    ],
)  # fmt: skip
def test_what_is_no_result_is_one_sentence(
    content: bytes, said_: str, pair: tuple[Path, Path]
) -> None:
    (pair[0] / "result.json").write_bytes(content)
    with pytest.raises(NothingUsable, match=said_) as caught:
        side(pair[0])
    assert str(caught.value).isprintable()
    assert caught.value.exit_code == 4


def test_a_report_of_an_earlier_version_still_compares(pair: tuple[Path, Path]) -> None:
    def older(result: Json) -> None:
        del result["score"], result["visibility"]["ech_flows"], result["run"]["data"]
        for each in result["endpoints"]:
            del each["rtt_frames"], each["party"]

    spoiled(pair[0], older)
    found = document(*map(side, pair))
    jsonschema.validate(found, SCHEMA)
    assert found["endpoints"]["both"]


@pytest.mark.parametrize("part", ["status", "run", "capture", "visibility", "endpoints",
                                  "findings", "claims"])  # fmt: skip
def test_a_part_that_is_missing_is_named(part: str, pair: tuple[Path, Path]) -> None:
    spoiled(pair[0], lambda result: result.pop(part))
    with pytest.raises(NothingUsable, match=f"it lacks {part};"):
        side(pair[0])


def test_numbers_and_texts_in_each_others_place_are_refused(pair: tuple[Path, Path]) -> None:
    def forge(result: Json) -> None:
        result["endpoints"][0]["bytes_up"] = "many"

    spoiled(pair[0], forge)
    with pytest.raises(NothingUsable, match="endpoints"):
        side(pair[0])


def test_no_folder_an_empty_one_and_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path, tmp_path / "none", tmp_path / "file"):
        with pytest.raises(NothingUsable, match="neither a report nor a batch"):
            side(path)


def batch(folder: Path, *captures: tuple[str, str | None, Result | None]) -> Path:
    """A batch folder as sealed; a capture without a result failed."""
    for number, (key, device, result) in enumerate(captures):
        place = folder / "captures" / key
        place.mkdir(parents=True)
        status = "complete" if result else "failed"
        record = {"schema": "phonehome/record/1", "key": key, "device": {"id": device},
                  "status": status}  # fmt: skip
        (place / "record.json").write_text(json.dumps(record))
        if result:
            result.capture.files[0].sha256 = f"{number:064x}"
            report.write(result, place, ["json"])
    (folder / "captures" / "unfinished").mkdir()
    return folder


def test_handsets_of_a_batch_and_whole_batches(tmp_path: Path) -> None:
    other = replace(forged(), endpoints=[end("192.0.2.77", "only-two.example")])
    there = [("k1", "one", forged()), ("k2", "two", other), ("k3", "one", forged()),
             ("k4", "one", None), ("k5", None, forged())]  # fmt: skip
    folder = batch(tmp_path / "b", *there)
    one, two, whole = side(folder, "one"), side(folder, "two"), side(folder)
    assert (one.kind, one.captures, one.failed, whole.captures) == ("device", 2, 1, 4)
    assert one.hours == pytest.approx(2 * forged().visibility.hours)
    first = forged().endpoints[0]
    assert one.ends[("name", first.names[0].name)].up == 2 * first.bytes_up  # type: ignore[index]
    assert one.ends[("name", first.names[0].name)].captures == 2  # type: ignore[index]
    found = document(one, two)
    assert names(found["endpoints"]["new"]) == ["only-two.example"]
    assert "failed" in {each["key"] for each in found["coverage"]}
    assert document(whole, two)["endpoints"]["new"] == []
    jsonschema.validate(found, SCHEMA)


def test_a_handset_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    folder = batch(tmp_path / "b", ("k1", "one", forged()), ("k2", "two", None))
    with pytest.raises(UsageError, match="recordings of: one, two"):
        side(folder, "three")
    report.write(forged(), tmp_path / "r", ["json"])
    with pytest.raises(UsageError, match="no handset x"):
        side(tmp_path / "r", "x")
    with pytest.raises(NothingUsable, match="without any analysed"):
        side(batch(tmp_path / "e", ("k1", "one", None)))


def test_endpoints_are_bounded_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.compare.sides.MOST", 3)
    found = shown(*(end(f"192.0.2.{i}", f"n{i}.example") for i in range(9)))
    assert len(found.ends) == 3
    assert found.full
    assert found.up == 9_000  # totals stay whole
    assert "full" in {each["key"] for each in document(found, shown())["coverage"]}
