"""Writes compare.json, compare.md and compare.html."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from analyzer.compare.words import say
from analyzer.errors import UsageError
from analyzer.report import folder as files
from analyzer.report.safe import visible
from analyzer.report.to_json import encoded

FORMATS = ("html", "md", "json")


def formats(given: str) -> list[str]:
    """``"html,md"`` as a list; UsageError for a format there is not."""
    found = [name.strip() for name in given.split(",") if name.strip()]
    for name in found:
        if name not in FORMATS:
            raise UsageError(say("error.format", name=visible(name), known=", ".join(FORMATS)))
    return list(dict.fromkeys(found))


def write(document: dict[str, Any], folder: Path, wanted: Sequence[str]) -> list[Path]:
    """The files of a comparison; PhonehomeError when the folder cannot be written."""
    return [files.whole(folder, f"compare.{name}", _pieces(name, document)) for name in wanted]


def _pieces(name: str, document: dict[str, Any]) -> Iterable[bytes]:
    if name == "json":
        return encoded(document)
    if name == "md":
        from analyzer.compare.plain import render_markdown

        return render_markdown(document)
    from analyzer.compare import to_html

    return to_html.render(document)
