"""One flow's listener: finds out what is spoken and lets that protocol's ear listen.

Rules of this file
- The capture room feeds bytes in stream order, or datagrams; it stops at ``wants``.
- What is readable, or of no known protocol, is shared with whoever judges content;
  what is encrypted never is.
- A fault in one ear is counted and costs that flow its name, never the run.
"""

from __future__ import annotations

from analyzer import limits
from analyzer.model import Flow, NameSource, WhyNoName
from analyzer.names import registry
from analyzer.names.plain import Known
from analyzer.names.talk import Ear, FlowStart, Heard, Talk

__all__ = ["Conversation", "FlowStart", "Heard"]

UNDECIDED = 2_048
"""Bytes of a side looked at while nobody knows the protocol."""

UNDECIDED_DATAGRAMS = 6
"""Datagrams of a side looked at while nobody knows the protocol."""


_Early = tuple[bytes, int, int]  # data, frame, ts
_NOTHING: tuple[_Early, _Early] = ((b"", 0, 0), (b"", 0, 0))
_BEGINNING = (0, 0)


class Conversation(Talk):
    """Listens to one flow; ``wants`` says how much of each side it still wants to see."""

    __slots__ = ("base", "began", "ear", "fresh", "lost", "nested", "pending", "shares", "strange")

    def __init__(self, start: FlowStart, heard: Heard) -> None:
        super().__init__(start, heard)
        self.ear: Ear | None = None
        self.pending = _NOTHING  # first bytes of each side, while undecided
        self.began = [0, 0]  # when each side's first bytes were seen, in ns
        self.base = _BEGINNING  # where in the stream the present ear began
        self.lost: WhyNoName | None = None  # what was missing before anything was known
        self.nested = 0
        self.shares = heard.content is not None  # clear bytes, unless the ear sees to it
        self.fresh = b""  # of the piece in hand, what was not shared yet
        self.strange = 0  # sides of a stream whose beginning nobody knows: 1, 2 or both
        most = UNDECIDED
        if start.proto != "tcp":
            most = limits.CLEAR_DATAGRAMS if self.shares else UNDECIDED_DATAGRAMS
        self.wants = [most, most]

    def stream(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """The next contiguous bytes of one side; ts in ns."""
        if not self.seen_bytes[side] and self.lost is None:
            self.began[side] = ts
        self.seen_bytes[side] += len(data)
        try:
            if self.ear is not None:
                self._hear(self.ear, side, data, frame, ts)
                self._satisfied()
            elif data and self.wants[side]:
                if self.strange & 1 << side:
                    self._share_strange(side, data, frame, ts)
                else:
                    self._undecided(side, data, frame, ts)
        except Exception:
            self._fault(frame)

    def gap(self, side: int, cut: bool) -> None:
        """Bytes of that side are missing here; ``cut``: the capture left them out."""
        try:
            if self.shares and self.heard.content is not None:
                self.heard.content.gap(self.start.id, side)
            if self.ear is not None:
                self.ear.gap(side, cut)
            else:
                self.lost = WhyNoName.CUT if cut else WhyNoName.GAP
                self.pending = _NOTHING
        except Exception:
            self._fault(None)

    def datagram(self, side: int, data: bytes, frame: int, ts: int, cut: bool) -> None:
        """One UDP payload; ``cut``: the capture kept only its beginning."""
        self.seen_bytes[side] += 1
        try:
            if self.ear is None and self.wants[side]:
                self._undecided_datagram(data, frame, cut, self.seen_bytes[side])
            if self.shares and self.seen_bytes[side] <= limits.CLEAR_DATAGRAMS:
                self.share(side, data, frame, ts, True)
            if self.ear is not None:
                self.ear.datagram(side, data, frame, ts, cut)
                self._satisfied()
        except Exception:
            self._fault(frame)

    def let_go(self, cut: bool) -> None:
        """Hear no more, and keep nothing; ``cut``: something might have followed."""
        if cut:
            self.gap(0, True)
            self.gap(1, True)
        self.wants[:] = [0, 0]
        try:
            self._satisfied()
        except Exception:
            self._fault(None)

    def hand_over(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """Another protocol begins inside this one: listen afresh from here."""
        if self.fresh:
            self.share(side, self.fresh[: -len(data) or None], frame, ts)
        self.ear, self.pending, self.fresh, self.strange = None, _NOTHING, b"", 0
        self.held = 0
        self.shares = self.heard.content is not None
        self.nested += 1
        if self.nested > 3:
            self.wants[:] = [0, 0]
            return
        before = len(data)
        self.base = (
            self.seen_bytes[0] - (0 if side else before),
            self.seen_bytes[1] - (before if side else 0),
        )
        self.wants[:] = [self.base[0] + UNDECIDED, self.base[1] + UNDECIDED]
        self._undecided(side, data, frame, ts)

    def opening(self, side: int) -> int:
        """How far to look for a name, counted from the stream's start."""
        return self.base[side] + limits.OPENING_BYTES

    def expect(self, protocol: str, frame: int) -> None:
        """What will be spoken is known before anything is."""
        self._listen(registry.stream_row(protocol), frame)

    def end(self, frame: int) -> None:
        """The flow is over with this frame: use what is only half read."""
        try:
            if self.ear is not None:
                self.ear.close()
            for side, early in enumerate(self.pending):
                self._share_strange(side, *early)
        except Exception:
            self._fault(frame)

    def finish(self, flow: Flow) -> None:
        """The flow is over: write what was heard into it."""
        self.end(flow.last_frame)
        flow.name, flow.name_source, flow.name_frame = self.name, self.name_source, self.name_frame
        flow.why_no_name = self._reason()
        flow.app_protocol = self.protocol
        flow.tls = self.tls
        flow.starttls = self.starttls
        flow.encrypted = self.encrypted
        flow.encrypted_dns = self.encrypted_dns
        flow.user_agent = self.user_agent
        flow.app = self.app
        flow.decrypted = self.decrypted
        asked, answered = self.began
        if flow.rtt is not None and 0 < asked < answered:
            flow.answer = answered - asked
        if self.encrypted in ("no", "mixed"):
            flow.cleartext_frame = self.cleartext_frame

    def _satisfied(self) -> None:
        """Let go of an ear that wants nothing more: thousands of flows are open at a time."""
        if self.ear is not None and not self.wants[0] and not self.wants[1]:
            ear, self.ear, self.held = self.ear, None, 0
            ear.close()

    def _reason(self) -> WhyNoName | None:
        """Why there is no name; None if there is one."""
        if self.name_source is not NameSource.NONE:
            return None
        if self.why is None and self.protocol is None:
            if self.lost is not None:
                return self.lost
            if self.start.late_start:
                return WhyNoName.STARTED_LATE
        return self.why or WhyNoName.NOT_PARSED

    def _undecided(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """Ask the registry who knows these first bytes."""
        data = self.pending[side][0] + data
        row, more = registry.of_stream(data, self.start)
        if row is None:
            kept = (data, frame, ts) if more else _NOTHING[0]
            self.pending = (self.pending[0], kept) if side else (kept, self.pending[1])
            if not more:
                self._leave_strange(side, data, frame, ts)
            return
        ear = self._listen(row, frame)
        early = self.pending[1 - side]
        self.pending = _NOTHING
        if early[0]:
            self._hear(ear, 1 - side, *early)
        self._hear(ear, side, data, frame, ts)

    def _undecided_datagram(self, data: bytes, frame: int, cut: bool, number: int) -> None:
        """Ask the registry who knows this datagram, if it is one of the first."""
        if number <= UNDECIDED_DATAGRAMS:
            self.lost = WhyNoName.CUT if cut else self.lost
            row = registry.of_datagram(data, self.start)
            if row is not None:
                self._listen(row, frame)

    def _leave_strange(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """Nobody knows this side: no more is wanted of it than what judges content may see."""
        self.strange |= 1 << side
        self.wants[side] = self.opening(side) if self.shares else 0
        self._share_strange(side, data, frame, ts)

    def _share_strange(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """What is within the opening; windows of the capture may hand over more."""
        left = self.opening(side) - self.seen_bytes[side] + len(data)
        if self.shares and left > 0:
            self.share(side, data[:left], frame, ts)
        if self.strange & 1 << side and left <= len(data):
            self.wants[side] = 0

    def _hear(self, ear: Ear, side: int, data: bytes, frame: int, ts: int) -> None:
        """Let an ear listen, then share what is clear and was not handed to another."""
        if not self.shares:
            ear.stream(side, data, frame, ts)
            return
        self.fresh = data
        ear.stream(side, data, frame, ts)
        if self.fresh:
            self.share(side, self.fresh, frame, ts)
            self.fresh = b""

    def _listen(self, row: registry.Row, frame: int) -> Ear:
        if row.encrypted == "no":
            self.clear(frame)
        if not self.nested:
            self.encrypted = row.encrypted
        elif self.cleartext_frame is not None and row.encrypted == "yes":
            self.encrypted = "mixed"
        self.protocol = row.protocol
        self.shares = self.heard.content is not None and row.shares
        self.ear = row.ear(self)
        if self.shares and row.ear is Known:
            most = limits.CLEAR_STREAM_BYTES
            most = most if self.start.proto == "tcp" else limits.CLEAR_DATAGRAMS
            self.wants[:] = [most, most]
        return self.ear

    def _fault(self, frame: int | None) -> None:
        self.heard.odd("parser_fault", frame)
        self.ear, self.fresh, self.held = None, b"", 0
        self.wants[:] = [0, 0]
