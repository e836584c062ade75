"""Chosen packets, read again: by number, or all those of short conversations.

Rules of this file
- Reading ends behind the last packet wanted; nothing else is copied.
- A packet of a conversation is known by its addresses and ports standing where
  they stand in the conversation's first packet, whatever headers lie before
  them. Fragments and packets with other headers are not found: who needs to
  know compares the count.
"""

from __future__ import annotations

import os
import stat
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from analyzer.addresses import packed
from analyzer.capture.source import RawFile
from analyzer.capture.walk import Walk
from analyzer.capture.window import Window
from analyzer.model import Flow, Packet

FAR = 1 << 62  # a frame no file reaches
HEADERS = 512  # bytes of a packet in which its addresses are looked for


def readable_again(paths: Sequence[Path], sizes: Sequence[int]) -> bool:
    """Whether all inputs are files still as long as they were: a pipe gives its bytes once."""
    try:
        there = [os.stat(path) for path in paths if str(path) != "-"]
    except OSError:
        return False
    return len(there) == len(paths) and all(
        stat.S_ISREG(now.st_mode) and now.st_size >= size
        for now, size in zip(there, sizes, strict=True)
    )


def read(
    paths: Sequence[Path], frames: Iterable[int], flows: Iterable[Flow] = ()
) -> Iterator[Packet]:
    """The packets with these numbers, and as far as found those of the flows, in order.

    ``paths`` are the files of the recording as they were read first.
    """
    walk = Walk()
    sought = Sought(walk, frames, flows)
    for number, path in enumerate(paths):
        if sought.done:
            return
        before = walk.frames()
        raw = RawFile(path, hashed=False)
        try:
            window = Window(raw)
            for _ in walk.through(window, ""):
                yield from _wanted(walk, sought, window, (number, before))
                if sought.done:
                    return
        finally:
            raw.close(read_on=False)


def _wanted(walk: Walk, sought: Sought, window: Window, place: tuple[int, int]) -> Iterator[Packet]:
    """Those of the hot room's pieces that are wanted; ``place``: file, packets before it."""
    values = iter(walk.pieces[: walk.taken() * walk.layout["PIECE"]])
    for _, _, _, link, start, length, wire, frame, ts in zip(*[values] * 9, strict=True):
        data = bytes(window.buffer[start : start + length])
        flow = sought.look(frame, data)
        if flow is not None and link >= 0:
            file, before = place
            yield Packet(frame, file, frame - before, ts, link, max(wire, length), data, flow)


class Sought:
    """What is looked for.

    ``wake`` is the next frame where a conversation begins or ends, or the last packet is. ``keys``
    are addresses and ports of the conversations that go on, ``spots`` the (offset, size)
    at which packets hold them: the hot room hands over what may hold one there.
    """

    def __init__(self, walk: Walk, frames: Iterable[int], flows: Iterable[Flow]) -> None:
        self.frames = set(frames)
        self.begins: dict[int, list[Flow]] = {}
        for flow in flows:
            self.begins.setdefault(flow.first_frame, []).append(flow)
        ends = {flow.last_frame for begun in self.begins.values() for flow in begun}
        numbers = sorted(self.frames)
        self._wakes = sorted({*numbers[-1:], *self.begins, *ends}, reverse=True)
        self._live: dict[int, tuple[Flow, tuple[int, int], int]] = {}
        self._engine: Any = walk.engine
        self.keys: dict[bytes, int] = {}
        self.spots: tuple[tuple[int, int], ...] = ()
        self.wake = 0
        marks = array("q", bytes(8 * walk.layout["MARKS"]))
        self._engine.seek(memoryview(array("q", [*numbers, FAR])), memoryview(marks))
        self._next(0)

    @property
    def done(self) -> bool:
        """Nothing more is looked for."""
        return self.wake == FAR

    def look(self, frame: int, data: bytes) -> int | None:
        """The flow of a packet that may be wanted, 0 where only its number is; None: unwanted."""
        for flow in self.begins.pop(frame, ()):
            self._begin(flow, data)
        found = self._flow_of(data)
        if found is None:
            ending = (f.id for f, _, _ in self._live.values() if f.last_frame == frame)
            found = next(ending, 0 if frame in self.frames else None)
        if frame >= self.wake:
            self._next(frame)
        return found

    def _begin(self, flow: Flow, data: bytes) -> None:
        """From here on packets of this flow are known, where its first shows how."""
        back = 2 if ":" in flow.client_ip else 3  # from the addresses to the protocol
        keys = _keys(flow)
        at = max((data.find(key, 0, HEADERS) for key in keys), default=-1)
        if at < back:
            self._live[flow.id] = flow, (-1, 0), -1
            return
        self._live[flow.id] = flow, (at, len(keys[0])), data[at - back]
        for key in keys:
            if key not in self.keys:
                self._engine.mark_key(bytearray(key), 1)
            self.keys[key] = flow.id
        self._place()

    def _flow_of(self, data: bytes) -> int | None:
        for at, size in self.spots:
            number = self.keys.get(data[at : at + size])
            if number is not None:
                flow, _, proto = self._live[number]
                if data[at - (3 if ":" not in flow.client_ip else 2)] == proto:
                    return number
        return None

    def _next(self, frame: int) -> None:
        """Ends what ends here and finds the next frame to wake at."""
        while self._wakes and self._wakes[-1] <= frame:
            self._wakes.pop()
        self.wake = self._wakes[-1] if self._wakes else FAR
        over = [number for number, (flow, _, _) in self._live.items() if flow.last_frame <= frame]
        for number in over:
            del self._live[number]
        if over:
            for key in [key for key, number in self.keys.items() if number not in self._live]:
                del self.keys[key]
                self._engine.mark_key(bytearray(key), -1)
            self._place()
        self._watch()

    def _place(self) -> None:
        self.spots = tuple(sorted({spot for _, spot, _ in self._live.values() if spot[0] > 0}))
        self._watch()

    def _watch(self) -> None:
        """Tells the hot room."""
        spots = array("q", [number for spot in self.spots for number in spot])
        self._engine.watch(self.wake, memoryview(spots))


def _keys(flow: Flow) -> tuple[bytes, ...]:
    """Addresses and ports as packets of either direction hold them.

    None for conversations that are counted together: those have no addresses.
    """
    if not (flow.client_ip and flow.server_ip):
        return ()
    a, b = packed(flow.client_ip), packed(flow.server_ip)
    ports = flow.client_port, flow.server_port
    here, there = (b"" if port is None else port.to_bytes(2, "big") for port in ports)
    return a + b + here + there, b + a + there + here
