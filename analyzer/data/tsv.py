"""Reads the small hand-made tables: tab-separated, ``#`` comments, one header row."""

from __future__ import annotations

from pathlib import Path


def read(path: Path) -> list[list[str]]:
    """The rows below the header, each as wide as it; cells are text, maybe empty."""
    lines = path.read_text(encoding="utf-8").split("\n")
    return [line.split("\t") for line in lines if line and line[0] != "#"][1:]
