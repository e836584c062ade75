"""The score as each format says it."""

from __future__ import annotations

from analyzer.model import Result
from analyzer.report import score_said, to_html, to_markdown, words_score
from analyzer.report.terminal import terminal


def page(result: Result) -> str:
    ((_, parts),) = to_html.render(result)
    return b"".join(parts).decode()


def test_the_page_shows_points_and_what_they_rest_on(result: Result) -> None:
    section = page(result).split('<section id="score">')[1].split("</section>")[0]
    assert "65 of 100" in section
    assert "Content sent to places outside home" in section
    assert "<td class=n>18.5<td class=n>25" in section
    assert "<td class=n>not judged<td class=n>20" in section
    assert "Findings: F002." in section
    assert "Claims: phone-sg." in section
    assert "Endpoints: 198.51.100.10, 198.51.100.11." in section
    assert "18 conversations with the Internet, 13 MB in 2.4 hours: 92%" in section
    assert "no verdict" in section


def test_many_addresses_are_counted(result: Result) -> None:
    assert result.score is not None
    result.score.parts[0].endpoints = [f"198.51.100.{i}" for i in range(9)]
    (_, said) = score_said.rests_on(result.score.parts[0])
    assert said == (
        "Endpoints: 198.51.100.0, 198.51.100.1, 198.51.100.2, 198.51.100.3, 198.51.100.4 and"
        " 4 more."
    )


def test_markdown_has_it_as_a_table(result: Result) -> None:
    ((_, parts),) = to_markdown.render(result)
    text = b"".join(parts).decode()
    assert "## Score\n\n65 of 100" in text
    assert "| Content sent to places outside home | 18.5 | 25 |" in text


def test_the_terminal_has_it_in_a_few_words(result: Result) -> None:
    assert "(score 65 of 100)" in terminal(result, None)
    assert result.score is not None
    result.score.total = None
    assert "(no score: too little was seen)" in terminal(result, None)
    result.score = None
    assert "score" not in terminal(result, None)
    assert "No rule file says what counts" in page(result)


def test_without_findings_it_is_said_all_the_same(result: Result) -> None:
    result.findings = []
    shown = " ".join(terminal(result, None).split())
    assert "that is no clean bill. (score 65 of 100)" in shown


def test_the_texts_are_plain() -> None:
    for text in words_score.TEXT.values():
        assert "  " not in text
        assert "<" not in text
