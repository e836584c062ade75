"""report.html: one file, no request to anywhere, readable without its script.

Style and script stand inline and are admitted by their hashes in the page's
own Content-Security-Policy; anything else a browser would refuse.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from analyzer.model import Result
from analyzer.report import claims_said, sections
from analyzer.report.answer import facts
from analyzer.report.markup import esc, tell
from analyzer.report.terminal import file_names
from analyzer.report.words import say

_SECTIONS = (
    sections.the_answer,
    sections.sight,
    claims_said.section,
    sections.findings,
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
    here = Path(__file__).parent
    style = (here / "style.css").read_text(encoding="utf-8")
    script = (here / "page.js").read_text(encoding="utf-8")
    known = facts(result)
    yield _opening(result, style, script)
    yield f'<body data-copy="{tell("copy.filter")}">'
    yield f'<a class="skip" href="#answer">{tell("page.skip")}</a>\n'
    yield sections.head(result)
    yield "<main>\n"
    for section in _SECTIONS:
        yield section(result, known)
    yield "</main>\n"
    yield f"<footer><p>{tell('page.footer', version=result.run.version)}</p></footer>\n"
    yield f"<script>{script}</script>\n</body>\n</html>\n"


def _opening(result: Result, style: str, script: str) -> str:
    policy = (
        f"default-src 'none'; style-src 'sha256-{_hash(style)}';"
        f" script-src 'sha256-{_hash(script)}'; base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        # Telephones turn numbers and addresses into links of their own unless told not to.
        '<meta name="format-detection" content="telephone=no, address=no, email=no, date=no">\n'
        f"<title>{esc(say('page.title', name=file_names(result)), 160)}</title>\n"
        f"<style>{style}</style>\n</head>\n"
    )


def _hash(text: str) -> str:
    """The base64 SHA-256 a Content-Security-Policy names an inline text by."""
    from base64 import b64encode
    from hashlib import sha256

    return b64encode(sha256(text.encode()).digest()).decode()
