"""Files in the user's folder change whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analyzer.data.store import note_source, read_ranges, read_sources, swap, write_ranges
from analyzer.errors import DataFileError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_takes_its_place_and_nothing_is_left_over(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "list"
    swap(path, b"one", bytes)
    swap(path, b"two", bytes)
    assert path.read_bytes() == b"two"
    assert names(path.parent) == ["list"]


def test_what_cannot_be_read_back_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"old")
    with pytest.raises(ValueError, match="invalid literal"):
        swap(path, b"new", int)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["list"]


@pytest.mark.parametrize("old", [b"old", None])
def test_failing_under_its_own_name_brings_the_old_one_back(
    tmp_path: Path, old: bytes | None
) -> None:
    path = tmp_path / "list"
    if old:
        path.write_bytes(old)
    seen: list[tuple[bytes, list[str]]] = []

    def prove(content: bytes) -> None:
        seen.append((content, names(tmp_path)))
        if len(seen) == 2:
            raise OSError("bad disk")

    with pytest.raises(OSError, match="bad disk"):
        swap(path, b"new", prove)
    assert seen[1] == (b"new", ["list", "list.previous"] if old else ["list"])
    assert names(tmp_path) == (["list"] if old else [])
    assert not old or path.read_bytes() == old


def test_without_links_the_old_file_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "list"
    path.write_bytes(b"old")
    contents = []
    swap(path, b"new", lambda _: contents.append([p.read_bytes() for p in tmp_path.iterdir()]))
    assert sorted(contents[1]) == [b"new", b"old"]
    assert names(tmp_path) == ["list"]


def test_sources_are_noted_one_by_one(tmp_path: Path) -> None:
    note_source(tmp_path, "b", {"rows": 1})
    note_source(tmp_path, "a", {"rows": 2})
    note_source(tmp_path, "b", {"rows": 3})
    assert read_sources(tmp_path) == {"a": {"rows": 2}, "b": {"rows": 3}}


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '{"a": 1}', "\udcff"])
def test_damaged_sources_are_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "sources.json").write_text(text, "utf-8", "surrogateescape")
    assert read_sources(tmp_path) == {}


def test_ranges_survive_being_written() -> None:
    rows = [
        ("203.0.113.0/24", "gcp", "asia-south1", "", "2026-11-20"),
        ("198.51.100.0/24", "cloudflare", "GLOBAL", "CDN", "2026-11-22"),
    ]
    content = write_ranges(rows)
    assert content.decode().splitlines() == [
        "prefix\tprovider\tregion\tservice\tdate",
        "198.51.100.0/24\tcloudflare\tGLOBAL\tCDN\t2026-11-22",
        "203.0.113.0/24\tgcp\tasia-south1\t\t2026-11-20",
    ]
    assert read_ranges(content) == rows[::-1]
    assert read_ranges(write_ranges([])) == []


@pytest.mark.parametrize("content", [b"", b"x\n", b"\xff", write_ranges([]) + b"1\t2\n"])
def test_damaged_ranges_say_what_to_do(content: bytes) -> None:
    with pytest.raises(DataFileError, match="delete it and run"):
        read_ranges(content)
