import pytest

from analyzer.report.figures import frames, share, short, size, span
from analyzer.report.words import TEXT, counted, joined


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_000, "1.0 kB"), (9_949, "9.9 kB"),
     (9_950, "10 kB"), (999_499, "999 kB"), (999_500, "1.0 MB"), (1_204_331, "1.2 MB"),
     (34_000_000_000, "34 GB"),
     (5 * 10**12, "5.0 TB"), (5 * 10**16, "50,000 TB")],
)  # fmt: skip
def test_size(count: int, text: str) -> None:
    assert size(count) == text


def test_short() -> None:
    assert short(640) == "640 B"
    assert (short(999), short(1_000)) == ("999 B", "1.0 kB")
    assert short(64_000) == "64 kB"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 10, "0%"), (1, 1_000, "under 1%"), (2, 3, "67%"), (9_999, 10_000, "over 99%"),
     (10, 10, "100%"), (0, 0, "0%"), (1, 100, "1%"), (15, 1_000, "2%"), (99, 100, "99%"),
     (0.99, 1, "99%"), (98.9, 100, "99%"), (98.4, 100, "98%"), (0.5, 1, "50%")],
)  # fmt: skip
def test_share(part: float, whole: float, text: str) -> None:
    assert share(part, whole) == text


@pytest.mark.parametrize(
    ("hours", "text"),
    [(0, "under a second"), (0.01, "36 seconds"), (89 / 3600, "89 seconds"),
     (90 / 3600, "2 minutes"), (0.24, "14 minutes"), (59 / 60, "59 minutes"),
     (0.9999, "60 minutes"), (1, "1.0 hours"), (2.4, "2.4 hours"), (71.9, "71.9 hours"),
     (71.9999, "72.0 hours"), (72, "3 days"), (100, "4 days")],
)  # fmt: skip
def test_span(hours: float, text: str) -> None:
    assert span(hours) == text


def test_share_of_one() -> None:
    assert (share(0.25), share(0.004)) == ("25%", "under 1%")


def test_counting() -> None:
    assert counted("endpoints", 1) == "one endpoint"
    assert counted("endpoints", 12_345) == "12,345 endpoints"
    assert joined(["a", "b", "c"]) == "a, b and c"
    assert joined(["a", "b"], last="or") == "a or b"
    assert joined([]) == ""


def test_the_words_never_accuse() -> None:
    for text in TEXT.values():
        lower = text.lower()
        for word in ("spying", "spies", "secret", "compromised", "proved", "verified", " true"):
            assert word not in lower, text


@pytest.mark.parametrize("seconds", [0.5, 1.0, 46.5, 47.5, 89.5, 90, 150, 3_599.5, 3_690, 259_200])
def test_a_span_read_back_with_fewer_digits_is_the_same(seconds: float) -> None:
    hours = seconds / 3600
    assert span(round(hours, 6)) == span(round(hours, 9)) == span(hours)


def test_what_lasted_no_second_is_not_said_to_have() -> None:
    assert [span(s / 3600) for s in (0, 0.4, 0.94, 1, 1.4)] == [
        *["under a second"] * 3, "1 second", "1 second"
    ]  # fmt: skip


def test_frames_are_counted_where_not_all_are_listed() -> None:
    assert frames([3, 7], 2) == "3, 7"
    assert frames([3, 7], 10) == "10 frames, among them 3, 7"
    assert frames(range(1, 26), 25).startswith("25 frames, among them 1, 2,")
    assert frames(range(1, 26), 25).endswith(" 20")
