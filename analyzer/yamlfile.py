"""YAML files as plain data, with the line of every key: the only home of PyYAML.

Rules of this file
- A file is rules written by people and maybe by an enemy: nothing is
  constructed but dict, list, str, int, float, bool and None; keys are always
  text, as written.
- Only ``true`` and ``false`` are booleans: ``country: NO`` is Norway, ``on``,
  ``yes`` and dates stay text. Numbers are those of the YAML 1.2 core schema,
  but digits with a leading zero or plus stay text: they are phone numbers and
  serials, and would not come back as written.
- The parser's events are read one by one with a stack of our own: no
  recursion, and depth, size and aliases are capped before anything is built.
- All problems of a file are reported together, each "path:line:column: what
  was found; what was expected; how to fix it".
- ``yaml`` is imported only when a file is parsed: it takes 12 ms, as long as
  parsing all shipped rules, so these travel parsed as well (prepared.py).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from analyzer import prepared
from analyzer.problems import Problems, shown
from analyzer.record import Record, field

MAX_BYTES = 1_000_000
"""A rule file is a few KB, a long endpoint list 100 KB; more is not a rule file."""

MAX_DEPTH = 20
"""Nested collections: the deepest shipped file has 6."""

MAX_ALIASES = 50
"""Uses of ``*name`` in one file ..."""

MAX_ALIASED = 1_000
"""... and values behind each, counted through: together they cannot make a bomb."""

_TEXT_TAGS = (None, "!", "tag:yaml.org,2002:str")
_Mark = tuple[int, int]  # line and column, from 1


class Document(Record):
    """One YAML document: its data, and where each part of it was written."""

    path: Path
    data: Any  # dict (text keys), list, str, int, float, bool or None
    marks: dict[int, dict[str | int, _Mark]] = field(default_factory=dict)
    start: _Mark = (1, 1)
    prepared: bytes = b""  # the file, where only its data is known

    def line(self, *keys: str | int) -> int:
        """The line (from 1) of the value at ``keys``; of the nearest part that exists."""
        return self._mark(keys)[0]

    def at(self, *keys: str | int) -> str:
        """The same as "path:line:column", for the head of an error."""
        return "%s:%d:%d" % (self.path, *self._mark(keys))

    def _mark(self, keys: tuple[str | int, ...]) -> _Mark:
        if self.prepared:  # only what is wrong needs a place: parse after all
            return parse(_decoded(self.prepared, self.path), self.path)._mark(keys)
        mark, value = self.start, self.data
        for key in keys:
            found = self.marks.get(id(value), {}).get(key)
            if found is None:
                break
            mark, value = found, value[key]
        return mark


def read(path: Path) -> Document:
    """The one YAML document of a file.

    Raises DataFileError with every problem found: unreadable, over 1 MB, not
    UTF-8, bad YAML, a key twice, a tag that constructs objects, an alias bomb,
    more than 20 levels, several documents.
    """
    raw = _bytes(path)
    data = prepared.find(raw)
    if data:
        return Document(path, data, prepared=raw)
    return parse(_decoded(raw, path), path)


def prepare(paths: Iterable[Path]) -> str:
    """What spares ``read`` the parser for these files, to be kept as ``rules.json``."""
    return prepared.pack((_bytes(path), read(path).data) for path in paths)


def parse(text: str, path: Path) -> Document:
    """As ``read``, of text already at hand; ``path`` is what errors name."""
    import yaml

    builder = _Builder(path)
    try:
        for event in _events(text, path):
            builder.take(event)
    except yaml.YAMLError as error:
        builder.refuse(
            _mark(getattr(error, "problem_mark", None)),
            f"the YAML breaks here ({getattr(error, 'problem', None) or 'unreadable'})",
            "one well-formed YAML document",
            "look at indentation, and quote text that holds ': ', ' #' or begins with a sign",
        )
    except RecursionError:
        builder.refuse((1, 1), "nesting beyond reading", "at most 20 levels", "flatten it")
    builder.problems.stop()
    return Document(path, builder.root, builder.marks, builder.start)


# ------------------------------------------------------------------ reading


def _decoded(raw: bytes, path: Path) -> str:
    """The characters of a file."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        _refuse(f"{path}:{line}:1", "bytes that are not UTF-8", "a UTF-8 text file", "save it so")
    return text


def _bytes(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        _refuse(f"{path}:1:1", "no ordinary file", "a YAML file", "give the file's own path")
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        _refuse(f"{path}:1:1", f"unreadable ({reason})", "a YAML file", "check path and rights")
    if len(raw) > MAX_BYTES:
        _refuse(f"{path}:1:1", "more than 1 MB", "at most 1 MB of YAML", "split it")
    return raw


def _refuse(where: str, found: str, expected: str, fix: str) -> Any:
    problems = Problems()
    problems.add(where, found, expected, fix)
    problems.stop()


def _events(text: str, path: Path) -> Iterator[Any]:
    """The parser's events: from libyaml where PyYAML has it, else the same in Python."""
    import yaml

    bad = re.search("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    if bad:
        line = text.count("\n", 0, bad.start()) + 1
        column = bad.start() - text.rfind("\n", 0, bad.start())
        where = f"{path}:{line}:{column}"
        _refuse(where, f"the character {shown(bad[0])}", "printable text", "remove it")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


def _mark(mark: Any) -> _Mark:
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)


# ----------------------------------------------------------------- building


class _Open(Record):
    """A collection being filled."""

    value: Any
    marks: dict[str | int, _Mark]
    anchor: str | None
    nodes_before: int
    key: str | None = None  # of a mapping: the key that waits for its value


class _Stop(Exception):
    """No use reading on; the reason is noted."""


class _Builder:
    """Turns parser events into plain data, noting problems on the way."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems = Problems()
        self.root: Any = None
        self.start: _Mark = (1, 1)
        self.marks: dict[int, dict[str | int, _Mark]] = {}
        self.documents = self.nodes = self.aliases = 0
        self.open: list[_Open] = []
        self.anchors: dict[str, tuple[Any, int]] = {}  # value and its count of nodes
        self.takers: dict[str, Callable[[Any], None]] = {
            "DocumentStartEvent": self._document,
            "ScalarEvent": self._scalar,
            "MappingStartEvent": lambda event: self._start({}, event),
            "SequenceStartEvent": lambda event: self._start([], event),
            "MappingEndEvent": self._close,
            "SequenceEndEvent": self._close,
            "AliasEvent": self._alias,
        }

    def take(self, event: Any) -> None:
        """One event; DataFileError with all problems so far if reading on is useless."""
        taker = self.takers.get(type(event).__name__)
        if taker is None:
            return
        try:
            taker(event)
        except _Stop:
            self.problems.stop()

    def refuse(self, mark: _Mark, found: str, expected: str, fix: str) -> None:
        self.problems.add("%s:%d:%d" % (self.path, *mark), found, expected, fix)

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            mark = _mark(event.start_mark)
            self.refuse(mark, "a second document", "one a file", "split the file at '---'")
            raise _Stop

    def _scalar(self, event: Any) -> None:
        mark = _mark(event.start_mark)
        if event.tag not in _TEXT_TAGS:
            self._tag(event, mark)
        if self._waits_for_key():
            self._put_key(event.value, mark)
            return
        value = self._plain(event, mark)
        self._put(value, mark)
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)

    def _plain(self, event: Any, mark: _Mark) -> Any:
        """What a scalar means: quoted or tagged text is text."""
        if event.style in (None, "") and event.implicit[0]:
            try:
                return scalar(event.value)
            except ValueError as error:
                fix = "quote it if it is text"
                self.refuse(mark, f"the number {shown(event.value)}", str(error), fix)
                return None
        return event.value

    def _start(self, value: Any, event: Any) -> None:
        mark = _mark(event.start_mark)
        if event.tag not in (None, "!"):
            self._tag(event, mark)
        if len(self.open) >= MAX_DEPTH:
            self.refuse(mark, "nesting beyond 20 levels", "at most 20", "flatten it")
            raise _Stop
        if self._waits_for_key():
            self.refuse(mark, "a list or mapping as a key", "text", "quote the key")
            raise _Stop
        before = self.nodes
        self._put(value, mark)
        marks: dict[str | int, _Mark] = {}
        self.marks[id(value)] = marks
        self.open.append(_Open(value, marks, event.anchor, before))

    def _close(self, event: Any) -> None:
        done = self.open.pop()
        if done.anchor:
            self.anchors[done.anchor] = (done.value, self.nodes - done.nodes_before)

    def _alias(self, event: Any) -> None:
        mark = _mark(event.start_mark)
        value, nodes = self.anchors.get(event.anchor, (None, 0))
        self.aliases += 1
        if not nodes:
            name = shown(event.anchor)
            self.refuse(mark, f"the alias {name} of nothing finished", "a value", "write it out")
        if self.aliases > MAX_ALIASES or nodes > MAX_ALIASED:
            self.refuse(mark, "too much by alias", "at most 50 small aliases", "write it out")
            raise _Stop
        self.nodes += nodes
        if self._waits_for_key():
            self.refuse(mark, "an alias as a key", "text", "write the key out")
            raise _Stop
        self._put(value, mark)

    def _tag(self, event: Any, mark: _Mark) -> None:
        found = f"the tag {shown(event.tag)}"
        self.refuse(mark, found, "plain data without tags", "remove the tag")

    def _waits_for_key(self) -> bool:
        return bool(self.open) and self.open[-1].key is None and type(self.open[-1].value) is dict

    def _put_key(self, key: str, mark: _Mark) -> None:
        top = self.open[-1]
        if key in top.marks:
            found = f"the key {shown(key)} again (first in line {top.marks[key][0]})"
            self.refuse(mark, found, "each key once", "remove or merge one of the two")
        else:
            top.marks[key] = mark
        top.key = key

    def _put(self, value: Any, mark: _Mark) -> None:
        self.nodes += 1
        if not self.open:
            self.root, self.start = value, mark
            return
        top = self.open[-1]
        if top.key is not None:
            top.value.setdefault(top.key, value)
            top.key = None
        else:
            top.marks[len(top.value)] = mark
            top.value.append(value)


# ------------------------------------------------------------------ scalars

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_STARTS = frozenset("+-.0123456789")
_LONGEST_NUMBER = 40
_FLOAT = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"  # YAML 1.2.2, 10.3.2


def scalar(text: str) -> str | int | float | bool | None:
    """What an unquoted scalar means; ValueError says what number was expected."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS or not text.isascii():
        return text
    return _number(text)


def _number(text: str) -> str | int | float:
    if re.fullmatch(r"[-+]?[0-9]+", text):
        written_so = re.match(r"\+|-?0[0-9]", text)  # and would not come back as it was
        return text if written_so else int(_bounded(text))
    if re.fullmatch(r"0x[0-9a-fA-F]+|0o[0-7]+", text):
        return int(_bounded(text), 0)
    infinite = re.fullmatch(r"[-+]?\.(inf|nan)", text, re.IGNORECASE)
    if not infinite and not re.fullmatch(_FLOAT, text):
        return text
    value = math.inf if infinite else float(_bounded(text))
    if math.isinf(value):
        raise ValueError("a finite number")
    return value


def _bounded(text: str) -> str:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError(f"a number of at most {_LONGEST_NUMBER} characters")
    return text
