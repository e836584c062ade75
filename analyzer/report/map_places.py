"""What the world map shows: places with their bytes and certainty, and where lines begin.

Rules of this file
- Only places that are stated, agreed on or named by a single source are here.
- A place is a city only where the operator's own list names one; else it is
  the country, at a point inside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import hypot, sqrt

from analyzer.labels import country, in_sentence
from analyzer.model import Certainty, Endpoint, Run
from analyzer.projection import HEIGHT, WIDTH, project
from analyzer.record import Record
from analyzer.report.answer import KNOWN, standing
from analyzer.report.figures import size
from analyzer.report.map_labels import Box
from analyzer.report.words import say
from analyzer.report.world_table import NOWHERE, Shape, standpoint

NEAR = 16.0
"""Units of the sheet within which two points are one; a line so short is a dot."""

_THIN, _THICK = 1.5, 8.0  # pixels of a line
_CLOSEST = 0.5  # of the sheet's width, at least, is shown
_MARGIN = (400.0, 200.0)  # units beside and above what is drawn

Sheet = dict[str, Shape]


class Origin(Record):
    """Where the lines begin."""

    x: float
    y: float
    label: str
    said: str
    inside: str = ""  # the country no line is drawn to; empty: lines go anywhere


class Mark(Record):
    """One place on the map, of one certainty."""

    country: str
    city: str
    certainty: Certainty
    x: float
    y: float
    up: int = 0
    reached: bool = False  # by a line; else its dot stands alone
    line: float = _THIN  # pixels

    @property
    def dot(self) -> float:
        """Pixels; a dot without a line shows the bytes by its size."""
        return (self.line if self.reached else 2.4 * self.line) + 3

    @property
    def said(self) -> str:
        """``Ashburn, Virginia, United States, 1.2 kB, stated``."""
        name = country(self.country)
        place = f"{self.city}, {name}" if self.city not in ("", name) else name
        return say("map.place", place=place, up=size(self.up), certainty=self.certainty)


def places(endpoints: Iterable[Endpoint], sheet: Sheet) -> list[Mark]:
    """The places of endpoints, most bytes up first; what is not on the sheet is left out."""
    marks: dict[tuple[object, ...], Mark] = {}
    for endpoint in endpoints:
        location = endpoint.place.location
        certainty = standing(location)
        code = location.country or NOWHERE
        if certainty not in KNOWN or code == NOWHERE or code not in sheet:
            continue
        city, at = location.city or "", None
        if certainty == Certainty.STATED and city:
            at = _spot(location.latitude, location.longitude)
        key = (code, certainty, city, at) if at else (code, certainty)
        if key not in marks:
            x, y = at or (sheet[code].x, sheet[code].y)
            marks[key] = Mark(code, city if at else "", certainty, x, y)
        marks[key].up += endpoint.bytes_up
    return sorted(marks.values(), key=lambda m: (-m.up, m.country, m.city, m.certainty, m.x, m.y))


def origin(run: Run, sheet: Sheet) -> Origin | None:
    """The place of the recording where it is known, else the home country."""
    if run.vantage and (at := standpoint(run.vantage)):
        return Origin(*at, say("map.here"), run.vantage)
    home = sheet.get(run.home or NOWHERE)
    if run.home and home and run.home != NOWHERE:
        return Origin(home.x, home.y, country(run.home), in_sentence(run.home), run.home)
    return None


def connect(marks: Iterable[Mark], start: Origin | None, most: int) -> None:
    """Say of each mark whether a line leads there, and how wide when ``most`` bytes are widest.

    Widths grow with the root of the bytes, or small amounts would vanish.
    """
    for mark in marks:
        mark.line = width(mark.up, most)
        mark.reached = bool(start and mark.country != start.inside and not near(mark, start))


def width(up: int, most: int) -> float:
    """Pixels of a line for so many bytes up."""
    return _THIN + (_THICK - _THIN) * sqrt(up / most)


def near(a: Mark | Origin, b: Mark | Origin) -> bool:
    """Whether two points are one to the eye."""
    return hypot(a.x - b.x, a.y - b.y) <= NEAR


def window(shown: Sequence[Mark], start: Origin | None, home: Shape | None) -> Box:
    """The part of the sheet that is shown, as left, top, width, height: what is
    drawn with a margin, but never less than half the world's width."""
    xs, ys = zip(*((p.x, p.y) for p in (*shown, start, home) if p), strict=True)
    if start and any(abs(m.x - start.x) > WIDTH / 2 for m in shown if m.reached):
        return 0, 0, WIDTH, HEIGHT  # a line leaves at one edge and comes in at the other
    wide = max(xs) - min(xs) + 2 * _MARGIN[0]
    high = max(ys) - min(ys) + 2 * _MARGIN[1]
    part = min(1.0, max(_CLOSEST, wide / WIDTH, high / HEIGHT))
    broad, tall = WIDTH * part, HEIGHT * part
    left = min(max((min(xs) + max(xs) - broad) / 2, 0), WIDTH - broad)
    top = min(max((min(ys) + max(ys) - tall) / 2, 0), HEIGHT - tall)
    return left, top, broad, tall


def _spot(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    """A point on the sheet; None for no point of the Earth, NaN included."""
    if latitude is None or longitude is None:
        return None
    on_earth = abs(latitude) <= 90 and abs(longitude) <= 180
    return project(latitude, longitude) if on_earth else None
