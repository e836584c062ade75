"""The few pieces of HTML the page is made of. Whatever is shown passes ``esc``.

Rules of this file
- An attribute holds only texts of ours and numbers, never captured text.
- End tags HTML lets one leave out (td, th, tr, li, dt, dd) are left out: a page
  of 10,000 endpoints stays small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from analyzer.report.safe import html, visible
from analyzer.report.words import say

LONGEST = 400
"""Characters shown of one captured text: a host name has at most 253."""


def esc(text: str, longest: int = LONGEST) -> str:
    """Any text as harmless HTML, cut to ``longest`` characters."""
    if len(text) > longest:
        text = visible(text[:longest])[:longest] + "…"
    return html(text)


def tell(key: str, **values: object) -> str:
    """A text of the catalogue as HTML."""
    return esc(say(key, **values), 10 * LONGEST)


def section(name: str, *parts: str) -> str:
    """A section of the page with its heading; empty without any part."""
    opening = f'<section id="{name}"><h2>{tell(f"page.{name}")}</h2>'
    return "".join((opening, *parts, "</section>\n")) if any(parts) else ""


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of text that is escaped already."""
    opening = f'<p class="{kind}">' if kind else "<p>"
    return f"{opening}{text}</p>"


def items(lines: Iterable[str], kind: str = "") -> str:
    """A list of texts that are escaped already; empty without any."""
    body = "".join(f"<li>{line}" for line in lines)
    opening = f'<ul class="{kind}">' if kind else "<ul>"
    return body and f"{opening}{body}</ul>"


def folded(summary: str, body: str, kind: str = "") -> str:
    """What a reader opens to see, in print open; both are HTML already."""
    opening = f'<details class="{kind}">' if kind else "<details>"
    return f"{opening}<summary>{summary}</summary>{body}</details>"


def pairs(kind: str, entries: Iterable[tuple[str, str]]) -> str:
    """A definition list of (term, text), both escaped already; empty without any."""
    body = "".join(f"<div><dt>{term}<dd>{text}</div>" for term, text in entries)
    return body and f'<dl class="{kind}">{body}</dl>'


def table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[str],
    kind: str = "",
    told: Callable[[str], str] = tell,
) -> str:
    """A table in a box that scrolls when the page is narrow.

    ``head``: keys of the catalogue, in numeric columns with ``#`` before them.
    ``rows``: from ``row``. ``told``: key -> heading as HTML.
    """
    cells = "".join(
        f'<th scope="col" class="n">{told(key[1:])}'
        if key.startswith("#")
        else f'<th scope="col">{told(key)}'
        for key in head
    )
    opening = (
        f'<div class="box" role="region" tabindex="0" aria-label="{caption}">'
        f'<table class="{kind}"><caption>{caption}</caption><thead><tr>{cells}</thead><tbody>'
    )
    return "".join((opening, *rows, "</tbody></table></div>"))  # rows may be very many


def tools(find: str, shown: str, everything: str) -> str:
    """Search field and counter of the table after it; hidden until the script that serves
    them runs. Texts are escaped already; ``shown`` holds {shown} and {all} for the script."""
    return (
        f'<form class="tools" role="search" hidden><label>{find} '
        '<input type="search" autocomplete="off" spellcheck="false"></label>'
        f'<output data-text="{shown}"></output>'
        f'<button type="button">{everything}</button></form>'
    )


def row(first: str, *cells: str) -> str:
    """A row of cells that are HTML already; the first is its heading."""
    return f"<tr><th scope=row>{first}{''.join(cells)}\n"


def cell(text: str) -> str:
    """A cell of text that is HTML already."""
    return f"<td>{text}"


def number(shown: str, value: int) -> str:
    """A numeric cell, with the exact value for sorting."""
    return f"<td class=n data-n={value}>{shown}"
