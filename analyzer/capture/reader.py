"""The recording as a whole: files in, flows and counters out.

The only room that sees packets. Windows of the file go through the hot room;
what comes back are flow rows, pieces of their openings, and counters.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analyzer import limits
from analyzer.capture import containers, linktypes, source
from analyzer.capture.oddities import CHANGED, EFFECTS, ODDITIES
from analyzer.capture.openings import Listener, Openings
from analyzer.capture.rows import Rows
from analyzer.capture.speed import hot_room
from analyzer.capture.window import Window
from analyzer.model import Anomaly, Capture, CaptureFile, Flow, Interface
from analyzer.record import Record

PIECES = 8_192
KEPT_BYTES = 1 << 20  # of blocks kept for other rooms
STANDARD_INPUT = "standard input"

Progress = Callable[[int, int], None]  # bytes read, packets
Listen = Callable[[int, str, str, int, str, int, bool], Listener]


@dataclass(slots=True, eq=False, repr=False)
class Recording(Record):
    """What the capture room hands to the others."""

    capture: Capture
    flows: list[Flow]
    listeners: dict[int, Listener]  # by flow id
    replies: dict[int, tuple[int, int]]  # by flow id: time and frame of the first answer
    anomalies: list[Anomaly]
    damaged: bool  # something of the input could not be read
    blocks: list[tuple[int, bytes]] = field(default_factory=list)  # pcapng, kept for later


def read(paths: Sequence[Path], listen: Listen, progress: Progress | None = None) -> Recording:
    """Reads the files of one recording, in the order given.

    ``listen`` makes the listener of a flow from its id, protocol, the address
    and port of its two sides, and whether its beginning is missing.
    """
    reader = _Reader(listen, progress)
    for path in paths:
        reader.file(path)
    return reader.finish()


def _called(path: Path) -> str:
    """An input in a sentence; no name stands first, where it would get a capital."""
    return STANDARD_INPUT if str(path) == "-" else f"the file {path.name}"


class _Reader:
    """State of one run: the hot room's tables, openings, counters."""

    def __init__(self, listen: Listen, progress: Progress | None) -> None:
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
        self._give_tables(2048)
        self.reads = Rows(layout)
        self.openings = Openings(layout, self._listener, self._look_into, self._odd)
        self.listen = listen
        self.progress = progress
        self.capture = Capture()
        self.anomalies: dict[str, Anomaly] = {}
        self.blocks: list[tuple[int, bytes]] = []
        self.kept = 0
        self.damaged = False
        self.big = False
        self.bytes_before = 0
        self.section: list[Interface] = []  # interfaces of the section being read
        self.interface_rows = array("q", bytes(8 * layout["IFACE"]))

    # ------------------------------------------------------------------- files

    def file(self, path: Path) -> None:
        """Reads one file as far as it goes."""
        raw = source.RawFile(path)
        container, kinds, used = None, "", 0
        try:
            window = Window(raw)
            window.have(24)
            container, kinds = containers.kind_of(window.peek(4)), window.kinds
            if container == "pcap":
                self._pcap(window)
            elif container == "pcapng":
                self._pcapng(window)
            else:
                self._not_a_capture(window, path)
            self._close_section()
            used = window.used()
            if raw.changed():
                self._damage("file_changed", window, CHANGED)
        except BaseException:  # interrupted, say: nobody wants to wait for the rest
            raw.close(read_on=False)
            raise
        sha256, sha1, size = raw.close()
        self.capture.bytes_not_read += max(0, size - used)
        self.bytes_before += size
        name = STANDARD_INPUT if str(path) == "-" else path.name
        self.capture.files.append(
            CaptureFile(name, sha256, sha1, size, (container or "unknown") + kinds)
        )

    def _not_a_capture(self, window: Window, path: Path) -> None:
        what = "is empty" if window.end == 0 else "is neither a pcap nor a pcapng file"
        if window.damage:
            what += f", as {window.damage}"
        self._damage("not_a_capture", window, f"{_called(path)} {what}; nothing in it was read")

    def _pcap(self, window: Window) -> None:
        window.have(1 << 16)
        header = containers.pcap_header(window.peek(1 << 16))
        if header is None:
            self._damage("cut_short", window, "the file ends inside its own header")
            return
        link = Interface(0, "", header.link_type, linktypes.name_of(header.link_type))
        self._add_interface(link, header.snap_length, (0, 10**6, 0), header.big)
        window.move_to(24)

        def scan(window: Window) -> int:
            position: int = self.engine.scan_pcap(
                window.buffer, window.pos, window.end, header.record_header, header.nano
            )
            return position

        self._scan(window, scan, header.record_header)

    def _pcapng(self, window: Window) -> None:
        def scan(window: Window) -> int:
            position: int = self.engine.scan_pcapng(window.buffer, window.pos, window.end)
            return position

        if self._block(window):
            self._scan(window, scan, 12)

    def _scan(self, window: Window, scan: Callable[[Window], int], header: int) -> None:
        """Windows through the hot room until the file ends or is damaged."""
        layout = self.layout
        while True:
            window.move_to(scan(window))
            why = self.engine.stopped()
            self._take(window)
            if why == layout["TABLE_FULL"]:
                self._grow()
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
        if self.progress:
            self.progress(self.bytes_before + window.used(), self.tally[self.layout["READ"]])
        if window.fill():
            return True
        if window.damage:
            self._damage("unreadable", window, window.damage)
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
        self._use_block(kind, block, big)
        window.move_to(window.pos + length)
        return True

    def _order(self, head: bytes) -> bool | None:
        if head[:4] != b"\x0a\x0d\x0d\x0a":
            return self.big
        return containers.section_is_big(head)

    def _skip_block(self, window: Window, kind: int, length: int) -> bool:
        """A block larger than any packet: stepped over, and said.

        Not so a section or an interface: what follows would be misread.
        """
        begin = window.offset
        if kind in containers.SHORTEST:
            self._damage("damaged_record", window, f"a block claims a length of {length} bytes")
            return False
        if window.skip(length):
            self._note("block_skipped", begin, "a block too large to keep was stepped over")
            return True
        window.offset = begin  # nothing of it was used
        self._damage("cut_short", window, f"the file ends inside a block of {length} bytes")
        return False

    def _use_block(self, kind: int, block: bytes, big: bool) -> None:
        if kind == containers.SECTION:
            self._close_section()
            self.big = big
            self.engine.set_interfaces(memoryview(self.interface_rows), 0, big)
            self.capture.recorder = self.capture.recorder or containers.section_application(
                block, big
            )
        elif kind == containers.INTERFACE:
            self._describe_interface(block, big)
        elif kind == containers.STATISTICS:
            number, received, dropped = containers.statistics(block, big)
            if number < len(self.section):
                self.section[number].received = received
                self.section[number].dropped = dropped
        elif kind in containers.KEPT_BLOCKS and self.kept + len(block) <= KEPT_BYTES:
            self.kept += len(block)
            self.blocks.append((kind, block))

    def _describe_interface(self, block: bytes, big: bool) -> None:
        found = containers.interface(block, big)
        if len(self.section) >= containers.INTERFACES:
            self._note(
                "interface_ignored",
                None,
                "an interface could not be kept; its packets are counted only",
            )
            return
        link = Interface(
            len(self.section), found.name, found.link_type, linktypes.name_of(found.link_type)
        )
        self._add_interface(link, found.snap_length, found.clock, big)

    # -------------------------------------------------------------- interfaces

    def _add_interface(
        self, link: Interface, snap_length: int, clock: tuple[int, int, int], big: bool
    ) -> None:
        """Gives the hot room one more interface row."""
        size, count = self.layout["IFACE"], len(self.section)
        if (count + 1) * size > len(self.interface_rows):
            self.interface_rows = self.interface_rows + array(
                "q", bytes(len(self.interface_rows) * 8)
            )
        row = [link.link_type, snap_length, *clock, 0, 0, 0]
        self.interface_rows[count * size : (count + 1) * size] = array("q", row)
        self.section.append(link)
        self.big = big
        self.engine.set_interfaces(memoryview(self.interface_rows), count + 1, big)

    def _close_section(self) -> None:
        """Takes over how many packets each interface of the section had."""
        for i, link in enumerate(self.section):
            link.packets = self.interface_rows[i * self.layout["IFACE"] + 5]
            if len(self.capture.interfaces) < containers.INTERFACES:
                self.capture.interfaces.append(link)
        self.section = []

    # ------------------------------------------------------------------- tables

    def _take(self, window: Window) -> None:
        count = self.engine.take_pieces()
        if count:
            self.openings.take(self.pieces, count, window.buffer, self.rows)

    def _look_into(
        self, payload: bytearray, serial: int, frame: int, ts: int
    ) -> tuple[array[int], int]:
        """The pieces of an IP payload that was put together from fragments."""
        self.engine.reassembled(payload, len(payload), serial, frame, ts)
        return self.pieces, self.engine.take_pieces()

    def _grow(self) -> None:
        """Twice the rows, and hash slots for them."""
        self.rows = self.rows + array("q", bytes(len(self.rows) * 8))
        slots = 4 * len(self.rows) // self.layout["ROW"]
        self._give_tables(slots)

    def _give_tables(self, slots: int) -> None:
        self.engine.set_tables(memoryview(self.rows), memoryview(array("q", bytes(8 * slots))))

    def _listener(self, number: int) -> Listener:
        return self.listen(number + 1, *self.reads.ends(self.rows, number))

    # ------------------------------------------------------------------ oddities

    def _odd(self, kind: str, frame: int) -> None:
        """Counts an oddity of the openings."""
        known = self.anomalies.get(kind)
        if known:
            known.count += 1
        else:
            self.anomalies[kind] = Anomaly(kind, 1, frame or None, None, EFFECTS[kind])

    def _note(self, kind: str, offset: int | None, effect: str) -> None:
        known = self.anomalies.get(kind)
        if known:
            known.count += 1
        else:
            frames = self.tally[self.layout["READ"]]
            self.anomalies[kind] = Anomaly(kind, 1, frames or None, offset, effect)

    def _damage(self, kind: str, window: Window, effect: str) -> None:
        self.damaged = True
        self._note(kind, window.offset, effect)

    # --------------------------------------------------------------------- end

    def finish(self) -> Recording:
        """Closes everything and turns rows into flows."""
        while not self.engine.settle_all_fragments():
            self._grow()
        self.openings.finish()
        rows, count = self.rows, self.engine.flows()
        flows = [self.reads.flow(rows, i) for i in range(count)]
        for number, app in self.openings.apps.items():
            flows[number].app = app
        replies = {
            i + 1: reply for i in range(count) if (reply := self.reads.reply(rows, i)) is not None
        }
        self._count()
        self.capture.vpn_recording = bool(self.openings.apps)
        listeners = {i + 1: talk.listener for i, talk in self.openings.talks.items()}
        anomalies = [self.anomalies[kind] for kind in sorted(self.anomalies)]
        return Recording(
            self.capture, flows, listeners, replies, anomalies, self.damaged, self.blocks
        )

    def _count(self) -> None:
        """Counters and oddities of the hot room into the capture."""
        layout, tally, capture = self.layout, self.tally, self.capture
        counters = capture.counters
        counters.read = capture.packets = tally[layout["READ"]]
        counters.in_flows = tally[layout["IN_FLOWS"]]
        counters.non_ip = tally[layout["NON_IP"]]
        counters.undecodable = tally[layout["UNDECODABLE"]]
        capture.wire_bytes = tally[layout["WIRE_BYTES"]]
        capture.truncated_packets = tally[layout["CUT_PACKETS"]]
        if tally[layout["TIMES"]]:
            capture.first, capture.last = tally[layout["FIRST_TIME"]], tally[layout["LAST_TIME"]]
        used = {link.link_name for link in capture.interfaces if link.packets}
        capture.link_types = sorted(used)
        unknown = {
            link.link_name
            for link in capture.interfaces
            if link.packets and not linktypes.LINK_TYPES.get(link.link_type, ("", None))[1]
        }
        for i, (kind, effect) in enumerate(ODDITIES):
            at = layout["ODDITY"] + 2 * i
            if tally[at]:
                if kind == "unknown_link_type" and unknown:
                    effect += f" ({', '.join(sorted(unknown))})"
                self.anomalies[kind] = Anomaly(kind, tally[at], tally[at + 1] or None, None, effect)
