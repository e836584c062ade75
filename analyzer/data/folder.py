"""The folder on the user's computer that holds fetched data sets.

``PHONEHOME_DATA`` if set, else the platform's place for a user's data. What
lies there: see update.py. The folder need not exist.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

AWS_HISTORY = "aws-ranges-history.tsv.xz"
"""prefix, region, network_border_group, service, first_seen, last_seen."""

CLOUD_RANGES = "cloud-ranges.tsv"
"""prefix, provider, region, service, date: the other operators' lists of today."""

DBIP_COUNTRY = "dbip-country-lite.mmdb"
GEOLITE_COUNTRY = "GeoLite2-Country.mmdb"
SOURCES = "sources.json"
"""What was fetched from where and when, by source."""


def user_folder(
    environ: Mapping[str, str] = os.environ, platform: str = sys.platform, home: str | None = None
) -> Path:
    """Where ``data update`` keeps what it fetched."""
    if chosen := environ.get("PHONEHOME_DATA"):
        return Path(chosen)
    start = Path(home) if home else Path.home()
    if platform == "darwin":
        return start / "Library" / "Application Support" / "phonehome"
    if platform == "win32":
        local = environ.get("LOCALAPPDATA")
        return (Path(local) if local else start / "AppData" / "Local") / "phonehome"
    shared = environ.get("XDG_DATA_HOME")
    return (Path(shared) if shared else start / ".local" / "share") / "phonehome"
