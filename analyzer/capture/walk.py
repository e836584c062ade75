"""From window to window through the files of a recording.

Records and packet blocks are the hot room's; what stands between them (file
headers, sections, interfaces, damage) is dealt with here. So whoever walks a
file again sees the same packets, with the same numbers and times.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Iterator
from typing import Any

from analyzer import limits
from analyzer.capture import containers, linktypes
from analyzer.capture.speed import hot_room
from analyzer.capture.window import Window
from analyzer.model import Anomaly, Interface

PIECES = 8_192
FLOW_ROWS = limits.FLOWS + 515  # of a full table; beyond the limit a row for each protocol

Told = Callable[[Window], None]
KeyLog = Callable[[bytes], None]


class Walk:
    """The hot room with its tables, and what is known of the files so far."""

    def __init__(self, told: Told | None = None, key_log: KeyLog | None = None) -> None:
        """``told`` hears of each window that was used up, ``key_log`` of each key log in a file."""
        hot = hot_room()
        self.layout: dict[str, int] = hot.layout()
        layout = self.layout
        self.pieces = array("q", bytes(8 * PIECES * layout["PIECE"]))
        self.tally = array("q", bytes(8 * (layout["ODDITY"] + 2 * layout["ODDITIES"])))
        frags = memoryview(array("q", bytes(8 * layout["FRAG_SETS"] * layout["FRAG"])))
        kinds = memoryview(array("q", linktypes.kinds(layout)))
        seed = int.from_bytes(os.urandom(3), "big")
        self.engine: Any = hot.Engine(
            memoryview(self.pieces), frags, kinds, memoryview(self.tally), seed, limits.FLOWS
        )
        self.rows = array("q", bytes(8 * 512 * layout["ROW"]))
        self._slots = 2048  # a power of two
        self._give_tables()
        self.container: str | None = None  # of the file in hand
        self.interfaces: list[Interface] = []
        self.anomalies: dict[str, Anomaly] = {}
        self.damaged = False
        self._told = told
        self._key_log = key_log
        self._big = False
        self._section: list[Interface] = []  # interfaces of the section being read
        self._interface_rows = array("q", bytes(8 * layout["IFACE"]))

    def through(self, window: Window, called: str) -> Iterator[None]:
        """One file as far as it goes. Stops wherever there may be pieces to take."""
        window.have(24)
        self.container = containers.kind_of(window.peek(4))
        if self.container == "pcap":
            yield from self._pcap(window)
        elif self.container == "pcapng":
            yield from self._pcapng(window)
        else:
            self._not_a_capture(window, called)
        self._close_section()

    def taken(self) -> int:
        """How many pieces the hot room has put into ``pieces``; they are handed over once."""
        count: int = self.engine.take_pieces()
        return count

    def note(self, kind: str, frame: int | None, offset: int | None, effect: str) -> None:
        """Counts something odd, and keeps where it was first."""
        known = self.anomalies.get(kind)
        if known:
            known.count += 1
        else:
            self.anomalies[kind] = Anomaly(kind, 1, frame or None, offset, effect)

    def frames(self) -> int:
        """Packets so far, in all files."""
        return self.tally[self.layout["READ"]]

    def grow(self) -> None:
        """Twice the rows, as far as they can be needed, and hash slots for them."""
        more = min(len(self.rows), FLOW_ROWS * self.layout["ROW"] - len(self.rows))
        self.rows = self.rows + array("q", bytes(8 * more))
        self._slots *= 2
        self._give_tables()

    def _give_tables(self) -> None:
        slots = array("q", bytes(8 * self._slots))
        self.engine.set_tables(memoryview(self.rows), memoryview(slots))

    def _damage(self, kind: str, window: Window, effect: str) -> None:
        self.damaged = True
        self.note(kind, self.frames(), window.offset, effect)

    # -------------------------------------------------------------- containers

    def _not_a_capture(self, window: Window, called: str) -> None:
        what = "is empty" if window.end == 0 else "is neither a pcap nor a pcapng file"
        if window.damage:
            what += f", as {window.damage}"
        self._damage("not_a_capture", window, f"{called} {what}; nothing in it was read")

    def _pcap(self, window: Window) -> Iterator[None]:
        window.have(1 << 16)
        header = containers.pcap_header(window.peek(1 << 16))
        if header is None:
            self._damage("cut_short", window, "the file ends inside its own header")
            return
        self._big = header.big
        link = Interface(0, "", header.link_type, linktypes.name_of(header.link_type))
        self._add_interface(link, header.snap_length, (0, 10**6, 0))
        window.move_to(24)

        def scan(window: Window) -> int:
            position: int = self.engine.scan_pcap(
                window.buffer, window.pos, window.end, header.record_header, header.nano
            )
            return position

        yield from self._scan(window, scan)

    def _pcapng(self, window: Window) -> Iterator[None]:
        def scan(window: Window) -> int:
            position: int = self.engine.scan_pcapng(window.buffer, window.pos, window.end)
            return position

        if self._block(window):
            yield from self._scan(window, scan)

    def _scan(self, window: Window, scan: Callable[[Window], int]) -> Iterator[None]:
        """Windows through the hot room until the file ends or is damaged."""
        layout = self.layout
        while True:
            window.move_to(scan(window))
            why = self.engine.stopped()
            yield
            if why == layout["TABLE_FULL"]:
                self.grow()
            elif why == layout["DAMAGED"]:
                self._damage(
                    "damaged_record", window, "the file is damaged here; nothing behind was read"
                )
                return
            elif why == layout["BLOCK"]:
                if not self._block(window):
                    return
            elif why == layout["MORE"] and not self._more(window):
                return

    def _more(self, window: Window) -> bool:
        """Reads on; at the end says whether something was cut off."""
        if self._told:
            self._told(window)
        if window.fill():
            return True
        if window.damage:
            unknown = "; how much is missing is not known" if window.kinds else ""
            self._damage("unreadable", window, window.damage + unknown)
        elif window.end > window.pos:
            left = window.end - window.pos
            self._damage(
                "cut_short", window, f"the file ends inside a packet; {left} bytes of it remain"
            )
        return False

    # ------------------------------------------------------------ pcapng blocks

    def _block(self, window: Window) -> bool:
        """Reads a block that is not a packet; False where the file cannot go on."""
        if not window.have(12):
            return self._more(window)
        head = window.peek(12)
        big = self._order(head)
        if big is None:
            self._damage("damaged_record", window, "a section begins without a byte order")
            return False
        self._big = big
        order = containers.order_of(big)
        kind = int.from_bytes(head[:4], order)
        length = int.from_bytes(head[4:8], order)
        if length < containers.SHORTEST.get(kind, 12) or length % 4:
            self._damage("damaged_record", window, f"a block claims a length of {length} bytes")
            return False
        if length > self.layout["MAX_BLOCK"]:
            return self._skip_block(window, kind, length)
        if not window.have(length):
            return self._more(window)
        block = window.peek(length)
        if int.from_bytes(block[-4:], order) != length:
            self._damage("damaged_record", window, "a block's two lengths differ")
            return False
        self._use_block(kind, block)
        window.move_to(window.pos + length)
        return True

    def _order(self, head: bytes) -> bool | None:
        if head[:4] != b"\x0a\x0d\x0d\x0a":
            return self._big
        return containers.section_is_big(head)

    def _skip_block(self, window: Window, kind: int, length: int) -> bool:
        """A block larger than any packet: stepped over, and said.

        Not so a section or an interface: what follows would be misread.
        """
        begin = window.offset
        if kind in containers.SHORTEST:
            self._damage("damaged_record", window, f"a block claims a length of {length} bytes")
            return False
        key_log = self._long_key_log(window) if kind == containers.SECRETS else b""
        if window.skip(length - (window.offset - begin)):
            if key_log and self._key_log:
                self._key_log(key_log)
            else:
                effect = "a block too large to keep was stepped over"
                self.note("block_skipped", self.frames(), begin, effect)
            return True
        window.offset = begin  # nothing of it was used
        self._damage("cut_short", window, f"the file ends inside a block of {length} bytes")
        return False

    def _long_key_log(self, window: Window) -> bytes:
        """The key log of a block larger than any packet; empty, and not moved, if it has none."""
        size = containers.key_log_bytes(window.peek(16), self._big) if window.have(16) else 0
        if not self._key_log or not 0 < size <= limits.KEYLOG_BYTES:
            return b""
        window.move_to(window.pos + 16)
        return window.take(size)

    def _use_block(self, kind: int, block: bytes) -> None:
        if kind == containers.SECTION:
            self._close_section()
            self._give_interfaces()
        elif kind == containers.INTERFACE:
            self._describe_interface(block)
        elif kind == containers.STATISTICS:
            number, received, dropped = containers.statistics(block, self._big)
            if number < len(self._section):
                self._section[number].received = received
                self._section[number].dropped = dropped
        elif kind == containers.SECRETS and self._key_log:
            size = containers.key_log_bytes(block[:16], self._big)
            if size:
                self._key_log(block[16 : 16 + size])

    def _describe_interface(self, block: bytes) -> None:
        found = containers.interface(block, self._big)
        if len(self._section) >= containers.INTERFACES:
            self.note(
                "interface_ignored",
                self.frames(),
                None,
                "an interface could not be kept; its packets are counted only",
            )
            return
        link = Interface(
            len(self._section), found.name, found.link_type, linktypes.name_of(found.link_type)
        )
        self._add_interface(link, found.snap_length, found.clock)

    # -------------------------------------------------------------- interfaces

    def _add_interface(
        self, link: Interface, snap_length: int, clock: tuple[int, int, int]
    ) -> None:
        """Gives the hot room one more interface row."""
        size, count = self.layout["IFACE"], len(self._section)
        if (count + 1) * size > len(self._interface_rows):
            self._interface_rows = self._interface_rows + array(
                "q", bytes(len(self._interface_rows) * 8)
            )
        row = [link.link_type, snap_length, *clock, 0, 0, 0]
        self._interface_rows[count * size : (count + 1) * size] = array("q", row)
        self._section.append(link)
        self._give_interfaces()

    def _give_interfaces(self) -> None:
        rows = memoryview(self._interface_rows)
        self.engine.set_interfaces(rows, len(self._section), self._big)

    def _close_section(self) -> None:
        """Takes over how many packets each interface of the section had."""
        for i, link in enumerate(self._section):
            link.packets = self._interface_rows[i * self.layout["IFACE"] + 5]
            if len(self.interfaces) < containers.INTERFACES:
                self.interfaces.append(link)
        self._section = []
