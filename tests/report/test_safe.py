import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.report import safe


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("tracking.example", "tracking.example"),
        ("a b", "a b"),
        ("", ""),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x9b31m", "\\x9b31m"),
        ("a\nb\tc\rd\x00", "a\\nb\\tc\\rd\\x00"),
        ("a\u202eb", "a\\u202eb"),
        ("\u200b\u2066\ufeff", "\\u200b\\u2066\\ufeff"),
        ("\u3164\u115f\ufe0f", "\\u3164\\u115f\\ufe0f"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("漢字", "漢字"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert safe.visible(text) == shown


@given(st.text(alphabet=st.characters()))
def test_visible_is_printable_and_stays_so(text: str) -> None:
    shown = safe.visible(text)
    assert shown.isprintable()
    assert safe.visible(shown) == shown


@given(st.text(alphabet=st.characters()))
def test_html_holds_no_markup(text: str) -> None:
    shown = safe.html(text)
    assert not set("<>\"'") & set(shown)
    assert shown.replace("&amp;", "").count("&") == sum(
        shown.count(e) for e in ("&lt;", "&gt;", "&quot;", "&#39;")
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_cell_starts_a_formula(start: str) -> None:
    assert safe.cell(start + "1") == "'" + start + "1"


def test_tab_and_return_do_not_start_a_cell() -> None:
    assert safe.cell("\t=1") == "\\t=1"
    assert safe.cell("\r=1") == "\\r=1"


def test_markdown_is_inert() -> None:
    assert safe.markdown("[a](http://b) www.c <b> x|y") == (
        "\\[a\\](http:\\//b) www\\.c \\<b\\> x\\|y"
    )
    assert safe.markdown_code("a`b|c\n") == "`a\\x60b\\x7cc\\n`"


@pytest.mark.parametrize(
    ("text", "width", "line"),
    [("ab", 4, "ab  "), ("abcdef", 4, "abc…"), ("漢字", 4, "漢字"), ("漢字字", 4, "漢… ")],
)
def test_fit(text: str, width: int, line: str) -> None:
    assert safe.fit(text, width) == line
    assert safe.columns(line) == width
