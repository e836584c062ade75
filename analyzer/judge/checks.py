"""Reading rule files field by field, noting every problem with its line.

A ``Sheet`` is a document on its way through these checks: each method returns
the value, or an empty one after noting what is wrong, so that one run names
all there is to mend.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any, TypeVar

from analyzer.judge import words
from analyzer.problems import Problems, nearest, shown
from analyzer.yamlfile import Document, read

T = TypeVar("T")
Keys = tuple[str | int, ...]


def read_or_note(path: Path, problems: Problems) -> Document:
    """A document; an unreadable one is noted and comes back empty."""
    from analyzer.errors import DataFileError

    try:
        return read(path)
    except DataFileError as error:
        problems.take(error)
        return Document(path, {})


def is_unread(document: Document) -> bool:
    """Whether ``read_or_note`` gave an empty document for one it could not read."""
    return document.data == {} and not document.marks


def tried(
    document: Document,
    problems: Problems,
    make: Callable[[Sheet], T],
    try_examples: Callable[[T, Sheet], None],
) -> T:
    """What ``make`` builds of a document; what is wrong is noted, or else wrong examples."""
    if is_unread(document):
        return make(Sheet(document, Problems()))  # what is wrong is noted already
    before = len(problems.lines)
    sheet = Sheet(document, problems)
    made = make(sheet)
    if len(problems.lines) == before:
        try_examples(made, sheet)
    return made


class Sheet:
    """One document and what is wrong in it."""

    def __init__(self, document: Document, problems: Problems) -> None:
        self.document = document
        self.problems = problems

    def wrong(self, keys: Keys, found: str, expected: str, fix: str) -> None:
        """Notes a problem of the value at ``keys``."""
        self.problems.add(self.document.at(*keys), found, expected, fix)

    def value(self, keys: Keys) -> Any:
        """The value at ``keys``, None where there is none."""
        value = self.document.data
        for key in keys:
            here = isinstance(value, dict) and key in value
            value = value[key] if here or (type(value) is list and type(key) is int) else None
        return value

    def mapping(
        self, keys: Keys, known: Iterable[str], needed: Iterable[str] = ()
    ) -> dict[str, Any]:
        """A mapping that has the needed keys and none but the known."""
        value = self.value(keys)
        if not isinstance(value, dict):
            self.wrong(keys, shown(value), f"a mapping{_named(keys)}", "write 'key: value' lines")
            return {}
        known = known if isinstance(known, (dict, frozenset)) else set(known)
        for key in value:
            if key not in known:
                self.wrong(
                    (*keys, key), f"the key {shown(key)}", "a known key", nearest(key, known)
                )
        for key in needed:
            if value.get(key) in (None, "", []):
                self.wrong(
                    keys, f"no '{key}'", f"'{key}'{_named(keys)}", f"add a line '{key}: ...'"
                )
        return value

    def text(self, keys: Keys) -> str:
        """A text; empty where there is none."""
        value = self.value(keys)
        if value is None or isinstance(value, str):
            return value or ""
        self.wrong(keys, shown(value), f"text{_named(keys)}", "quote it")
        return ""

    def sentence(self, keys: Keys, more: Collection[str] = ()) -> str:
        """A template of a sentence: known placeholders, no word that claims too much."""
        text = " ".join(self.text(keys).split())
        holes = words.holes(text)
        for hole in holes:
            if hole not in words.PLACEHOLDERS and hole not in more:
                fix = nearest(hole, {*words.PLACEHOLDERS, *more})
                self.wrong(keys, f"the placeholder {shown(hole)}", "a known placeholder", fix)
        if text.count("{") + text.count("}") != 2 * len(holes):
            fix = "close it: {who}"
            self.wrong(keys, shown(text), "placeholders in one pair of braces each", fix)
        for word in words.forbidden(text):
            fix = "say what was seen"
            self.wrong(keys, f"the word '{word}'", "no word that claims more than was seen", fix)
        return text

    def each(self, keys: Keys, read: Callable[[Keys], T]) -> list[T]:
        """What ``read`` makes of each item of a list; one item alone is a list of one."""
        value = self.value(keys)
        if value is None:
            return []
        if not isinstance(value, list):
            return [read(keys)]
        return [read((*keys, i)) for i in range(len(value))]

    def texts(self, keys: Keys) -> list[str]:
        """A list of texts."""
        return self.each(keys, self.text)

    def made(self, keys: Keys, make: Callable[[Any], T], empty: T) -> T:
        """What ``make`` builds of the value; its ValueError says what was expected."""
        try:
            return make(self.value(keys))
        except ValueError as error:
            self.wrong(keys, shown(self.value(keys)), str(error), "correct the value")
            return empty

    def choice(self, keys: Keys, known: Iterable[str]) -> str:
        """One of the known words."""
        known = list(known)
        text = self.text(keys)
        if text and text not in known:
            expected = "one of " + ", ".join(known)
            self.wrong(keys, shown(text), expected, nearest(text, known))
        return text


def _named(keys: Keys) -> str:
    names = [str(key) for key in keys if isinstance(key, str)]
    return f" in '{'.'.join(names)}'" if names else ""


def country(value: object) -> str:
    """An ISO 3166-1 alpha-2 code; ValueError if it is none."""
    from analyzer import labels

    if isinstance(value, str) and len(value) == 2 and labels.country(value) != value:
        return value
    raise ValueError("a country code of two capital letters (ISO 3166-1), such as IN")


def identifier(value: object) -> str:
    """An id: small letters, digits, ``-``; it names findings and files."""
    text = value if isinstance(value, str) else ""
    plain = text.replace("-", "")
    plain_word = plain.isascii() and plain.isalnum() and text == text.lower()
    if 0 < len(text) <= 60 and text[0] != "-" and plain_word:
        return text
    raise ValueError("an id of small letters, digits and '-', at most 60")
