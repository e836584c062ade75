"""report.md: the report as a draft to write a story or an issue from.

Captured text is escaped or stands in code spans; nothing in it becomes a link.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from analyzer.labels import country
from analyzer.model import ClaimVerdict, Finding, Result
from analyzer.report import score_said
from analyzer.report.answer import Facts, answer, certainties, facts, standing, where
from analyzer.report.claims_said import badge, by_verdict, operated, who_said, why
from analyzer.report.clock import second
from analyzer.report.encryption_said import encryption_said
from analyzer.report.figures import frames, share, size
from analyzer.report.limits_said import limits_said, shares_said
from analyzer.report.safe import markdown, markdown_code
from analyzer.report.terminal import by_severity, file_names, label, operator
from analyzer.report.words import counted, say

_TOP = 25


def render(result: Result) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The one file of this format and its bytes."""
    yield "report.md", ("\n\n".join(_parts(result)).encode() + b"\n",)


def _parts(result: Result) -> Iterator[str]:
    """The paragraphs, tables and headings in order."""
    known = facts(result)
    yield "# " + markdown(say("page.title", name=file_names(result)))
    yield markdown(" ".join(answer(result, known)))
    yield "## " + say("page.sight")
    yield _table((say("table.share_of_all"), say("table.meaning")), shares_said(result))
    yield _list(limits_said(result))
    if known.ranking:
        yield "## " + say("page.where")
        yield _countries(known)
        yield "## " + say("md.top")
        yield _destinations(known)
    yield "## " + say("page.claims")
    yield say("claims.lead") if result.claims else say("claims.none")
    for claim in by_verdict(result.claims):
        yield from _claim(claim)
    yield "## " + say("page.findings")
    if not result.findings:
        yield say("findings.none")
    for finding in by_severity(result.findings):
        yield from _finding(finding)
    yield "## " + say("page.encryption")
    yield _list(encryption_said(result, known))
    yield from _score(result)
    yield "## " + say("page.method")
    yield _list([say(f"method.{i}") for i in range(1, 7)])
    yield "## " + say("page.data")
    yield _list([f"{d.name}, {d.publisher}, {d.built}, {d.licence}" for d in result.run.data])
    yield markdown(say("data.credit") + say("data.credit_more"))
    yield "## " + say("page.inputs")
    yield "\n".join(
        f"- {markdown_code(f.name)}, SHA-256 {markdown_code(f.sha256)}"
        for f in result.capture.files
    )
    yield markdown(say("page.footer", version=result.run.version))


def _claim(claim: ClaimVerdict) -> Iterator[str]:
    yield f"### {markdown(claim.quote)} ({badge(claim)})"
    yield markdown(who_said(claim))
    yield markdown(claim.sentence)
    lines = []
    for predicate in claim.predicates:
        verdict = say(f"verdict.{predicate.verdict}")
        reason = markdown(why(claim, predicate))
        lines.append(f"- {markdown(predicate.text)} ({verdict}) {reason}".rstrip())
        for e in predicate.counterexamples:
            where = f"{say('claims.frame')} {e.frame}, {size(e.bytes_up)} {say('table.up').lower()}"
            name = markdown_code(e.name or e.ip)
            lines.append(f"  - {name}, {markdown_code(e.ip)}, {markdown(operated(e))}: {where}")
        left = predicate.counterexample_count - len(predicate.counterexamples)
        lines += [f"  - {counted('more', left)}"] if left > 0 else []
    yield "\n".join(lines)
    for key, listed in (("cannot_show", claim.cannot_show), ("context", claim.context)):
        if listed:
            yield f"{say(f'claims.{key}')}:\n\n{_list(listed)}"


def _finding(finding: Finding) -> Iterator[str]:
    evidence = finding.evidence
    grade = say(f"severity.{finding.severity}")
    yield f"### {markdown(finding.title)} ({grade})"
    yield markdown(finding.text)
    counted_there = [(key, str(value)) for key, value in finding.numbers.items() if value != ""]
    lines = [f"{markdown(key)}: {markdown(value)}" for key, value in counted_there]
    if evidence.frame_count:
        lines.append(f"{say('findings.frames')}: {frames(evidence.frames, evidence.frame_count)}")
    if evidence.first is not None:
        lines.append(f"{second(evidence.first)} - {second(evidence.last)} UTC")
    if evidence.display_filter:
        lines.append(f"{say('md.filter')}: {markdown_code(evidence.display_filter)}")
    if evidence.file:
        lines.append(f"{say('findings.packets')}: {markdown_code(evidence.file)}")
    if lines:
        yield "\n".join("- " + line for line in lines)
    if finding.caveat:
        yield f"*{say('findings.caveat')}* {markdown(finding.caveat)}"


def _score(result: Result) -> Iterator[str]:
    if result.score is None:
        return
    yield "## " + say("page.score")
    yield markdown(result.score.sentence)
    yield markdown(score_said.seen(result, result.score))
    if result.score.total is None:
        return
    rows = [
        (p.title, score_said.points(p), str(p.of), " ".join([p.why, *score_said.rests_on(p)]))
        for p in result.score.parts
    ]
    head = ("score.part", "score.points", "score.of", "score.why")
    yield _table([say(key) for key in head], rows)


def _countries(known: Facts) -> str:
    named = [(country(g.key), g) for g in known.countries]
    named += [(say(f"where.{g.key}"), g) for g in known.apart]
    rows = [
        (name, certainties(g), str(g.endpoints), size(g.up), share(g.up, known.up), size(g.down))
        for name, g in named
    ]
    head = ("table.country", "table.certainty", "table.endpoints", "table.up", "table.share",
            "table.down")  # fmt: skip
    return _table([say(key) for key in head], rows)


def _destinations(known: Facts) -> str:
    head = ("top.destination", "table.address", "table.place", "table.certainty",
            "table.operator", "table.up", "table.down")  # fmt: skip
    rows = "\n".join(
        "| " + " | ".join((
            markdown_code(label(e)), markdown_code(e.ip), markdown(where(e.place.location)),
            str(standing(e.place.location)), markdown(operator(e)), size(e.bytes_up),
            size(e.bytes_down),
        )) + " |"
        for e in known.ranking[:_TOP]
    )  # fmt: skip
    text = _table([say(key) for key in head], []) + "\n" + rows
    left = len(known.ranking) - _TOP
    return text + ("\n\n" + counted("more", left) if left > 0 else "")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *([markdown(c) for c in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _list(lines: Iterable[str]) -> str:
    return "\n".join("- " + markdown(line) for line in lines)
