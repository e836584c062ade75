"""Rebuilds the world map of the report, as a part of build.py.

Input: Natural Earth's countries at 1:50 million, in the pinned npm package
``world-atlas``, and ``sources/shapes.tsv``, which says whose each shape is.
Output, the same bytes for the same input: ``map.tsv`` and ``manifest-map.json``
in ``tables/``. A row of ``map.tsv``: a country (ISO 3166-1 alpha-2, ``-`` where
a shape has none), a point inside its largest part, whether it is too small to
be seen without a dot, and its outline as SVG path data. Whole numbers on the
sheet of analyzer/projection.py.

Antarctica is left out, and so are islands under SMALLEST beside larger land.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..projection import project
from . import topology
from .build_inputs import Input, fetch, member
from .topology import Point, Ring
from .tsv import read

SHAPES = Path(__file__).parent / "sources" / "shapes.tsv"

ATLAS = Input(
    "npm", "world-atlas", "2.0.2",
    "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97",
    "2018-05", "Natural Earth, packed by Mike Bostock", "public domain; package ISC",
    "Made with Natural Earth (https://www.naturalearthdata.com)",
    "Natural Earth countries 1:50m, 4.1.0",
)  # fmt: skip

LEAST = 3.0
"""Square units of a bend that is kept. At 1,000 pixels a unit is a quarter pixel."""

SMALLEST = 5.0
"""Square units of the smallest island drawn beside larger land."""

SEEN = 60.0
"""Square units under which a country gets a dot: some 2 by 2 pixels at 1,000."""

_ANTARCTICA = "010"
_TRIANGLE = 4  # points of a closed one

HEAD = """\
# The world map of the report: Natural Earth 4.1.0, 1:50m, public domain, by way of npm world-atlas {version}; made by build_map.py.
# x, y: a point inside; small: 1 where only a dot can be seen; path: SVG path data. Equal Earth projection.
country\tx\ty\tsmall\tpath
"""  # noqa: E501


@dataclass(slots=True)
class Country:
    """The rings of one country on the sheet, and its point where it has none."""

    rings: list[list[Point]] = field(default_factory=list)
    point: Point | None = None


def build(inputs: Path, tables: Path) -> None:
    """Fetch what is missing in ``inputs`` and write the table and its manifest."""
    atlas = json.loads(member(fetch(ATLAS, inputs), "/countries-50m.json"))
    rows = table(countries(atlas, read(SHAPES)))
    content = (HEAD.format(version=ATLAS.version) + "".join(rows)).encode()
    tables.mkdir(parents=True, exist_ok=True)
    (tables / "map.tsv").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    manifest = {
        "data": [_entry(len(rows))],
        "tables": [{"file": "map.tsv", "bytes": len(content), "sha256": digest}],
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    (tables / "manifest-map.json").write_text(text, "utf-8")


def countries(atlas: dict[str, Any], shapes: Sequence[Sequence[str]]) -> dict[str, Country]:
    """The countries of the atlas, by code; ``shapes``: rows of sources/shapes.tsv."""
    whole = topology.arcs(atlas)
    lines = [topology.thinned(arc, _drawn(arc), LEAST) for arc in whole]
    owner = {row[1]: row[0] for row in shapes if row[1]}
    found: dict[str, Country] = {}
    for geometry in atlas["objects"]["countries"]["geometries"]:
        if geometry.get("id") == _ANTARCTICA:
            continue
        shape = geometry.get("id") or geometry["properties"]["name"]
        country = found.setdefault(owner.get(shape, "-"), Country())
        thin, full = (topology.rings(geometry, which) for which in (lines, whole))
        for few, all_points in zip(thin, full, strict=True):
            ring = few if len(few) > _TRIANGLE else all_points
            country.rings += [_drawn(part) for part in topology.within(ring)]
    for code, _, latitude, longitude in shapes:
        if latitude:
            found.setdefault(code, Country()).point = project(float(latitude), float(longitude))
    return found


def table(found: dict[str, Country]) -> list[str]:
    """The rows of map.tsv in the order of their codes."""
    return [_row(code, found[code]) for code in sorted(found)]


def _row(code: str, country: Country) -> str:
    sized = sorted(((topology.area(ring), ring) for ring in country.rings), reverse=True)
    largest = sized[0] if sized else (0.0, [])
    x, y = country.point or topology.inside(largest[1])
    path = "".join(_path(ring) for size, ring in sized if size >= SMALLEST or size == largest[0])
    small = int(sum(size for size, _ in sized) < SEEN)
    return f"{code}\t{round(x)}\t{round(y)}\t{small}\t{path}\n"


def _path(ring: Sequence[Point]) -> str:
    """A closed ring as ``M12 34l5-6 7 8z``; empty when it is no more than a line."""
    points = [(round(x), round(y)) for x, y in ring]
    steps, (at_x, at_y) = [], points[0]
    for x, y in points[1:]:
        if (x, y) not in ((at_x, at_y), points[0]):
            steps += [x - at_x, y - at_y]
            at_x, at_y = x, y
    if len(steps) < 4:
        return ""
    text = "".join(f" {n}" if n >= 0 else str(n) for n in steps).lstrip()
    return f"M{points[0][0]} {points[0][1]}l{text}z"


def _drawn(ring: Ring) -> list[Point]:
    return [project(latitude, longitude) for longitude, latitude in ring]


def _entry(rows: int) -> dict[str, object]:
    return {
        "name": ATLAS.title,
        "publisher": ATLAS.publisher,
        "package": f"{ATLAS.client}:{ATLAS.package}",
        "version": ATLAS.version,
        "date": ATLAS.date,
        "licence": ATLAS.licence,
        "attribution": ATLAS.attribution,
        "sha256": ATLAS.sha256,
        "rows": rows,
        "table": "map.tsv",
    }
