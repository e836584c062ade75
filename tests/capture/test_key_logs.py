"""Key logs in pcapng files: handed over as they come, and from then on more is wanted."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from analyzer.capture import reader
from tests.capture.forge import (
    FRAME,
    PHONE,
    SERVER,
    Ear,
    block,
    conserved,
    counts,
    enhanced,
    ethernet,
    interface,
    ip,
    odd,
    section,
    tcp,
)

KEY_LOG = 0x544C534B
TEXT = b"CLIENT_RANDOM 00 11\n"


def secrets(text: bytes = TEXT, kind: int = KEY_LOG, order: str = "<", said: int = -1) -> bytes:
    size = said if said >= 0 else len(text)
    body = struct.pack(order + "II", kind, size) + text + bytes(-len(text) % 4)
    return block(0x0A, body, order=order)


def read(data: bytes, folder: Path, follow: bool = False) -> tuple[reader.Recording, list[bytes]]:
    path, told = folder / "x.pcapng", list[bytes]()
    path.write_bytes(data)
    recording = reader.read([path], lambda *_: Ear(1 << 20), None, told.append, follow)
    recording.settle()
    conserved(recording)
    return recording, told


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_key_log_is_handed_over(tmp_path: Path, order: str) -> None:
    data = section(order=order) + interface(order=order) + secrets(order=order)
    recording, told = read(data + enhanced(FRAME, order=order), tmp_path)
    assert told == [TEXT]
    assert counts(recording) == (1, 0, 0)
    assert odd(recording) == {}


def test_one_behind_packets_is_said(tmp_path: Path) -> None:
    data = section() + interface() + enhanced(FRAME) + secrets() + enhanced(FRAME) + secrets(b"#")
    recording, told = read(data, tmp_path)
    assert told == [TEXT, b"#"]
    assert odd(recording) == {"secrets_late": 1}
    assert recording.anomalies[0].first_frame == 1
    assert odd(read(data, tmp_path, follow=True)[0]) == {}


def test_one_larger_than_any_packet(tmp_path: Path) -> None:
    text = TEXT * 100_000
    data = section() + interface() + secrets(text) + enhanced(FRAME)
    recording, told = read(data, tmp_path)
    assert told == [text]
    assert (counts(recording), odd(recording)) == ((1, 0, 0), {})


def test_other_secrets_and_lying_lengths_are_passed_over(tmp_path: Path) -> None:
    wrong = secrets(kind=0x57474B4C) + secrets(said=400) + block(0x0A, b"")
    recording, told = read(section() + interface() + wrong + enhanced(FRAME), tmp_path)
    assert (told, counts(recording), recording.damaged) == ([], (1, 0, 0), False)


@pytest.mark.parametrize("left", [20, 40, 1_000_000])
def test_one_that_is_cut_off(tmp_path: Path, left: int) -> None:
    data = section() + interface() + enhanced(FRAME) + secrets(TEXT * 100_000)[:left]
    recording, told = read(data, tmp_path)
    assert (told, counts(recording), recording.damaged) == ([], (1, 0, 0), True)


def test_with_keys_a_server_is_heard_at_length(tmp_path: Path) -> None:
    """Its first bytes are TLS: of such a side only the opening is wanted without keys."""
    record = b"\x16\x03\x03" + bytes(1_397)
    packets = [ip(tcp(0x10, 1, payload=record), 6)]
    for at in range(40):
        segment = tcp(0x10, 1 + at * 1_400, payload=record, ports=(443, 40_000))
        packets.append(ip(segment, 6, src=SERVER, dst=PHONE))
    frames = b"".join(enhanced(ethernet(packet)) for packet in packets)
    heard = []
    for before in (b"", secrets()):
        recording, _ = read(section() + interface() + before + frames, tmp_path)
        ear = recording.listeners[1]
        assert isinstance(ear, Ear)
        heard.append(len(ear.heard[1]))
    assert heard == [8_400, 40 * 1_400]
