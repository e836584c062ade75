"""README and docs say what is so: the summary shown is today's, commands and links exist.

``python -m tests.test_readme`` writes the summary into README.md anew.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from analyzer import cli, model
from tests.conftest import ROOT

README = ROOT / "README.md"
PAGES = sorted(
    {README, ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md")}
)
SHOWN = re.compile(r"(<!-- written by: .* -->\n```text\n)(.*?)(```\n)", re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
BLOCK = re.compile(r"```sh\n(.*?)```|^((?:    .*\n)+)", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`(phonehome [^`\n]+)`")


def text() -> str:
    return README.read_text("utf-8")


def summary() -> str:
    """What ``phonehome demo`` prints, in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        said = subprocess.run(
            [sys.executable, "-m", "analyzer", "demo"],
            cwd=folder, check=True, capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "PYTHONUTF8": "1"},
        ).stdout  # fmt: skip
    return said.strip() + "\n"


def test_the_summary_shown_is_the_one_printed() -> None:
    shown = SHOWN.search(text())
    assert shown
    assert shown[2] == summary(), "run: python -m tests.test_readme"


def test_every_certainty_is_explained() -> None:
    explained = re.findall(r"^\| `(\w+)` \|", text(), re.MULTILINE)
    assert set(explained) >= {each.value for each in model.Certainty}


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", text(), re.DOTALL))
def test_python_examples_run(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        path = (page.parent / target).resolve()
        assert path.exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands_shown_exist(page: Path) -> None:
    for words in map(shlex.split, commands(page.read_text("utf-8"))):
        check(words[1:])


def commands(page: str) -> Iterator[str]:
    """Commands of a page: in blocks for the shell, indented, or inline."""
    yield from INLINE.findall(page)
    for fenced, indented in BLOCK.findall(page):
        for line in (fenced or indented).splitlines():
            for part in line.split("#")[0].split("&&"):
                if re.match(r"(\.venv/bin/)?phonehome ", part.strip()):
                    yield part.strip()


def check(words: list[str]) -> None:
    """Command and options of a line are known; what is in CAPITALS stands for anything."""
    command: click.Command = cli.phonehome
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name = words.pop(0)
        assert name in command.commands, f"phonehome has no command '{name}'"
        command = command.commands[name]
    known = {flag for option in command.params for flag in option.opts} | {"--help", "-h"}
    for word in words:
        if word.startswith("-") and word != "-":
            assert word.split("=")[0] in known, f"{command.name} has no option {word}"


def test_attributions_stand_in_the_licence_too() -> None:
    licence = (ROOT / "LICENSE-DATA").read_text("utf-8")
    lines = re.findall(r"^- (.*https?://.*)$", text(), re.MULTILINE)
    assert len(lines) >= 2
    assert all(line in licence for line in lines)


if __name__ == "__main__":
    README.write_text(SHOWN.sub(lambda found: found[1] + summary() + found[3], text()), "utf-8")
