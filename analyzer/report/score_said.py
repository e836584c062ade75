"""The score in every format: its sentence, what each part rests on, how much was seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzer.model import Result, Score, ScorePart
from analyzer.report import markup
from analyzer.report.answer import Facts, duration
from analyzer.report.figures import share, size
from analyzer.report.markup import esc, paragraph, row, table
from analyzer.report.words import counted
from analyzer.report.words_score import say

_TEXT = 4_000  # characters of a sentence of ours, which may quote captured text
_SHOWN = 5  # findings, claims and addresses of a part


def section(result: Result, known: Facts) -> str:
    """The section of the page."""
    score = result.score
    if score is None:
        return markup.section("score", paragraph(esc(say("none"))))
    lead = paragraph(esc(score.sentence, _TEXT), "lead") + paragraph(esc(say("lead")))
    if score.total is None:
        return markup.section("score", lead)
    rows = [
        row(esc(part.title), f"<td class=n>{points(part)}", f"<td class=n>{part.of}",
            f"<td>{esc(part.why, _TEXT)}{''.join(map(_small, rests_on(part)))}")
        for part in score.parts
    ]  # fmt: skip
    head = ("score.part", "#score.points", "#score.of", "score.why")
    return markup.section(
        "score",
        lead,
        table(esc(say("table")), head, rows, "score"),
        paragraph(esc(say("normal"))),
        paragraph(esc(seen(result, score))),
    )


def _small(text: str) -> str:
    return f"<small>{esc(text, _TEXT)}</small>"


def points(part: ScorePart) -> str:
    """``12.5``, or that it was not judged."""
    return say("open") if part.points is None else f"{part.points:.1f}"


def rests_on(part: ScorePart) -> Iterator[str]:
    """Findings, claims and endpoints behind a part, the first of each."""
    for key, ids in (
        ("findings", part.findings),
        ("claims", part.claims),
        ("endpoints", part.endpoints),
    ):
        if ids:
            yield say(key, ids=_first(ids))


def _first(ids: Sequence[str]) -> str:
    named, left = ", ".join(ids[:_SHOWN]), len(ids) - _SHOWN
    return say("and", ids=named, n=f"{left:,}") if left > 0 else named


def seen(result: Result, score: Score) -> str:
    """How much was seen, in one sentence."""
    c = score.coverage
    return say(
        "rests",
        flows=counted("flows", c.flows),
        bytes=size(c.bytes),
        span=duration(result),
        named=share(c.named),
        located=share(c.located),
        edge=share(c.edge),
    )


def short(score: Score | None) -> str:
    """The score for a terminal, in a few words."""
    if score is None:
        return ""
    return say("top_open") if score.total is None else say("top", total=score.total)
