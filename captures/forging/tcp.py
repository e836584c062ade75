"""A TCP conversation as a list of timed segments: handshake, data, end.

Rules of this file
- What the client sends is seen when it is sent; what the server sends is seen
  one round trip after what it answers.
- Both sides acknowledge every second segment and the last one of a burst.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from captures.forging.frames import (
    ACK,
    FIN,
    MS,
    PSH,
    RST,
    SYN,
    TCP,
    US,
    Host,
    ip_packet,
    tcp_segment,
)

PACE = 300 * US  # between two full segments: about 40 Mbit/s
THINK = 1 * MS  # before an end answers
LOCAL = 200 * US  # the handset's own acknowledgements

# RFC 9293 MSS 1460, RFC 2018 SACK permitted, no-operation, RFC 7323 window scale 8
SYN_OPTIONS = bytes.fromhex("020405b4 0402 01 030308")


@dataclass(frozen=True, slots=True)
class Step:
    """One burst of an exchange: who sends what, and how long they wait before."""

    up: bool
    data: bytes
    after: int = THINK


@dataclass(slots=True)
class _Side:
    host: Host
    port: int
    seq: int
    ident: int
    heard: int = 0  # sequence number it has received up to


@dataclass(slots=True)
class TcpTalk:
    """Builds one conversation; ``packets`` holds (time, sent upwards?, IP packet)."""

    client: Host
    server: Host
    ports: tuple[int, int]
    now: int
    rtt: int
    mss: int = 1_448
    pace: int = PACE
    packets: list[tuple[int, bool, bytes]] = field(default_factory=list)
    _ends: tuple[_Side, _Side] = field(init=False)
    _last_up: bool = field(init=False, default=True)

    def __post_init__(self) -> None:
        seed = self.ports[0] * 65_539 + self.ports[1]
        up = _Side(self.client, self.ports[0], seed * 40_503 & 0xFFFFFFFF, seed & 0x7FFF)
        down = _Side(self.server, self.ports[1], seed * 30_011 & 0xFFFFFFFF, seed >> 3 & 0x7FFF)
        up.heard, down.heard = down.seq, up.seq
        self._ends = (up, down)

    def open(self) -> None:
        """SYN, SYN/ACK one round trip later, ACK."""
        self._send(True, SYN, options=SYN_OPTIONS)
        self.now += self.rtt
        self._send(False, SYN | ACK, options=SYN_OPTIONS)
        self.now += LOCAL
        self._send(True, ACK)

    def say(self, step: Step) -> None:
        """One burst of data, cut into segments and acknowledged."""
        self._turn(step.up)
        self.now += step.after
        for start in range(0, len(step.data), self.mss):
            piece = step.data[start : start + self.mss]
            last = start + self.mss >= len(step.data)
            self._send(step.up, ACK | PSH if last else ACK, piece)
            if last or start // self.mss % 2:
                delay = self.rtt if step.up else LOCAL
                self._send(not step.up, ACK, at=self.now + delay)
            self.now += self.pace

    def say_all(self, steps: Iterable[Step]) -> None:
        """Bursts in their order."""
        for step in steps:
            self.say(step)

    def close(self) -> None:
        """FIN from the client, FIN from the server, last ACK."""
        self._settle()
        self._send(True, FIN | ACK)
        self.now += self.rtt
        self._send(False, FIN | ACK)
        self.now += LOCAL
        self._send(True, ACK)

    def reset(self, up: bool = False) -> None:
        """RST from one side: the conversation is over at once."""
        self._turn(up)
        self._send(up, RST | ACK)

    def _settle(self) -> None:
        """Waits until the other end's acknowledgement of a last upload is back."""
        self.now += (self.rtt if self._last_up else 0) + THINK

    def _turn(self, up: bool) -> None:
        """A reply is seen one round trip after what it answers."""
        if self._last_up and not up:
            self.now += self.rtt
        self._last_up = up

    def _send(
        self,
        up: bool,
        flags: int,
        payload: bytes = b"",
        options: bytes = b"",
        at: int | None = None,
    ) -> None:
        mine, other = self._ends if up else self._ends[::-1]
        ack = mine.heard if flags & ACK else 0
        segment = tcp_segment(
            mine.host,
            other.host,
            (mine.port, other.port),
            (mine.seq, ack),
            flags,
            payload,
            options,
        )
        packet = ip_packet(mine.host, other.host, TCP, segment, mine.ident)
        self.packets.append((self.now if at is None else at, up, packet))
        mine.ident += 1
        mine.seq += len(payload) + bool(flags & SYN) + bool(flags & FIN)
        other.heard = mine.seq
