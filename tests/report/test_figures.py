import pytest

from analyzer.report.figures import share, short, size, span
from analyzer.report.words import TEXT, counted, joined


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_000, "1.0 kB"), (9_949, "9.9 kB"),
     (9_950, "10 kB"), (999_499, "999 kB"), (999_500, "1.0 MB"), (1_204_331, "1.2 MB"),
     (5 * 10**12, "5.0 TB"), (5 * 10**16, "50,000 TB")],
)  # fmt: skip
def test_size(count: int, text: str) -> None:
    assert size(count) == text


def test_short() -> None:
    assert short(640) == "640 B"
    assert short(64_000) == "64 kB"


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 10, "0%"), (1, 1_000, "under 1%"), (2, 3, "67%"), (9_999, 10_000, "over 99%"),
     (10, 10, "100%"), (0, 0, "0%")],
)  # fmt: skip
def test_share(part: float, whole: float, text: str) -> None:
    assert share(part, whole) == text


@pytest.mark.parametrize(
    ("hours", "text"),
    [(0, "under a second"), (0.01, "36 seconds"), (0.24, "14 minutes"), (2.4, "2.4 hours"),
     (100, "4 days")],
)  # fmt: skip
def test_span(hours: float, text: str) -> None:
    assert span(hours) == text


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
