"""Scoreboard and comparison in a real browser: silent, legible, and never ranked across groups."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analyzer import report
from analyzer.batch import board
from analyzer.compare import output
from analyzer.compare.compared import document
from analyzer.compare.sides import side
from tests.batch.forged_records import SETTINGS, records
from tests.browser import asked_for, chromium, driver, faults
from tests.report.conftest import forged


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A scoreboard of 240 records, and a comparison."""
    folder = tmp_path_factory.mktemp("pages")
    board.write(records(240), folder / "board", SETTINGS)
    other = forged()
    other.endpoints = other.endpoints[2:]
    for name, result in (("a", forged()), ("b", other)):
        report.write(result, folder / name, ["json"])
    found = document(side(folder / "a"), side(folder / "b"))
    output.write(found, folder / "compared", ["html"])
    return {"board": folder / "board" / "scoreboard.html",
            "compare": folder / "compared" / "compare.html"}  # fmt: skip


@pytest.fixture(scope="module")
def play() -> Iterator[Any]:
    """Playwright, for all tests of this file."""
    with driver() as running:
        yield running


def test_they_ask_for_nothing_and_say_nothing(
    play: Any, pages: dict[str, Path], tmp_path: Path
) -> None:
    said: list[str] = []
    with chromium(play, tmp_path / "net.json") as browser:
        for path in pages.values():
            page = browser.new_page()
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto(path.as_uri())
            page.locator("table.endpoints thead button").first.click()
            page.locator("form.tools input").first.fill("a")
    assert said == []
    assert asked_for(tmp_path / "net.json") == set()


def test_everybody_can_use_them_and_they_fit_the_window(play: Any, pages: dict[str, Path]) -> None:
    with chromium(play) as browser:
        for path in pages.values():
            for width, scheme in ((1280, "light"), (390, "dark")):
                view = {"width": width, "height": 900}
                page = browser.new_context(viewport=view, color_scheme=scheme).new_page()
                page.goto(path.as_uri())
                assert faults(page) == [], (path.name, width)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, path.name
                page.context.close()


def test_sorting_by_score_keeps_the_groups_and_finding_is_each_tables_own(
    play: Any, pages: dict[str, Path]
) -> None:
    letters = (
        "all => all.filter(r => !r.hidden).map(r => (r.querySelector('.letter')||{}).innerText)"
    )
    with chromium(play) as browser:
        page = browser.new_page()
        page.goto(pages["board"].as_uri())
        page.locator("#captures thead button").nth(1).click()
        found = page.eval_on_selector_all("#captures tbody tr", letters)
        assert found == sorted(found)
        assert len(set(found)) == 3
        page.locator("#captures thead button").nth(1).click()
        found = page.eval_on_selector_all("#captures tbody tr", letters)
        assert found == sorted(found, reverse=True)
        before = page.eval_on_selector_all("#devices tbody tr", letters)
        page.locator("#captures form input").fill("phone-8/")
        assert len(page.eval_on_selector_all("#captures tbody tr", letters)) == 3
        assert page.eval_on_selector_all("#devices tbody tr", letters) == before


def test_printed_it_fits_a_landscape_page(play: Any, pages: dict[str, Path]) -> None:
    with chromium(play) as browser:
        page = browser.new_page(viewport={"width": 980, "height": 700})
        page.goto(pages["board"].as_uri())
        page.emulate_media(media="print")
        widths = page.eval_on_selector_all("table", "all => all.map(t => t.offsetWidth)")
        assert widths
        assert max(widths) <= 980
