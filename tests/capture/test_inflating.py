"""Compressed captures: whole, cut, damaged, nested, in members, and bombs."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lz4.frame
import pytest
import zstandard

from tests.capture.forge import (
    FRAME,
    counts,
    frame,
    heard,
    odd,
    pcap,
    pcap_header,
    read,
    record,
    the,
)

KINDS: dict[str, Callable[[bytes], bytes]] = {
    "gz": lambda data: gzip.compress(data, mtime=0),
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor(write_checksum=True).compress,
    "lz4": lz4.frame.compress,
}
NOISE = random.Random(1).randbytes(400_000)
PAYLOADS = [NOISE[i * 1_000 : (i + 1) * 1_000] for i in range(400)]
PLAIN = pcap(*map(frame, PAYLOADS))  # 423 KB that do not compress


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_same_as_plain(kind: str, tmp_path: Path) -> None:
    packed = KINDS[kind](PLAIN)
    recording = read(packed, folder=tmp_path)
    plain = read(PLAIN, folder=tmp_path)
    assert not recording.damaged
    assert recording.flows == plain.flows
    assert heard(recording)[0].startswith(b"".join(PAYLOADS[:12]))
    [file] = recording.capture.files
    assert (file.container, file.bytes) == (f"pcap.{kind}", len(packed))
    assert recording.capture.bytes_not_read == 0


def test_a_copy_that_is_packed_is_told(kind: str, tmp_path: Path) -> None:
    packed, other = KINDS[kind](PLAIN), KINDS[kind](pcap(FRAME))
    nested = gzip.compress(lzma.compress(PLAIN))
    assert odd(read(packed, other, PLAIN, folder=tmp_path))["duplicate_file"] == 1
    assert odd(read(PLAIN, packed, nested, folder=tmp_path))["duplicate_file"] == 2
    assert "duplicate_file" not in odd(read(PLAIN, other, folder=tmp_path))


def test_what_gives_nothing_is_no_copy(kind: str, tmp_path: Path) -> None:
    one, other = KINDS[kind](PLAIN)[:12], KINDS[kind](pcap(FRAME))[:9]
    assert odd(read(one, other, folder=tmp_path)) == {"not_a_capture": 2}


def test_cut_anywhere(kind: str, tmp_path: Path) -> None:
    packed = KINDS[kind](PLAIN)
    kept = []
    for cut in [6, 9, 20, 100, *range(1_000, len(packed), 48_611), len(packed) - 9]:
        recording = read(packed[:cut], folder=tmp_path)
        assert recording.damaged, cut
        assert recording.capture.files[0].bytes == cut
        kept.append(recording.capture.counters.in_flows)
        assert odd(recording), cut
    assert kept == sorted(kept)
    assert kept[-1] >= 260  # of 400; a format gives its last block whole or not at all


def test_cut_where_a_packet_ends_is_said_too(tmp_path: Path) -> None:
    compressor = zstandard.ZstdCompressor().compressobj()
    packed = compressor.compress(pcap(*[frame(b"1")] * 10))
    packed += compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    recording = read(packed, folder=tmp_path)
    assert counts(recording) == (10, 0, 0)
    effect = "the zst data ends in the middle; how much is missing is not known"
    assert the(recording, "unreadable").effect == effect
    assert recording.capture.bytes_not_read == 0
    packed += compressor.flush()
    assert not read(packed, folder=tmp_path).damaged


@pytest.mark.parametrize("options", [{}, {"write_content_size": False}, {"write_checksum": True}])
@pytest.mark.parametrize("size", [0, 1, 100, 300, 70_000, 400_000])
def test_zst_frames_of_every_header(options: dict[str, Any], size: int, tmp_path: Path) -> None:
    packer = zstandard.ZstdCompressor(**options)
    skippable = b"\x50\x2a\x4d\x18\x03\0\0\0abc"
    data = pcap_header() + record(frame(b"1")) + record(b"") * (size // 16)
    packed = packer.compress(data) + skippable + packer.compress(record(frame(b"2")))
    recording = read(packed, folder=tmp_path)
    assert not recording.damaged, odd(recording)
    assert recording.flows[0].packets_up == 2
    for cut in range(1, 13):
        assert read(packed[:-cut], folder=tmp_path).damaged


def test_members_one_after_the_other(kind: str, tmp_path: Path) -> None:
    half = len(PLAIN) // 2
    pack = KINDS[kind]
    recording = read(pack(PLAIN[:half]) + pack(b"") + pack(PLAIN[half:]), folder=tmp_path)
    assert not recording.damaged
    assert counts(recording) == (400, 0, 0)


@pytest.mark.parametrize("zeros", [1, 511, 3_000_000])
def test_zeros_behind_a_member_are_padding(zeros: int, tmp_path: Path) -> None:
    half = len(PLAIN) // 2
    for kind in ("gz", "bz2", "lz4"):
        pack = KINDS[kind]
        packed = pack(PLAIN[:half]) + bytes(zeros) + pack(PLAIN[half:]) + bytes(zeros)
        recording = read(packed, folder=tmp_path)
        assert not recording.damaged
        assert counts(recording) == (400, 0, 0)


def test_garbage_behind_is_said_and_nothing_lost(kind: str, tmp_path: Path) -> None:
    recording = read(KINDS[kind](PLAIN) + b"garbage, and more of it", folder=tmp_path)
    assert counts(recording) == (400, 0, 0)
    assert recording.damaged
    assert kind in the(recording, "unreadable").effect


def test_a_flipped_bit_keeps_what_came_before(kind: str, tmp_path: Path) -> None:
    packed = bytearray(KINDS[kind](PLAIN))
    packed[-3_000] ^= 0x10
    recording = read(bytes(packed), folder=tmp_path)
    if kind != "lz4":  # its frames carry no checksum here
        assert recording.damaged
    if kind in ("gz", "xz", "zst"):
        effect = f"the {kind} data is damaged; how much is missing is not known"
        assert the(recording, "unreadable").effect == effect
    if kind != "bz2":  # it is one block
        assert recording.capture.counters.read >= 180


def test_zeros_to_the_end_are_not_unpacked(kind: str, tmp_path: Path) -> None:
    recording = read(KINDS[kind](pcap(FRAME) + bytes(50_000_000)), folder=tmp_path)
    assert counts(recording) == (1, 0, 0)
    assert the(recording, "damaged_record").offset == len(pcap(FRAME))


@pytest.mark.parametrize("magic", [b"\x1f\x8b", b"BZh9", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd\xff"])
def test_damage_is_told_in_plain_words(magic: bytes, tmp_path: Path) -> None:
    recording = read(magic + b"\xff" * 3_000, folder=tmp_path)
    assert " data is damaged; nothing in it" in the(recording, "not_a_capture").effect


@pytest.mark.parametrize("kind", ["xz", "zst"])
def test_more_memory_than_is_allowed_is_no_damage(kind: str, tmp_path: Path) -> None:
    if kind == "xz":
        filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 29}]
        packed = lzma.compress(PLAIN, filters=filters)
    else:  # a frame header that asks for a window of 2 GB (RFC 8878 3.1.1.1.2)
        packed = b"\x28\xb5\x2f\xfd\x00\xa8" + b"\x01\0\0"
    recording = read(packed, folder=tmp_path)
    told = f"the {kind} data takes more memory to unpack than is allowed"
    assert told in the(recording, "not_a_capture").effect


def test_nested_three_deep_but_no_deeper(tmp_path: Path) -> None:
    packed = PLAIN
    for kind in ("xz", "zst", "gz"):
        packed = KINDS[kind](packed)
    recording = read(packed, folder=tmp_path)
    assert recording.capture.files[0].container == "pcap.xz.zst.gz"
    assert counts(recording) == (400, 0, 0)
    recording = read(KINDS["bz2"](packed), folder=tmp_path)
    assert recording.damaged
    assert odd(recording) == {"not_a_capture": 1}


def test_compressed_nothing(kind: str, tmp_path: Path) -> None:
    for content in (b"", b"x", b"plain text " * 1_000):
        recording = read(KINDS[kind](content), folder=tmp_path)
        assert odd(recording) == {"not_a_capture": 1}
        assert recording.capture.files[0].container == f"unknown.{kind}"


@pytest.mark.parametrize("magic", [b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"])
def test_a_magic_and_nothing_behind_it(magic: bytes, tmp_path: Path) -> None:
    for data in (magic, magic + b"\xff" * 40, magic + bytes(40)):
        recording = read(data, folder=tmp_path)
        assert recording.damaged
        assert recording.capture.counters.read == 0


BOMB = """
import resource, sys
from pathlib import Path
from analyzer.capture import reader
from tests.capture.forge import Ear
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
recording = reader.read([Path(sys.argv[1])], lambda *_: Ear())
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(recording.capture.counters.read, after - before)
"""


@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_is_read_in_bounded_memory(
    kind: str, layers: int, tmp_path: Path, speed: str
) -> None:
    if speed == "interpreted":
        pytest.skip("the stream is the same")
    size = 60_000_000
    body = record(bytes(262_000), caplen=262_000) * (size // 262_016)
    packed = pcap_header() + body
    for _ in range(layers):
        packed = KINDS[kind](packed)
    assert len(packed) < 1_000_000
    (tmp_path / "bomb").write_bytes(packed)
    done = subprocess.run(
        [sys.executable, "-c", BOMB, str(tmp_path / "bomb")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    packets, kilobytes = map(int, done.stdout.split())
    assert packets == size // 262_016
    assert kilobytes < 45_000
