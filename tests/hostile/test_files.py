"""The command on files that are no captures, are cut, or are not there."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.capture.forge import (
    FRAME,
    block,
    enhanced,
    ethernet,
    frame,
    interface,
    pcap,
    pcap_header,
    record,
    section,
)
from tests.hostile.command import run, sound

Capsys = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
GOOD = pcap(*[FRAME] * 5)
BEGIN = section() + interface()

# name: (bytes, exit code, words of an anomaly's effect)
FILES: dict[str, tuple[bytes, int, str]] = {
    "good": (GOOD, 0, ""),
    "empty": (b"", 4, "is empty"),
    "text": (b"hello " * 100, 4, "neither a pcap nor a pcapng"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(64), 4, "neither a pcap nor a pcapng"),
    "23 bytes": (GOOD[:23], 4, "inside its own header"),
    "header only": (GOOD[:24], 4, ""),
    "cut in the first record": (GOOD[:50], 4, "inside a packet"),
    "cut in the last record": (GOOD[:-1], 3, "inside a packet"),
    "caplen of 4 GB": (GOOD + record(FRAME, caplen=0xFFFFFFFF), 3, "damaged here"),
    "only ARP": (pcap(ethernet(bytes(28), 0x0806)), 4, ""),
    "unknown link type": (pcap(FRAME, link=147), 4, "link type 147"),
    "DOCSIS": (pcap(FRAME, link=143), 4, "DOCSIS"),
    "block of no length": (BEGIN + enhanced(FRAME) + block(7, b"", length=0), 3, "length of 0"),
    "block of 4 GB": (
        BEGIN + enhanced(FRAME) + block(7, bytes(8), length=0xFFFFFFF0),
        3,
        "inside a block",
    ),
    "cut gz": (b"\x1f\x8b\x08" + bytes(20), 4, "gz"),
}


@pytest.mark.parametrize("name", FILES)
def test_the_exit_code_and_the_reason(
    name: str, tmp_path: Path, capsys: Capsys, monkeypatch: Patch
) -> None:
    data, code, why = FILES[name]
    (tmp_path / "in.pcap").write_bytes(data)
    ran = run(capsys, monkeypatch, tmp_path / "out", tmp_path / "in.pcap")
    assert ran.code == code
    sound(ran)
    document = ran.document()
    assert document["status"] == {0: "complete", 3: "incomplete", 4: "failed"}[code]
    effects = [anomaly["effect"] for anomaly in document["anomalies"]]  # type: ignore[attr-defined]
    assert any(why in effect for effect in effects) or not why
    if code == 4:
        assert "nothing usable" in ran.err
        assert why in ran.err


@pytest.mark.parametrize("what", ["folder", "missing", "device", "long name"])
def test_what_cannot_be_opened(
    what: str, tmp_path: Path, capsys: Capsys, monkeypatch: Patch
) -> None:
    path = {
        "folder": tmp_path,
        "missing": tmp_path / "no.pcap",
        "device": Path("/dev/zero"),
        "long name": tmp_path / ("n" * 300),
    }[what]
    ran = run(capsys, monkeypatch, tmp_path / "out", path)
    assert ran.code in (2, 4)
    assert ran.err.startswith(("phonehome", "Usage", "Error"))
    assert not (tmp_path / "out" / "result.json").exists()


def test_a_bad_file_among_good_ones(tmp_path: Path, capsys: Capsys, monkeypatch: Patch) -> None:
    names = []
    for i, data in enumerate([GOOD, b"nonsense", pcap(frame(b"more"))]):
        (tmp_path / f"{i}.pcap").write_bytes(data)
        names.append(tmp_path / f"{i}.pcap")
    ran = run(capsys, monkeypatch, tmp_path / "out", *names)
    assert ran.code == 3
    sound(ran)
    capture = ran.document()["capture"]
    assert isinstance(capture, dict)
    assert capture["packets"] == 6
    assert capture["bytes_not_read"] == 8


def command(*words: str) -> list[str]:
    return [sys.executable, "-c", "from analyzer.cli import main; main()", "analyze", *words]


def test_a_pipe_says_the_same_as_the_file(
    tmp_path: Path, capsys: Capsys, monkeypatch: Patch
) -> None:
    (tmp_path / "in.pcap").write_bytes(GOOD)
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=[GOOD], daemon=True)
    writer.start()
    piped = run(capsys, monkeypatch, tmp_path / "a", tmp_path / "pipe")
    plain = run(capsys, monkeypatch, tmp_path / "b", tmp_path / "in.pcap")
    assert piped.code == plain.code == 0
    sound(piped)
    for name in ("flows.csv", "names.csv", "endpoints.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize(("data", "code"), [(GOOD, 0), (b"", 4), (GOOD[:-1], 3)])
def test_standard_input(data: bytes, code: int, tmp_path: Path) -> None:
    done = subprocess.run(
        command("-", "-o", str(tmp_path / "out")), input=data, capture_output=True, check=False
    )
    assert done.returncode == code
    assert b"Traceback" not in done.stderr
    assert (tmp_path / "out" / "result.json").exists()


def test_standard_input_closed(tmp_path: Path) -> None:
    words = command("-", "-o", str(tmp_path / "out"))
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *words], capture_output=True, check=False
    )
    assert done.returncode == 4
    assert b"standard input is closed" in done.stderr


def test_a_table_that_is_full_makes_a_whole_report(
    tmp_path: Path, capsys: Capsys, monkeypatch: Patch
) -> None:
    monkeypatch.setattr("analyzer.limits.FLOWS", 3)
    packets = [frame(b"x", (40_000 + i, 9_999)) for i in range(50)]
    (tmp_path / "in.pcap").write_bytes(pcap(*packets))
    ran = run(capsys, monkeypatch, tmp_path / "out", tmp_path / "in.pcap")
    assert ran.code == 0
    sound(ran)


@pytest.mark.parametrize("seconds", [0, 1, 0xFFFFFFFF])
def test_times_at_the_edge_of_the_clock(
    seconds: int, tmp_path: Path, capsys: Capsys, monkeypatch: Patch
) -> None:
    data = pcap_header() + record(FRAME, at=0) + record(FRAME, at=seconds * 10**9 + 999_999_000)
    (tmp_path / "in.pcap").write_bytes(data)
    ran = run(capsys, monkeypatch, tmp_path / "out", tmp_path / "in.pcap")
    assert ran.code == 0
    sound(ran)


@pytest.mark.parametrize("stamp", [0, 1 << 62, 2**64 - 1])
def test_times_beyond_the_clock(
    stamp: int, tmp_path: Path, capsys: Capsys, monkeypatch: Patch
) -> None:
    data = BEGIN + enhanced(FRAME, stamp=stamp) + enhanced(FRAME, stamp=5)
    (tmp_path / "in.pcapng").write_bytes(data)
    ran = run(capsys, monkeypatch, tmp_path / "out", tmp_path / "in.pcapng")
    assert ran.code == 0
    sound(ran)
