import errno
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unicodedata import category

import pytest

from analyzer.errors import PhonehomeError, UsageError
from analyzer.formats import FORMATS
from analyzer.model import Result
from analyzer.report import clear, folder, write

ALL = list(FORMATS)


def manifest(at: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((at / "manifest.json").read_bytes())
    return read


def names(at: Path) -> set[str]:
    return {str(p.relative_to(at)) for p in at.rglob("*") if p.is_file()}


def test_the_manifest_lists_every_other_file(result: Result, tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "F001.pcapng").write_bytes(b"packets")
    paths = write(result, tmp_path, ALL)
    assert paths[-1] == tmp_path / "result.json"
    assert {str(p.relative_to(tmp_path)) for p in paths} == names(tmp_path)
    listed = manifest(tmp_path)
    assert {f["name"] for f in listed["files"]} == names(tmp_path) - {"manifest.json"}
    assert "evidence/F001.pcapng" in names(tmp_path)
    for entry in listed["files"]:
        data = (tmp_path / entry["name"]).read_bytes()
        assert entry["bytes"] == len(data)
        assert entry["sha256"] == hashlib.sha256(data).hexdigest()
    assert listed["inputs"] == [
        {"name": "phone.pcap", "bytes": 15_000_000, "sha256": "12" * 32, "sha1": "34" * 20}
    ]


def test_only_what_was_asked_and_always_the_result(result: Result, tmp_path: Path) -> None:
    write(result, tmp_path / "a" / "b", ["md"])
    assert names(tmp_path / "a" / "b") == {"report.md", "manifest.json", "result.json"}


def test_two_runs_are_equal_to_the_byte(result: Result, tmp_path: Path) -> None:
    first = [p.read_bytes() for p in write(result, tmp_path / "1", ALL)]
    assert first == [p.read_bytes() for p in write(result, tmp_path / "2", ALL)]


def test_the_result_comes_last(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    replace = folder.os.replace
    monkeypatch.setattr(
        folder.os, "replace", lambda a, b: (order.append(Path(b).name), replace(a, b))
    )
    write(result, tmp_path, ALL)
    assert (order[0], order[-1]) == ("manifest.json", "result.json")


def test_an_earlier_run_goes_and_foreign_files_stay(result: Result, tmp_path: Path) -> None:
    write(result, tmp_path, ["csv", "html"])
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "names.csv").write_text("edited since")
    (tmp_path / "half.phonehome-part").write_text("left by an interrupted run")
    write(result, tmp_path, ["json"])
    assert names(tmp_path) == {"notes.txt", "names.csv", "manifest.json", "result.json"}
    assert (tmp_path / "names.csv").read_text() == "edited since"


def test_a_manifest_that_is_not_ours_means_nothing_is(result: Result, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"files": [{"name": "a.txt", "sha256": "0"}]}')
    (tmp_path / "a.txt").write_text("mine")
    clear(tmp_path)
    assert names(tmp_path) == {"manifest.json", "a.txt"}


@pytest.mark.parametrize(
    "name", ["../outside", "/etc/hostname", "link/outside", "\0", "", ".", 7, None, []]
)
def test_a_forged_manifest_removes_nothing(tmp_path: Path, name: object) -> None:
    inside, outside = tmp_path / "in", tmp_path / "outside"
    inside.mkdir()
    outside.write_bytes(b"kept")
    (inside / "link").symlink_to(tmp_path)
    digest = hashlib.sha256(b"kept").hexdigest()
    entries = [{"name": name, "sha256": digest}]
    (inside / "manifest.json").write_text(json.dumps({"schema": folder.MANIFEST, "files": entries}))
    clear(inside)
    assert outside.read_bytes() == b"kept"


@pytest.mark.parametrize("text", ["", "[", "[" * 100_000, "[]", '{"schema": 1}', "\xff"])
def test_a_broken_manifest_is_no_manifest(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="latin-1")
    clear(tmp_path)
    assert names(tmp_path) == {"manifest.json"}


def test_a_full_disk_is_one_sentence(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(result, tmp_path, ["csv"])

    def full(*_: object) -> Iterator[bytes]:
        yield b"{"
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(folder, "encoded", full)
    with pytest.raises(PhonehomeError, match=r"^The disk is full: .* free some space") as error:
        write(result, tmp_path, ["csv"])
    assert error.value.exit_code != 0
    assert names(tmp_path) == set()


def test_an_interrupt_leaves_no_half_written_file(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> Iterator[bytes]:
        yield b"{"
        raise KeyboardInterrupt

    monkeypatch.setattr(folder, "encoded", stopped)
    with pytest.raises(KeyboardInterrupt):
        write(result, tmp_path, ["csv"])
    assert names(tmp_path) == set()


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
def test_a_run_that_fails_leaves_no_evidence_that_nothing_lists(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """No later run would know it as ours, and it would stay for ever."""
    told = PhonehomeError if isinstance(error, OSError) else KeyboardInterrupt

    def packets() -> Iterator[tuple[str, bytes]]:
        yield "evidence/F001.pcapng", b"packets"
        raise error

    (tmp_path / "mine.txt").touch()
    with pytest.raises(told):
        folder.keep(tmp_path, packets())
    assert names(tmp_path) == {"mine.txt"}
    assert not (tmp_path / "evidence").exists()

    def stopped(*_: object) -> Iterator[bytes]:
        raise error
        yield

    result.findings[0].evidence.file = "evidence/F001.pcapng"
    folder.keep(tmp_path, [("evidence/F001.pcapng", b"packets")])
    monkeypatch.setattr(folder, "encoded", stopped)
    with pytest.raises(told):
        write(result, tmp_path, ["csv"])
    assert names(tmp_path) == {"mine.txt"}


def test_a_file_in_the_place_of_the_folder(result: Result, tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(PhonehomeError, match="choose another folder with -o"):
        write(result, tmp_path / "x", ["csv"])
    with pytest.raises(PhonehomeError, match="choose another folder with -o"):
        write(result, tmp_path / "x" / "y", ["csv"])


def test_an_unknown_format_names_the_known(result: Result, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=", ".join(FORMATS)):
        write(result, tmp_path, ["pdf"])


def test_hostile_text_stays_in_the_folder(hostile: Result, tmp_path: Path) -> None:
    write(hostile, tmp_path / "in", ALL)
    assert names(tmp_path) == {"in/" + n for n in names(tmp_path / "in")}
    assert {n for n in names(tmp_path / "in") if not n.endswith(".parquet")} >= {
        "report.html", "report.md", "result.json", "manifest.json",
        "flows.csv", "endpoints.csv", "names.csv", "findings.csv",
    }  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_text_is_visible_in_every_format(name: str, hostile: Result) -> None:
    """Control, format, bidirectional and surrogate characters act nowhere (docs/formats.md)."""
    for file, pieces in folder._module(name).render(hostile):
        content = b"".join(pieces)
        if not file.endswith(".parquet"):  # typed; test_frames.py reads them back
            acting = {c for c in content.decode() if category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
            assert acting <= {"\n"}, file
