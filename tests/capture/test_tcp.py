"""TCP as it should not be: wraps, gaps, copies that differ, reuse, odd openings."""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.capture import reader
from tests.capture.forge import (
    NS,
    PHONE,
    SERVER,
    Ear,
    counts,
    heard,
    ip,
    odd,
    pcap,
    pcap_header,
    read,
    record,
    tcp,
    udp,
)

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
SECOND = 1_000_000_000
Sent = tuple[int, bytes]  # time in ns after the start, packet


def up(flags: int, seq: int, ack: int = 0, data: bytes = b"", port: int = 40_000) -> bytes:
    """A segment of the phone."""
    return ip(tcp(flags, seq, ack, data, (port, 443)), 6)


def down(flags: int, seq: int, ack: int = 0, data: bytes = b"", port: int = 40_000) -> bytes:
    """A segment of the server."""
    return ip(tcp(flags, seq, ack, data, (443, port)), 6, src=SERVER, dst=PHONE)


def timed(sent: Sequence[Sent], folder: Path) -> reader.Recording:
    """Reads packets that were sent at these times."""
    return read(
        pcap_header(101) + b"".join(record(data, at=NS + at) for at, data in sent), folder=folder
    )


def opened(seq: int = 100) -> list[bytes]:
    """A handshake; the phone's first byte has number seq + 1."""
    return [up(SYN, seq), down(SYN | ACK, 500, seq + 1), up(ACK, seq + 1, 501)]


def test_the_round_trip_is_exact(tmp_path: Path) -> None:
    recording = timed(
        [
            (0, up(SYN, 100)),
            (61_234_000, down(SYN | ACK, 500, 101)),
            (61_300_000, up(ACK, 101, 501)),
        ],
        tmp_path,
    )
    [flow] = recording.flows
    assert (flow.rtt, flow.rtt_frames) == (61_234_000, (1, 2))
    assert recording.replies == {1: (NS + 61_234_000, 2)}


@pytest.mark.parametrize(
    "sent",
    [
        [up(SYN, 100), up(SYN, 100), down(SYN | ACK, 500, 101)],  # which one was answered?
        [down(SYN | ACK, 500, 101), up(SYN, 100)],
        [up(SYN, 100), down(SYN | ACK, 500, 102)],
        [up(SYN, 100), down(ACK, 500, 101)],
        [up(SYN, 100), down(RST | ACK, 0, 101)],
        [up(SYN, 100), down(SYN, 500), up(SYN | ACK, 100, 501), down(SYN | ACK, 500, 101)][:3],
        [up(ACK, 100, 1), down(ACK, 500, 1)],
    ],
)
def test_no_round_trip_is_better_than_a_wrong_one(sent: list[bytes], tmp_path: Path) -> None:
    recording = timed([(i * 1_000_000, data) for i, data in enumerate(sent)], tmp_path)
    [flow] = recording.flows
    assert flow.rtt is None
    assert flow.rtt_frames is None
    assert flow.client_ip == PHONE


def test_a_second_answer_does_not_lengthen_the_round_trip(tmp_path: Path) -> None:
    sent = [(0, up(SYN, 1)), (5_000, down(SYN | ACK, 9, 2)), (900_000, down(SYN | ACK, 9, 2))]
    assert timed(sent, tmp_path).flows[0].rtt == 5_000


def test_a_clock_that_jumps_back_gives_no_round_trip(tmp_path: Path) -> None:
    recording = timed([(SECOND, up(SYN, 1)), (0, down(SYN | ACK, 9, 2))], tmp_path)
    assert recording.flows[0].rtt is None


@pytest.mark.parametrize(
    ("sent", "late"),
    [
        ([up(SYN, 1)], False),
        (opened(), False),
        ([*opened(), down(RST, 501)], False),
        ([up(RST, 1)], True),
        ([up(ACK, 1), down(ACK, 1)], True),
        ([down(SYN | ACK, 500, 101), up(ACK, 101, 501)], False),
    ],
)
def test_which_began_before_the_recording(sent: list[bytes], late: bool, tmp_path: Path) -> None:
    [flow] = read(pcap(*sent, link=101), folder=tmp_path).flows
    assert flow.late_start is late
    assert (flow.client_ip, flow.server_port) == (PHONE, 443)


@pytest.mark.parametrize("first", [0, 100, 0xFFFFFFFF, 0xFFFFFFFA, 0x7FFFFFFD])
def test_numbers_that_wrap(first: int, tmp_path: Path) -> None:
    data = [up(PSH | ACK, first + 1 + i, 501, bytes([i])) for i in range(40)]
    recording = read(pcap(*opened(first), *data, link=101), folder=tmp_path)
    assert heard(recording)[0] == bytes(range(40))
    assert recording.flows[0].payload_up == 40
    assert odd(recording) == {}


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32 - 1), st.randoms(use_true_random=False), st.integers(1, 60))
def test_any_order_and_any_repetition(
    tmp_path: Path, first: int, chance: random.Random, count: int
) -> None:
    stream = chance.randbytes(count * 7)
    segments = [(at, stream[at : at + chance.randrange(1, 40)]) for at in range(0, len(stream), 7)]
    segments += chance.choices(segments, k=count // 2)
    segments += [(at, stream[at : at + 7]) for at in range(0, len(stream), 7)]
    chance.shuffle(segments)
    data = [up(PSH | ACK, first + 1 + at, 501, part) for at, part in segments]
    recording = read(pcap(*opened(first), *data, link=101), folder=tmp_path)
    listener = recording.listeners[1]
    assert isinstance(listener, Ear)
    if not listener.gaps:  # at most 64 segments wait
        assert listener.heard[0] == stream
    assert odd(recording) == {}


def test_a_gap_is_announced_and_the_rest_delivered(tmp_path: Path) -> None:
    data = [up(ACK, 101, 501, b"one"), up(ACK, 107, 501, b"three"), up(ACK, 112, 501, b"four")]
    recording = read(pcap(*opened(), *data, link=101), folder=tmp_path)
    listener = recording.listeners[1]
    assert isinstance(listener, Ear)
    assert listener.heard[0] == b"onethreefour"
    assert listener.gaps == [(0, False)]


def test_a_cut_segment_is_announced_as_cut(tmp_path: Path) -> None:
    whole = up(ACK, 101, 501, b"x" * 100)
    data = pcap_header(101) + b"".join(map(record, opened()))
    data += record(whole[:60], wire=len(whole)) + record(up(ACK, 201, 501, b"next"))
    recording = read(data, folder=tmp_path)
    listener = recording.listeners[1]
    assert isinstance(listener, Ear)
    assert listener.heard[0] == b"x" * 20 + b"next"
    assert listener.gaps == [(0, True)]
    assert recording.flows[0].payload_up == 104


@pytest.mark.parametrize(
    "order", [(0, 1), (1, 0)], ids=["the second is late", "the second waits for the first"]
)
def test_copies_that_differ_the_first_counts(order: tuple[int, int], tmp_path: Path) -> None:
    """One copy is delivered and the other compared, or both wait for what is missing."""
    copies = [up(ACK, 104, 501, b"true"), up(ACK, 104, 501, b"fake")]
    start = up(ACK, 101, 501, b"abc")
    for sent in (
        [start, copies[order[0]], copies[order[1]]],
        [copies[order[0]], copies[order[1]], start],
    ):
        recording = read(pcap(*opened(), *sent, link=101), folder=tmp_path)
        assert heard(recording)[0] == b"abc" + (b"true", b"fake")[order[0]]
        assert odd(recording) == {"tcp_conflicting_copies": 1}
        assert recording.flows[0].payload_up == 11


def test_an_overlap_that_differs(tmp_path: Path) -> None:
    sent = [up(ACK, 101, 501, b"abcdef"), up(ACK, 104, 501, b"XYZghi")]
    recording = read(pcap(*opened(), *sent, link=101), folder=tmp_path)
    assert heard(recording)[0] == b"abcdefghi"
    assert odd(recording) == {"tcp_conflicting_copies": 1}


def test_keep_alives_and_plain_copies_are_not_odd(tmp_path: Path) -> None:
    sent = [up(ACK, 101, 501, b"abc"), up(ACK, 103, 501, b"\0"), up(ACK, 101, 501, b"abcd")]
    recording = read(pcap(*opened(), *sent, up(ACK, 104, 501), link=101), folder=tmp_path)
    assert heard(recording)[0] == b"abcd"
    assert odd(recording) == {}


def test_data_in_the_syn(tmp_path: Path) -> None:
    sent = [up(SYN, 100, 0, b"early"), down(SYN | ACK, 500, 106, b"reply"), up(ACK, 106, 506, b"+")]
    recording = read(pcap(*sent, link=101), folder=tmp_path)
    assert heard(recording) == [b"early+", b"reply"]


def test_the_same_ends_a_thousand_times(tmp_path: Path) -> None:
    sent = []
    for i in range(1_000):
        sent += opened(i * 100_000)
        sent.append(up(PSH | ACK, i * 100_000 + 1, 501, b"%d" % i))
    recording = read(pcap(*sent, link=101), folder=tmp_path)
    assert len(recording.flows) == 1_000
    assert {flow.packets_up for flow in recording.flows} == {3}
    assert all(heard(recording, i + 1)[0] == b"%d" % i for i in range(1_000))


@pytest.mark.parametrize(("idle", "flows"), [(7_440, 1), (7_441, 2)])
def test_tcp_idle_two_hours_and_four_minutes(idle: int, flows: int, tmp_path: Path) -> None:
    sent = [(0, up(ACK, 1, 1, b"a")), (idle * SECOND, up(ACK, 2, 1, b"b"))]
    assert len(timed(sent, tmp_path).flows) == flows


@pytest.mark.parametrize(("idle", "flows"), [(300, 1), (301, 2)])
def test_udp_idle_five_minutes(idle: int, flows: int, tmp_path: Path) -> None:
    data = ip(struct.pack("!HHHH", 1, 2, 8, 0))
    assert len(timed([(0, data), (idle * SECOND, data)], tmp_path).flows) == flows


def test_a_flow_joined_midway_knows_its_server_by_the_port(tmp_path: Path) -> None:
    [flow] = read(pcap(down(ACK, 1, 1, b"x"), link=101), folder=tmp_path).flows
    assert (flow.client_ip, flow.server_port, flow.payload_down) == (PHONE, 443, 1)


def test_counters_beyond_32_bits(tmp_path: Path) -> None:
    whole = up(ACK, 1, 1, b"x" * 60)
    for head in (whole[:2] + b"\0\0" + whole[4:], whole):  # without a length, and with one
        data = pcap_header(101) + record(head, wire=0x80000) * 0x2001
        recording = read(data, folder=tmp_path)
        [flow] = recording.flows
        assert flow.bytes_up == recording.capture.wire_bytes == 0x80000 * 0x2001 > 1 << 32
        assert flow.payload_up == 0x2001 * (0x80000 - 40 if head is not whole else 60)
    assert counts(recording) == (0x2001, 0, 0)


def test_segments_of_which_little_was_captured(tmp_path: Path) -> None:
    head = up(ACK, 101, 501, b"x" * 60)
    head = head[:2] + b"\0\0" + head[4:]
    data = pcap_header(101) + b"".join(map(record, opened()))
    for wire in (0xFFFFFFFF, 0x80000028, 0x7FFFFFFF, 0x80000, 0x7FFFF, 100):
        data += record(head, wire=wire)
    recording = read(data, folder=tmp_path)
    assert heard(recording)[0].startswith(b"x" * 60)


def test_bytes_waiting_are_bounded_and_giving_up_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.capture.openings.HELD_BYTES", 50_000)
    sent = []
    for port in range(1_000, 1_200):
        sent += [up(SYN, 0, port=port), up(ACK, 10, 1, b"z" * 1_000, port)]
    later = [up(ACK, 1_010 + 1_000 * i, 1, b"z" * 1_000, 1_199) for i in range(5)]
    data = pcap(*sent, *later, link=101)
    recording = read(data, folder=tmp_path)
    assert odd(recording)["openings_given_up"] >= 150
    assert heard(recording, 200)[0].startswith(b"z" * 1_000)
    assert counts(recording) == (405, 0, 0)


class Keeping(Ear):
    """Keeps a thousand bytes for later, whatever it hears."""

    def stream(self, side: int, data: bytes, frame: int, ts: int) -> None:
        super().stream(side, data, frame, ts)
        self.held = 1_000


def kept(folder: Path, *windows: list[bytes]) -> tuple[reader.Recording, list[Ear]]:
    """Files whose conversations all keep bytes, and their listeners; each file is a window."""
    ears: list[Ear] = []
    paths = []
    for number, sent in enumerate(windows):
        paths.append(folder / f"{number}.pcap")
        paths[-1].write_bytes(pcap(*sent, link=101))

    def listen(*_: object) -> Ear:
        ears.append(Keeping())
        return ears[-1]

    return reader.read(paths, listen), ears


def test_what_listeners_keep_is_bounded_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.capture.openings.HELD_BYTES", 50_000)
    sent = [ip(udp(b"abc", (port, 443)), 17) for port in range(1_000, 1_100)]
    recording, ears = kept(tmp_path, sent)
    assert [ear.let_go_cut for ear in ears] == [[True]] * 50 + [[]] * 50
    assert [ear.wants for ear in ears[49:51]] == [[0, 0], [1 << 20, 1 << 20]]
    assert odd(recording)["openings_given_up"] == 50


def test_what_was_silent_longest_is_given_up_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.capture.openings.HELD_BYTES", 2_500)
    one, two, three = (ip(udp(b"abc", (port, 443)), 17) for port in (1_001, 1_002, 1_003))
    _, ears = kept(tmp_path, [one], [two], [one], [three])
    assert [ear.let_go_cut for ear in ears] == [[], [True], []]


@pytest.mark.parametrize("end", [[up(FIN | ACK, 102, 502), down(FIN | ACK, 502, 103)],
                                 [down(RST, 502)]])  # fmt: skip
def test_conversations_that_are_over_are_let_go_without_a_word(
    end: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.capture.openings.HELD_BYTES", 500)
    recording, ears = kept(tmp_path, [*opened(), up(ACK, 101, 501, b"x"), *end])
    assert ears[0].let_go_cut == [False]
    assert "openings_given_up" not in odd(recording)


def test_ten_thousand_segments_behind_a_gap(tmp_path: Path) -> None:
    sent = [up(ACK, 1_000 + 2 * i, 501, b"zz") for i in range(10_000)]
    recording = read(pcap(*opened(), *sent[::-1], link=101), folder=tmp_path)
    assert counts(recording) == (10_003, 0, 0)
    listener = recording.listeners[1]
    assert isinstance(listener, Ear)
    assert listener.gaps
