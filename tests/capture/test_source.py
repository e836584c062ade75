"""Files that are none, pipes, several files, and files that change while they are read."""

from __future__ import annotations

import hashlib
import io
import os
import sys
import threading
import time
from pathlib import Path

import pytest

from analyzer.capture import reader
from analyzer.capture.source import Digests, RawFile
from analyzer.errors import NothingUsable, UsageError
from tests.capture.forge import (
    FRAME,
    ORDINARY,
    Ear,
    conserved,
    counts,
    ends,
    frame,
    heard,
    ip,
    odd,
    pcap,
    pcap_header,
    read,
    record,
    the,
    udp,
)

NONSENSE = {
    "text": b"Dear reader,\nthis is no capture.\n" * 100,
    "png": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "zip": b"PK\x03\x04" + bytes(200),
    "elf": b"\x7fELF" + bytes(200),
    "zeros": bytes(70_000),
    "half a magic": b"\xa1\xb2\xc3",
    "snoop": b"snoop\0\0\0" + bytes(40),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_what_is_no_capture_is_said(name: str, tmp_path: Path) -> None:
    data = NONSENSE[name]
    recording = read(data, folder=tmp_path)
    assert recording.damaged
    assert odd(recording) == {"not_a_capture": 1}
    assert recording.capture.bytes_not_read == len(data)
    [file] = recording.capture.files
    assert (file.sha256, file.bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    assert file.container == "unknown"


def test_an_empty_file(tmp_path: Path) -> None:
    recording = read(b"", folder=tmp_path)
    effect = the(recording, "not_a_capture").effect
    assert effect.startswith("the file ")  # a name that stands first would get a capital
    assert "is empty" in effect


def test_folders_devices_and_what_is_not_there(tmp_path: Path) -> None:
    for path, why in [
        (tmp_path, "is a folder"),
        (tmp_path / "none.pcap", "cannot be opened: No such file"),
        (Path("/dev/null"), "is a device"),
        (Path("/dev/zero"), "is a device"),
        (tmp_path / ("n" * 300), "cannot be opened: File name too long"),
    ]:
        with pytest.raises(NothingUsable, match=why):
            reader.read([path], lambda *_: Ear())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_the_right_to_read_it(tmp_path: Path) -> None:
    path = tmp_path / "locked.pcap"
    path.write_bytes(pcap(FRAME))
    path.chmod(0)
    with pytest.raises(NothingUsable, match="Permission denied"):
        reader.read([path], lambda *_: Ear())


@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_a_pipe_in_pieces(step: int, tmp_path: Path) -> None:
    data = pcap(*[FRAME] * 30)
    path = tmp_path / "pipe"
    os.mkfifo(path)

    def write() -> None:
        with path.open("wb", buffering=0) as pipe:
            for at in range(0, len(data), step):
                pipe.write(data[at : at + step])

    writer = threading.Thread(target=write)
    writer.start()
    recording = read(path, folder=tmp_path)
    writer.join()
    assert counts(recording) == (30, 0, 0)
    [file] = recording.capture.files
    assert (file.sha256, file.bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    assert recording.capture.bytes_not_read == 0


def test_a_pipe_is_hashed_to_its_end_behind_damage(tmp_path: Path) -> None:
    data = pcap(FRAME) + b"\xff" * 3_000_000
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=[data])
    writer.start()
    recording = read(path, folder=tmp_path)
    writer.join()
    [file] = recording.capture.files
    assert (file.sha256, file.bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    assert recording.capture.bytes_not_read == 3_000_000


def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").write_bytes(pcap(FRAME))
    with (tmp_path / "in").open("rb") as file:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(file))
        recording = reader.read([Path("-")], lambda *_: Ear())
        recording.settle()
        assert not file.closed
    conserved(recording)
    assert ends(recording.flows[0]) == ORDINARY
    assert recording.capture.files[0].name == "standard input"
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(NothingUsable, match="closed"):
        reader.read([Path("-")], lambda *_: Ear())


def test_several_files_are_one_recording(tmp_path: Path) -> None:
    files = [
        pcap(frame(b"a")),
        pcap(ip(udp(b"b")), link=101),
        b"no capture",
        pcap(FRAME, link=143),
        pcap_header() + record(frame(b"c")) + b"\0",
    ]
    recording = read(*files, folder=tmp_path)
    assert counts(recording) == (3, 0, 1)
    assert heard(recording)[0] == b"abc"
    assert recording.damaged
    assert recording.capture.bytes_not_read == len(b"no capture") + 1
    assert recording.capture.link_types == ["DOCSIS", "ETHERNET", "RAW"]
    assert [file.bytes for file in recording.capture.files] == list(map(len, files))
    assert recording.flows[0].last_frame == 4


@pytest.mark.parametrize("what", ["grows", "shrinks", "is overwritten", "is replaced"])
def test_a_file_changed_while_it_is_read(what: str, tmp_path: Path) -> None:
    data = pcap(*[frame(bytes(1_000))] * 3_000)
    path = tmp_path / "live.pcap"
    path.write_bytes(data)
    os.utime(path, (1, 1))

    def listener(*_: object) -> Ear:
        if what == "grows":
            with path.open("ab") as file:
                file.write(record(FRAME) * 1_000)
        elif what == "shrinks":
            os.truncate(path, 2_000_000)
        elif what == "is overwritten":
            with path.open("r+b") as file:
                file.seek(2_900_000)
                file.write(b"\xff" * 100)
        else:
            (tmp_path / "new").write_bytes(b"something else")
            (tmp_path / "new").replace(path)
        return Ear()

    recording = reader.read([path], listener)
    recording.anomalies += recording.settle()
    conserved(recording)
    [file] = recording.capture.files
    if what == "is replaced":  # the one that was opened is read to its end
        assert not recording.damaged
    else:
        assert recording.damaged
        assert "file_changed" in odd(recording)
    if what in ("grows", "is replaced"):
        assert counts(recording) == (3_000, 0, 0)
        assert (file.sha256, file.bytes) == (hashlib.sha256(data).hexdigest(), len(data))
        assert recording.capture.bytes_not_read == 0
    if what == "shrinks":
        assert recording.capture.counters.read <= 1_890
        assert "cut_short" in odd(recording)


def test_a_writer_that_never_rests(tmp_path: Path) -> None:
    path = tmp_path / "live.pcap"
    path.write_bytes(pcap(*[FRAME] * 5_000))
    stop = threading.Event()

    def write() -> None:
        with path.open("ab", buffering=0) as file:
            while not stop.is_set():
                file.write(record(FRAME) * 20)
                stop.wait(0.001)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        recording = read(path, folder=tmp_path)
    finally:
        stop.set()
        writer.join()
    [file] = recording.capture.files
    with path.open("rb") as now:
        assert file.sha256 == hashlib.sha256(now.read(file.bytes)).hexdigest()
    assert recording.capture.bytes_not_read < 63
    assert recording.capture.counters.read >= 5_000


def test_a_file_changed_while_it_is_still_hashed(tmp_path: Path) -> None:
    paths = [tmp_path / "a.pcap", tmp_path / "b.pcap"]
    for path in paths:
        path.write_bytes(pcap(*[FRAME] * 20))
        os.utime(path, (1, 1))
    held = threading.Event()

    class Slow(Digests):
        def _work(self, file: io.FileIO, wait: bool = False) -> None:
            held.wait(60)
            super()._work(file, wait)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("analyzer.capture.source.Digests", Slow)
        recording = reader.read(paths[:1], lambda *_: Ear())
    assert odd(recording) == {}
    assert recording.capture.files[0].sha256 == ""
    with paths[0].open("ab") as file:
        file.write(b"more")
    held.set()
    recording.anomalies += recording.settle()
    assert recording.damaged
    assert odd(recording) == {"file_changed": 1}
    changed = hashlib.sha256(paths[0].read_bytes()[:-4]).hexdigest()
    assert recording.capture.files[0].sha256 == changed
    assert not read(paths[1], folder=tmp_path).damaged


def test_an_interrupted_reading_waits_for_no_digest(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(pcap(FRAME))

    def interrupted(*_: object) -> Ear:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reader.read([path], interrupted)
    raw = RawFile(path)
    raw.close(read_on=False)
    raw.digests.finish()  # comes back


@pytest.mark.parametrize("slow", [0, 1, None])
def test_who_waits_for_digests_helps(slow: int | None, tmp_path: Path) -> None:
    """Whichever of the two goes slowly, and whoever takes it forward: they are right."""
    data = os.urandom(300_000)
    path = tmp_path / "a"
    path.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("analyzer.capture.source.PIECE", 1_000)
        raw = RawFile(path)
        if slow is not None:
            line = raw.digests._lines[slow]
            forward = line.forward
            patch.setattr(line, "forward", lambda *a, **k: (time.sleep(1e-4), forward(*a, **k))[1])
        while raw.read(10_000):
            pass
        raw.close()
        found = raw.digests.finish()
    assert found == (hashlib.sha256(data).hexdigest(), hashlib.sha1(data).hexdigest())
    assert raw.digests.size == len(data)
    assert not raw.changed()


@pytest.mark.parametrize("second", ["0.pcap", "folder/../0.pcap", "link", "hard"])
def test_a_file_named_twice_is_refused(second: str, tmp_path: Path) -> None:
    first = tmp_path / "0.pcap"
    first.write_bytes(pcap(FRAME))
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(first)
    os.link(first, tmp_path / "hard")
    with pytest.raises(UsageError, match="was given more than once"):
        reader.read([first, tmp_path / second], lambda *_: Ear())


def test_standard_input_is_read_once() -> None:
    with pytest.raises(UsageError, match="standard input was given more than once"):
        reader.read([Path("-"), Path("-")], lambda *_: Ear())


def test_a_copy_of_a_file_counts_and_is_told(tmp_path: Path) -> None:
    one, other = pcap(FRAME), pcap(frame(b"other"))
    recording = read(one, other, one, one, folder=tmp_path)
    assert not recording.damaged
    assert odd(recording) == {"duplicate_file": 2}
    assert counts(recording) == (4, 0, 0)


def test_empty_files_are_no_copies(tmp_path: Path) -> None:
    assert odd(read(pcap(FRAME), b"", b"", folder=tmp_path)) == {"not_a_capture": 2}
