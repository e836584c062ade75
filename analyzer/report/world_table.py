"""The sheet the world map is drawn on: outlines, points and where a recording was made.

Read when a page with a map is written, never before.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from analyzer.model import DataSet
from analyzer.projection import project
from analyzer.shipped import data_folder

NOWHERE = "-"
"""The code of land that has none of its own."""


class Shape(NamedTuple):
    """A country on the sheet of analyzer/projection.py."""

    x: int  # a point inside its largest part
    y: int
    small: bool  # not to be seen without a dot
    path: str  # SVG path data; empty for what is a point only


def shapes() -> dict[str, Shape]:
    """All countries by ISO 3166-1 alpha-2 code, and NOWHERE."""
    return {
        code: Shape(int(x), int(y), small == "1", path)
        for code, x, y, small, path in _rows("map.tsv")
    }


def standpoint(vantage: str) -> tuple[float, float] | None:
    """Where a run's vantage lies on the sheet: ``Mumbai, IN`` or ``19.1, 72.9 (near ...)``."""
    north, _, east = vantage.partition(" (")[0].partition(", ")
    try:
        latitude, longitude = float(north), float(east)
    except ValueError:
        return next(
            (project(float(lat), float(lon)) for city, code, lat, lon, *_ in _rows("cities.tsv")
             if vantage == f"{city}, {code}"), None)  # fmt: skip
    on_earth = abs(latitude) <= 90 and abs(longitude) <= 180
    return project(latitude, longitude) if on_earth else None


def data_sets() -> list[DataSet]:
    """What the map is made from, for the page's list of data."""
    text = (data_folder() / "manifest-map.json").read_text(encoding="utf-8")
    return [
        DataSet(row["name"], row["publisher"], row["date"], row["licence"], row["sha256"])
        for row in json.loads(text)["data"]
    ]


def _rows(name: str) -> list[list[str]]:
    lines = (data_folder() / name).read_text(encoding="utf-8").split("\n")
    return [line.split("\t") for line in lines if line and line[0] != "#"][1:]
