"""What kind of content each flow's clear bytes are, written into the flows.

Rules of this file
- Of HTTP the bodies are judged, as its heads are always readable.
- Of other protocols, known or not, each side's first 16 KiB as they stand.
- What was decrypted with keys is no clear content, whatever it is.
- A protocol nobody knows is called unencrypted only where its content shows
  it: readable, encoded or packed. Content that looks random leaves it unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from analyzer.judge import entropy
from analyzer.judge.content import Side
from analyzer.model import DECRYPTED, Flow

CLEAR = ("readable", "encoded", "compressed")
"""Kinds of content that anyone on the way can look into."""

_LOOKUPS = frozenset(("dns", "mdns", "llmnr"))


class _Seen(NamedTuple):
    """What one side of a flow showed."""

    kind: str  # "" for HTTP without a body
    frame: int  # the first that holds it


class Contents:
    """A consumer of clear content (content.py) that remembers one word a side."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, int], _Seen] = {}
        self._bodies: dict[tuple[int, int], Counter[str]] = {}
        self._lookups: frozenset[int] = frozenset()

    def know(self, flows: Sequence[Flow]) -> None:
        """Which flows only look names up: nobody asks what theirs is, so it is not judged."""
        self._lookups = frozenset(flow.id for flow in flows if flow.app_protocol in _LOOKUPS)

    def look(self, side: Side) -> None:
        """A side's bytes; of what is no HTTP the first stretch decides."""
        if side.flow_id in self._lookups or side.side >= DECRYPTED:
            return
        key = side.flow_id, side.side
        fresh = bytes(side.data[side.again :]) if key in self._seen else bytes(side.data)
        if key in self._bodies or (key not in self._seen and entropy.is_http(fresh)):
            self._count(key, side)
        elif key not in self._seen:
            self._seen[key] = _Seen(entropy.kind_of(fresh), side.where(0)[0])

    def _count(self, key: tuple[int, int], side: Side) -> None:
        """More of a connection's bodies, by kind and bytes."""
        sizes = self._bodies.setdefault(key, Counter())
        for _, part in side.parts():
            sizes.update(entropy.kinds_of_bodies(part))
        kind = min(sizes, key=lambda kind: (-sizes[kind], kind)) if sizes else ""
        self._seen.setdefault(key, _Seen(kind, side.where(0)[0]))
        self._seen[key] = self._seen[key]._replace(kind=kind)

    def write(self, flows: Sequence[Flow]) -> None:
        """Fills ``content`` and, of unknown protocols, ``encrypted`` and ``cleartext_frame``.

        ``flows`` have the handset's side as client.
        """
        for flow in flows:
            up = 0 if flow.opened_by_client else 1
            found = [self._seen.get((flow.id, side)) for side in (up, 1 - up)]
            seen = [one for one in found if one is not None]
            if seen and flow.app_protocol not in _LOOKUPS:
                _write(flow, seen)


def _write(flow: Flow, seen: Sequence[_Seen]) -> None:
    """``seen``: what the handset sent, then what it received."""
    kinds = [one.kind for one in seen]
    known = [kind for kind in kinds if kind and kind != "unknown"]
    flow.content = known[0] if known else "unknown" if "unknown" in kinds else "readable"
    clear = [one for one in seen if one.kind in CLEAR]
    if clear and flow.app_protocol is None and flow.encrypted == "unknown":
        flow.encrypted = "mixed" if "random" in kinds else "no"
        flow.cleartext_frame = min(one.frame for one in clear)
