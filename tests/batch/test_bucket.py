"""Captures and results behind URLs, in fsspec's own memory: workers are copies of this process."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analyzer import limits
from analyzer.batch import remote, sheets, sources, work
from analyzer.batch.bucket import HOLDER
from analyzer.batch.engine import Job
from analyzer.batch.task import Part
from analyzer.errors import DataFileError, NothingUsable, PhonehomeError, UsageError
from tests.batch.folders import asked, batch, contents, folder

fsspec = pytest.importorskip("fsspec")


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Any]:
    """fsspec's memory with a folder of captures, the same as below ``tmp_path/in``."""
    system = fsspec.filesystem("memory")
    folder(tmp_path / "in", 3)
    (tmp_path / "in" / "notes.txt").write_bytes(b"none")
    for name, content in contents(tmp_path / "in").items():
        system.pipe_file(f"/lab/{name}", content)
    yield system
    system.store.clear()
    system.pseudo_dirs[:] = [""]


def test_captures_behind_urls_give_the_same_results(memory: Any, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    batch(asked(tmp_path / "in", here))
    ended, _ = batch(asked(("memory://lab",), there))
    assert ended.code == 0
    assert contents(here) == contents(there)
    assert ended.account["skipped"] == {"count": 1, "names": ["notes.txt"]}


def names(url: str) -> list[str]:
    return [part.name for part in sources.find([url]).parts]


def test_patterns_and_single_files(memory: Any) -> None:
    assert names("memory://lab/phone-[01].pcap") == ["phone-0.pcap", "phone-1.pcap"]
    assert names("memory://lab/notes.txt") == ["notes.txt"]
    assert names("memory://l[ab]b/phone-1*") == ["lab/phone-1.pcap"]
    with pytest.raises(UsageError, match="There is no capture at memory://lab/x"):
        names("memory://lab/x*")


def test_whose_handset_it_is_stands_beside_urls_as_beside_files(
    memory: Any, tmp_path: Path
) -> None:
    top = tmp_path / "in"
    (top / "redmi" / "day1").mkdir(parents=True)
    (top / "phone-0.pcap").rename(top / "redmi" / "day1" / "a.pcap.gz")
    for name, content in {
        "device.yaml": "vendor: oppo\n",
        "redmi/device.yaml": "vendor: xiaomi\n",
        "phone-1.device.yaml": "vendor: vivo\nhome: IN\n",
        "sheets/two.yaml": "vendor: oneplus\nmodel: Nord\n",
        "devices.csv": "capture,device,sheet\nphone-2.pcap,two,sheets/two.yaml\n",
    }.items():
        (top / name).parent.mkdir(exist_ok=True)
        (top / name).write_text(content)
    memory.store.clear()
    for name, content in contents(top).items():
        memory.pipe_file(f"/lab/{name}", content)
    here, there = tmp_path / "here", tmp_path / "there"
    batch(asked(top, here))
    batch(asked(("memory://lab",), there))
    assert contents(here) == contents(there)
    found = {}
    for path in (there / "captures").glob("*/record.json"):
        record = json.loads(path.read_text())
        device = record["device"]
        found[record["names"][0]] = (device["id"], device["vendor"], device["model"])
    assert found == {
        "redmi/day1/a.pcap.gz": ("redmi", "xiaomi", None),
        "phone-1.pcap": (None, "vivo", None),
        "phone-2.pcap": ("two", "oneplus", "Nord"),
    }
    batch(asked(("memory://lab/phone-1.pcap",), tmp_path / "one"))
    assert '"vendor": "vivo"' in next((tmp_path / "one").glob("captures/*/record.json")).read_text()
    batch(asked(("memory://lab/*/*/*.gz",), tmp_path / "deep"))  # its own folder has no sheet
    assert '"vendor": null' in next((tmp_path / "deep").glob("captures/*/record.json")).read_text()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("devices.csv", "capture,hme\n", r"^memory://\S*lab/devices.csv:1: unknown column 'hme'"),
        ("device.yaml", "hme: IN\n", r"^memory://\S*lab/device.yaml:1: unknown key 'hme'"),
        ("devices.csv", "capture,sheet\n*,gone.yaml\n", r"^memory://\S*lab/gone.yaml cannot be"),
        ("devices.csv", "capture,claims\n*,my.yaml\n", r"devices.csv:2: .*no URL"),
    ],
)
def test_what_is_wrong_beside_urls_names_the_url(
    memory: Any, tmp_path: Path, name: str, content: str, said: str
) -> None:
    sheets.read.cache_clear()
    memory.pipe_file(f"/lab/{name}", content.encode())
    with pytest.raises(DataFileError, match=said):
        batch(asked(("memory://lab",), tmp_path / "out"))


def test_the_table_itself_may_be_behind_a_url(memory: Any, tmp_path: Path) -> None:
    memory.pipe_file("/lab/elsewhere/mine.csv", b"capture,device,sheet\n*,one,two.yaml\n")
    memory.pipe_file("/lab/elsewhere/two.yaml", b"model: Nord\n")
    ended, _ = batch(
        asked(tmp_path / "in", tmp_path / "out", devices="memory://lab/elsewhere/mine.csv")
    )
    assert ended.code == 0
    rows = (tmp_path / "out" / "scoreboard.csv").read_text().splitlines()[1:]
    assert all(",one,," in row and ",Nord," in row for row in rows)


def test_reports_behind_urls_are_no_sources(memory: Any, tmp_path: Path) -> None:
    batch(asked(tmp_path / "in", tmp_path / "out"))
    assert any(name.endswith(".pcapng") for name in contents(tmp_path / "out"))
    for name, content in contents(tmp_path / "out").items():
        memory.pipe_file(f"/lab/results/{name}", content)
        if name.startswith("captures/"):
            memory.pipe_file(f"/lab/report/{name.split('/', 2)[2]}", content)
    memory.pipe_file("/lab/other/batch.json", b"{}")  # somebody else's
    memory.pipe_file("/lab/other/x.pcap", b"")
    found = sources.find(["memory://lab"])
    assert [part.name for part in found.parts] == ["other/x.pcap", *sorted(
        path.name for path in (tmp_path / "in").glob("*.pcap"))]  # fmt: skip
    assert found.skipped == ["notes.txt", "other/batch.json"]


def test_who_may_not_list_reads_what_is_named(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError("no")

    monkeypatch.setattr(type(memory), "ls", refuse)
    monkeypatch.setattr(type(memory), "isdir", lambda *_: False)
    assert names("memory://lab/phone-0.pcap") == ["phone-0.pcap"]


def test_a_missing_object_is_a_failed_recording(memory: Any, tmp_path: Path) -> None:
    ended, _ = batch(asked(("memory://lab/gone.pcap", "memory://lab/phone-0.pcap"),
                           tmp_path / "out"))  # fmt: skip
    assert (ended.code, ended.account["failed_by_reason"]) == (3, {"error": 1})
    assert "memory://lab/gone.pcap cannot be read" in (tmp_path / "out/failed.csv").read_text()


def test_what_is_too_large_is_not_fetched(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FETCHED_BYTES", 1000)
    with pytest.raises(NothingUsable, match="larger than"):
        remote.digest("memory://lab/phone-0.pcap")


def test_a_fetched_file_is_never_larger_than_it_was(memory: Any) -> None:
    part = Part("phone-0.pcap", "memory://lab/phone-0.pcap", "", 10)
    with remote.fetched(part) as path:
        assert 10 < path.stat().st_size <= 1 << 20
        kept = path
    assert not kept.exists()


def test_results_are_kept_behind_a_url(tmp_path: Path) -> None:
    """file:// is a URL too, and its files can be compared."""
    top = folder(tmp_path / "in", 3)
    batch(asked(top, tmp_path / "plain"))
    url = f"file://{tmp_path}/bucket"
    ended, _ = batch(asked(top, url))  # type: ignore[arg-type]
    assert ended.code == 0
    assert contents(tmp_path / "bucket") == contents(tmp_path / "plain")
    _, said = batch(asked(top, url))  # type: ignore[arg-type]
    assert said == ["3 of 3 results are there already."]
    (top / "phone-2.pcap").unlink()
    batch(asked(top, url, prune=True))  # type: ignore[arg-type]
    assert json.loads((tmp_path / "bucket" / "summary.json").read_text())["in"] == 2
    assert (
        len([name for name in contents(tmp_path / "bucket") if name.endswith("record.json")]) == 2
    )


def test_who_comes_later_has_the_url_and_says_so(tmp_path: Path) -> None:
    top, bucket = folder(tmp_path / "in", 2), tmp_path / "bucket"
    (bucket / HOLDER).parent.mkdir(parents=True)
    (bucket / HOLDER).write_bytes(b'{"begun": "2026-11-22 \\u001b[31m"}')  # it was killed
    ended, said = batch(asked(top, f"file://{bucket}"))  # type: ignore[arg-type]
    assert f"began to write in file://{bucket} on 2026-11-22 \\x1b[31m was killed, or" in said[0]
    assert ended.code == 0
    assert not (bucket / HOLDER).exists()
    said = batch(asked(top, f"file://{bucket}"))[1]  # type: ignore[arg-type]
    assert said == ["2 of 2 results are there already."]


def test_who_came_before_ends_without_a_scoreboard(tmp_path: Path) -> None:
    top, bucket = folder(tmp_path / "in", 2), tmp_path / "bucket"

    def another_begins(job: Job, settings: Any) -> dict[str, Any]:
        if job["kind"] == "run":
            (bucket / HOLDER).write_text('{"begun": "today"}')
        return work.do(job, settings)

    url = f"file://{bucket}"
    with pytest.raises(PhonehomeError, match="Another batch has begun to write in file://"):
        batch(asked(top, url, jobs=1), another_begins)  # type: ignore[arg-type]
    there = contents(bucket)
    assert not {"scoreboard.csv", "summary.json"} & there.keys()
    assert there[HOLDER] == b'{"begun": "today"}'
    assert len([name for name in there if name.endswith("record.json")]) == 2  # what is finished


def test_a_signature_in_a_url_is_told_nowhere() -> None:
    """Whoever has such a URL may read the object; nothing listens where this one leads."""
    url = "http://127.0.0.1:9/lab/a.pcap?sig=opensesame"
    assert remote.bare(f"no: {url}, or '{url}' ") == (
        "no: http://127.0.0.1:9/lab/a.pcap or 'http://127.0.0.1:9/lab/a.pcap' "
    )
    assert remote.bare("s3://bucket/what?.pcap") == "s3://bucket/what?.pcap"
    for what in (sources.find, remote.digest):
        with pytest.raises((UsageError, NothingUsable)) as caught:
            what([url] if what is sources.find else url)  # type: ignore[operator]
        assert "http://127.0.0.1:9/lab/a.pcap cannot be" in str(caught.value)
        assert "opensesame" not in str(caught.value)


def test_nor_where_what_reads_urls_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(url: str) -> None:
        raise ImportError(f"{url} needs more")

    url = "https://lab.example/a.pcap?sig=opensesame"
    monkeypatch.setattr(fsspec.core, "url_to_fs", refused)
    with pytest.raises(UsageError) as caught:
        remote.files(url)
    told = "https://lab.example/a.pcap"
    assert str(caught.value) == f"{told} cannot be opened: {told} needs more."
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(UsageError, match=r"^https://lab\.example/a\.pcap is a URL; to read"):
        remote.files(url)


def test_a_signature_is_no_part_of_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://lab.example/x/a.pcap?sig=opensesame"
    listing = remote.Listing("https://lab.example/x", False, [url], [])
    monkeypatch.setattr(remote, "find", lambda _: listing)
    monkeypatch.setattr(remote, "beside", lambda _: ["https://lab.example/x/a.device.yaml"])
    found = sources.find([url])
    assert found.parts == [Part("a.pcap", url)]
    seen: list[str] = []
    monkeypatch.setattr(sheets, "read", lambda place: seen.append(place) or {"vendor": "oppo"})
    whose = sheets.Sheets(None, None, found.roots, found.sheets)
    assert whose.of(found.parts) == {"vendor": "oppo"}
    assert seen == ["https://lab.example/x/a.device.yaml"]
