"""quic_stream: bytes put in order, and what goes on to whoever judges content."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from analyzer.names.conversation import FlowStart, Heard
from analyzer.names.outlet import HELD_BYTES, Outlet, Piece
from analyzer.names.quic_stream import Ordered
from analyzer.names.talk import Talk
from tests.names.names_forge import PHONE, SERVER
from tests.names.test_sharing import Taken

STREAM = bytes(range(64))


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=30))
def test_what_comes_out_is_the_stream(cuts: list[tuple[int, int]]) -> None:
    ordered, out, covered = Ordered(), b"", set[int]()
    for start, length in cuts:
        piece = Piece(STREAM[start : start + length], 1, 1)
        out += b"".join(each.data for each in ordered.add(start, piece))
        covered.update(range(start, min(64, start + length)))
        first_hole = next(i for i in range(65) if i not in covered)
        assert out == STREAM[:first_hole]
        assert ordered.next == first_hole
    while ordered.held:
        for each in ordered.pass_over():
            out += b"-" * each.hole + each.data
    assert len(out) == max(covered, default=-1) + 1
    assert all(out[i] == STREAM[i] for i in covered)


def test_pieces_keep_the_packets_that_brought_them() -> None:
    ordered = Ordered()
    assert list(ordered.add(3, Piece(b"def", 7, 70), True)) == []
    assert not ordered.whole
    assert list(ordered.add(0, Piece(b"abcd", 8, 80))) == [
        Piece(b"abcd", 8, 80), Piece(b"ef", 7, 70),
    ]  # fmt: skip
    assert ordered.whole
    assert ordered.held == 0


def test_a_hole_is_announced() -> None:
    ordered = Ordered()
    list(ordered.add(0, Piece(b"ab", 1, 1)))
    assert list(ordered.add(5, Piece(b"fg", 2, 2))) == []
    assert list(ordered.add(9, Piece(b"jk", 3, 3))) == []
    assert list(ordered.pass_over()) == [Piece(b"fg", 2, 2, 3)]
    assert list(ordered.pass_over()) == [Piece(b"jk", 3, 3, 2)]
    assert list(ordered.pass_over()) == []


def outlet() -> tuple[Outlet, Taken]:
    taken = Taken()
    start = FlowStart(1, "udp", PHONE, 40_000, SERVER, 443, False)
    return Outlet(Talk(start, Heard(content=taken))), taken


def test_streams_that_take_turns_are_given_one_after_the_other() -> None:
    out, taken = outlet()
    for stream, data in ((0, b"one "), (4, b"two "), (0, b"goes on"), (4, b"does too")):
        out.piece(0, stream, Piece(data, 1, 1))
    assert taken.taken == []
    out.end(0, 4)
    out.end(0, 0)
    out.close()
    assert taken.taken == [
        (0, b"<gap>", False), (0, b"two ", False), (0, b"does too", False),
        (0, b"<gap>", False), (0, b"one ", False), (0, b"goes on", False),
    ]  # fmt: skip


def test_what_is_held_is_bounded_and_a_long_stream_has_no_seam() -> None:
    out, taken = outlet()
    for _ in range(100):
        out.piece(0, 0, Piece(bytes(2_000), 1, 1))
        assert out.held <= HELD_BYTES
    out.close()
    assert [data for _, data, _ in taken.taken].count(b"<gap>") == 1
    assert len(taken.of(0)) == 200_000 + len(b"<gap>")


def test_a_hole_is_a_seam_and_a_datagram_stands_alone() -> None:
    out, taken = outlet()
    out.piece(1, 3, Piece(b"before", 1, 1))
    out.piece(1, 3, Piece(b"behind", 1, 1, 9))
    out.apart(1, b"datagram", 2, 2)
    out.close()
    assert taken.taken == [
        (1, b"datagram", True), (1, b"<gap>", False), (1, b"before", False),
        (1, b"<gap>", False), (1, b"behind", False),
    ]  # fmt: skip


def test_many_streams_in_any_order_lose_nothing() -> None:
    out, taken = outlet()
    chance = random.Random(7)
    sent = dict.fromkeys(range(0, 400, 4), b"")
    for _ in range(3_000):
        stream = chance.choice(list(sent))
        data = f"<{stream}:{len(sent[stream])}>".encode()
        sent[stream] += data
        out.piece(0, stream, Piece(data, 1, 1))
    out.close()
    assert sorted(taken.of(0).replace(b"<gap>", b"")) == sorted(b"".join(sent.values()))
