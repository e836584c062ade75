"""A headless Chromium for tests of pages: what it shows, says and asks the network for.

Debian's ``chromium``, driven by playwright, which needs no browser of its own for that.
Tests that need it skip where either is missing.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

LOCAL = {"", "file", "data", "blob", "about", "chrome", "chrome-untrusted", "devtools"}
"""Schemes of addresses for which nothing leaves the machine."""

OWN = (".google.com", ".googleapis.com", ".gstatic.com", ".gvt1.com")
"""Where Chromium itself calls, whatever page is open."""


@contextmanager
def driver() -> Iterator[Any]:
    """Playwright itself; only one can run at a time, whatever number of browsers."""
    sync_api = pytest.importorskip("playwright.sync_api")
    if not shutil.which("chromium"):
        pytest.skip("chromium is not installed")
    with sync_api.sync_playwright() as play:
        yield play


@contextmanager
def chromium(play: Any, net_log: Path | None = None) -> Iterator[Any]:
    """A playwright ``Browser``; ``net_log``: where it writes all it did with the network."""
    flags = ["--no-sandbox", "--disable-component-update"]
    if net_log:
        flags += [f"--log-net-log={net_log}", "--net-log-capture-mode=Everything"]
    browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
    try:
        yield browser
    finally:
        browser.close()


def asked_for(net_log: Path) -> set[str]:
    """Addresses outside the machine that pages asked for, host names to look up
    included, as the browser's own log tells."""
    log = json.loads(net_log.read_text("utf-8"))
    kinds = {number: name for name, number in log["constants"]["logEventTypes"].items()}
    asked = set()
    for event in log["events"]:
        given = event.get("params", {})
        if kinds[event["type"]] in ("URL_REQUEST_START_JOB", "HOST_RESOLVER_MANAGER_REQUEST"):
            url = given.get("url") or given.get("host", "")
            if not _local(url) and not _own(url, given):
                asked.add(url)
    return asked


def _local(url: str) -> bool:
    return urlsplit(url).scheme in LOCAL


def _own(url: str, given: dict[str, Any]) -> bool:
    """Is it Chromium's own call? Those of a page carry the key of its address, file://."""
    key = given.get("network_isolation_key") or given.get("network_anonymization_key") or ""
    return not key.startswith("file:") and (urlsplit(url).hostname or "").endswith(OWN)


def faults(page: Any) -> list[str]:
    """What axe-core calls serious or critical on a page that is open: rule and first place."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    found = axe.Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {fault['nodes'][0]['html']}"
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]
