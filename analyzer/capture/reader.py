"""The recording as a whole: files in, flows and counters out.

The only room that sees packets. Windows of the file go through the hot room;
what comes back are flow rows, pieces of their openings, and counters.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from pathlib import Path

from analyzer.capture import linktypes
from analyzer.capture.oddities import CHANGED, EFFECTS, ODDITIES
from analyzer.capture.openings import Openings
from analyzer.capture.rows import Rows
from analyzer.capture.source import RawFile
from analyzer.capture.streams import Listener
from analyzer.capture.walk import KeyLog, Walk
from analyzer.capture.window import Window
from analyzer.errors import UsageError
from analyzer.model import Anomaly, Capture, CaptureFile, Flow
from analyzer.record import Record

STANDARD_INPUT = "standard input"

Progress = Callable[[int, int], None]  # bytes read, packets
Listen = Callable[[int, str, str, int, str, int, bool], Listener]


class Hashing(Record):
    """A file that was read and may still be hashed."""

    raw: RawFile
    file: CaptureFile
    used: int  # bytes of it
    odd: Anomaly  # to be told if it changed meanwhile
    unpacked: str | None  # SHA-256 of what was packed in it, where other files may hold the same

    def settle(self) -> bool:
        """Waits for size and digests; whether somebody wrote to the file."""
        file, digests = self.file, self.raw.digests
        file.sha256, file.sha1 = digests.finish()
        file.bytes = digests.size
        return self.raw.changed()


class Recording(Record):
    """What the capture room hands to the others.

    The files' sizes and digests, and whether one changed, are known after ``settle``.
    """

    capture: Capture
    flows: list[Flow]
    listeners: dict[int, Listener]  # by flow id
    replies: dict[int, tuple[int, int]]  # by flow id: time and frame of the first answer
    anomalies: list[Anomaly]
    damaged: bool  # something of the input could not be read
    hashing: list[Hashing]

    def settle(self) -> list[Anomaly]:
        """Waits until all files are hashed, beside everything else till then; what was odd.

        That is: a file that changed meanwhile, files with the same content.
        """
        changed = [each.odd for each in self.hashing if each.settle()]
        for each in self.hashing:
            self.capture.bytes_not_read += max(0, each.file.bytes - each.used)
        hashed, self.hashing = self.hashing, []
        if changed:
            self.damaged = True
            changed[0].count = len(changed)
        return [*changed[:1], *_duplicates(hashed)]


def _duplicates(files: list[Hashing]) -> list[Anomaly]:
    """Files that hold what another one holds, packed or not; empty ones do not matter."""
    digests = [each.unpacked or each.file.sha256 for each in files if each.file.bytes]
    more = len(digests) - len(set(digests))
    return [Anomaly("duplicate_file", more, effect=EFFECTS["duplicate_file"])] if more else []


def read(
    paths: Sequence[Path],
    listen: Listen,
    progress: Progress | None = None,
    key_log: KeyLog | None = None,
    follow: bool = False,
) -> Recording:
    """Reads the files of one recording, in the order given.

    ``listen`` makes the listener of a flow from its id, protocol, the address
    and port of its two sides, and whether its beginning is missing. ``key_log``
    hears the text of key logs in pcapng files. From the first on, or from the
    beginning where ``follow`` says so, conversations are handed over at length.
    UsageError where a file is named twice.
    """
    _refuse_twice(paths)
    reader = _Reader(listen, progress, key_log)
    if follow:
        reader.follow()
    for path in paths:
        reader.file(path, len(paths) > 1)
    return reader.finish()


def _refuse_twice(paths: Sequence[Path]) -> None:
    """UsageError where two paths lead to one file: all it holds would count twice."""
    seen: set[tuple[int, int] | None] = set()
    for path in paths if len(paths) > 1 else ():
        try:
            stats = None if str(path) == "-" else path.stat()
        except OSError:  # said where it is opened
            continue
        file = stats and (stats.st_dev, stats.st_ino)
        if file in seen:
            raise UsageError(f"Name each file once; {_called(path)} was given more than once.")
        seen.add(file)


def _called(path: Path) -> str:
    """An input in a sentence; no name stands first, where it would get a capital."""
    return STANDARD_INPUT if str(path) == "-" else f"the file {path.name}"


class _Reader:
    """State of one run: the walk, the openings, what is known of the files."""

    def __init__(self, listen: Listen, progress: Progress | None, key_log: KeyLog | None) -> None:
        self.walk = Walk(self._told, self._key_log if key_log else None)
        self.reads = Rows(self.walk.layout)
        self.openings = Openings(self.walk.layout, self._listener, self._look_into, self._odd)
        self.listen = listen
        self.progress = progress
        self.key_log = key_log
        self.follows = False
        self.capture = Capture()
        self.hashing: list[Hashing] = []
        self.bytes_before = 0

    # ------------------------------------------------------------------- files

    def file(self, path: Path, others: bool) -> None:
        """Reads one file, of ``others`` or alone, as far as it goes."""
        if self.hashing:  # one at a time: each takes memory and a thread
            self.hashing[-1].raw.digests.finish()
        raw = RawFile(path)
        try:
            window = Window(raw, others)
            for _ in self.walk.through(window, _called(path)):
                self._take(window)
        except BaseException:  # interrupted, say: nobody wants to wait for the rest
            raw.close(read_on=False)
            raise
        raw.close()
        self.bytes_before += raw.size()
        self._keep(path, raw, window)

    def _keep(self, path: Path, raw: RawFile, window: Window) -> None:
        name = STANDARD_INPUT if str(path) == "-" else path.name
        file = CaptureFile(
            name, "", "", raw.size(), (self.walk.container or "unknown") + window.kinds
        )
        odd = Anomaly("file_changed", 1, self.walk.frames() or None, window.offset, CHANGED)
        self.capture.files.append(file)
        unpacked = window.unpacked.hexdigest() if window.unpacked and window.offset else None
        self.hashing.append(Hashing(raw, file, window.used(), odd, unpacked))

    def _told(self, window: Window) -> None:
        if self.progress:
            self.progress(self.bytes_before + window.used(), self.walk.frames())

    def follow(self) -> None:
        """Keys are at hand: more than the opening of a conversation may be wanted."""
        self.follows = True
        self.walk.engine.follow()

    def _key_log(self, text: bytes) -> None:
        if not self.follows:
            self.follow()
            if self.walk.frames():
                self.walk.note("secrets_late", self.walk.frames(), None, EFFECTS["secrets_late"])
        if self.key_log:
            self.key_log(text)

    def _take(self, window: Window) -> None:
        count = self.walk.taken()
        if count:
            self.openings.take(self.walk.pieces, count, window.buffer, self.walk.rows)

    def _look_into(
        self, payload: bytearray, serial: int, frame: int, ts: int
    ) -> tuple[array[int], int]:
        """The pieces of an IP payload that was put together from fragments."""
        self.walk.engine.reassembled(payload, len(payload), serial, frame, ts)
        return self.walk.pieces, self.walk.taken()

    def _listener(self, number: int) -> Listener:
        return self.listen(number + 1, *self.reads.ends(self.walk.rows, number))

    def _odd(self, kind: str, frame: int) -> None:
        """Counts an oddity of the openings."""
        self.walk.note(kind, frame, None, EFFECTS[kind])

    # --------------------------------------------------------------------- end

    def finish(self) -> Recording:
        """Closes everything and turns rows into flows."""
        walk, openings = self.walk, self.openings
        while not walk.engine.settle_all_fragments():
            walk.grow()
        openings.finish(walk.rows)
        listeners = {i + 1: talk.listener for i, talk in openings.talks.items()}
        openings.talks.clear()  # before flows are made, which take as much memory
        rows, count = walk.rows, walk.engine.flows()
        flows = [self.reads.flow(rows, i) for i in range(count)]
        for number, app in openings.apps.items():
            flows[number].app = app
        for number, bursts in openings.bursts.items():
            flows[number].bursts = bursts
        replies = {
            i + 1: reply for i in range(count) if (reply := self.reads.reply(rows, i)) is not None
        }
        self._count()
        del self.openings, self.walk  # they know this reader, too: nobody would free a circle
        return Recording(
            capture=self.capture,
            flows=flows,
            listeners=listeners,
            replies=replies,
            anomalies=[walk.anomalies[kind] for kind in sorted(walk.anomalies)],
            damaged=walk.damaged,
            hashing=self.hashing,
        )

    def _count(self) -> None:
        """Counters and oddities of the hot room into the capture."""
        layout, tally, capture = self.walk.layout, self.walk.tally, self.capture
        capture.interfaces = self.walk.interfaces
        capture.vpn_recording = bool(self.openings.apps)
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
                self.walk.anomalies[kind] = Anomaly(
                    kind, tally[at], tally[at + 1] or None, None, effect
                )
