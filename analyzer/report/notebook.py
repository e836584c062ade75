"""What a notebook shows of an analysis: the answer, what it rests on, the world map.

Rules of this file
- One piece of HTML that loads nothing and runs nothing; its style is scoped to it.
- The Markdown is for viewers that show no HTML; both say what the report says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from analyzer.labels import country
from analyzer.model import Result
from analyzer.report import page
from analyzer.report.answer import Facts, answer, certainties, facts, standing, where
from analyzer.report.claims_said import badge, by_verdict
from analyzer.report.clock import second
from analyzer.report.figures import share, size
from analyzer.report.limits_said import limits_said, shares_said
from analyzer.report.markup import cell, esc, items, number, paragraph, row, table, tell
from analyzer.report.safe import markdown as inert
from analyzer.report.terminal import by_severity, file_names, label, operator, status_line
from analyzer.report.words import say
from analyzer.report.words_later import say as say_later
from analyzer.report.world_map import world_map

_TOP = 10  # destinations
_FINDINGS = 10
_TEXT = 4_000  # characters of a sentence of ours, which may quote captured text
_COLOURS = re.compile(r":root \{(.*?)\n\}", re.DOTALL)
_MAP = re.compile(r"/\* World map.*?(?=/\* Findings)", re.DOTALL)


def html(result: Result) -> str:
    """The summary as one ``div`` with its own style."""
    known = facts(result)
    return (
        f'<div class="phonehome"><style>{_style()}</style>'
        f"<h3>{esc(_title(result), 160)}</h3>"
        + "".join(_head(result, known))
        + world_map(result, known, _key(result))
        + _destinations(known)
        + _told(say("page.claims"), _claims(result))
        + _told(say("page.findings"), _findings(result))
        + _told(say("page.sight"), [f"{what}: {part}" for part, what in shares_said(result)])
        + items(esc(line, _TEXT) for line in limits_said(result))
        + paragraph(esc(say_later("notebook.tables")), "said")
        + paragraph(page.credit(), "said")
        + "</div>"
    )


def markdown(result: Result) -> str:
    """The summary as Markdown, without the map."""
    return "\n\n".join(filter(None, _paragraphs(result))) + "\n"


def _style() -> str:
    """Colours and map of the report's own style sheet, and the rules for a notebook."""
    here = Path(__file__).parent
    whole = (here / "style.css").read_text(encoding="utf-8")
    colours, world = _COLOURS.search(whole), _MAP.search(whole)
    parts = [colours[1] if colours else "", world[0] if world else ""]
    own = (here / "notebook.css").read_text(encoding="utf-8")
    return f".phonehome {{{parts[0]}\n{parts[1]}{own}}}"


def _key(result: Result) -> str:
    """What ids of this output begin with: a notebook may hold the maps of several captures."""
    from hashlib import sha256

    files = "".join(file.sha256 for file in result.capture.files)
    return f"map-{sha256(files.encode(errors='replace')).hexdigest()[:8]}"


def _title(result: Result) -> str:
    return say("page.title", name=file_names(result))


def _head(result: Result, known: Facts) -> Iterator[str]:
    """When it was recorded, what is missing, and the answer."""
    if first := second(result.capture.first):
        last = second(result.capture.last)
        yield paragraph(tell("page.recorded", first=first, last=last), "said")
    if missing := status_line(result):
        yield paragraph(f"<strong>{esc(missing, _TEXT)}</strong>")
    *main, last = (esc(line, _TEXT) for line in answer(result, known))
    yield paragraph(" ".join(main) or last, "lead")
    yield paragraph(last) if main else ""


def _destinations(known: Facts) -> str:
    head = ("top.destination", "table.place", "table.certainty", "table.operator",
            "#table.up", "#table.down")  # fmt: skip
    rows = [
        row(esc(label(e)), cell(esc(where(e.place.location))), cell(standing(e.place.location)),
            cell(esc(operator(e))), number(size(e.bytes_up), e.bytes_up),
            number(size(e.bytes_down), e.bytes_down))
        for e in known.ranking[:_TOP]
    ]  # fmt: skip
    return f"<h4>{tell('md.top')}</h4>{table(tell('md.top'), head, rows)}" if rows else ""


def _claims(result: Result) -> list[str]:
    return [f"{badge(claim)}: “{claim.quote}”" for claim in by_verdict(result.claims)]


def _findings(result: Result) -> list[str]:
    listed = by_severity(result.findings)[:_FINDINGS]
    told = [f"{say(f'severity.{finding.severity}')}: {finding.title}" for finding in listed]
    left = len(result.findings) - len(listed)
    return told + ([say("who.more", n=left)] if left else [])


def _told(heading: str, lines: list[str]) -> str:
    body = items(esc(line, _TEXT) for line in lines)
    return body and f"<h4>{esc(heading)}</h4>{body}"


def _paragraphs(result: Result) -> Iterator[str]:
    """The parts of the Markdown in order; those without content are empty."""
    known = facts(result)
    yield f"### {inert(_title(result))}"
    yield inert(status_line(result))
    yield inert(" ".join(answer(result, known)))
    yield _countries(known)
    parts = [f"{what}: {part}" for part, what in shares_said(result)]
    for heading, lines in (
        ("page.claims", _claims(result)),
        ("page.findings", _findings(result)),
        ("page.sight", [*parts, *limits_said(result)]),
    ):
        yield f"**{say(heading)}**" if lines else ""
        yield "\n".join(f"- {inert(line)}" for line in lines)
    yield inert(say_later("notebook.tables"))


def _countries(known: Facts) -> str:
    """Bytes up by country, then those without one."""
    named = [(country(g.key), g) for g in known.countries]
    named += [(say(f"where.{g.key}"), g) for g in known.apart]
    if not named:
        return ""
    rows = [
        f"| {inert(name)} | {certainties(g)} | {size(g.up)} | {share(g.up, known.up)} |"
        for name, g in named
    ]
    head = [say(f"table.{key}") for key in ("country", "certainty", "up", "share")]
    return "\n".join([f"| {' | '.join(head)} |", "| --- | --- | --- | --- |", *rows])
