"""Captured text made harmless, one function for each place it is shown.

Rules of this file
- Nothing is lost silently: what cannot be shown as it is becomes a visible
  escape such as ``\\x1b`` or ``\\u202e``.
- A text that needs nothing is returned as it came, at the price of two checks.
"""

from __future__ import annotations

import re

from analyzer import limits

# Letters and marks that Python calls printable and that show as nothing.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]")
_MARKUP = re.compile("[&<>\"']")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# What a spreadsheet may take for the start of a formula, wide forms included.
_FORMULA = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
_MARKDOWN = re.compile(r"[\\`*_{}\[\]<>#|~&@!]|(?<=www)\.|(?<=:)/(?=/)", re.IGNORECASE)


def visible(text: str) -> str:
    """The text with every control, format, bidi, zero-width and surrogate
    character (and every space but the plain one) as a visible escape."""
    if text.isprintable() and (text.isascii() or not _BLANK.search(text)):
        return text
    return "".join(c if c.isprintable() and not _BLANK.match(c) else _escape(c) for c in text)


def html(text: str) -> str:
    """Visible text, fit for HTML content and for a quoted attribute."""
    text = visible(text)
    if not _MARKUP.search(text):
        return text
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("'", "&#39;")


def cell(text: str) -> str:
    """Visible text no spreadsheet takes for a formula: ``=1`` becomes ``'=1``;
    cut at limits.CELL."""
    text = visible(text)
    if len(text) > limits.CELL:
        text = text[: limits.CELL] + "…"
    return "'" + text if text[:1] in _FORMULA else text


def markdown(text: str) -> str:
    """Visible text with nothing in it that Markdown would act on, links included."""
    return _MARKDOWN.sub(lambda found: "\\" + found[0], visible(text))


def markdown_code(text: str) -> str:
    """Visible text as a Markdown code span that also stands in a table cell."""
    return "`" + (visible(text).replace("`", "\\x60").replace("|", "\\x7c") or " ") + "`"


def columns(text: str) -> int:
    """Columns a visible text takes on a terminal: wide characters two, marks none."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def fit(text: str, width: int) -> str:
    """Visible text cut or padded to exactly ``width`` columns of a terminal."""
    text = visible(text[: 4 * width + 4])
    if columns(text) > width:
        while columns(text) > max(width - 1, 0):
            text = text[:-1]
        text += "…" if width else ""
    return text + " " * (width - columns(text))


def _escape(character: str) -> str:
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
