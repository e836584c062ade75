"""Reports in a real browser: nothing is asked for, nothing fails, everybody can use them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import analyzer
from analyzer.record import replace
from analyzer.report import to_html
from analyzer.shipped import captures_folder
from tests.browser import asked_for, chromium, driver, faults
from tests.conftest import SHARED
from tests.report.conftest import forged

REAL = (
    "but__example-accuweather.pcapng", "ndpi__wechat.pcap", "ndpi__sites.pcapng",
    "ndpi__xiaomi.pcap", "pcapdroid__metadata.pcap",
)  # fmt: skip
WIDE, NARROW = (1280, "light"), (390, "dark")
MANY = 10_000  # endpoints that stay usable


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Name -> report.html of the demo and, where they are, of five real captures."""
    folder = tmp_path_factory.mktemp("reports")
    demo = captures_folder() / "demo.pcapng"
    sheet = demo.with_name("demo-device.yaml")
    found = {"demo": analyzer.analyze(demo, device_sheet=sheet)}
    for name in REAL:
        if (path := SHARED / "captures" / "phone" / name).is_file():
            found[name] = analyzer.analyze(path, home="IN", vendor="xiaomi")
    for name, analysis in found.items():
        analysis.write(folder / name, ("html",))
    return {name: folder / name / "report.html" for name in found}


@pytest.fixture(scope="module")
def play() -> Iterator[Any]:
    """Playwright, for all tests of this file."""
    with driver() as running:
        yield running


@pytest.fixture(scope="module")
def browser(play: Any) -> Iterator[Any]:
    """One Chromium for all tests that need no log of its own."""
    with chromium(play) as open_browser:
        yield open_browser


def opened(browser: Any, report: Path, look: tuple[int, str] = WIDE, **more: Any) -> Any:
    """The report in a page of its own, as wide and as light as asked."""
    width, scheme = look
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, **more
    )
    page = context.new_page()
    page.goto(report.as_uri())
    return page


def names(page: Any) -> list[str]:
    """First cells of the rows of the endpoints table that are shown."""
    shown: list[str] = page.eval_on_selector_all(
        "table.endpoints tbody tr",
        "all => all.filter(r => !r.hidden).map(r => r.cells[0].innerText)",
    )
    return [text.split("\n")[0] for text in shown]


def shown(page: Any) -> int:
    """Rows of the endpoints table that are shown."""
    count: int = page.evaluate(
        "document.querySelectorAll('table.endpoints tbody tr:not([hidden])').length"
    )
    return count


def test_nothing_is_asked_for_and_nothing_fails(
    play: Any, reports: dict[str, Path], tmp_path: Path
) -> None:
    log, said = tmp_path / "net.json", []
    with chromium(play, log) as browser:
        for report in reports.values():
            page = browser.new_page()
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto(report.as_uri())
            page.locator("table.endpoints thead button").first.click()
            page.locator("form.tools input").fill("a")
            page.locator("code.filter + button").first.click()
            page.mouse.wheel(0, 100_000)
    assert said == []
    assert asked_for(log) == set()


def test_the_log_would_tell(play: Any, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<img src="http://192.0.2.1/dot.png"><script src="https://a.example/x.js">')
    with chromium(play, tmp_path / "net.json") as browser:
        browser.new_page().goto(page.as_uri())
    assert asked_for(tmp_path / "net.json") >= {
        "http://192.0.2.1/dot.png",
        "https://a.example/x.js",
    }


def test_everybody_can_use_it(browser: Any, reports: dict[str, Path]) -> None:
    looks = [(name, WIDE) for name in reports] + [("demo", NARROW)]
    for name, look in looks:
        page = opened(browser, reports[name], look)
        assert faults(page) == [], (name, look)
        page.context.close()


def test_the_checker_would_tell(browser: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text('<html lang="en"><title>x</title><p style="color: #ddd">pale</p><img src="x">')
    assert {fault.split(":")[0] for fault in faults(opened(browser, bad))} >= {
        "color-contrast", "image-alt",
    }  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_is_no_wider_than_the_window(
    browser: Any, reports: dict[str, Path], width: int, scheme: str
) -> None:
    for name, report in reports.items():
        page = opened(browser, report, (width, scheme))
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == {"light": "rgb(252, 251, 248)", "dark": "rgb(21, 23, 25)"}[scheme]
        page.context.close()


def test_sorting_and_finding(browser: Any, reports: dict[str, Path]) -> None:
    page = opened(browser, reports["demo"])
    first = names(page)
    assert first[0] == "cloud.india.handset.example"  # most bytes up
    name, up = (page.locator("table.endpoints thead th").nth(column) for column in (0, 4))
    name.locator("button").click()
    assert names(page) == sorted(first)
    assert name.get_attribute("aria-sort") == "ascending"
    name.locator("button").press("Enter")
    assert names(page) == sorted(first, reverse=True)
    assert name.get_attribute("aria-sort") == "descending"
    up.locator("button").click()
    assert (names(page), name.get_attribute("aria-sort")) == (first, None)
    page.locator("form.tools input").fill("SINGAPORE")
    assert names(page) == [n for n in first if n in ("api.account.handset.example",
                           "push.handset.example", "54.169.0.30")]  # fmt: skip
    assert page.locator("form.tools output").inner_text() == f"3 of {len(first)} shown"
    page.locator("form.tools input").fill("no such text")
    assert names(page) == []
    page.context.close()


def test_filters_can_be_copied(browser: Any, reports: dict[str, Path]) -> None:
    page = opened(browser, reports["demo"])
    code = page.locator("code.filter").first
    page.locator("code.filter + button").first.click()
    assert page.evaluate("window.getSelection().toString()") == code.inner_text()
    page.context.close()


def test_without_its_script_the_page_is_whole(browser: Any, reports: dict[str, Path]) -> None:
    page = opened(browser, reports["demo"], java_script_enabled=False)
    assert page.locator("table.endpoints tbody tr").count() == 12
    assert page.locator("table.endpoints tbody tr").last.is_visible()
    assert page.locator(".map > svg").is_visible()
    assert not page.locator("form.tools").is_visible()
    page.context.close()


def test_on_paper_what_serves_the_screen_is_gone(browser: Any, reports: dict[str, Path]) -> None:
    page = opened(browser, reports["demo"], NARROW)
    page.emulate_media(media="print")
    for gone in ("nav", "form.tools", "code.filter + button"):
        assert not page.locator(gone).first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf().startswith(b"%PDF")
    page.context.close()


def test_the_keyboard_reaches_the_answer(browser: Any, reports: dict[str, Path]) -> None:
    page = opened(browser, reports["demo"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#answer")
    page.context.close()


def test_ten_thousand_endpoints_stay_usable(browser: Any, tmp_path: Path) -> None:
    result = forged()
    model = result.endpoints[0]
    result.endpoints = [
        replace(model, ip=f"198.18.{n // 250}.{n % 250}", bytes_up=n, names=[]) for n in range(MANY)
    ]
    [(_, parts)] = to_html.render(result)
    report = tmp_path / "report.html"
    report.write_bytes(b"".join(parts))
    assert report.stat().st_size < 5_000_000
    page = opened(browser, report)
    assert shown(page) == 200  # until all are asked for
    page.locator("table.endpoints thead button").first.click()
    assert names(page)[:2] == ["198.18.0.0", "198.18.0.1"]
    page.locator("form.tools input").fill("198.18.39.24")
    assert shown(page) == 11
    page.locator("form.tools input").fill("")
    page.locator("form.tools button").click()
    assert shown(page) == MANY
    page.locator("table.endpoints thead button").first.click()
    assert shown(page) == 200  # laying all out anew would take seconds
    page.context.close()
