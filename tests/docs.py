"""Pages of the documentation as what can be run: their fenced blocks, in order.

How a page says what is what
- ``sh``: commands. ``console``: commands after ``$``, and lines of their output; a line
  ``…`` stands for any others.
- ``python``: run in turn, all of a page in one process.
- A block that begins with ``# file: NAME`` is that file.
- ``<!-- not run: why -->`` before a block: it cannot run here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(
    r"^(?:<!-- not run: (?P<why>[^\n]*) -->\n)?"
    r"(?P<tab> *)```(?P<language>[\w-]*)[^\n]*\n(?P<text>.*?)^(?P=tab)```$",
    re.DOTALL | re.MULTILINE,
)
FILE = re.compile(r"# file: (\S+)")
SHELL = ("sh", "console")
ELSE = "…"


@dataclass(slots=True, frozen=True)
class Block:
    """One fenced block of a page."""

    language: str
    text: str
    why_not: str = ""  # it is not run, and why
    line: int = 0

    @property
    def file(self) -> str:
        """The name of the file it is, if it is one."""
        found = FILE.match(self.text)
        return found[1] if found else ""

    def steps(self) -> list[tuple[str, list[str]]]:
        """Commands, each with the lines of output shown below it."""
        if self.language == "sh":
            return [(self.text, [])]
        found: list[tuple[str, list[str]]] = []
        for line in self.text.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif found and found[-1][0].endswith("\\"):
                found[-1] = (f"{found[-1][0]}\n{line.removeprefix('> ')}", [])
            elif found:
                found[-1][1].append(line)
        return found


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page in order."""
    text = page.read_text("utf-8")
    for found in FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        body = re.sub(f"^{found['tab']}", "", found["text"], flags=re.MULTILINE)
        yield Block(found["language"], body, found["why"] or "", line)


def missing(shown: list[str], printed: str) -> str:
    """The first line shown that was not printed, in this order; empty: all were."""
    said = iter(line.rstrip() for line in printed.splitlines())
    for line in shown:
        if line.strip() not in ("", ELSE) and line.rstrip() not in said:
            return line
    return ""
