"""The shapes of the world map as SVG: land, lines, dots and names.

Attributes hold numbers and words of ours; a place's name is text, and escaped.
Widths are pixels at any size of the map (``vector-effect`` in style.css).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import copysign

from analyzer.labels import country
from analyzer.model import Certainty
from analyzer.projection import WIDTH
from analyzer.report.answer import KNOWN
from analyzer.report.map_labels import Box, Label, labels
from analyzer.report.map_places import Mark, Origin, Sheet, near
from analyzer.report.markup import esc

_HOLLOW = {Certainty.AGREED: 0.34, Certainty.SINGLE: 0.64}  # of a dot's width, left open
_ORIGIN = 9.0  # pixels
_BEND = 0.26  # how far a curve's handle stands off, in lengths of its line
_APART = 0.6  # by how much more for each further line to one point
_FONTS = (("wide", 54, 16), ("middling", 84, 10), ("narrow", 124, 5))
"""Class (style.css shows one), units on the whole sheet, names at most."""


def land(sheet: Sheet, there: set[str], home: str | None) -> str:
    """All land as one shape, the countries that matter over it, islands as dots."""
    apart = there | {home}
    rest = "".join(shape.path for code, shape in sheet.items() if code not in apart)
    specks = "".join(f"M{s.x} {s.y}h.1" for s in sheet.values() if s.small)
    return "".join(
        f'<path class="{kind}" d="{path}"/>'
        for kind, path in (
            ("land", rest),
            ("specks", specks),
            *(("there", sheet[code].path) for code in sorted(there - {home or ""})),
            *((("home", sheet[home].path),) if home else ()),
        )
        if path
    )


def lines(shown: Sequence[Mark], start: Origin | None) -> str:
    """A curve to each place that one leads to; those to one point are bent apart."""
    out = []
    for i, mark in enumerate(shown):
        if start and mark.reached:
            bend = _BEND * (1 + _APART * sum(near(m, mark) for m in shown[:i]))
            out.append(
                f'<path class="line {mark.certainty}" stroke-width="{mark.line:.1f}"'
                f' d="{_curve(start.x, start.y, mark.x, mark.y, bend)}">'
                f"<title>{esc(mark.said)}</title></path>"
            )
    return "".join(out)


def dots(shown: Sequence[Mark], start: Origin | None) -> str:
    """A dot for each place, hollow where it is less sure, and the ring of the origin."""
    out = [
        _dot(mark.certainty, mark.x, mark.y, mark.dot, mark.said, "" if mark.reached else " alone")
        for mark in shown
    ]
    if start:
        out += [_round("origin", start.x, start.y, _ORIGIN), _round("eye", start.x, start.y, 4)]
    return "".join(out)


def names(shown: Sequence[Mark], start: Origin | None, view: Box) -> str:
    """Country names for pages of three widths, each at its country's largest place."""
    largest: dict[str, Mark] = {}
    for mark in shown:
        largest.setdefault(mark.country, mark)
    told = [
        Label(country(code), m.x, m.y, m.dot / 2)
        for code, m in largest.items()
        if not start or code != start.inside
    ]
    taken = [(m.x, m.y) for m in shown]
    if start:
        radius = max([_ORIGIN, *(m.dot for m in shown if near(m, start))]) / 2
        told.insert(0, Label(start.label, start.x, start.y, radius))
        taken.append((start.x, start.y))
    part = view[2] / WIDTH
    return "".join(
        f'<g class="{kind}" font-size="{font * part:.0f}">'
        f"{labels(told, taken, view, font * part, most)}</g>"
        for kind, font, most in _FONTS
    )


def sample(kind: str, width: float) -> str:
    """A piece of a line as the map draws it, with its dot if it ends in one."""
    known = kind in KNOWN
    end = _dot(Certainty(kind), 37, 5, 8) if known else ""
    return (
        '<svg class="sample" viewBox="0 0 44 10" aria-hidden="true">'
        f'<path class="line {kind}" stroke-width="{width:.1f}" d="M2 5h{34 if known else 40}"/>'
        f"{end}</svg>"
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
    over_x = (x + to_x) / 2 + side * (to_y - y) * bend
    over_y = (y + to_y) / 2 - side * (to_x - x) * bend
    over_y = max(over_y, 20 - (y + to_y) / 2)
    return f"M{x:.0f} {y:.0f}Q{over_x:.0f} {over_y:.0f} {to_x:.0f} {to_y:.0f}"


def _dot(
    certainty: Certainty, x: float, y: float, width: float, said: str = "", alone: str = ""
) -> str:
    hollow = _HOLLOW.get(certainty, 0) * width
    eye = _round("eye", x, y, hollow) if hollow else ""
    return _round(f"dot {certainty}{alone}", x, y, width, said) + eye


def _round(kind: str, x: float, y: float, width: float, said: str = "") -> str:
    """A round dot of so many pixels: a line of next to no length with round ends."""
    shape = f'<path class="{kind}" stroke-width="{width:.1f}" d="M{x:.0f} {y:.0f}h.1"'
    return f"{shape}><title>{esc(said)}</title></path>" if said else f"{shape}/>"
