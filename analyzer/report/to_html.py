"""report.html: one file, no request to anywhere, readable without its script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzer.model import Result
from analyzer.report import claims_said, encryption_said, page, score_said, sections
from analyzer.report.answer import facts
from analyzer.report.head import head
from analyzer.report.markup import tell
from analyzer.report.terminal import file_names
from analyzer.report.words import say

_SECTIONS = {
    "answer": sections.the_answer,
    "sight": sections.sight,
    "where": sections.where_it_went,
    "who": sections.who,
    "claims": claims_said.section,
    "findings": sections.findings,
    "encryption": encryption_said.section,
    "when": sections.when,
    "endpoints": sections.endpoints,
    "score": score_said.section,
    "method": sections.method,
    "data": sections.data,
    "inputs": sections.inputs,
}
"""The sections by their ids, in the order a reader needs them."""


def render(result: Result) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The one file of this format and its bytes in pieces."""
    yield "report.html", (part.encode() for part in _parts(result))


def _parts(result: Result) -> Iterator[str]:
    known = facts(result)
    yield page.opening(say("page.title", name=file_names(result)))
    told = {name: section(result, known) for name, section in _SECTIONS.items()}
    yield head(result, [name for name, text in told.items() if text])
    yield "<main>\n"
    yield from told.values()
    yield "</main>\n"
    yield page.closing(tell("page.footer", version=result.run.version))
