"""What the vendor said and what the recording says of it: that section of the page."""

from __future__ import annotations

from analyzer.labels import country, provider
from analyzer.model import ClaimVerdict, Counterexample, PredicateVerdict, Result, Verdict
from analyzer.report import markup
from analyzer.report.answer import Facts
from analyzer.report.figures import size
from analyzer.report.markup import cell, esc, items, number, paragraph, row, table, tell
from analyzer.report.words import say

_TEXT = 4_000  # characters of a sentence of ours, which may quote captured text
_HEAD = ("table.name", "table.place", "table.operator", "#table.up", "#claims.frame",
         "#claims.name_frame")  # fmt: skip


def section(result: Result, known: Facts) -> str:
    """The claims, each with quote, verdict, what it rests on and what stays unseen."""
    if not result.claims:
        return markup.section("claims", paragraph(tell("claims.none")))
    lead = paragraph(tell("claims.lead"))
    return markup.section("claims", lead, *map(_claim, by_verdict(result.claims)))


def by_verdict(claims: list[ClaimVerdict]) -> list[ClaimVerdict]:
    """Contradicted ones first, then consistent ones; within a verdict as judged."""
    return sorted(claims, key=lambda claim: list(Verdict).index(claim.verdict))


def who_said(claim: ClaimVerdict) -> str:
    """Speaker, date and source in one line."""
    who = ", ".join(filter(None, (claim.speaker, claim.said_on)))
    source = say("claims.source", source=claim.source) if claim.source else ""
    return ". ".join(filter(None, (who, source)))


def badge(claim: ClaimVerdict) -> str:
    """The verdict in words, marked where over a year lies between claim and recording."""
    verdict = say(f"verdict.{claim.verdict}")
    return say("verdict.far", verdict=verdict) if claim.gap_sentence else verdict


def judged(claim: ClaimVerdict) -> str:
    """The verdict's sentence, without the distance in time that is said beside it."""
    return claim.sentence.removesuffix(claim.gap_sentence).rstrip()


def counts(claims: list[ClaimVerdict]) -> str:
    """``1 contradicted, 2 not testable (1 over a year away)``."""
    found = [(sum(c.verdict is verdict for c in claims), verdict) for verdict in Verdict]
    far = sum(bool(claim.gap_sentence) for claim in claims)
    counted = ", ".join(f"{n} {say(f'verdict.short.{verdict}')}" for n, verdict in found if n)
    return counted + (say("top.claims_far", claims=far) if far else "")


def place(example: Counterexample) -> str:
    """The country as far as one is known."""
    return country(example.country) or say("who.unknown")


def operated(example: Counterexample) -> str:
    """Provider and region, else the network."""
    run = f"{provider(example.provider)} {example.region or ''}".strip()
    return run if example.provider else example.operator or ""


def _claim(claim: ClaimVerdict) -> str:
    gap = paragraph(esc(claim.gap_sentence, _TEXT), "warning") if claim.gap_sentence else ""
    return (
        f'<div class="claim {claim.verdict}">'
        f'<p class="grade">{esc(badge(claim))}</p>'
        f"<blockquote>{paragraph(esc(claim.quote, _TEXT))}</blockquote>"
        f"{paragraph(esc(who_said(claim), _TEXT), 'said')}"
        f"{paragraph(esc(judged(claim), _TEXT))}{gap}"
        f"{_parts(claim)}</div>"
    )


def _parts(claim: ClaimVerdict) -> str:
    """Part by part and what stays unseen; folded where nothing could be tested."""
    parts = (
        f"<h3>{tell('claims.predicates')}</h3>"
        + "".join(_predicate(claim, predicate) for predicate in claim.predicates)
        + _listed("claims.cannot_show", claim.cannot_show)
        + _listed("claims.context", claim.context)
    )
    untested = claim.verdict is Verdict.NOT_TESTABLE
    return markup.folded(tell("claims.more"), parts) if untested else parts


def why(claim: ClaimVerdict, predicate: PredicateVerdict) -> str:
    """The reason of a part, unless the sentence of the whole has said it."""
    said = predicate.reason.rstrip(".").casefold() in claim.sentence.casefold()
    return "" if said else predicate.reason


def _predicate(claim: ClaimVerdict, predicate: PredicateVerdict) -> str:
    verdict = tell(f"verdict.{predicate.verdict}")
    text = f"{esc(predicate.text, _TEXT)} <b class={predicate.verdict}>{verdict}</b>"
    reason = why(claim, predicate)
    said = paragraph(text) + (paragraph(esc(reason, _TEXT), "caveat") if reason else "")
    if not predicate.counterexamples:
        return said
    rows = map(_counterexample, predicate.counterexamples)
    more = predicate.counterexample_count - len(predicate.counterexamples)
    left = paragraph(tell("who.more", n=f"{more:,}")) if more > 0 else ""
    return said + table(tell("claims.against"), _HEAD, rows, "against") + left


def _counterexample(example: Counterexample) -> str:
    named = example.name_frame or 0
    return row(
        f"{esc(example.name)}<small>{esc(example.ip)}</small>" if example.name else esc(example.ip),
        cell(f"{esc(place(example))}<em class={example.certainty}>{example.certainty}</em>"),
        cell(esc(operated(example))),
        number(size(example.bytes_up), example.bytes_up),
        number(str(example.frame), example.frame),
        number(str(named or ""), named),
    )


def _listed(heading: str, lines: list[str]) -> str:
    return f"<h3>{tell(heading)}</h3>{items(esc(line, _TEXT) for line in lines)}" if lines else ""
