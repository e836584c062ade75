"""The world map of the page: where the bytes went, how many and how surely.

What has no country is not on the map but beside it, on the same scale of
widths. The alternative text says what the picture says.
"""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.labels import in_sentence
from analyzer.model import Result
from analyzer.report import map_shapes
from analyzer.report.answer import KNOWN, Facts, Group
from analyzer.report.figures import share, size
from analyzer.report.map_places import Mark, Origin, connect, origin, places, width, window
from analyzer.report.markup import esc, tell
from analyzer.report.words import counted, say
from analyzer.report.world_table import NOWHERE, shapes

MOST = 30
"""Places drawn; more is a tangle. The others are summed in the caption."""

_LONGEST = 8_000  # characters of the alternative text


def world_map(result: Result, known: Facts, key: str = "map") -> str:
    """The map as a figure; empty when no endpoint has a place on it.

    ``key`` begins the ids in it: words of ours, another one for each map of a page.
    """
    if not known.countries:
        return ""
    sheet = shapes()
    marks = places(known.ranking, sheet)
    if not marks:
        return ""
    home = result.run.home if result.run.home in sheet.keys() - {NOWHERE} else None
    start = origin(result.run, sheet)
    most = max([*(m.up for m in marks), *(g.up for g in known.apart)]) or 1
    connect(marks, start, most)
    shown, rest = marks[:MOST], marks[MOST:]
    view = window(shown, start, sheet[home] if home else None)
    said = alternative(shown, start, known.apart)
    return (
        f'<figure class="map"><svg viewBox="{" ".join(f"{n:.0f}" for n in view)}" role="img"'
        f' aria-labelledby="{key}-title {key}-said">'
        f'<title id="{key}-title">{tell("map.title")}</title>'
        f'<desc id="{key}-said">{esc(said, _LONGEST)}</desc>'
        + map_shapes.land(sheet, {m.country for m in shown}, home)
        + map_shapes.lines(shown, start)
        + map_shapes.dots(shown, start)
        + map_shapes.names(shown, start, view)
        + "</svg>"
        + _key(shown, known, most)
        + _caption(shown, rest, start, home, known)
        + "</figure>"
    )


def alternative(shown: Sequence[Mark], start: Origin | None, apart: Sequence[Group]) -> str:
    """The picture in words: from where to where, how much, how surely, and what is apart."""
    far, near = ([m.said for m in shown if m.reached == led] for led in (True, False))
    sentences = []
    if far and start:
        sentences.append(say("map.lines", origin=start.said, places="; ".join(far)))
    if near:
        sentences.append(say("map.dots", places="; ".join(near)))
    if apart:
        without = "; ".join(f"{say(f'where.{g.key}')}, {size(g.up)}" for g in apart)
        sentences.append(say("map.apart", places=without))
    return " ".join(sentences)


def _key(shown: Sequence[Mark], known: Facts, most: int) -> str:
    """What the lines mean, and on the same scale what has no country."""
    used = [c for c in KNOWN if any(m.certainty == c for m in shown)]
    meaning = "".join(f"<li>{map_shapes.sample(c, 3)}{c}" for c in used)
    apart = "".join(
        f"<li>{map_shapes.sample(g.key, width(g.up, most))}{tell(f'where.{g.key}')}"
        f" <b>{size(g.up)}</b> ({esc(share(g.up, known.up))})"
        for g in known.apart
    )
    strip = f'<div class="strip"><p>{tell("map.strip")}</p><ul>{apart}</ul></div>'
    return f'<ul class="samples">{meaning}</ul>' + (strip if apart else "")


def _caption(
    shown: Sequence[Mark],
    rest: Sequence[Mark],
    start: Origin | None,
    home: str | None,
    known: Facts,
) -> str:
    """How to read the picture, what it leaves out, and whose borders it draws."""
    parts = [tell("map.caption.dots")]
    if start and any(m.reached for m in shown):
        parts = [tell("map.caption.lines", origin=start.said)]
    parts.append(tell("map.caption.points"))
    if home:
        parts.append(tell("map.caption.home", home=in_sentence(home)))
    if rest:
        up = size(sum(m.up for m in rest))
        parts.append(tell("map.caption.rest", places=counted("places", len(rest)), up=up))
    if lost := sum(g.up for g in known.countries) - sum(m.up for m in (*shown, *rest)):
        parts.append(tell("map.caption.lost", up=size(lost)))
    parts.append(tell("map.caption.borders"))
    return f"<figcaption>{' '.join(parts)}</figcaption>"
