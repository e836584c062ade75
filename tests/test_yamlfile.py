"""analyzer/yamlfile.py: plain data or one DataFileError, whatever the text."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer import yamlfile
from analyzer.errors import DataFileError
from analyzer.problems import Problems, nearest, shown

HERE = Path("f.yaml")


def data(text: str) -> Any:
    return yamlfile.parse(text, HERE).data


def error(text: str) -> str:
    with pytest.raises(DataFileError) as caught:
        yamlfile.parse(text, HERE)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("on", "on"),
        ("yes", "yes"),
        ("Off", "Off"),
        ("y", "y"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("2017-09-06", "2017-09-06"),
        ("12:30:45", "12:30:45"),
        ("0", 0),
        ("-12", -12),
        ("0x1F", 31),
        ("0o17", 15),
        ("0x", "0x"),
        ("0xZZ", "0xZZ"),
        ("1_000", "1_000"),
        ("007", "007"),
        ("+919812345678", "+919812345678"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("1e3", 1000.0),
        ("-2.5E-1", -0.25),
        ("12.0.3", "12.0.3"),
        ("1e", "1e"),
        ("e1", "e1"),
        ("-", None),  # an empty list item: see below
        ("+", "+"),
        ("...x", "...x"),
        ("'1'", "1"),
        ('"true"', "true"),
        ("!!str 12", "12"),
        ("49.37.0.1", "49.37.0.1"),
        ("10.0.0.0/8", "10.0.0.0/8"),
    ],
)
def test_what_a_scalar_means(text: str, value: object) -> None:
    expected = [None] if text == "-" else value
    found = data(text)
    assert found == expected
    assert type(found) is type(expected)


def test_keys_are_text_as_written() -> None:
    assert data("NO: 1\n1: 2\ntrue: 3\n2017-09-06: 4\n") == {
        "NO": 1,
        "1": 2,
        "true": 3,
        "2017-09-06": 4,
    }


def test_lines_of_keys_items_and_what_is_missing() -> None:
    document = yamlfile.parse("# head\na: [1,\n  {b: x}]\nc:\n  d: 1\n", HERE)
    assert document.line() == 2
    assert document.line("a", 1, "b") == 3
    assert document.line("c", "d") == 5
    assert document.line("c", "nothing") == 4
    assert document.line("nothing") == 2
    assert document.at("c", "d") == "f.yaml:5:3"


def test_every_duplicate_key_is_reported() -> None:
    said = error("a: 1\nb: {x: 1, x: 2}\na: 3\n").split("\n")
    assert said == [
        "f.yaml:2:11: the key 'x' again (first in line 2); expected each key once; "
        "fix: remove or merge one of the two",
        "f.yaml:3:1: the key 'a' again (first in line 1); expected each key once; "
        "fix: remove or merge one of the two",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a: !!python/object/apply:os.system ['id']",
        "!!python/name:os.system x",
        "!!binary aGk=",
        "!!set {a, b}",
        "!mine {a: b}",
        "- !!timestamp 2001-01-01",
        "? !!int 3\n: x",
    ],
)
def test_tags_are_refused(text: str) -> None:
    assert "expected plain data without tags" in error(text)


def test_small_aliases_are_read() -> None:
    text = "a: &home [IN, SG]\nb: *home\nc: &n 3\nd: *n\n"
    assert data(text) == {"a": ["IN", "SG"], "b": ["IN", "SG"], "c": 3, "d": 3}


def test_alias_bomb_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    assert "too much by alias" in error("\n".join(lines))


@pytest.mark.parametrize("text", ["a: *nobody", "a: &a [*a]", "*x : 1", "&k a: *k"])
def test_aliases_of_nothing_finished(text: str) -> None:
    assert "f.yaml:1:" in error(text)


def test_depth_is_capped_before_it_hurts() -> None:
    assert data("[" * 20 + "]" * 20) is not None
    assert error("[" * 21 + "]" * 21).startswith("f.yaml:1:21: nesting beyond 20 levels")
    assert "nesting" in error("[" * 500_000)
    assert "nesting" in error("{a: " * 100_000)
    assert "f.yaml" in error("- " * 400_000)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document"),
        ("a: b: c\n", "f.yaml:1:5: the YAML breaks here"),
        ("a: 'x\n", "f.yaml:2:1: the YAML breaks here"),
        ("a: 1\nb: \x07\n", "f.yaml:2:4: the character '\\x07'"),
        ("a: .inf", "f.yaml:1:4: the number '.inf'; expected a finite number"),
        ("a: 1e999", "f.yaml:1:4: the number '1e999'; expected a finite number"),
        ("a: " + "9" * 5000, "f.yaml:1:4: the number"),
        ("[a]: 1", "f.yaml:1:1: a list or mapping as a key"),
        ("%YAML 3.0\n--- a", "f.yaml:1:1: the YAML breaks here"),
    ],
)
def test_errors_say_where(text: str, where: str) -> None:
    assert error(text).startswith(where)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"a: \xff\n", ":1:1: bytes that are not UTF-8"),
        ("a: 1".encode("utf-16"), ":1:1: bytes that are not UTF-8"),
        (b"#" * 1_000_001, ":1:1: more than 1 MB"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, raw: bytes, said: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(raw)
    with pytest.raises(DataFileError, match=said):
        yamlfile.read(path)


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for path in (fifo, tmp_path, tmp_path / "missing.yaml", Path("a\0b")):
        with pytest.raises(DataFileError):
            yamlfile.read(path)


def test_byte_order_mark_and_windows_lines(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: x\r\n")
    document = yamlfile.read(path)
    assert document.data == {"a": 1, "b": "x"}
    assert document.line("b") == 2


def plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(type(k) is str and plain(v) for k, v in value.items())
    if isinstance(value, list):
        return all(map(plain, value))
    return value is None or type(value) in (str, int, float, bool)


@given(st.text(max_size=200) | st.text("ab:-[]{},&*!|>'\"#?%@ \n\t0.e", max_size=60))
def test_any_text_is_a_document_or_one_error(text: str) -> None:
    found = _outcome(text)
    if isinstance(found, Refused):
        assert all(line.startswith(("f.yaml:", "...")) for line in found.text.split("\n"))
    else:
        assert plain(found)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_document_or_one_error(tmp_path_factory: Any, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(raw)
    with contextlib.suppress(DataFileError):
        assert plain(yamlfile.read(path).data)


def test_the_parser_in_python_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    texts = ["a: [1, {b: NO}]\n", "a: 1\na: 2\n", "a: b: c", "[" * 30]
    compiled = [_outcome(text) for text in texts]
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    assert [_outcome(text) for text in texts] == compiled


@dataclass
class Refused:
    text: str


def _outcome(text: str) -> object:
    try:
        return data(text)
    except DataFileError as problem:
        return Refused(str(problem).split(" (")[0])


def test_problems_are_said_together_and_capped() -> None:
    problems = Problems()
    problems.stop()
    for i in range(60):
        problems.add(f"p:{i}:1", "x", "y", "z")
    with pytest.raises(DataFileError) as caught:
        problems.stop()
    said = str(caught.value).split("\n")
    assert said[0] == "p:0:1: x; expected y; fix: z"
    assert said[-1] == "... and 10 more"
    assert len(said) == 51


def test_nearest_and_shown() -> None:
    assert nearest("contry", ["country", "region"]) == "did you mean 'country'?"
    assert nearest("zzz", ["b", "a"]) == "known are: a, b"
    assert shown("\x1b[31m\u202e" + "a" * 100).isprintable()
    assert len(shown("a" * 100)) == 60
