"""From overlapping prefixes to ranges that do not overlap: the most specific wins.

Rules of this file
- Keys are those of table.py: IPv4 addresses, or the upper 64 bits of IPv6.
- A label is what a range list says of a prefix; equal labels merge.
- Used by the build and by the reader of a fetched history; no input, no output.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

from ..addresses import packed

Label = TypeVar("Label")
Span = tuple[int, int]  # first and last key
Ranges = list[tuple[int, Label | None]]  # ascending first keys; None: not listed

LAST = {4: (1 << 32) - 1, 6: (1 << 64) - 1}


@lru_cache(1 << 15)  # a prefix stands in a list once for each service
def parse(prefix: str) -> tuple[int, Span] | None:
    """Family (4 or 6) and span of keys of ``10.0.0.0/8``; ValueError if it is none.

    None for IPv6 prefixes longer than /64, which the keys cannot tell apart.
    """
    address, slash, length_text = prefix.partition("/")
    raw = _short_way(address) or packed(address)
    family, bits = (4, 32) if len(raw) == 4 else (6, 128)
    length = int(length_text) if slash else bits
    if not 0 <= length <= bits:
        raise ValueError(f"not a prefix: {prefix!r}")
    if family == 6 and length > 64:
        return None
    key = int.from_bytes(raw[:8], "big")
    host = (1 << (32 if family == 4 else 64) - length) - 1
    return family, (key & ~host, key | host)


def flatten(
    spans: dict[Span, Label], inherit: Callable[[Label, Label], Label] = lambda label, _: label
) -> Ranges[Label]:
    """Ranges of nested ``spans``; ``inherit(label, outer)`` completes an inner label."""
    out: Ranges[Label] = []
    open_spans: list[tuple[int, Label]] = []  # (last key, label), outermost first
    for (first, last), own in sorted(spans.items(), key=lambda item: (item[0][0], -item[0][1])):
        _close(open_spans, first, out)
        label = inherit(own, open_spans[-1][1]) if open_spans else own
        _put(out, first, label)
        open_spans.append((last, label))
    _close(open_spans, None, out)
    return out


def merge(columns: Sequence[Ranges[Label]]) -> list[tuple[int, tuple[Label | None, ...]]]:
    """One list of ranges whose labels are the tuples of all ``columns``."""
    if len(columns) == 1:
        return [(first, (label,)) for first, label in columns[0]]
    events: dict[int, list[tuple[int, Label | None]]] = {}
    for number, ranges in enumerate(columns):
        for first, label in ranges:
            events.setdefault(first, []).append((number, label))
    now: list[Label | None] = [None] * len(columns)
    out: list[tuple[int, tuple[Label | None, ...]]] = []
    for first in sorted(events):
        for number, label in events[first]:
            now[number] = label
        if not out or out[-1][1] != tuple(now):
            out.append((first, tuple(now)))
    return out


def whole_ranges(rows: Iterable[tuple[int, int, Label]]) -> Ranges[Label]:
    """Ranges of sorted (first, last, label) rows; of overlapping rows the earlier wins."""
    out: Ranges[Label] = []
    free = 0  # first key not yet spoken for
    for first, last, label in rows:
        start = max(first, free)
        if start > last:
            continue
        if start > free:
            _put(out, free, None)
        _put(out, start, label)
        free = last + 1
    _put(out, free, None)
    return out


def _short_way(address: str) -> bytes | None:
    """The bytes of an address in the form lists have it; None for any other form.

    Histories have 20,000 prefixes, nearly all ``1.2.3.0`` or ``2600:1f00::``.
    """
    try:
        if not address.endswith("::"):
            raw = bytes(map(int, address.split(".")))
            return raw if len(raw) == 4 and "%d.%d.%d.%d" % tuple(raw) == address else None
        groups = address[:-2].split(":")
        if len(groups) > 7 or not all(group.isalnum() and len(group) < 5 for group in groups):
            return None
        return bytes.fromhex("".join([group.zfill(4) for group in groups])).ljust(16, b"\0")
    except ValueError:
        return None


def _close(open_spans: list[tuple[int, Label]], before: int | None, out: Ranges[Label]) -> None:
    """End the spans that end before key ``before`` (all, if None)."""
    while open_spans and (before is None or open_spans[-1][0] < before):
        last, _ = open_spans.pop()
        if open_spans and open_spans[-1][0] == last:
            continue
        _put(out, last + 1, open_spans[-1][1] if open_spans else None)


def _put(out: Ranges[Label], first: int, label: Label | None) -> None:
    if out and out[-1][0] == first:
        out.pop()
    if (out[-1][1] if out else None) != label:
        out.append((first, label))
