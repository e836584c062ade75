"""Which scores may stand side by side: groups of captures with comparable coverage.

Rules of this file
- Any two scores of a group may be ranked as rules/score/score.yaml says (``comparable``):
  same parts judged, same rules, hours and bytes within a factor, shares within a distance.
- Groups are as few as cutting one measure after the other allows, and depend on no order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from analyzer.batch.board_words import counted, say
from analyzer.report.figures import share, size, span

Json = Mapping[str, Any]

USUAL = {"hours": 4.0, "bytes": 10.0, "named": 0.3, "located": 0.3}
"""Where no rule file says how far apart scores may be: those of score.yaml."""

_RATIOS = ("hours", "bytes")


class Cover(NamedTuple):
    """What a score rests on, as far as it decides which others it may stand beside."""

    judged: tuple[str, ...]  # parts of the score that could be judged
    rules: str
    hours: float
    bytes: float
    named: float
    located: float


class Group(NamedTuple):
    """Scores that may be ranked; sorts with the most seen first."""

    rank: int
    letter: str
    label: str


def cover(record: Json) -> Cover | None:
    """What a record's score rests on; None where it has no score."""
    score = record.get("score") or {}
    if score.get("total") is None:
        return None
    seen = score.get("coverage") or {}
    parts = (str(p.get("name")) for p in score.get("parts") or () if p.get("points") is not None)
    amounts = (float(seen.get(name) or 0) for name in USUAL)
    return Cover(tuple(sorted(parts)), str(seen.get("rules_sha256") or ""), *amounts)


def limits(rules: Sequence[Path] = ()) -> Mapping[str, float]:
    """How far apart scores of one group may be; ``rules``: the run's own folders."""
    from analyzer import shipped
    from analyzer.judge import score_file

    weights = score_file.load([shipped.rules_folder(), *rules])
    return {**USUAL, **(weights.comparable if weights else {})}


def groups(covers: Iterable[Cover], far: Mapping[str, float]) -> dict[Cover, Group]:
    """The group of each: A, B, ... Z, AA, ... with the most seen first."""
    alike: dict[tuple[Any, ...], list[Cover]] = {}
    for each in sorted(set(covers)):
        alike.setdefault((-len(each.judged), each.judged, each.rules), []).append(each)
    found: dict[Cover, Group] = {}
    cut = [part for _, each in sorted(alike.items()) for part in _cut(each, tuple(USUAL), far)]
    for rank, members in enumerate(cut):
        group = Group(rank, _letter(rank), _label(members))
        found.update(dict.fromkeys(members, group))
    return found


def _cut(
    members: list[Cover], names: Sequence[str], far: Mapping[str, float]
) -> Iterator[list[Cover]]:
    """Members in pieces that differ little in each measure, the largest values first."""
    pieces = [members]
    for name in names:
        pieces = [part for piece in pieces for part in _slices(piece, name, far[name])]
    yield from pieces


def _slices(members: list[Cover], name: str, far: float) -> Iterator[list[Cover]]:
    piece: list[Cover] = []
    seen: Callable[[Cover], float] = attrgetter(name)
    for each in sorted(members, key=lambda cover: (-seen(cover), cover)):
        if piece and _apart(seen(piece[0]), seen(each), name, far):
            yield piece
            piece = []
        piece.append(each)
    yield piece


def _apart(most: float, least: float, name: str, far: float) -> bool:
    return most > far * least if name in _RATIOS else most - least > far


def _label(members: Sequence[Cover]) -> str:
    """The group in words: what its members have between them."""
    hours, amounts, named, located = (sorted(getattr(c, name) for c in members) for name in USUAL)
    parts = members[0].judged
    return say(
        "cover.label",
        hours=_between([span(h) for h in hours]),
        bytes=_between([size(int(b)) for b in amounts]),
        named=_between([share(s) for s in named]),
        located=_between([share(s) for s in located]),
        parts=counted("parts", len(parts)),
    )


def _between(shown: Sequence[str]) -> str:
    """``1 hour to 3 hours``; one value where both ends read the same."""
    low, high = shown[0], shown[-1]
    return low if low == high else say("cover.between", low=low, high=high)


def _letter(number: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
