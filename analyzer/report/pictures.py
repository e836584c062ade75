"""Pictures of the page as inline SVG: bars and a timeline, sized by CSS.

Shapes carry numbers and classes only; every word and figure stands beside
them as text, so nothing is lost to a reader who cannot see them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from analyzer.model import Flow, Result
from analyzer.report.answer import APART, KNOWN, Group, certainties
from analyzer.report.clock import moment
from analyzer.report.figures import size, span
from analyzer.report.markup import cell, esc, folded, number, paragraph, row, table, tell
from analyzer.report.words import say

STEPS = 96
_HOUR = 3_600_000_000_000
_EARLIEST, _LATEST = 0, 253_402_300_799_999_999_999  # 1970 to 9999; else a broken clock


def bar(group: Group, most: int) -> str:
    """A bar as long as the group's bytes up are of ``most``, shaded by certainty."""
    shapes, at = [], 0.0
    for certainty in (*KNOWN, *APART):
        if part := group.sure.get(certainty, 0):
            width = 100 * part / most
            shapes.append(
                f'<rect class="{certainty}" x="{at:.2f}" width="{width:.2f}" height="10"/>'
            )
            at += width
    return _svg("bar", 100, 10, "".join(shapes))


def timeline(result: Result) -> str:
    """Bytes up and down over time, with the same numbers as a table."""
    flows = [f for f in result.flows if _EARLIEST <= f.first <= f.last <= _LATEST]
    if not flows:
        return paragraph(tell("when.none"))
    first, last = min(f.first for f in flows), max(f.last for f in flows)
    last = max(last, first + 1_000_000_000)
    up, down = spread(flows, first, last)
    step = _length((last - first) / STEPS)
    apart = (last - first) // 4
    ticks = "".join(f"<span>{moment(first + apart * i, apart)}</span>" for i in range(5))
    from_, to = moment(first, apart), moment(last, apart)
    said = tell("when.alt", steps=STEPS, step=step, first=from_, last=to)
    quiet = sum(not (u + d) for u, d in zip(up, down, strict=True))
    rest = " " + tell("when.quiet", quiet=quiet, steps=STEPS) if quiet else ""
    return (
        '<figure class="when">'
        + _panel("up", up, step)
        + _panel("down", down, step)
        + f'<div class="ticks" aria-hidden="true">{ticks}</div>'
        + f"<figcaption>{said}{rest}</figcaption></figure>"
        + _as_table(first, last, up, down)
    )


def _length(ns: float) -> str:
    """The length of a step: as ``span``, with decimals under ten seconds."""
    if ns >= 10_000_000_000:
        return span(ns / _HOUR)
    return say("span.seconds", n=f"{ns / 1_000_000_000:.2g}")


def spread(flows: Iterable[Flow], first: int, last: int) -> tuple[list[int], list[int]]:
    """Bytes up and down in each of STEPS equal steps, a flow's spread evenly over its time.

    One pass over the flows: each leaves its rate in the step after it starts
    and takes it back where it ends; the running sum is the answer.
    """
    scale = STEPS / (last - first)
    end_step = STEPS - 1
    up, down, up_rate, down_rate = ([0.0] * (STEPS + 1) for _ in range(4))
    for flow in flows:
        start, end = (flow.first - first) * scale, (flow.last - first) * scale
        i, j = int(start), int(end)
        if j > end_step:
            i, j = min(i, end_step), end_step
        if i == j:
            up[i] += flow.bytes_up
            down[i] += flow.bytes_down
            continue
        head, tail, each = i + 1 - start, end - j, 1 / (end - start)
        rate = flow.bytes_up * each
        up[i] += rate * head
        up[j] += rate * tail
        up_rate[i + 1] += rate
        up_rate[j] -= rate
        rate = flow.bytes_down * each
        down[i] += rate * head
        down[j] += rate * tail
        down_rate[i + 1] += rate
        down_rate[j] -= rate
    return _whole(up, up_rate), _whole(down, down_rate)


def _whole(extra: Sequence[float], rates: Sequence[float]) -> list[int]:
    """Whole bytes in each step."""
    running = accumulate(rates)
    return [max(0, round(r + e)) for r, e in zip(running, extra, strict=True)][:STEPS]


def _panel(way: str, steps: Sequence[int], step: str) -> str:
    most = max(steps)
    height = 60
    shapes = "".join(
        f'<rect x="{10 * i}" y="{height - tall:.1f}" width="9" height="{tall:.1f}"/>'
        for i, tall in enumerate(max(height * n / most, 0.8) if n else 0.0 for n in steps)
        if tall
    )
    said = tell("when.most", way=tell(f"when.{way}"), most=size(most), step=step)
    return f'<p class="panel">{said}</p>' + _svg(way, 10 * STEPS, height, shapes)


def _as_table(first: int, last: int, up: Sequence[int], down: Sequence[int]) -> str:
    rows = [
        row(
            moment(first + (last - first) * i // STEPS, (last - first) // STEPS),
            number(size(u), u),
            number(size(d), d),
        )
        for i, (u, d) in enumerate(zip(up, down, strict=True))
        if u or d
    ]
    head = ("table.start", "#table.up", "#table.down")
    return folded(tell("when.table"), table(tell("when.table"), head, rows), "same")


def countries(groups: Sequence[Group], most: int, rows: Iterable[tuple[str, str]]) -> list[str]:
    """Rows of (label, share) beside each group's bar and numbers."""
    return [
        row(label, cell(f"{bar(g, most)}<small>{esc(certainties(g))}</small>"),
            number(size(g.up), g.up), f"<td class=n>{part}",
            number(f"{g.endpoints:,}", g.endpoints))
        for g, (label, part) in zip(groups, rows, strict=True)
    ]  # fmt: skip


def _svg(kind: str, width: int, height: int, shapes: str) -> str:
    return (
        f'<svg class="{kind}" viewBox="0 0 {width} {height}" preserveAspectRatio="none"'
        f' aria-hidden="true">{shapes}</svg>'
    )
