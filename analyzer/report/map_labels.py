"""Names on the map: beside their points, where there is room.

Sizes are in units of the sheet (analyzer/projection.py). What is not named
here is named in the table below the map.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analyzer.projection import HEIGHT, WIDTH
from analyzer.report.markup import esc

Box = tuple[float, float, float, float]  # left, top, right, bottom
Point = tuple[float, float]
_WIDE, _HIGH = 0.58, 1.1  # of a letter, in heights of the font; wide enough for most fonts


def labels(
    names: Iterable[tuple[str, float, float]], taken: Sequence[Point], font: int, most: int
) -> str:
    """SVG texts for (name, x, y), the first ones first, none over another or over a point."""
    dots = [_around(x, y, font / 5) for x, y in taken]
    placed: list[Box] = []
    texts: list[str] = []
    for name, x, y in names:
        if len(texts) == most:
            break
        for anchor, at_x, base in _sides(x, y, font):
            box = _box(name, anchor, at_x, base, font)
            free = not any(_touch(box, other) for other in (*dots, *placed))
            if free and box[0] >= 0 and box[1] >= 0 and box[2] <= WIDTH and box[3] <= HEIGHT:
                placed.append(box)
                texts.append(
                    f'<text class="{anchor}" x="{at_x:.0f}" y="{base:.0f}">{esc(name)}</text>'
                )
                break
    return "".join(texts)


def _sides(x: float, y: float, font: int) -> list[tuple[str, float, float]]:
    """(anchor, x, baseline) right, left, above and below a point."""
    gap = font * 0.45
    middle = y + font * 0.35
    return [
        ("start", x + gap, middle),
        ("end", x - gap, middle),
        ("middle", x, y - gap),
        ("middle", x, y + gap + 0.7 * font),
        ("start", x + 0.6 * gap, y - 0.6 * gap),
        ("end", x - 0.6 * gap, y - 0.6 * gap),
        ("start", x + 0.6 * gap, y + 1.4 * gap + 0.3 * font),
        ("end", x - 0.6 * gap, y + 1.4 * gap + 0.3 * font),
    ]


def _box(name: str, anchor: str, x: float, base: float, font: int) -> Box:
    width = len(name) * font * _WIDE
    left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * width
    return left, base - 0.8 * font, left + width, base - 0.8 * font + _HIGH * font


def _around(x: float, y: float, radius: float) -> Box:
    return x - radius, y - radius, x + radius, y + radius


def _touch(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
