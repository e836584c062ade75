"""phonehome: who does this phone talk to, where is that, and does the vendor's word hold?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analyzer.api import Analysis

__version__ = "0.1.0"
__all__ = ["__version__", "analyze"]


def analyze(*paths: str | Path, **options: Any) -> Analysis:
    """Analyzes one recording: its file, or its parts in time order.

    The words are those of the command: ``home`` (two letters), ``at`` (a city, or
    "LAT,LON"), ``device`` (a device sheet), ``vendor``, ``policy`` and ``claims`` (ids or
    files), ``on`` (a day), ``keylog``, ``country_db``, ``asn_db``, ``city_db`` and ``rules``
    (folders). What ``data update`` fetched is used, as by the command. PhonehomeError, in
    one sentence, where something cannot be read or is not known; a file that is no
    capture gives a result whose ``status`` is ``failed``.
    """
    from analyzer.api import analyze as run

    return run(*paths, **options)
