"""What the score says of its parts, of its rules, and of two recordings side by side."""

from __future__ import annotations

import pytest
from test_score import contradicted, found, part, recording, weights

from analyzer.judge import score_words
from analyzer.judge.score import comparable, score


def why(name: str, *findings: tuple[str, dict[str, float]], claims: int = 0) -> str:
    made = recording(*[found(rule, f"{rule}-{i}", **numbers)
                       for i, (rule, numbers) in enumerate(findings)])  # fmt: skip
    made.claims = [contradicted(f"c{i}") for i in range(claims)]
    return part(score(made, weights(), policy=True), name).why


def test_what_was_not_seen_is_said() -> None:
    assert why("left-home") == "No content was seen going to a place outside home."
    assert why("old-encryption") == "No old, weak or doubtful encryption was seen."


@pytest.mark.parametrize(("count", "said"), [(1, "1 sentence"), (2, "2 sentences")])
def test_contradicted_sentences_are_counted(count: int, said: str) -> None:
    assert why("claims", claims=count).startswith(said)


def test_findings_and_addresses_are_counted() -> None:
    one, two = ("identifier-sent", {}), ("password-in-clear", {})
    assert why("identifiers", one).startswith("1 finding of identifiers")
    assert why("identifiers", one, two).startswith("2 findings of identifiers")
    assert "at 1 address" in why("identifiers", one, two)  # the same one


def test_a_share_is_of_the_measure_that_is_one() -> None:
    assert "in 67% of the conversations" in why("old-encryption", ("old-tls", {"flows": 2}))
    assert why("unexpected", ("unexpected-endpoint", {"bytes_up": 900, "endpoints": 1})).startswith(
        "25% of the bytes sent to the Internet"
    )


def explained(name: str) -> str:
    (one,) = (one for one in weights().parts if one.id == name)
    return score_words.explained(one).split(" Counts: ")[1]


def test_the_rules_of_a_part_are_explained() -> None:
    assert explained("left-home") == (
        "left-home 1, left-home-single 0.5. By: content_up per hour, from 1.0 kB, in full at"
        " 10 MB; content_up per share, in full at 50%."
    )
    assert explained("claims") == "contradicted claims 1. By: findings per recording, in full at 2."
    assert ". Of severity low or graver. By: flows per share, in full at 20%" in explained(
        "old-encryption"
    )
    assert "Of severity" not in explained("behaviour")


def test_the_conditions_of_a_score_are_told() -> None:
    assert score_words.conditions(weights()) == [
        "No score with less than 3 conversations, 10 kB or 3 minutes of traffic.",
        "A shorter recording counts as 1 hour.",
        "A claim said over a year from the recording counts 0.5.",
        "Two recordings are not ranked as they stand where hours differ 4 times, bytes 10 times,"
        " or shares named or located by 30 or 30 points.",
    ]


@pytest.mark.parametrize(
    ("name", "one", "other", "apart"),
    [
        ("hours", 2.0, 8.0, None),
        ("hours", 8.1, 2.0, "they cover very different times (8.1 hours and 2.0 hours)"),
        ("hours", 0.25, 1.1, "they cover very different times (15 minutes and 1.1 hours)"),
        ("bytes", 20_000, 200_000, None),
        ("bytes", 20_000, 200_001, "very different amounts were seen (20 kB and 200 kB)"),
        ("named", 0.25, 0.5, None),
        ("located", 0.25, 0.5, None),
        ("located", 0.5, 0.125, "places are known for very different shares (50% and 12% of the"
                                " bytes)"),
        ("named", 0.5, 0.995, "names were seen for very different shares (50% and over 99% of the"
                              " bytes)"),
    ],
)  # fmt: skip
def test_from_where_on_two_are_not_ranked(
    name: str, one: float, other: float, apart: str | None
) -> None:
    both = [score(recording(), weights(), policy=False) for _ in range(2)]
    for scored, value in zip(both, (one, other), strict=True):
        setattr(scored.coverage, name, value)
    said = comparable(both[0], both[1])
    assert said == (f"Not to be ranked as they stand: {apart}." if apart else None)
    assert (comparable(both[1], both[0]) is None) is (apart is None)


def test_several_reasons_are_all_told() -> None:
    one, other = (score(recording(), weights(), policy=False) for _ in range(2))
    other.coverage.hours, other.coverage.rules_sha256 = 24.0, "other"
    assert comparable(one, other) == (
        "Not to be ranked as they stand: other rules were used; they cover very different times"
        " (2.0 hours and 24.0 hours)."
    )
    one.total = None
    assert comparable(other, one) == (
        "Not to be ranked as they stand: too little was seen for a score."
    )
