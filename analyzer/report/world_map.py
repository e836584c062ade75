"""The world map of the page: where the bytes went, how many and how surely.

Rules of this file
- Only places that are stated, agreed on or named by a single source are on the
  map; what has no country stands apart from it, on the same scale of widths.
- A dot stands in a city only where the operator's own list names one; else it
  stands inside the country and for the country alone.
- The alternative text says what the picture says. Attributes hold numbers and
  words of ours; a place's name is text, and escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import copysign, hypot, sqrt

from analyzer.labels import country, in_sentence
from analyzer.model import Certainty, Endpoint, Result, Run
from analyzer.projection import HEIGHT, WIDTH, project
from analyzer.report.answer import KNOWN, Facts, Group, standing
from analyzer.report.figures import share, size
from analyzer.report.map_labels import labels
from analyzer.report.markup import esc, tell
from analyzer.report.words import counted, say
from analyzer.report.world_table import NOWHERE, Shape, shapes, standpoint

MOST = 30
"""Places drawn; more is a tangle. The others are summed in the caption."""

_THIN, _THICK = 1.5, 8.0  # pixels, whatever the size of the map
_BEND = 0.17  # of its length a line rises above the straight one
_NEAR = 16.0  # units: lines shorter than this are a dot
_FONTS = (("wide", 54, 16), ("narrow", 128, 5))  # class, units, labels: style.css
_LONGEST = 8_000  # characters of the alternative text

Sheet = dict[str, Shape]


@dataclass(slots=True)
class Mark:
    """One place on the map, of one certainty."""

    country: str
    city: str
    certainty: Certainty
    x: float
    y: float
    up: int = 0

    @property
    def said(self) -> str:
        """``Ashburn, Virginia, United States, 1.2 kB, stated``."""
        name = country(self.country)
        place = f"{self.city}, {name}" if self.city not in ("", name) else name
        return say("map.place", place=place, up=size(self.up), certainty=self.certainty)


@dataclass(slots=True)
class Origin:
    """Where the lines begin."""

    x: float
    y: float
    label: str
    said: str
    inside: str  # the country no line is drawn to; empty: lines go anywhere


def world_map(result: Result, known: Facts) -> str:
    """The map as a figure; empty when no endpoint has a place on it."""
    if not known.countries:
        return ""
    sheet = shapes()
    marks = places(known.ranking, sheet)
    if not marks:
        return ""
    shown, rest = marks[:MOST], marks[MOST:]
    start = origin(result.run, sheet)
    most = max([*(m.up for m in marks), *(g.up for g in known.apart)]) or 1
    said = alternative(shown, start, known.apart)
    return (
        f'<figure class="map"><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        ' aria-labelledby="map-title map-said">'
        f'<title id="map-title">{tell("map.title")}</title>'
        f'<desc id="map-said">{esc(said, _LONGEST)}</desc>'
        + _land(sheet, {m.country for m in shown}, result.run.home)
        + "".join(_line(m, i, shown, start, most) for i, m in enumerate(shown))
        + "".join(_dot(f"dot {m.certainty}", m.x, m.y, _width(m.up, most) + 3) for m in shown)
        + (_dot("origin", start.x, start.y, 9) + _dot("eye", start.x, start.y, 4) if start else "")
        + _names(shown, start)
        + "</svg>"
        + _key(shown, known, most)
        + _caption(shown, rest, start, known)
        + "</figure>"
    )


def places(endpoints: Iterable[Endpoint], sheet: Sheet) -> list[Mark]:
    """The places of endpoints, most bytes up first; what is not on the sheet is left out."""
    marks: dict[tuple[object, ...], Mark] = {}
    for endpoint in endpoints:
        location = endpoint.place.location
        certainty = standing(location)
        code = location.country
        if certainty not in KNOWN or code is None or code not in sheet:
            continue
        at = None
        if certainty == Certainty.STATED and location.city:
            at = _spot(location.latitude, location.longitude)
        key = (code, certainty, location.city, at) if at else (code, certainty)
        mark = marks.get(key)
        if mark is None:
            x, y = at or (sheet[code].x, sheet[code].y)
            mark = marks[key] = Mark(code, location.city or "" if at else "", certainty, x, y)
        mark.up += endpoint.bytes_up
    return sorted(marks.values(), key=lambda m: (-m.up, m.country, m.city, m.certainty, m.x, m.y))


def origin(run: Run, sheet: Sheet) -> Origin | None:
    """The place of the recording where it is known, else the home country."""
    if run.vantage and (at := standpoint(run.vantage)):
        return Origin(*at, say("map.here"), run.vantage, "")
    if run.home and run.home in sheet:
        home = sheet[run.home]
        return Origin(home.x, home.y, country(run.home), in_sentence(run.home), run.home)
    return None


def alternative(shown: Sequence[Mark], start: Origin | None, apart: Sequence[Group]) -> str:
    """The picture in words: from where to where, how much, how surely, and what is apart."""
    far = [m.said for m in shown if _reached(m, start)]
    near = [m.said for m in shown if not _reached(m, start)]
    sentences = []
    if far and start:
        sentences.append(say("map.lines", origin=start.said, places="; ".join(far)))
    if near:
        sentences.append(say("map.dots", places="; ".join(near)))
    if apart:
        without = "; ".join(f"{say(f'where.{g.key}')}, {size(g.up)}" for g in apart)
        sentences.append(say("map.apart", places=without))
    return " ".join(sentences)


def _spot(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    """A point on the sheet; None for no point of the Earth, NaN included."""
    if latitude is None or longitude is None:
        return None
    on_earth = abs(latitude) <= 90 and abs(longitude) <= 180
    return project(latitude, longitude) if on_earth else None


def _reached(mark: Mark, start: Origin | None) -> bool:
    """Whether a line is drawn to a place; otherwise its dot alone."""
    if start is None or mark.country == start.inside:
        return False
    return hypot(mark.x - start.x, mark.y - start.y) > _NEAR


def _width(up: int, most: int) -> float:
    """Pixels of a line; its width grows with the root of the bytes, or small ones would vanish."""
    return _THIN + (_THICK - _THIN) * sqrt(up / most)


def _land(sheet: Sheet, there: set[str], home: str | None) -> str:
    """All land as one shape, the countries that matter over it, islands as dots."""
    apart = {*there, home} - {NOWHERE, None}
    land = "".join(shape.path for code, shape in sheet.items() if code not in apart)
    specks = "".join(f"M{s.x} {s.y}h0" for s in sheet.values() if s.small)
    return (
        f'<path class="land" d="{land}"/><path class="specks" d="{specks}"/>'
        + "".join(
            f'<path class="there" d="{sheet[code].path}"/>' for code in sorted(there - {home or ""})
        )
        + (f'<path class="home" d="{sheet[home].path}"/>' if home in sheet and home else "")
    )


def _line(mark: Mark, number: int, shown: Sequence[Mark], start: Origin | None, most: int) -> str:
    if start is None or not _reached(mark, start):
        return ""
    # Lines to one point but of several certainties are bent apart.
    twins = sum(hypot(m.x - mark.x, m.y - mark.y) < _NEAR for m in shown[:number])
    return (
        f'<path class="line {mark.certainty}" stroke-width="{_width(mark.up, most):.1f}"'
        f' d="{_curve(start.x, start.y, mark.x, mark.y, _BEND * (1 + 0.6 * twins))}">'
        f"<title>{esc(mark.said)}</title></path>"
    )


def _curve(x: float, y: float, to_x: float, to_y: float, bend: float) -> str:
    """A shallow curve; the short way round, out at one edge of the sheet and in at the other."""
    across = to_x - x
    if abs(across) <= WIDTH / 2:
        return _arch(x, y, to_x, to_y, bend)
    turn = copysign(WIDTH, across)
    return _arch(x, y, to_x - turn, to_y, bend) + _arch(x + turn, y, to_x, to_y, bend)


def _arch(x: float, y: float, to_x: float, to_y: float, bend: float) -> str:
    """A quadratic curve that rises northwards of the straight line and stays on the sheet."""
    side = 1 if to_x >= x else -1
    over_x = (x + to_x) / 2 + side * (to_y - y) * bend * 2
    over_y = (y + to_y) / 2 - side * (to_x - x) * bend * 2
    over_y = max(over_y, 20 - (y + to_y) / 2)
    return f"M{x:.0f} {y:.0f}Q{over_x:.0f} {over_y:.0f} {to_x:.0f} {to_y:.0f}"


def _dot(kind: str, x: float, y: float, width: float) -> str:
    """A round dot of so many pixels: a line of no length with round ends."""
    return f'<path class="{kind}" stroke-width="{width:.1f}" d="M{x:.0f} {y:.0f}h0"/>'


def _names(shown: Sequence[Mark], start: Origin | None) -> str:
    """Country names for wide and for narrow pages; style.css shows one set."""
    first = {m.country: m for m in reversed(shown)}
    named = [m for m in shown if first[m.country] is m]
    told = [(country(m.country), m.x, m.y) for m in named if not start or m.country != start.inside]
    taken = [(m.x, m.y) for m in shown]
    if start:
        told.insert(0, (start.label, start.x, start.y))
        taken.append((start.x, start.y))
    return "".join(
        f'<g class="{kind}">{labels(told, taken, font, most)}</g>' for kind, font, most in _FONTS
    )


def _key(shown: Sequence[Mark], known: Facts, most: int) -> str:
    """What the lines mean, and on the same scale what has no country."""
    used = [c for c in KNOWN if any(m.certainty == c for m in shown)]
    meaning = "".join(f"<li>{_sample(c, 3)}{c}" for c in used)
    apart = "".join(
        f"<li>{_sample(g.key, _width(g.up, most))}{tell(f'where.{g.key}')}"
        f" <b>{size(g.up)}</b> ({esc(share(g.up, known.up))})"
        for g in known.apart
    )
    strip = f'<div class="strip"><p>{tell("map.strip")}</p><ul>{apart}</ul></div>'
    return f'<ul class="samples">{meaning}</ul>' + (strip if apart else "")


def _sample(kind: str, width: float) -> str:
    return (
        '<svg class="sample" viewBox="0 0 44 10" aria-hidden="true">'
        f'<path class="line {kind}" stroke-width="{width:.1f}" d="M2 5h40"/></svg>'
    )


def _caption(
    shown: Sequence[Mark], rest: Sequence[Mark], start: Origin | None, known: Facts
) -> str:
    drawn = any(_reached(m, start) for m in shown)
    parts = [tell("map.caption.lines", origin=start.said) if start and drawn else
             tell("map.caption.dots")]  # fmt: skip
    parts.append(tell("map.caption.points"))
    if rest:
        up = size(sum(m.up for m in rest))
        parts.append(tell("map.caption.rest", places=counted("places", len(rest)), up=up))
    if lost := sum(g.up for g in known.countries) - sum(m.up for m in (*shown, *rest)):
        parts.append(tell("map.caption.lost", up=size(lost)))
    parts.append(tell("map.caption.borders"))
    return f"<figcaption>{' '.join(parts)}</figcaption>"
