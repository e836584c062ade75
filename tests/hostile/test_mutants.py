"""Mutants of forged and real captures: an answer for each, the same at both speeds."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.capture.speed import hot_room
from fuzz import oracle, seeds
from fuzz.mutate import mutant, taken_apart
from tests.conftest import SHARED

MUTANTS = 19  # of each capture: 304 in all
FORGED = ("clear.pcap", "clear.pcapng", "hidden.pcap", "hidden.pcapng")
REAL = seeds.real(SHARED, 12) if (SHARED / "captures").is_dir() else []


@pytest.fixture(scope="module")
def forged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {path.name: path for path in seeds.forged(tmp_path_factory.mktemp("forged"))}


@pytest.fixture(autouse=True)
def compiled() -> None:
    if not hot_room().COMPILED:
        pytest.skip("there is nothing to compare: the hot room is not compiled here")


def check(source: Path, folder: Path) -> None:
    data = source.read_bytes()
    for number in range(MUTANTS):
        path = folder / f"mutant.{number}"
        path.write_bytes(mutant(data, number))
        oracle.check(path)
        path.unlink()


@pytest.mark.parametrize("name", FORGED)
def test_mutants_of_forged_captures(name: str, forged: dict[str, Path], tmp_path: Path) -> None:
    check(forged[name], tmp_path)


@pytest.mark.parametrize("source", REAL, ids=lambda path: path.name)
def test_mutants_of_real_captures(source: Path, tmp_path: Path) -> None:
    check(source, tmp_path)


def test_captures_are_taken_apart_and_mutants_are_the_same_again(forged: dict[str, Path]) -> None:
    for path in [*forged.values(), *REAL]:
        data = path.read_bytes()
        records = taken_apart(data)
        assert b"".join(records) == data
        assert len(records) >= 3
        assert [mutant(data, n) for n in range(9)] == [mutant(data, n) for n in range(9)]
        assert len({mutant(data, n) for n in range(30)}) > 20
