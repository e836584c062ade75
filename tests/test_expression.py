"""analyzer/expression.py: expressions answer as those of re, and compile when asked."""

from __future__ import annotations

import re

import pytest

from analyzer.expression import expression


def test_nothing_is_compiled_before_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    compile_ = re.compile
    monkeypatch.setattr(re, "compile", lambda *given: asked.append(given[0]) or compile_(*given))
    digits = expression("[0-9]+")
    assert asked == []
    assert [digits.findall("a1b22"), digits.findall("333")] == [["1", "22"], ["333"]]
    assert asked == ["[0-9]+"]


def test_it_answers_as_a_compiled_expression() -> None:
    lazy, eager = expression(rb"(ab)+", re.IGNORECASE), re.compile(rb"(ab)+", re.IGNORECASE)
    for text in (b"xABab", b"", b"ab"):
        ours, theirs = lazy.search(text), eager.search(text)
        assert (ours and ours.span()) == (theirs and theirs.span())
        assert lazy.sub(b"-", text) == eager.sub(b"-", text)
    assert (lazy.pattern, lazy.flags, lazy.groups) == (eager.pattern, eager.flags, eager.groups)


def test_a_wrong_expression_is_refused_when_asked() -> None:
    with pytest.raises(re.error):
        expression("(").match("")
