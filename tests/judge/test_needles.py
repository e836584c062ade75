"""Many byte strings at once are found exactly where a naive search finds them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analyzer.judge.needles import NESTED, SHORTEST, Needles


def naive(needles: list[bytes], data: bytes) -> list[tuple[int, int]]:
    return sorted(
        (at, i)
        for i, needle in enumerate(needles)
        if needle
        for at in range(len(data))
        if data.startswith(needle, at)
    )


FEW_LETTERS = st.binary(max_size=60).map(lambda raw: bytes(byte % 2 + 97 for byte in raw))


@given(st.lists(FEW_LETTERS.map(lambda raw: raw[:14]), max_size=NESTED), FEW_LETTERS)
def test_finds_what_a_naive_search_finds(needles: list[bytes], data: bytes) -> None:
    assert Needles(needles).find(data) == naive(needles, data)


@given(st.binary(max_size=40), st.binary(min_size=1, max_size=24), st.binary(max_size=40))
def test_finds_a_needle_wherever_it_begins(before: bytes, needle: bytes, after: bytes) -> None:
    found = Needles([needle]).find(before + needle + after)
    assert (len(before), 0) in found
    assert found == naive([needle], before + needle + after)


PREFIXES = st.sampled_from((b"", b"+91 99", b"aaaaaa", b"abababab"))


@given(st.lists(st.tuples(PREFIXES, FEW_LETTERS), max_size=60), st.lists(FEW_LETTERS, max_size=4))
def test_many_that_share_a_beginning(parts: list[tuple[bytes, bytes]], rest: list[bytes]) -> None:
    needles = [prefix + end[: 2 + len(end) % 3] for prefix, end in parts]
    needles = list(dict.fromkeys(needles))  # NESTED counts alike ones too
    data = b"".join(prefix + end for prefix, end in parts[::3]) + b"+91 99".join(rest)
    assert Needles(needles).find(data) == naive(needles, data)


def test_of_many_that_begin_one_another_the_longest_are_told() -> None:
    needles = [b"a" * size for size in range(1, 300)] + [b"b" * 6] * 3
    data = b"a" * 20 + b"b" + b"a" * 7 + b"bbbbbbbcab"
    longest: dict[int, list[int]] = {}
    for at, i in naive(needles, data):
        if len(needles[i]) >= SHORTEST:
            longest.setdefault(at, []).append(i)
    told = {at: found[-NESTED:] for at, found in longest.items()}
    found = [(at, i) for at, i in Needles(needles).find(data) if len(needles[i]) >= SHORTEST]
    assert found == [(at, i) for at, places in told.items() for i in places]
    assert len(told[0]) == NESTED
    assert len(told[21]) == 2


def test_work_grows_with_the_text_and_not_with_the_needles() -> None:
    """No place of the text is looked at where no needle may begin, and none twice."""
    text = bytes(range(256)) * 400
    for many in (10, 5_000):
        assert not list(Needles([b"%014d" % i for i in range(many)])._starts(text))
    text = b'{"phone":"+91 00000 00000"}' * 50
    for many in (10, 5_000):
        starts = list(Needles([b"+91 %010d" % i for i in range(many)])._starts(text))
        assert sorted(starts) == [text.index(b"+") + 27 * i for i in range(50)]


def test_few_steps_lead_through_many_that_begin_one_another() -> None:
    class Counted(list[bytes]):
        looked = 0

        def __getitem__(self, place):  # type: ignore[no-untyped-def]
            Counted.looked += 1
            return super().__getitem__(place)

    needles = Needles([b"a" * size for size in range(6, 1_000)])
    needles._sorted = Counted(needles._sorted)
    assert needles.find(b"a" * 7 + b"b")[-1] == (1, 0)
    assert Counted.looked < 5 * 60  # at five places, and not 5 * 994


def test_a_needle_within_itself() -> None:
    assert Needles([b"a" * 7]).find(b"a" * 9) == [(0, 0), (1, 0), (2, 0)]
    assert Needles([b"aa", b""]).find(b"aaa") == [(0, 0), (1, 0)]
    assert Needles([]).find(b"anything") == []
