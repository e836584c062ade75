"""Identifiers in clear content: those the device sheet names, and what looks like one.

Each request or message is searched as it is and below up to three layers of encoding
(peel.py). What is planted is found by its written forms (identifier_pool.py), what is
not by its looks (lookalikes.py) or by the protocol's own rules (disclosures.py).

Rules of this file
- Values stay in this object; only their masked forms and hashes leave it.
- What would stand in so much random text by chance is not called confirmed.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from analyzer.judge.commonplace import (
    bare,
    is_one_word,
    is_ordinary,
    is_wordy,
    says_what,
    tells_of_program,
)
from analyzer.judge.content import Side
from analyzer.judge.disclosures import disclosures
from analyzer.judge.edges import alone, context
from analyzer.judge.entropy import is_http
from analyzer.judge.identifier_forms import covered
from analyzer.judge.identifier_pool import HASHES, Pattern, chance, pool
from analyzer.judge.lookalikes import looks
from analyzer.judge.needles import Needles
from analyzer.judge.peel import layers
from analyzer.model import DECRYPTED, IdentifierSeen
from analyzer.record import Record, field

MOST = 10_000
"""Different sightings kept; a phone's clear traffic shows some dozens."""

FRAMES = 100
"""Frames kept of one sighting."""

BY_CHANCE = 0.01
"""Chance hits expected of a pattern in all that was searched, from which on it is not sure."""

SECRET = "password"  # noqa: S105 - a kind
"""A kind of which no hash is shown either: of a password it can be looked up."""

LOCATED = 16
"""Values below layers of encoding that are traced to their frame, in one request."""

_KEEP_TEXT = frozenset(("percent", "json", "chunked"))  # what was not encoded stays as it was
_NO_ENCODING = frozenset(("json", "chunked"))  # ways of packing, not worth a word

Key = tuple[int, int, str, bytes, tuple[str, ...], bool]
"""Flow, side, kind, value, how it is written, whether the sheet names it."""

What = tuple[str, bytes, tuple[str, ...]]
"""Kind, value, how it is written."""


class Find(NamedTuple):
    """One value at one place of some bytes."""

    at: int
    end: int
    kind: str
    value: bytes
    stack: tuple[str, ...]
    planted: bool
    chance: float = 0.0  # that a byte of random text begins it
    named: bool = False  # words alone in a field that says what they are

    def key(self, side: Side) -> Key:
        """What sightings of the same are counted under."""
        return side.flow_id, side.side, self.kind, self.value, self.stack, self.planted


class Hit(Record):
    """Where one value was found in one side of a flow, written in one way."""

    ts: int
    chance: float
    frames: list[int] = field(default_factory=list)
    count: int = 0


class Search:
    """Looks for identifiers in each side's clear content and keeps what it finds."""

    def __init__(self, planted: Mapping[str, Sequence[str]]) -> None:
        self._planted = planted
        self._patterns: list[Pattern] | None = None
        self._datas: set[bytes] = set()
        self._needles = Needles(())
        self._hits: dict[Key, Hit] = {}
        self._named: dict[Key, Hit] = {}  # of these the words in fields that say what they are
        self._chances: dict[str, float] = {}  # of a byte of random text, by kind
        self._of_program: dict[str, str] = {}  # bare words a program says of itself -> their kind
        self.searched = 0  # bytes, those below layers of encoding too
        self.below = False  # something was found below layers of encoding
        self.leaves: Callable[[int, int], bool] | None = None  # flow, side: it leaves a handset

    @property
    def patterns(self) -> list[Pattern]:
        """What is looked for; made when something is first looked into."""
        if self._patterns is None:
            self._patterns = pool(self._planted)
            self._datas = {pattern.data for pattern in self._patterns}
            self._needles = Needles([pattern.data for pattern in self._patterns])
        return self._patterns

    def look(self, side: Side) -> None:
        """Searches a stretch of one side's clear bytes."""
        if self.leaves is not None and not self.leaves(side.flow_id, side.side):
            return
        for offset, part in side.parts():
            for start, request in _requests(side, offset, part):
                if start + len(request) > side.again:
                    self._request(side, start, request)

    def tell(self, flow_id: int, side: int, kind: str, value: bytes, frame: int, ts: int) -> None:
        """Something a protocol says of the handset in a place of its own."""
        _keep(self._hits, (flow_id, side, kind, value, (kind,), False), frame, ts, 0.0)

    def values(self) -> Iterator[tuple[str, bytes]]:
        """Kind and value of all that was found: to be masked wherever it stands."""
        return ((key[2], key[3]) for key in self._hits)

    def shown(self) -> list[Pattern]:
        """What is to be masked: all that is looked for but the words of programs."""
        return [p for p in self.patterns if bare(p.value) not in self._of_program]

    def forget_own(self, own: Sequence[str]) -> list[str]:
        """Takes back words that the handset or its programs say of themselves; their kinds.

        What remains of them stood in fields that say what they are. ``own``: models and
        makers of the handsets.
        """
        left = dict(self._of_program)
        for key in self._hits:
            text = key[3].decode("utf-8", "replace")
            if key[5] and is_wordy(key[2], text) and is_ordinary(text, own):
                left.setdefault(bare(text), key[2])
        standing = set()
        for key in [key for key in self._hits if key[5] and _word(key) in left]:
            if key in self._named:
                self._hits[key] = self._named[key]
                standing.add(_word(key))
            else:
                del self._hits[key]
        self._of_program = {word: kind for word, kind in left.items() if word not in standing}
        return sorted(set(left.values()))

    def seen(self, keep: Callable[[Key], bool]) -> list[IdentifierSeen]:
        """What was found where ``keep`` says so, in the capture's order."""
        found = [self._seen(key, hit) for key, hit in self._hits.items() if keep(key)]
        return sorted(found, key=lambda s: (s.frame, s.flow_id, s.side, s.kind, s.stack, s.sha256))

    def expected(self, kind: str) -> float:
        """Chance hits to expect of all patterns of a kind in all that was searched."""
        if kind not in self._chances:
            self._chances[kind] = sum(chance(p) for p in self.patterns if p.kind == kind)
        return self.searched * self._chances[kind]

    # ------------------------------------------------------------- one request

    def _request(self, side: Side, start: int, data: bytes) -> None:
        """Finds of one request or message, as it is and below its layers."""
        self.searched += len(data)
        values: set[tuple[str, bytes]] = set()
        depths: dict[tuple[str, bytes, tuple[str, ...]], int] = {}  # where first found
        for find in self._finds(data, ()):
            values.add((find.kind, find.value))
            depths[find.kind, find.value, _bare(find.stack)] = 0
            if start + find.end > side.again:
                self._note(side, find, *side.where(start + find.at))
        below: list[Find] = []
        for layer in layers(data):
            self.searched += len(layer.data)
            for find in self._finds(layer.data, layer.stack):
                told = layer.stack[-1] in _KEEP_TEXT and (find.kind, find.value) in values
                key, depth = (find.kind, find.value, _bare(find.stack)), len(layer.stack)
                if not told and depths.setdefault(key, depth) == depth:
                    below.append(find)
        if below:
            self._note_below(side, start, data, below)

    def _note_below(self, side: Side, start: int, data: bytes, below: list[Find]) -> None:
        """Keeps finds below layers, each at the piece with which it can first be read."""
        self.below = True
        keys = list(dict.fromkeys(find.key(side) for find in below))
        ends = [at - start for at, _, _ in side.pieces if start < at < start + len(data)]
        places = self._places(data, ends, {key[2:5] for key in keys[:LOCATED]})
        for find in below:
            key = find.key(side)
            frame, ts = side.where(start + places.get(key[2:5], 0))
            hit = self._hits.get(key)
            if hit is None or start >= side.again or frame not in hit.frames:
                self._note(side, find, frame, ts)

    def _places(self, data: bytes, ends: list[int], wanted: set[What]) -> dict[What, int]:
        """Where in a request the first piece begins whose end makes a value readable."""

        outside = {stack[:depth] for _, _, stack in wanted for depth in range(len(stack))}

        @cache
        def readable(pieces: int) -> set[What]:
            below = (each for each in layers(data[: ends[pieces]]) if _outer(each.stack) in outside)
            finds = (find for layer in below for find in self._finds(layer.data, layer.stack))
            return wanted.intersection((find.kind, find.value, find.stack) for find in finds)

        def place(what: What) -> int:
            first = bisect_left(range(len(ends)), True, key=lambda n: what in readable(n))
            return ends[first - 1] if first else 0

        return {what: place(what) for what in wanted}

    # ---------------------------------------------------------------- some bytes

    def _finds(self, data: bytes, wrapped: tuple[str, ...]) -> list[Find]:
        """What stands in some bytes, without what is a part of something longer."""
        outer = _outer(wrapped)
        planted = _longest(self._planted_in(data, outer)) if self.patterns else []
        others = _longest(list(_unnamed(data, outer)))
        return planted + _apart(planted, others) if planted else others

    def _planted_in(self, data: bytes, outer: tuple[str, ...]) -> list[Find]:
        found = []
        for at, number in self._needles.find(data):
            pattern = self.patterns[number]
            end = at + len(pattern.data)
            if not (outer[-1:] == ("hex",) and self._is_text(pattern)) and alone(
                pattern, data, at, end
            ):
                wordy = is_wordy(pattern.kind, pattern.value)
                if wordy and tells_of_program(data, at):
                    self._of_program.setdefault(bare(pattern.value), pattern.kind)
                named = wordy and says_what(pattern.kind, *context(pattern, data, at, end))
                value, stack = pattern.value.encode(), (*outer, *pattern.stack)
                found.append(
                    Find(at, end, pattern.kind, value, stack, True, chance(pattern), named)
                )
        return found

    def _is_text(self, pattern: Pattern) -> bool:
        """Whether the hex of a pattern is a value in clear: found, or not, as that."""
        return pattern.stack[0] == "packed" or pattern.data.hex().encode() in self._datas

    # ------------------------------------------------------------------- keeping

    def _note(self, side: Side, find: Find, frame: int, ts: int) -> None:
        for hits in (self._hits, self._named) if find.named else (self._hits,):
            _keep(hits, find.key(side), frame, ts, find.chance)

    def _seen(self, key: Key, hit: Hit) -> IdentifierSeen:
        flow_id, side, kind, value, stack, planted = key
        text = value.decode("utf-8", "backslashreplace")
        return IdentifierSeen(
            flow_id,
            side % DECRYPTED,
            hit.frames[0],
            hit.ts,
            kind,
            "*" * len(text) if kind == SECRET else covered(text),
            len(text),
            "" if kind == SECRET else hashlib.sha256(value).hexdigest(),
            stack,
            planted and self._is_sure(key, text, hit),
            hit.count,
            hit.frames,
            float(f"{self.expected(kind):.1e}") if planted else 0.0,
            side >= DECRYPTED,
        )

    def _is_sure(self, key: Key, text: str, hit: Hit) -> bool:
        """Whether a value of the sheet stands there as one, and not by chance or as a word."""
        kind, stack = key[2], key[4]
        word = is_one_word(kind, text) and not any(way in HASHES for way in stack)
        return hit.chance * self.searched < BY_CHANCE and (key in self._named or not word)


def _keep(hits: dict[Key, Hit], key: Key, frame: int, ts: int, likely: float) -> None:
    """One more sighting, as far as there is room."""
    hit = hits.get(key)
    if hit is None:
        if len(hits) >= MOST:
            return
        hit = hits[key] = Hit(ts, likely)
    hit.count += 1
    if len(hit.frames) < FRAMES and frame not in hit.frames[-1:]:
        hit.frames.append(frame)


def _word(key: Key) -> str:
    return bare(key[3].decode("utf-8", "replace"))


def _outer(stack: tuple[str, ...]) -> tuple[str, ...]:
    """The layers of encoding that are worth a word."""
    return tuple([layer for layer in stack if layer not in _NO_ENCODING])


def _bare(stack: tuple[str, ...]) -> tuple[str, ...]:
    """A way of writing without what leaves text as it is, and one word for both base64s."""
    return tuple(
        "base64" if part == "base64url" else part for part in stack if part not in _KEEP_TEXT
    )


def _requests(side: Side, offset: int, part: bytes) -> Iterator[tuple[int, bytes]]:
    """A stream parted where a piece begins with a request of HTTP/1; else whole."""
    end = offset + len(part)
    starts = [
        at - offset for at, _, _ in side.pieces if offset < at < end and is_http(part, at - offset)
    ]
    for begin, stop in zip([0, *starts], [*starts, len(part)], strict=True):
        yield offset + begin, part[begin:stop]


def _unnamed(data: bytes, outer: tuple[str, ...]) -> Iterator[Find]:
    """What nobody named beforehand."""
    for look in (*looks(data), *disclosures(data)):
        stack = (*outer, *look.stack, look.kind)
        yield Find(look.at, look.at + len(look.value), look.kind, look.value, stack, False)


def _longest(found: list[Find]) -> list[Find]:
    """Without those within a longer one of the same kind: an IMEI holds itself shortened."""
    if len(found) < 2:
        return found
    found.sort(key=lambda find: (find.kind, find.at, -find.end, find.stack))
    kept: list[Find] = []
    for find in found:
        last = kept[-1] if kept else None
        if last is None or last.kind != find.kind or find.end > last.end:
            kept.append(find)
    return sorted(kept)


def _apart(planted: list[Find], others: list[Find]) -> list[Find]:
    """The others that share no byte with something planted."""
    ends: list[tuple[int, int]] = []  # offsets, and the furthest end of what begins up to there
    for find in sorted(planted, key=lambda p: p.at):
        ends.append((find.at, max(find.end, ends[-1][1] if ends else 0)))

    def shares(other: Find) -> bool:
        place = bisect_left(ends, (other.end, 0))  # those that begin before it ends
        return place > 0 and ends[place - 1][1] > other.at

    return [other for other in others if not shares(other)]
