"""A source that stays as it is is read once; whatever could make that wrong has it read again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from analyzer.batch import digests, remote, seal
from analyzer.batch.digests import Digest, Memory
from analyzer.errors import NothingUsable
from tests.batch.folders import asked, batch, capture, contents, folder


@pytest.fixture
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of this test count as left alone for long; nothing can set back their time of state."""
    monkeypatch.setattr(digests, "QUIET", -1e9)


def measured(path: Path, known: Digest | None = None) -> Digest:
    """The digest of a file as another run gets it."""
    again = digests.measure(str(path), known and Digest(*json.loads(json.dumps(known))))
    assert (again.sha256, again.bytes) == (
        sha256(path.read_bytes()).hexdigest(),
        len(path.read_bytes()),
    )
    return again


@pytest.mark.usefixtures("calm")
def test_what_is_as_it_was_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(b"one")
    known = measured(path)
    assert known.sight == [
        3,
        *(getattr(path.stat(), f"st_{n}") for n in ("mtime_ns", "ctime_ns", "ino")),
    ]
    monkeypatch.setattr("analyzer.capture.source.RawFile.read", None)
    assert measured(path, known) == known


@pytest.mark.usefixtures("calm")
def test_what_changed_is_read_though_size_and_time_say_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(b"one")
    os.utime(path, ns=(0, 0))
    known = measured(path)
    path.write_bytes(b"two")
    os.utime(path, ns=(0, 0))  # as rsync, tar and cp -p do; the time of state tells
    known = measured(path, known)
    other = tmp_path / "other"
    other.write_bytes(b"new")
    other.replace(path)
    measured(path, known)


def test_what_was_just_written_is_not_remembered(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(b"one")
    assert measured(path).sight is None
    os.utime(path, (0, 0))
    assert measured(path).sight is None  # its time of state is new


@pytest.mark.usefixtures("calm")
def test_what_changes_while_it_is_read_is_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analyzer.capture.source import RawFile

    path = tmp_path / "a.pcap"
    path.write_bytes(b"one")
    read = RawFile.read

    def meddle(raw: RawFile, size: int) -> bytes:
        with path.open("ab") as file:
            file.write(b"x")
        return read(raw, size)

    monkeypatch.setattr(RawFile, "read", meddle)
    assert digests.measure(str(path)).sight is None


def test_what_is_no_file_is_not_remembered(tmp_path: Path) -> None:
    with pytest.raises(NothingUsable):
        digests.measure(str(tmp_path / "none"))
    with pytest.raises(NothingUsable):
        digests.measure(str(tmp_path))


def test_the_beginning_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(b"one and more")
    assert digests.of_head(str(path), 3) == sha256(b"one").hexdigest()
    assert digests.of_head(str(path), 13) == digests.of_head(str(tmp_path / "none"), 0) == ""


GOOD = Digest("ab" * 32, 7, [7, 1, 2, 3])
LINE = json.dumps(["/in/a.pcap", *GOOD])


@pytest.mark.parametrize(
    "bad",
    ["", "{", "null", "[]", "7", '"text"', "[" * 100_000, LINE[:-9], "[1, 2, 3, 4]", "\x00" * 9,
     LINE.replace("ab", "xy"), LINE.replace("7", "-7"), LINE.replace("7", "true"),
     LINE.replace("7", "9" * 9_999), LINE.replace("[7, 1", "[{}, 1"), LINE.replace('"/in', "[]")],
)  # fmt: skip
def test_a_memory_somebody_edited_holds_what_is_whole(tmp_path: Path, bad: str) -> None:
    store = seal.Folder(tmp_path)
    good = json.dumps(["/in/b.pcap", *GOOD])
    (tmp_path / digests.NAME).write_bytes(f"{bad}\n{good}\n{LINE[:20]}".encode() + b"\xff\n")
    memory = Memory(store)
    assert memory.of("/in/b.pcap") == GOOD
    assert memory.of("/in/a.pcap") is None


def test_a_memory_keeps_and_forgets(tmp_path: Path) -> None:
    store = seal.Folder(tmp_path)
    memory = Memory(store)
    for name in "cab":
        memory.take(name, GOOD)
    memory.take("b", GOOD._replace(sight=None))
    memory.save()
    written = (tmp_path / digests.NAME).read_text().splitlines()
    assert [json.loads(line)[0] for line in written] == ["a", "c"]
    memory = Memory(store)
    memory.only(["a", "z"])
    memory.save()
    assert (Memory(store).of("a"), Memory(store).of("c")) == (GOOD, None)


def test_a_signature_in_a_url_is_not_kept(tmp_path: Path) -> None:
    memory = Memory(seal.Folder(tmp_path))
    memory.take("https://lab.example/a.pcap?sig=opensesame", GOOD)
    memory.save()
    assert "opensesame" not in (tmp_path / digests.NAME).read_text()
    memory = Memory(seal.Folder(tmp_path))
    memory.only(["https://lab.example/a.pcap?sig=another"])
    assert memory.of("https://lab.example/a.pcap?sig=another") == GOOD


@pytest.mark.usefixtures("calm")
def test_a_batch_that_goes_on_reads_only_what_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, output = folder(tmp_path / "in", 4), tmp_path / "out"
    batch(asked(top, output))
    before = contents(output)
    monkeypatch.setattr("analyzer.capture.source.CHUNK", None)  # reading anything is an error
    assert batch(asked(top, output))[1] == ["4 of 4 results are there already."]
    assert contents(output) == before
    monkeypatch.undo()
    monkeypatch.setattr(digests, "QUIET", -1e9)
    capture(top / "phone-1.pcap", "something-new")
    _, said = batch(asked(top, output))
    assert said == ["3 of 4 results are there already.", "1 is analysed again: the file changed."]


@pytest.mark.usefixtures("calm")
def test_a_wrong_digest_is_said_and_forgotten(tmp_path: Path) -> None:
    top, output = folder(tmp_path / "in", 2), tmp_path / "out"
    batch(asked(top, output))
    first, second = (output / digests.NAME).read_text().splitlines()
    place, right, *rest = json.loads(first)
    (output / digests.NAME).write_text(f"{json.dumps([place, 'ab' * 32, *rest])}\n{second}\n")
    ended, _ = batch(asked(top, output))
    assert ended.account["failed_by_reason"] == {"error": 1}
    ended, _ = batch(asked(top, output))
    assert (ended.code, ended.account["complete"]) == (0, 2)
    assert json.loads((output / digests.NAME).read_text().splitlines()[0])[1] == right


def test_nothing_of_it_is_in_the_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    top = folder(tmp_path / "in", 2)
    batch(asked(top, tmp_path / "without"))
    monkeypatch.setattr(digests, "QUIET", -1e9)
    batch(asked(top, tmp_path / "with"))
    there = contents(tmp_path / "with")
    assert str(top) in there.pop(digests.NAME).decode()
    assert there == contents(tmp_path / "without")


# ------------------------------------------------------------------------ objects


@pytest.fixture
def tagged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """fsspec's memory with what object stores say of an object's version."""
    fsspec = pytest.importorskip("fsspec")
    system = fsspec.filesystem("memory")
    plain = type(system).info
    said: dict[str, Any] = {"LastModified": "2026-11-01T10:00:00+00:00"}

    def info(self: Any, path: str, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = plain(self, path, **kwargs)
        return {**found, "ETag": sha256(self.cat_file(path)).hexdigest(), **said}

    monkeypatch.setattr(type(system), "info", info)
    system.pipe_file("/lab/a.pcap", b"one")
    yield system, said
    system.store.clear()
    system.pseudo_dirs[:] = [""]


URL = "memory://lab/a.pcap"


def test_an_object_is_fetched_once(tagged: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    known = digests.measure(URL)
    assert known.sight is not None
    with monkeypatch.context() as patch:
        patch.setattr(remote, "digest", None)
        assert digests.measure(URL, known) == known
    tagged[0].pipe_file("/lab/a.pcap", b"two")
    assert digests.measure(URL, known).sha256 == sha256(b"two").hexdigest()


@pytest.mark.parametrize(
    "more",
    [{"ETag": ""}, {"ETag": 'W/"1"'}, {"LastModified": None}, {"LastModified": "yesterday"},
     {"LastModified": "2026-11-01T10:00:00"}, {"LastModified": "2999-11-01T10:00:00Z"}],
)  # fmt: skip
def test_an_object_of_no_certain_version_is_not_remembered(
    tagged: Any, more: dict[str, Any]
) -> None:
    tagged[1].update(more)
    assert digests.measure(URL) == Digest(sha256(b"one").hexdigest(), 3, None)


@pytest.mark.parametrize("said", ["Sun, 01 Nov 2026 10:00:00 GMT", "2026-11-01T10:00:00Z"])
def test_times_as_stores_tell_them(tagged: Any, said: str) -> None:
    tagged[1]["LastModified"] = said
    assert remote.sight(URL)[1] == 1793527200.0
    assert digests.measure(URL).sight is not None
