"""compare.html: one offline file in the look of report.html.

Captured text passes ``esc`` and stands in no attribute; there are no links but to sections.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from analyzer.compare import said
from analyzer.compare.words import counted, say, tell
from analyzer.report import markup, page
from analyzer.report.figures import size, span
from analyzer.report.markup import cell, esc, items, number, pairs, paragraph, row, table

Json = Mapping[str, Any]
CONTENTS = ("coverage", "answer", "new", "gone", "changed", "countries", "rates", "verdicts",
            "findings", "score", "made")  # fmt: skip
_ROWS = 1_000
_TEXT = 4_000


def render(document: Json) -> Iterator[bytes]:
    """The page in pieces."""
    for part in _parts(document):
        yield part.encode()


def _parts(document: Json) -> Iterator[str]:
    title = say("page.title", a=document["a"]["name"], b=document["b"]["name"])
    yield page.opening(title, "board.css")
    yield _head(title, document)
    yield "<main>\n"
    for name in CONTENTS:
        body = "".join(_SECTIONS[name](document))
        yield f'<section id="{name}"><h2>{tell(f"page.{name}")}</h2>{body}</section>\n'
    yield "</main>\n"
    yield page.closing(f"{tell('page.footer', version=document['version'])} {page.credit()}")


def _head(title: str, document: Json) -> str:
    links = "".join(f'<li><a href="#{name}">{tell(f"page.{name}")}</a>' for name in CONTENTS)
    sides = "".join(
        f'<p class="handset"><b class="letter">{name.upper()}</b>'
        f" {esc(said.title(document[name]), _TEXT)}</p>"
        for name in ("a", "b")
    )
    return (
        f'<header><p class="kicker">{tell("page.kicker")}</p><h1>{esc(title, 160)}</h1>{sides}'
        f'</header><nav aria-label="{tell("page.contents")}"><ol>{links}</ol></nav>\n'
    )


def _coverage(document: Json) -> Iterator[str]:
    yield items(esc(each["text"], _TEXT) for each in document["coverage"])


def _answer(document: Json) -> Iterator[str]:
    first, *rest = (esc(sentence, _TEXT) for sentence in said.answer(document))
    yield paragraph(first, "lead") + paragraph(" ".join(rest))
    ends, rates = document["endpoints"], document["rates"]
    facts = [
        (tell("page.new"), f"{len(ends['new']):,}"),
        (tell("page.gone"), f"{len(ends['gone']):,}"),
        (tell("fact.both"), f"{ends['both']:,}"),
        (tell("table.a_up"), said.hourly(rates["a_up_per_hour"])),
        (tell("table.b_up"), said.hourly(rates["b_up_per_hour"])),
        (tell("page.verdicts"), f"{len(document['claims']['changed']):,}"),
    ]
    yield pairs("facts", facts)


def _alone(name: str) -> Callable[[Json], Iterator[str]]:
    """The section of endpoints of one side only."""

    def section(document: Json) -> Iterator[str]:
        hours = {side: span(document[side]["hours"]) for side in ("a", "b")}
        yield paragraph(tell(f"list.lead.{name}", **hours))
        head = ("table.endpoint", "table.owner", "table.place", "table.operator", "#table.up",
                "table.expected")  # fmt: skip
        found = document["endpoints"][name]
        yield from _found(name, head, map(_end, found[:_ROWS]), len(found))

    return section


def _end(each: Json) -> str:
    known = tell("list.domain", domain=each["domain"]) if each["domain_on_both"] else ""
    return row(
        f"{esc(each['endpoint'])}<small>{known}</small>",
        cell(esc(", ".join(each["owners"]))),
        cell(esc(said.places(each["places"]))),
        cell(esc(said.provider_names(each))),
        number(said.up(each), each["bytes_up"] or 0),
        cell(esc(said.expected(each))),
    )


def _changed(document: Json) -> Iterator[str]:
    found = document["endpoints"]["changed"]
    if not found:
        yield paragraph(tell("changed.none"))
        return
    rows = (
        row(esc(each["endpoint"]), cell("<br>".join(esc(said.change(c)) for c in each["changes"])))
        for each in found[:_ROWS]
    )
    yield from _table("changed", ("table.endpoint", "table.change"), rows, len(found))


def _countries(document: Json) -> Iterator[str]:
    if told := said.unrated(document):
        yield paragraph(esc(told))
    rows = [
        row(esc(said.place(each)), _hourly(each["a_up_per_hour"]), _hourly(each["b_up_per_hour"]),
            number(size(each["a_up"]), each["a_up"]), number(size(each["b_up"]), each["b_up"]))
        for each in document["rates"]["places"]
    ]  # fmt: skip
    head = ("table.place", "#table.a_up", "#table.b_up", "#table.a_sent", "#table.b_sent")
    yield from _table("countries", head, rows, len(rows))


def _rates(document: Json) -> Iterator[str]:
    if told := said.unrated(document):
        yield paragraph(esc(told))
    yield paragraph(tell("made.rates"))
    found = said.by_change(document["endpoints"]["rates"])
    head = ("table.endpoint", "#table.a_up", "#table.b_up", "#table.a_down", "#table.b_down")
    names = ("a_up_per_hour", "b_up_per_hour", "a_down_per_hour", "b_down_per_hour")
    rows = (
        row(esc(each["endpoint"]), *(_hourly(each["bytes"][name]) for name in names))
        for each in found[:_ROWS]
    )
    yield from _found("rates", head, rows, len(found))


def _hourly(value: float | None) -> str:
    return number(said.hourly(value), round(value or 0))


def _verdicts(document: Json) -> Iterator[str]:
    found = said.verdicts(document)
    if not found:
        yield paragraph(tell("verdicts.none"))
        return
    rows = (row(esc(p["claim"]), cell(esc(said.verdict(p["a"]))), cell(esc(said.verdict(p["b"]))))
            for p in found[:_ROWS])  # fmt: skip
    yield from _table("verdicts", ("table.claim", "table.a", "table.b"), rows, len(found))


def _findings(document: Json) -> Iterator[str]:
    found = [
        (each, say(f"findings.{name}", a=each.get("severity_a"), b=each["severity"]))
        for name in ("new", "gone", "changed")
        for each in document["findings"][name]
    ]
    if not found:
        yield paragraph(tell("findings.none"))
        return
    rows = (
        row(f"{esc(each['title'])}<small>{esc(each['subject'])}</small>",
            cell(esc(each["severity"])), cell(esc(where)))
        for each, where in found[:_ROWS]
    )  # fmt: skip
    head = ("table.finding", "table.severity", "table.where")
    yield from _table("findings", head, rows, len(found))


def _score(document: Json) -> Iterator[str]:
    yield paragraph(esc(" ".join(said.score(document)), _TEXT))
    rows = [
        row(esc(part["title"]), _points(part["a"]), _points(part["b"]))
        for part in document["score"]["parts"]
    ]
    if rows:
        yield from _table("score", ("table.part", "#table.a", "#table.b"), rows, len(rows))


def _points(value: float | None) -> str:
    return f"<td class=n>{tell('score.unjudged') if value is None else f'{value:g}'}"


def _made(document: Json) -> Iterator[str]:
    yield paragraph(tell("made.lead")) + paragraph(tell("made.rates"))


def _found(name: str, head: Sequence[str], rows: Iterable[str], count: int) -> Iterator[str]:
    """A table of endpoints that can be searched and sorted."""
    if count:
        shown = tell("find.shown", shown="{shown}", all="{all}")  # filled in by the script
        yield markup.tools(tell("find.endpoints"), shown, tell("find.all"))
    yield from _table(name, head, rows, count, "endpoints ends")


def _table(
    name: str, head: Sequence[str], rows: Iterable[str], count: int, kind: str = "tally"
) -> Iterator[str]:
    """A table, and how many rows it leaves to compare.json."""
    if not count:
        yield paragraph(tell("list.none"))
        return
    yield table(tell(f"page.{name}"), head, rows, kind, tell)
    if count > _ROWS:
        yield paragraph(esc(say("list.more", n=counted("endpoints", count - _ROWS))))


_SECTIONS: Mapping[str, Callable[[Json], Iterator[str]]] = {
    "coverage": _coverage, "answer": _answer, "new": _alone("new"), "gone": _alone("gone"),
    "changed": _changed, "countries": _countries, "rates": _rates, "verdicts": _verdicts,
    "findings": _findings, "score": _score, "made": _made,
}  # fmt: skip
