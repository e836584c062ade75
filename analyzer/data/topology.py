"""Reads TopoJSON and thins its lines.

TopoJSON (the format specification, version 1.0.0, sections 2.1.2 to 2.1.4)
stores every border once, as an "arc" of whole-number steps; polygons name the
arcs of their rings, ``~i`` meaning arc i backwards. Arcs are thinned one by
one, so neighbours keep sharing their border.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

Point = tuple[float, float]
Ring = list[Point]


def arcs(topology: Mapping[str, Any]) -> list[Ring]:
    """Every arc as (longitude, latitude) in degrees."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    out = []
    for steps in topology["arcs"]:
        x = y = 0
        arc: Ring = []
        for dx, dy in steps:
            x, y = x + dx, y + dy
            arc.append((x * sx + tx, y * sy + ty))
        out.append(arc)
    return out


def rings(geometry: Mapping[str, Any], lines: Sequence[Ring]) -> list[Ring]:
    """The rings of a Polygon or MultiPolygon, outer ones and holes alike, each closed."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    return [_joined(ring, lines) for polygon in polygons for ring in polygon]


def _joined(numbers: Sequence[int], lines: Sequence[Ring]) -> Ring:
    out: Ring = []
    for number in numbers:
        line = lines[number] if number >= 0 else lines[~number][::-1]
        out += line[1:] if out else line
    return out


def thinned(line: Ring, drawn: Sequence[Point], least: float) -> Ring:
    """The line without the points that matter least; its ends stay.

    A point matters by the area of the triangle with its neighbours, taken on
    paper (``drawn``); those under ``least`` go, the smallest first (M.
    Visvalingam, J. D. Whyatt, "Line generalisation by repeated elimination of
    points", The Cartographic Journal 30(1), 1993).
    """
    before, after = list(range(-1, len(line) - 1)), list(range(1, len(line) + 1))
    gone = [False] * len(line)
    heap = [(_triangle(*drawn[i - 1 : i + 2]), i, i - 1, i + 1) for i in range(1, len(line) - 1)]
    heapq.heapify(heap)
    while heap and heap[0][0] < least:
        area, i, left, right = heapq.heappop(heap)
        if gone[i] or (before[i], after[i]) != (left, right):
            continue
        gone[i] = True
        after[left], before[right] = right, left
        for j in (left, right):
            if 0 < j < len(line) - 1:
                a, b = before[j], after[j]
                # No smaller than the one removed, or a whole bay would go at once.
                size = max(area, _triangle(drawn[a], drawn[j], drawn[b]))
                heapq.heappush(heap, (size, j, a, b))
    return [point for point, lost in zip(line, gone, strict=True) if not lost]


def _triangle(a: Point, b: Point, c: Point) -> float:
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def within(ring: Ring) -> Iterator[Ring]:
    """The ring cut at the antimeridian, its parts within -180 to 180 degrees."""
    turned = [ring[0]]
    for (old, _), (new, latitude) in pairwise(ring):
        step = (new - old + 180) % 360 - 180
        turned.append((turned[-1][0] + step, latitude))
    low, high = min(x for x, _ in turned), max(x for x, _ in turned)
    for shift in (-360, 0, 360):
        if low + shift < 180 and high + shift > -180:
            part = [(x + shift, y) for x, y in turned]
            part = _cut(_cut(part, 180, 1), -180, -1)
            if len(part) > 2:
                yield part


def _cut(ring: Ring, limit: float, side: int) -> Ring:
    """What of a ring lies on one side of a meridian (Sutherland and Hodgman, 1974)."""
    out: Ring = []
    for (ax, ay), (bx, by) in pairwise([*ring, ring[0]]):
        a_in, b_in = (side * x <= side * limit for x in (ax, bx))
        if a_in:
            out.append((ax, ay))
        if a_in != b_in:
            out.append((limit, ay + (by - ay) * (limit - ax) / (bx - ax)))
    return out


def area(ring: Sequence[Point]) -> float:
    """The area a ring encloses, never negative."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*ring, ring[0]]))) / 2


def inside(ring: Sequence[Point]) -> Point:
    """A point well inside a ring: its middle, moved sideways if that lies outside."""
    middle = sum(y for _, y in _weighted(ring)) or sum(y for _, y in ring) / len(ring)
    centre = sum(x for x, _ in _weighted(ring)) or sum(x for x, _ in ring) / len(ring)
    crossings = sorted(
        ax + (bx - ax) * (middle - ay) / (by - ay)
        for (ax, ay), (bx, by) in pairwise([*ring, ring[0]])
        if (ay <= middle) != (by <= middle)
    )
    spans = list(zip(crossings[::2], crossings[1::2], strict=False))
    if not spans or any(left <= centre <= right for left, right in spans):
        return centre, middle
    left, right = max(spans, key=lambda span: span[1] - span[0])
    return (left + right) / 2, middle


def _weighted(ring: Sequence[Point]) -> list[Point]:
    """Each edge's share of the ring's centre of area; empty for a ring without area."""
    edges = list(pairwise([*ring, ring[0]]))
    crosses = [a[0] * b[1] - b[0] * a[1] for a, b in edges]
    whole = 3 * sum(crosses)
    if not whole:
        return []
    return [
        ((a[0] + b[0]) * c / whole, (a[1] + b[1]) * c / whole)
        for (a, b), c in zip(edges, crosses, strict=True)
    ]
