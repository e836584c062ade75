"""Clear bytes of conversations, held in bounded room, given out whole or with an overlap."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer import limits
from analyzer.judge.content import PIECE, Content, Side


class Keeper:
    """A consumer that notes all it is given."""

    def __init__(self) -> None:
        self.given: list[tuple[int, int, bytes, int]] = []
        self.frames: list[tuple[int, int]] = []
        self.parts: list[list[tuple[int, bytes]]] = []

    def look(self, side: Side) -> None:
        self.given.append((side.flow_id, side.side, bytes(side.data), side.again))
        self.frames.append(side.where(len(side.data) - 1))
        self.parts.append(side.parts())


def test_sides_are_put_together_and_given_once() -> None:
    kept = Keeper()
    content = Content([kept])
    content.take(1, 0, b"GET /", 4, 40)
    content.take(2, 1, b"220 hello", 5, 50)
    content.take(1, 0, b"index", 6, 60)
    content.close()
    content.close()
    assert kept.given == [(1, 0, b"GET /index", 0), (2, 1, b"220 hello", 0)]
    assert kept.frames == [(6, 60), (5, 50)]


def test_messages_and_holes_part_what_does_not_hang_together() -> None:
    kept = Keeper()
    content = Content([kept])
    content.take(1, 0, b"one", 1, 1, True)
    content.take(1, 0, b"two", 2, 2, True)
    content.take(2, 0, b"left", 3, 3)
    content.gap(2, 0)
    content.gap(9, 0)
    content.take(2, 0, b"right", 4, 4)
    content.take(2, 0, b"most", 5, 5)
    content.close()
    assert kept.parts == [[(0, b"one"), (3, b"two")], [(0, b"left"), (4, b"rightmost")]]


@given(st.lists(st.tuples(st.integers(1, 4), st.binary(min_size=1, max_size=90)), max_size=80))
def test_nothing_is_lost_and_little_is_held(pieces: list[tuple[int, bytes]]) -> None:
    """Put together again without what was given before, each side is what was sent."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "CONTENT_BYTES", 4_000)
        patch.setattr(limits, "CONTENT_OVERLAP", 16)
        patch.setattr(limits, "CLEAR_STREAM_BYTES", 1_000)
        kept = Keeper()
        content = Content([kept])
        for frame, (flow, data) in enumerate(pieces):
            content.take(flow, 0, data, frame, frame)
            assert content._held <= 4_000 + PIECE + 90
            assert content._held == sum(side.weight() for side in content._sides.values())
        content.close()
    for flow in range(1, 5):
        sent = b"".join(data for number, data in pieces if number == flow)
        given_out = [(data, again) for number, _, data, again in kept.given if number == flow]
        assert b"".join(data[again:] for data, again in given_out) == sent
        for (before, _), (after, again) in pairwise(given_out):
            assert before.endswith(after[:again])
            assert again >= min(16, len(before))


def test_a_value_across_the_seam_of_two_stretches_is_whole_in_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "CLEAR_STREAM_BYTES", 2_000)
    kept = Keeper()
    content = Content([kept])
    text = b"." * 1_700 + b"356938035643809" + b"." * 1_700
    for at in range(0, len(text), 100):
        content.take(1, 0, text[at : at + 100], at, at)
    content.close()
    assert len(kept.given) > 1
    assert any(b"356938035643809" in data for _, _, data, _ in kept.given)


def test_order_is_that_of_the_capture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CONTENT_BYTES", 3_000)
    kept = Keeper()
    content = Content([kept])
    for flow in range(30):
        content.take(flow, 0, b"x" * 200, flow, flow)
    content.close()
    assert [flow for flow, *_ in kept.given] == list(range(30))
