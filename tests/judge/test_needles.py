"""Many byte strings at once are found exactly where a naive search finds them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analyzer.judge.needles import Needles


def naive(needles: list[bytes], data: bytes) -> list[tuple[int, int]]:
    return sorted(
        (at, i)
        for i, needle in enumerate(needles)
        if needle
        for at in range(len(data))
        if data.startswith(needle, at)
    )


FEW_LETTERS = st.binary(max_size=60).map(lambda raw: bytes(byte % 2 + 97 for byte in raw))


@given(st.lists(FEW_LETTERS.map(lambda raw: raw[:14]), max_size=12), FEW_LETTERS)
def test_finds_what_a_naive_search_finds(needles: list[bytes], data: bytes) -> None:
    assert Needles(needles).find(data) == naive(needles, data)


@given(st.binary(max_size=40), st.binary(min_size=1, max_size=24), st.binary(max_size=40))
def test_finds_a_needle_wherever_it_begins(before: bytes, needle: bytes, after: bytes) -> None:
    found = Needles([needle]).find(before + needle + after)
    assert (len(before), 0) in found
    assert found == naive([needle], before + needle + after)


def test_work_grows_with_the_text_and_not_with_the_needles() -> None:
    """What is compared is what shares a word with the text: of random needles, nothing."""
    looked = []

    class Counting(list[tuple[int, int]]):
        def __iter__(self):  # type: ignore[no-untyped-def]
            looked.append(1)
            return super().__iter__()

    few, many = (Needles([b"%014d" % i for i in range(n)]) for n in (10, 5_000))
    for one in (few, many):
        one._words = {word: Counting(entries) for word, entries in one._words.items()}
        one.find(bytes(range(256)) * 400)
    assert not looked


def test_a_needle_within_itself() -> None:
    assert Needles([b"a" * 7]).find(b"a" * 9) == [(0, 0), (1, 0), (2, 0)]
    assert Needles([b"aa", b""]).find(b"aaa") == [(0, 0), (1, 0)]
    assert Needles([]).find(b"anything") == []
