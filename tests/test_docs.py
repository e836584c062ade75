"""Documentation that cannot drift: its commands run, its output is what is printed, its
links lead somewhere, and the site it becomes loads nothing from elsewhere.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.browser import asked_for, chromium, driver
from tests.conftest import ROOT
from tests.docs import FENCE, SHELL, Block, blocks, missing

PAGES = sorted(
    {ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md"),
     *ROOT.glob("rules/**/README.md"), *ROOT.glob("captures/README.md"),
     *ROOT.glob("benchmarks/README.md")}
)  # fmt: skip
NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES]
RUN = [name for name in NAMES if name not in ("CONTRIBUTING.md", "benchmarks/README.md")]
"""Those two are for work on phonehome itself, which .ci/run does."""

NOT_RUN = {
    # page -> how many blocks say of themselves that they cannot run in a test
    "docs/batch.md": 3,  # clusters
    "docs/data.md": 1,
    "docs/tutorial.md": 6,
}
ELSEWHERE = re.compile(r"^python3 -m venv |^python benchmarks/")
"""Commands that .ci/run runs on a bare machine, and the benchmarks; nothing else is
left out unsaid."""

INLINE = re.compile(r"`(phonehome (?:[a-z\d./=\s-]|--[a-z-]+ [A-Za-z]+)+)`")
"""Commands in a line of text; those with CAPITALS, ``…`` or ``*`` in them stand for others."""

CONNECTS = "phonehome data update"
"""The one command that opens a connection, and so runs in no test."""

OUTSIDE = re.compile(r"^(https?:)?//")


def test_what_cannot_run_is_counted() -> None:
    marked = {name: [b for b in blocks(ROOT / name) if b.why_not] for name in NAMES}
    assert {name: len(found) for name, found in marked.items() if found} == NOT_RUN
    for block in (block for found in marked.values() for block in found):
        assert "phonehome " not in block.text, block.text  # ours can always run


@pytest.mark.parametrize("name", RUN)
def test_what_a_page_shows_runs(name: str, tmp_path: Path) -> None:
    """All of a page in one folder, as a reader would go through it."""
    shown = [block for block in blocks(ROOT / name) if not block.why_not]
    if not any(block.language in (*SHELL, "python") for block in shown):
        pytest.skip("shows no commands")
    surroundings = prepared(tmp_path)
    for block in shown:
        if block.file:
            path = tmp_path / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")
        elif block.language in SHELL:
            commands(block, tmp_path, surroundings)
    python = "\n".join(block.text for block in shown if block.language == "python")
    ran = subprocess.run(
        [sys.executable, "-c", python],
        cwd=tmp_path,
        env=surroundings,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, f"{name}: {ran.stderr}"


@pytest.mark.parametrize("name", RUN)
def test_what_a_page_mentions_runs(name: str, tmp_path: Path) -> None:
    text = (ROOT / name).read_text("utf-8")
    mentioned = dict.fromkeys(" ".join(command.split()) for command in INLINE.findall(text))
    found = [command for command in mentioned if command != CONNECTS]
    if not found:
        pytest.skip("mentions no commands")
    surroundings = prepared(tmp_path)
    for command in found:
        only_named = len(command.split()) == 2
        commands(Block("sh", command + " --help" * only_named), tmp_path, surroundings)


@pytest.mark.parametrize("name", NAMES)
def test_no_command_hides_in_an_indented_block(name: str) -> None:
    outside = FENCE.sub("", (ROOT / name).read_text("utf-8"))
    assert not re.search(r"^ {4,}(\$ )?(phonehome|python) ", outside, re.MULTILINE)


def prepared(folder: Path) -> dict[str, str]:
    """A folder with a recording, its sheet and a ``phonehome``; the environment for it."""
    captures = ROOT / "captures"
    for name, source in {
        "phone.pcap": "demo.pcapng", "demo.pcapng": "demo.pcapng",
        "captures/demo.pcapng": "demo.pcapng", "phone2.pcap": "demo.pcapng",
        "sheet.yaml": "demo-device.yaml", "demo-device.yaml": "demo-device.yaml",
    }.items():  # fmt: skip
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(captures / source, folder / name)
    (folder / "keys.log").write_text(f"CLIENT_RANDOM {'00' * 32} {'11' * 48}\n")
    shutil.copytree(ROOT / "rules", folder / "rules")
    programs = folder / ".bin"
    programs.mkdir()
    for name, command in {"phonehome": "-m analyzer", "python": ""}.items():
        program = programs / name  # no symlink: it would not find what is installed
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {command} "$@"\n')
        program.chmod(0o755)
    return {
        **os.environ, "PYTHONPATH": str(ROOT),
        "PATH": f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "COLUMNS": "100", "PYTHONUTF8": "1", "PHONEHOME_DATA": str(folder / ".data"),
    }  # fmt: skip


def commands(block: Block, folder: Path, surroundings: dict[str, str]) -> None:
    """Runs the commands of a block; each must succeed and print what is shown."""
    for command, shown in block.steps():
        if ELSEWHERE.match(command):
            continue
        ran = subprocess.run(
            ["bash", "-euc", command], cwd=folder, env=surroundings, capture_output=True, text=True
        )
        printed = ran.stdout + ran.stderr
        assert ran.returncode == 0, f"line {block.line}: {command}: {printed}"
        lost = missing(shown, printed)
        assert not lost, f"line {block.line}: {command} does not print: {lost!r} but:\n{printed}"


# ------------------------------------------------------------------- the site


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; a warning is an error."""
    pytest.importorskip("mkdocs")
    pytest.importorskip("material")
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", str(folder)],
        cwd=ROOT, capture_output=True, text=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    return folder


class Loads(HTMLParser):
    """What a page makes a browser fetch, and the links and anchors in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given.get("id", ""), given.get("name", "")}
        if tag == "a":
            self.links.append(given.get("href", ""))
        elif tag != "link" or given.get("rel") not in ("canonical", "next", "prev"):
            self.fetched += [given[name] for name in ("src", "href", "data") if name in given]


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) >= len(NAMES)
    for page in pages:
        for address in Loads(page.read_text("utf-8")).fetched:
            assert not OUTSIDE.match(address), f"{page.relative_to(site)}: {address}"
    for style in site.rglob("*.css"):
        assert not re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", style.read_text("utf-8"))


def test_a_browser_asks_nobody_else(site: Path, tmp_path: Path) -> None:
    serve = partial(SimpleHTTPRequestHandler, directory=site)
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        here = f"http://127.0.0.1:{server.server_port}"
        try:
            with driver() as play, chromium(play, tmp_path / "net.json") as browser:
                page = browser.new_page()
                for name in ("", "tutorial/", "rules/claims/"):
                    page.goto(f"{here}/{name}")
                    page.wait_for_load_state("networkidle")
        finally:
            server.shutdown()
    asked = asked_for(tmp_path / "net.json")
    assert f"{here}/tutorial/" in asked
    assert {address for address in asked if not address.startswith(here)} == set()


def test_links_of_the_site_lead_somewhere(site: Path) -> None:
    for page in site.rglob("index.html"):
        for link in Loads(page.read_text("utf-8")).links:
            path, _, anchor = link.partition("#")
            if ":" in path.split("/")[0] or not link:
                continue
            target = (page.parent / path).resolve() if path else page
            target = target / "index.html" if target.is_dir() else target
            assert target.is_file(), f"{page.relative_to(site)}: {link}"
            if anchor and target.suffix == ".html":
                found = Loads(target.read_text("utf-8")).anchors
                assert anchor in found, f"{page.relative_to(site)}: {link}"


def test_every_page_is_in_the_contents(site: Path) -> None:
    contents = (ROOT / "mkdocs.yml").read_text("utf-8")
    for page in ROOT.glob("docs/**/*.md"):
        name = page.relative_to(ROOT / "docs").as_posix()
        listed = re.search(rf": {re.escape(name)}$", contents, re.MULTILINE)
        assert listed, f"{name} has no row under nav in mkdocs.yml"


# ------------------------------------------------------- the tests' own reading


def test_blocks_are_told_apart(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "```sh\na\nb\n```\n\n<!-- not run: needs a phone -->\n```sh\nadb\n```\n\n"
        "```yaml\n# file: x.yaml\nk: v\n```\n\n1. step\n\n    ```console\n    $ c \\\n    > d\n"
        "    out\n    …\n    more\n    ```\n",
        "utf-8",
    )
    found = list(blocks(page))
    assert Counter(block.language for block in found) == {"sh": 2, "yaml": 1, "console": 1}
    assert [block.why_not for block in found] == ["", "needs a phone", "", ""]
    assert found[2].file == "x.yaml"
    assert found[3].steps() == [("c \\\nd", ["out", "…", "more"])]


@pytest.mark.parametrize(
    ("shown", "lost"),
    [(["a", "c"], ""), (["c", "a"], "a"), (["a", "…", "b "], ""), (["d"], "d"), (["", "…"], "")],
)
def test_output_is_compared_line_by_line(shown: list[str], lost: str) -> None:
    assert missing(shown, "a\nb\nc\n") == lost
