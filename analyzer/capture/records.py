"""From record to record through a capture, looking only at what is sought.

Rules of this file
- Packets are numbered as hot.py numbers them, in damaged files too, and stand
  at the times it gives them: every check of a length there is made here.
- What is no packet is stepped over, but for sections and interfaces.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Protocol

from analyzer.capture import containers
from analyzer.capture.containers import INTERFACES, MAX_RECORD, InterfaceBlock, PcapHeader
from analyzer.capture.window import Window
from analyzer.model import Packet

MAX_BLOCK = 393_216  # as in hot.py: a packet block with its options
LAST_SECOND = 9_223_372_035  # as in hot.py: of a signed 64-bit ns clock
BILLION = 1_000_000_000
ENHANCED, SIMPLE, OBSOLETE = 6, 3, 2
NO_CLOCK = 3  # as in containers.py: finer than can be told
NO_STAMP = (SIMPLE, 0, 0, 0)  # kind of block, interface, time high and low


class Sought(Protocol):
    """What a walk asks: about the packet ``wake``, and any that holds a key at a spot."""

    @property
    def wake(self) -> int: ...
    @property
    def spots(self) -> tuple[tuple[int, int], ...]: ...
    @property
    def keys(self) -> dict[bytes, int]: ...
    @property
    def done(self) -> bool: ...
    def look(self, frame: int, data: bytes) -> int | None: ...


class Walk:
    """One file of a recording; ``frame`` is the number of the last packet passed."""

    def __init__(self, window: Window, sought: Sought, file: int, before: int) -> None:
        self.frame = before
        self._window = window
        self._sought = sought
        self._file = file
        self._before = before
        self._big = False
        self._links: list[InterfaceBlock] = []  # of the section
        self._now = 0
        self._stamp = NO_STAMP  # of the last packet that has a time
        self._damaged = False

    def packets(self) -> Iterator[Packet]:
        """The wanted packets of the file, in order."""
        window = self._window
        window.have(1 << 16)
        kind = containers.kind_of(window.peek(4))
        if kind == "pcap":
            header = containers.pcap_header(window.peek(1 << 16))
            if header is not None:
                window.move_to(window.pos + 24)
                yield from self._pcap(header)
        elif kind == "pcapng":
            yield from self._pcapng()

    def _ahead(self) -> bytes:
        window = self._window
        return bytes(memoryview(window.buffer)[window.pos : window.end])

    def _found(self, frame: int, kept: bytes, at: tuple[int, int, int]) -> Packet | None:
        """The packet if it is wanted; ``at``: time, link type, bytes on the wire."""
        flow = self._sought.look(frame, kept)
        if flow is None:
            return None
        ts, link, wire = at
        if link < 0:
            return None
        number = frame - self._before
        return Packet(frame, self._file, number, ts, link, max(wire, len(kept)), kept, flow)

    # -------------------------------------------------------------------- pcap

    def _pcap(self, header: PcapHeader) -> Iterator[Packet]:
        more = True
        while more and not self._sought.done:
            found, at = self._records(self._ahead(), header)
            yield from found
            self._window.move_to(self._window.pos + at)
            more = not self._damaged and self._window.fill()

    def _records(self, data: bytes, header: PcapHeader) -> tuple[list[Packet], int]:
        """The wanted among the whole records of ``data``, and where those end."""
        sought, size, frame = self._sought, header.record_header, self.frame
        wake, spots, keys = sought.wake, sought.spots, sought.keys
        lengths = struct.Struct(">II" if header.big else "<II").unpack_from
        unit = 1 if header.nano else 1_000
        found: list[Packet] = []
        at, last = 0, len(data) - size
        while at <= last:
            caplen, wire = lengths(data, at + 8)
            start = at + size
            if caplen > MAX_RECORD:
                self._damaged = True
                break
            if start + caplen > len(data):
                break
            frame += 1
            hit = frame == wake
            for offset, length in spots:
                hit = hit or data[start + offset : start + offset + length] in keys
            if hit:
                seconds, fraction = lengths(data, at)
                place = seconds * BILLION + fraction * unit, header.link_type, wire
                packet = self._found(frame, data[start : start + caplen], place)
                wake, spots, keys = sought.wake, sought.spots, sought.keys
                if packet:
                    found.append(packet)
            at = start + caplen
        self.frame = frame
        return found, at

    # ------------------------------------------------------------------ pcapng

    def _pcapng(self) -> Iterator[Packet]:
        more = self._block()
        while more and not self._sought.done:
            found, at, other = self._packet_blocks(self._ahead())
            yield from found
            self._window.move_to(self._window.pos + at)
            more = not self._damaged and (self._block() if other else self._window.fill())

    def _packet_blocks(self, data: bytes) -> tuple[list[Packet], int, bool]:
        """The wanted packets, where they end, and whether another block follows there."""
        sought, frame, stamp = self._sought, self.frame, self._stamp
        wake, spots, keys = sought.wake, sought.spots, sought.keys
        order = ">" if self._big else "<"
        heads = struct.Struct(order + "7I").unpack_from
        words = struct.Struct(order + "I").unpack_from
        clocks = {i for i, link in enumerate(self._links) if link.clock[0] != NO_CLOCK}
        found: list[Packet] = []
        at, other = 0, False
        data += bytes(16)  # a head can be read wherever 12 bytes are
        end = len(data) - 16
        while at + 12 <= end:
            kind, length, link, high, low, caplen, wire = heads(data, at)
            if kind not in (ENHANCED, SIMPLE, OBSOLETE):
                other = True
                break
            if length < 16 or length % 4 or length > MAX_BLOCK:
                self._damaged = True
                break
            if at + length > end:
                break
            start, room = at + 28, length - 32
            if kind == SIMPLE:
                caplen, wire = self._simple(link, length - 16), link
                start, room = at + 12, caplen
            if words(data, at + length - 4)[0] != length or caplen > min(room, MAX_RECORD):
                self._damaged = True
                break
            frame += 1
            number = link if kind == ENHANCED else self._number(kind, link)
            if kind != SIMPLE and number in clocks:
                stamp = kind, link, high, low
            hit = frame == wake
            for offset, size in spots:
                hit = hit or data[start + offset : start + offset + size] in keys
            if hit:
                self._stamp = stamp
                place = self._time(), self._link(kind, link), wire
                packet = self._found(frame, data[start : start + caplen], place)
                wake, spots, keys = sought.wake, sought.spots, sought.keys
                if packet:
                    found.append(packet)
            at += length
        self.frame, self._stamp = frame, stamp
        return found, at, other

    def _simple(self, wire: int, room: int) -> int:
        """Bytes kept in a simple packet block, which does not say."""
        most = self._links[0].snap_length if self._links else 0
        return min(room, wire, most or wire)

    def _number(self, kind: int, link: int) -> int:
        """The interface of a packet, from the word that holds it."""
        if kind == OBSOLETE:
            return link >> 16 if self._big else link & 0xFFFF
        return link if kind == ENHANCED else 0

    def _link(self, kind: int, link: int) -> int:
        """The link type of a packet; -1: its interface was never described."""
        number = self._number(kind, link)
        return self._links[number].link_type if number < len(self._links) else -1

    def _time(self) -> int:
        """The time, in ns, of the last packet that has one (hot.py's arithmetic)."""
        kind, link, high, low = self._stamp
        number = self._number(kind, link)
        if kind == SIMPLE:
            return self._now
        how, n, offset = self._links[number].clock
        stamp = high << 32 | low
        if how == 0:
            second, rest = divmod(stamp, n)
            rest *= BILLION // n
        elif how == 1:
            second, rest = divmod(stamp // n, BILLION)
        else:
            second, rest = stamp >> n, ((stamp & ((1 << n) - 1)) * BILLION) >> n
        self._now = max(0, min(LAST_SECOND, min(second, LAST_SECOND) + offset)) * BILLION + rest
        return self._now

    def _block(self) -> bool:
        """Steps over a block that is no packet; False where the file cannot go on."""
        window = self._window
        if not window.have(12):
            return False
        head = window.peek(12)
        big = self._big
        if head[:4] == b"\x0a\x0d\x0d\x0a":
            order = containers.section_is_big(head)
            if order is None:
                return False
            big = order
        kind = int.from_bytes(head[:4], containers.order_of(big))
        length = int.from_bytes(head[4:8], containers.order_of(big))
        if length < containers.SHORTEST.get(kind, 12) or length % 4:
            return False
        if length > MAX_BLOCK:
            return kind not in containers.SHORTEST and window.skip(length)
        if not window.have(length):
            return False
        block = window.peek(length)
        if int.from_bytes(block[-4:], containers.order_of(big)) != length:
            return False
        if kind == containers.SECTION:
            self._time()
            self._stamp = NO_STAMP
            self._big, self._links = big, []
        elif kind == containers.INTERFACE and len(self._links) < INTERFACES:
            self._links.append(containers.interface(block, big))
        window.move_to(window.pos + length)
        return True
