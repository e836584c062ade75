"""report.html: one file, no request to anywhere, readable without its script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzer.model import Result
from analyzer.report import claims_said, encryption_said, page, score_said, sections
from analyzer.report.answer import facts
from analyzer.report.markup import tell
from analyzer.report.terminal import file_names
from analyzer.report.words import say

_SECTIONS = (
    sections.the_answer,
    sections.sight,
    claims_said.section,
    sections.findings,
    encryption_said.section,
    score_said.section,
    sections.where_it_went,
    sections.who,
    sections.when,
    sections.endpoints,
    sections.method,
    sections.data,
    sections.inputs,
)


def render(result: Result) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The one file of this format and its bytes in pieces."""
    yield "report.html", (part.encode() for part in _parts(result))


def _parts(result: Result) -> Iterator[str]:
    known = facts(result)
    yield page.opening(say("page.title", name=file_names(result)))
    yield sections.head(result)
    yield "<main>\n"
    for section in _SECTIONS:
        yield section(result, known)
    yield "</main>\n"
    yield page.closing(tell("page.footer", version=result.run.version))
