"""Cells of the scoreboard's rows, as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.batch.board_rows import SEVERITIES, VERDICTS, Split
from analyzer.batch.board_survey import Survey
from analyzer.batch.board_words import counted, say, tell
from analyzer.labels import country
from analyzer.report.clock import minute
from analyzer.report.figures import share, size, span
from analyzer.report.markup import esc, number
from analyzer.report.words import joined

KINDS = ("home", "outside", "placed", "single", "edge", "open")
"""Kinds of place in the order of a bar; one CSS class each (report/board.css)."""

COLOURS = 8  # shades for parts of a score, by turns
_SHOWN = 2  # countries
_GROUP = 1_000  # more than any score: sorting by score keeps groups together


def score(each: Mapping[str, Any], found: Survey) -> str:
    """The score with its group's letter, its parts as a bar, the largest in words."""
    group = found.groups.get(each["cover"])
    if group is None:
        return f"<td class=n data-n=-1>{tell('score.none')}"
    rank = len(found.groups) - group.rank
    return (
        f"<td class=n data-n={rank * _GROUP + each['score']:g}>{each['score']:g}"
        f' <b class="letter">{group.letter}</b>{_parts(each, found)}{_range(each)}'
    )


def _range(each: Mapping[str, Any]) -> str:
    low, high = each["score_low"], each["score_high"]
    if each["level"] == "capture" or low == high:
        return ""
    told = say("score.range", low=f"{low:g}", high=f"{high:g}",
               n=counted("captures", each["scored"]))  # fmt: skip
    return f"<small>{esc(told)}</small>"


def _parts(each: Mapping[str, Any], found: Survey) -> str:
    """The points of each part by its number, and as shapes beside one another."""
    numbers = {name: i for i, name in enumerate(found.parts, 1)}
    whole = sum(p.of for p in each["parts"] if p.points is not None) or 1
    shapes, words, at = [], [], 0.0
    for part in sorted(each["parts"], key=lambda p: numbers.get(p.name, 0)):
        number = numbers.get(part.name, 0)
        if part.points:
            width = max(0.0, min(100 * part.points / whole, 100 - at))
            shapes.append(f'<rect class="p{number % COLOURS}" x="{at:.2f}"'
                          f' width="{width:.2f}" height="10"/>')  # fmt: skip
            at += width
            told = tell("score.part", number=number, points=f"{part.points:g}")
            words.append(f"<span>{told}</span>")
    return bar(shapes) + (f"<small>{' '.join(words)}</small>" if words else "")


def place(each: Mapping[str, Any]) -> tuple[str, str]:
    """Where the bytes went: a bar with words, and how many there were."""
    split: Split = each["split"]
    if each["status"] == "failed":
        return "<td>", number("", 0)
    up = split.public
    shapes, at = [], 0.0
    for kind, part in kinds(split):
        width = 100 * part / up if up else 0
        shapes.append(f'<rect class="{kind}" x="{at:.2f}" width="{width:.2f}" height="10"/>')
        at += width
    words = "; ".join(_kind(kind, part, up, split) for kind, part in kinds(split))
    note = f"<small>{tell('row.homes')}</small>" if each.get("homes_differ") else ""
    return f"<td>{bar(shapes)}<small>{esc(words)}</small>{note}", number(size(up), up)


def kinds(split: Split) -> list[tuple[str, int]]:
    """The kinds of place that took bytes, in the order of a bar."""
    homeless = split.firm - (split.home or 0) - (split.outside or 0)
    found = {"home": split.home or 0, "outside": split.outside or 0, "placed": homeless,
             "single": split.single, "edge": split.edge, "open": split.open}  # fmt: skip
    return [(kind, found[kind]) for kind in KINDS if found[kind] > 0]


def _kind(kind: str, part: int, up: int, split: Split) -> str:
    """``outside 84%: Singapore, China``."""
    told = f"{say(f'key.{kind}')} {share(part, up)}"
    named = {
        "outside": split.abroad,
        "placed": {c: n for (c, sure), n in split.named.items() if sure != "single"},
    }.get(kind, {})
    ranked = sorted(named, key=lambda c: (-named[c], c))
    words = [country(code) for code in ranked[:_SHOWN]]
    if (rest := len(ranked) - _SHOWN) > 0:
        words.append(counted("others", rest))
    return f"{told}: {joined(words)}" if words else told


def judged(each: Mapping[str, Any]) -> str:
    """How many claims came out how; sorts by those contradicted."""
    told = [say(f"row.{name}", n=each[name]) for name in VERDICTS if each[name]]
    if each.get("far"):  # the first line is of those contradicted
        told[0] += f" ({say('row.far', n=each['far'])})"
    return f"<td data-n={each['contradicted'] or 0}>{_lines(told, each)}"


def findings(each: Mapping[str, Any]) -> str:
    """How many findings of each severity; sorts by the gravest."""
    told = [say(f"row.{name}", n=each[name]) for name in SEVERITIES if each[name]]
    weight = 0
    for name in SEVERITIES:
        weight = weight * 1_000 + min(each[name] or 0, 999)
    return f"<td data-n={weight}>{_lines(told, each)}"


def when(each: Mapping[str, Any]) -> str:
    """When it was recorded and how long, and whether it was read whole."""
    part = f"<small>{tell('row.part')}</small>" if each["status"] == "incomplete" else ""
    return f"<td>{minute(each['first'])}{length(each)}{part}"


def length(each: Mapping[str, Any]) -> str:
    """How long was recorded; empty where nothing was read."""
    return "" if each["hours"] is None else f"<small>{esc(span(each['hours']))}</small>"


def bar(shapes: list[str]) -> str:
    """Shapes on a field of 100 by 10, stretched to its column."""
    return (
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(shapes)}</svg>"
    )


def _lines(told: list[str], each: Mapping[str, Any]) -> str:
    """Line by line; of what was analysed it is said that there is none."""
    none = [] if each["status"] == "failed" else [say("row.none")]
    return "<br>".join(esc(line) for line in told or none)
