"""The files that ``data update`` keeps in the user's data folder (shipped.py)."""

from __future__ import annotations

AWS_HISTORY = "aws-ranges-history.tsv.xz"
"""prefix, region, network_border_group, service, first_seen, last_seen."""

CLOUD_RANGES = "cloud-ranges.tsv"
"""prefix, provider, region, service, date: the other operators' lists of today."""

DBIP_COUNTRY = "dbip-country-lite.mmdb"
GEOLITE_COUNTRY = "GeoLite2-Country.mmdb"
KEPT = (AWS_HISTORY, CLOUD_RANGES, DBIP_COUNTRY, GEOLITE_COUNTRY)
"""Each is judged with wherever it lies in the folder, whoever put it there."""

SOURCES = "sources.json"
"""What was fetched from where and when, by source."""
