"""Evidence files: which packets are chosen, how they are written, what is said of them."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from analyzer import limits
from analyzer.model import (
    CaptureFile,
    Evidence,
    Finding,
    Flow,
    NameSource,
    Packet,
    Result,
    Severity,
)
from analyzer.report import evidence, pcapng
from tests.report.conftest import START

Block = tuple[int, bytes]


def blocks(data: bytes) -> Iterator[Block]:
    """Kind and body of each block; both its lengths must be right."""
    at = 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        assert length % 4 == 0
        assert struct.unpack_from("<I", data, at + length - 4) == (length,)
        yield kind, data[at + 8 : at + length - 4]
        at += length
    assert at == len(data)


def options(area: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at < len(area):
        code, length = struct.unpack_from("<HH", area, at)
        if code == 0:
            assert at + 4 == len(area)
            break
        found.append((code, area[at + 4 : at + 4 + length]))
        at += 4 + (length + 3) // 4 * 4
    return found


def about(data: bytes) -> str:
    """The comment of the section."""
    return dict(options(next(blocks(data))[1][16:]))[1].decode()


def comments(data: bytes) -> list[list[str]]:
    """The comments of each packet."""
    said = []
    for kind, body in blocks(data):
        if kind == 6:
            kept = struct.unpack_from("<I", body, 12)[0]
            area = body[20 + (kept + 3) // 4 * 4 :]
            said.append([text.decode() for code, text in options(area) if code == 1])
    return said


def flow(number: int, first: int, packets: int = 4, **more: object) -> Flow:
    return Flow(number, "tcp", "10.0.0.2", 40_000, "192.0.2.9", 443, 0, 0, first, first + 50,
                packets, 0, 0, 0, 0, 0, **more)  # type: ignore[arg-type]  # fmt: skip


def finding(name: str, frames: list[int], count: int, grade: Severity = Severity.LOW) -> Finding:
    return Finding(name, name, grade, "Title", "Text.", "it", {}, Evidence(frames, count))


def packet(frame: int, data: bytes = b"data", flow: int = 0, link: int = 1) -> Packet:
    return Packet(frame, 0, frame, START + frame, link, 90, data, flow)


@pytest.fixture
def judged(result: Result) -> Result:
    result.findings = []
    return result


def test_of_short_conversations_all(judged: Result) -> None:
    judged.flows = [flow(1, 10), flow(2, 30)]
    judged.findings = [finding("F", [10, 30], 8)]
    (choice,) = evidence.choose(judged)
    assert (choice.frames, [f.id for f in choice.flows]) == ({10, 30}, [1, 2])


def test_of_long_ones_what_opens_answers_and_names(judged: Result) -> None:
    judged.flows = [
        flow(1, 10, 500, rtt_frames=(10, 11), name_frame=14),
        flow(2, 30, name_frame=7, name_source=NameSource.DNS),
    ]
    judged.findings = [finding("F", [10, 30], 504)]
    (choice,) = evidence.choose(judged)
    assert (choice.frames, choice.flows) == ({10, 11, 14, 30}, [])


def test_where_content_is_readable(judged: Result) -> None:
    judged.flows = [flow(1, 10, cleartext_frame=13)]
    judged.findings = [finding("F", [13], 4), finding("G", [13], 900)]
    whole, part = evidence.choose(judged)
    assert (whole.frames, [f.id for f in whole.flows]) == ({13}, [1])
    assert (part.frames, part.flows) == ({10, 13}, [])


def test_frames_of_no_conversation_are_kept_as_they_are(judged: Result) -> None:
    judged.findings = [finding("F", [7, 8], 2), finding("nothing", [], 0)]
    assert [(c.finding.id, c.frames) for c in evidence.choose(judged)] == [("F", {7, 8})]


def test_not_more_than_may_be(judged: Result) -> None:
    judged.flows = [flow(n, 1_000 * n, 3, rtt_frames=(1_000 * n, 1_000 * n + 1), name_frame=1)
                    for n in range(1, 101)]  # fmt: skip
    judged.findings = [finding("F", [f.first_frame for f in judged.flows], 300)]
    (choice,) = evidence.choose(judged)
    assert len(choice.frames) == limits.EVIDENCE_PACKETS
    assert set(judged.findings[0].evidence.frames) < choice.frames


def test_the_gravest_choose_first(judged: Result) -> None:
    frames = list(range(1, 101))
    judged.findings = [finding(f"F{n}", frames, 100) for n in range(120)]
    judged.findings[119].severity = Severity.HIGH
    choices = evidence.choose(judged)
    assert len(choices) == limits.EVIDENCE_ALL_PACKETS // 100
    assert choices[0].finding.id == "F119"


def made(judged: Result, packets: list[Packet]) -> dict[str, bytes]:
    return dict(evidence.files(judged, evidence.choose(judged), packets))


def test_the_file_to_the_byte(judged: Result) -> None:
    judged.findings = [finding("F-1", [3, 5], 2)]
    packets = [packet(3, b"abc"), packet(5, b"defg", link=101)]
    (name, data), *none = made(judged, packets).items()
    assert (name, none) == ("evidence/F-1.pcapng", [])
    assert judged.findings[0].evidence.file == name
    first, *rest = blocks(data)
    assert first[0] == 0x0A0D0D0A
    assert first[1][:16] == struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
    assert about(data) == (
        "Packets of the finding F-1: Title. 2 packets: all it rests on. Recorded in phone.pcap"
        f" (SHA-256 {'12' * 32}). Frame numbers are those of the recording."
        " The packets are as recorded, values that the report masks included. phonehome 0.1.0"
    )
    assert dict(options(first[1][16:]))[4] == b"phonehome 0.1.0"
    clock = struct.pack("<HHBxxxHH", 9, 1, 9, 0, 0)
    assert rest[:2] == [(1, struct.pack("<HHI", n, 0, 0) + clock) for n in (1, 101)]
    heads = [struct.unpack_from("<IIIII", body) for _, body in rest[2:]]
    for number, (head, one) in enumerate(zip(heads, packets, strict=True)):
        assert head == (number, one.ts >> 32, one.ts & 0xFFFFFFFF, len(one.data), 90)
    assert [body[20:24] for _, body in rest[2:]] == [b"abc\0", b"defg"]
    assert comments(data) == [["frame 3 of phone.pcap; serves finding F-1"],
                              ["frame 5 of phone.pcap; serves finding F-1"]]  # fmt: skip


def test_what_is_left_out_is_said(judged: Result) -> None:
    judged.flows = [flow(1, 3)]
    judged.findings = [finding("F", [3], 4)]
    missing = made(judged, [packet(3, flow=1), packet(6, flow=1), packet(9, flow=1)])
    (data,) = missing.values()
    assert len(comments(data)) == 3
    assert " 3 packets of 4 it rests on: " in about(data)


def test_a_recording_of_several_files(judged: Result) -> None:
    judged.capture.files.append(CaptureFile("b.pcap", "cd" * 32, "", 1))
    judged.findings = [finding("F", [9], 1)]
    (data,) = made(judged, [Packet(9, 1, 2, 0, 1, 4, b"data")]).values()
    assert comments(data) == [
        ["frame 2 of b.pcap; serves finding F", "frame 9 of the whole recording"]
    ]
    assert f"phone.pcap (SHA-256 {'12' * 32}) and b.pcap (SHA-256 {'cd' * 32})" in about(data)


def test_a_file_keeps_its_size(judged: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "EVIDENCE_BYTES", 100_000)
    monkeypatch.setattr(limits, "EVIDENCE_ALL_BYTES", 250_000)
    judged.findings = [finding(f"F{n}", list(range(1, 101)), 100) for n in range(4)]
    packets = evidence.hold(packet(n, bytes(2_000)) for n in range(1, 200))
    assert len(packets) == 125
    files = made(judged, packets)
    assert list(files) == ["evidence/F0.pcapng", "evidence/F1.pcapng", "evidence/F2.pcapng"]
    assert [len(comments(data)) for data in files.values()] == [40, 40, 31]
    assert sum(map(len, files.values())) < 250_000
    assert " of 100 it rests on: " in about(files["evidence/F0.pcapng"])


def test_nothing_found_is_no_file(judged: Result) -> None:
    judged.findings = [finding("F", [3], 1)]
    assert made(judged, []) == {}
    assert judged.findings[0].evidence.file is None


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".x", "x" * 101, "ü", "a\n", "a b", "\ud800"])
def test_an_id_that_is_no_file_name(name: str) -> None:
    file = evidence.file_name(name)
    assert file.startswith("finding-")
    assert file.isascii()
    assert len(file) == len("finding-.pcapng") + 12


def test_hostile_text_in_comments(hostile: Result) -> None:
    hostile.capture.files.append(hostile.capture.files[0])
    files = dict(evidence.files(hostile, evidence.choose(hostile), [packet(31), packet(32)]))
    for name, data in files.items():
        assert name.startswith("evidence/finding-") or name.count("/") == 1
        said = [about(data), *(text for all_of in comments(data) for text in all_of)]
        for text in said:
            assert text.isprintable()
            assert len(text.encode()) <= pcapng.LONGEST
