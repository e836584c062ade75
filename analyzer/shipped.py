"""Where the files that travel with the package are: rules, demo capture, tables.

In an installed package they lie inside ``analyzer/`` (setup.py copies them
there); in a source checkout ``rules/`` and ``captures/`` lie beside it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def rules_folder() -> Path:
    """The folder of shipped rule files (vendors, policies, claims, ...)."""
    return _beside_or_inside("rules")


def prepared_rules() -> Path:
    """The shipped rule files as setup.py parsed them; absent where nothing was built."""
    return _PACKAGE / "rules.json"


def captures_folder() -> Path:
    """The folder of the shipped demo capture."""
    return _beside_or_inside("captures")


def data_folder() -> Path:
    """The folder of the embedded tables."""
    return _PACKAGE / "data" / "tables"


def _beside_or_inside(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def user_data_folder() -> Path:
    """Where ``data update`` keeps what it fetched: PHONEHOME_DATA, else the platform's place."""
    given = os.environ.get("PHONEHOME_DATA")
    if given:
        return Path(given)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "phonehome"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "phonehome"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "phonehome"
