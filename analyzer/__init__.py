"""phonehome: who does this phone talk to, where is that, and does the vendor's word hold?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analyzer.api import Analysis

__version__ = "0.1.0"
__all__ = ["__version__", "analyze"]


def analyze(*paths: str | Path, **options: Any) -> Analysis:
    """Analyzes one recording; see ``analyzer.api.analyze``, which this imports when called."""
    from analyzer.api import analyze as run

    return run(*paths, **options)
