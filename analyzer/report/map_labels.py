"""Names on the map: beside their points, where there is room.

Sizes are in units of the sheet (analyzer/projection.py). What is not named
here is named in the table below the map.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from analyzer.report.markup import esc

Box = tuple[float, float, float, float]
Point = tuple[float, float]
_WIDE, _HIGH = 0.58, 1.1  # of a letter, in heights of the font; wide enough for most fonts
_PIXELS = 13  # height of the font on the page, about


class Label(NamedTuple):
    """A name and the point it belongs to."""

    text: str
    x: float
    y: float
    radius: float  # of what is drawn there, in pixels


def labels(
    names: Iterable[Label],
    taken: Sequence[Point],
    view: Box,
    font: float,
    most: int,
) -> str:
    """SVG texts for names, the first ones first, none over another or over a point.

    ``view``: left, top, width and height of what is shown.
    """
    left, top, right, bottom = view[0], view[1], view[0] + view[2], view[1] + view[3]
    dots = [_around(x, y, font / 5) for x, y in taken]
    placed: list[Box] = []
    texts: list[str] = []
    for name, x, y, radius in names:
        if len(texts) == most:
            break
        for anchor, at_x, base in _sides(x, y, font, font * (0.3 + radius / _PIXELS)):
            box = _box(name, anchor, at_x, base, font)
            free = not any(_touch(box, other) for other in (*dots, *placed))
            seen = box[0] >= left and box[1] >= top and box[2] <= right and box[3] <= bottom
            if free and seen:
                placed.append(box)
                texts.append(
                    f'<text class="{anchor}" x="{at_x:.0f}" y="{base:.0f}">{esc(name)}</text>'
                )
                break
    return "".join(texts)


def _sides(x: float, y: float, font: float, gap: float) -> list[tuple[str, float, float]]:
    """(anchor, x, baseline) right, left, above, below and at the corners of a point."""
    middle = y + font * 0.35
    return [
        ("start", x + gap, middle),
        ("end", x - gap, middle),
        ("middle", x, y - gap),
        ("middle", x, y + gap + 0.7 * font),
        ("start", x + 0.6 * gap, y - 0.6 * gap),
        ("end", x - 0.6 * gap, y - 0.6 * gap),
        ("start", x + 0.6 * gap, y + 0.6 * gap + 0.7 * font),
        ("end", x - 0.6 * gap, y + 0.6 * gap + 0.7 * font),
    ]


def _box(name: str, anchor: str, x: float, base: float, font: float) -> Box:
    """Left, top, right and bottom of a text."""
    width = len(name) * font * _WIDE
    left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * width
    return left, base - 0.8 * font, left + width, base - 0.8 * font + _HIGH * font


def _around(x: float, y: float, radius: float) -> Box:
    return x - radius, y - radius, x + radius, y + radius


def _touch(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
