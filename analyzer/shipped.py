"""Where the files that travel with the package are: rules, demo capture, tables.

In an installed package they lie inside ``analyzer/`` (setup.py copies them
there); in a source checkout ``rules/`` and ``captures/`` lie beside it.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def rules_folder() -> Path:
    """The folder of shipped rule files (vendors, policies, claims, ...)."""
    return _beside_or_inside("rules")


def captures_folder() -> Path:
    """The folder of the shipped demo capture."""
    return _beside_or_inside("captures")


def data_folder() -> Path:
    """The folder of the embedded tables."""
    return _PACKAGE / "data" / "tables"


def _beside_or_inside(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
