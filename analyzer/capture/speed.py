"""The hot room at one of its two speeds."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from types import ModuleType

from analyzer.errors import NothingUsable


def hot_room() -> ModuleType:
    """The compiled hot room where there is one, else its source as it is.

    PHONEHOME_INTERPRETED=1 takes the source in any case.
    """
    if os.environ.get("PHONEHOME_INTERPRETED") != "1":
        from analyzer.capture import hot

        return hot
    spec = importlib.util.spec_from_file_location(
        "analyzer.capture.hot_interpreted", Path(__file__).with_name("hot.py")
    )
    if spec is None or spec.loader is None:
        raise NothingUsable("analyzer/capture/hot.py is missing; install phonehome again.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
