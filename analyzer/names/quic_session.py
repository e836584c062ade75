"""What is inside a QUIC connection whose secrets were logged: handshake, streams, datagrams.

Rules of this file
- The connection itself stays encrypted: what is read here is told through ``Heard.inside``.
- Each packet stands for itself; lost, doubled and reordered ones cost what they held.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer import limits
from analyzer.names import ciphers, keylog
from analyzer.names.http3 import Http3
from analyzer.names.keylog import Secrets
from analyzer.names.outlet import HELD_BYTES, Outlet, Piece
from analyzer.names.quic_dns import DnsStreams
from analyzer.names.quic_flight import Flight
from analyzer.names.quic_frames import CRYPTO, DATAGRAM, Part, parts
from analyzer.names.quic_open import Opened, Opener
from analyzer.names.quic_packet import HANDSHAKE, ZERO_RTT, Long, long_packets
from analyzer.names.quic_stream import Ordered, Reader
from analyzer.names.talk import Talk

_ONE_RTT = 4  # beside the kinds of long headers
_LABELS = {  # by whether the client sent it; what it says in the handshake tells nothing
    (True, ZERO_RTT): keylog.CLIENT_EARLY,
    (False, HANDSHAKE): keylog.SERVER_HANDSHAKE,
    (True, _ONE_RTT): keylog.CLIENT_TRAFFIC,
    (False, _ONE_RTT): keylog.SERVER_TRAFFIC,
}
_SPOKEN = {"h3": "http3", "doq": "dns"}
"""What is spoken by its ALPN, without the number of a draft."""

_ID_SIZES = 4
"""Lengths of connection ids tried for one side; each side has one of its own."""

CLOSED = 256
"""Packets in a row that do not open, after which a direction is given up: each is tried with
several keys and lengths, which takes far longer than opening one."""

_STREAM, _DIRECTION_KEYS = 600, 8_192  # bytes that one of each takes, about

_STREAMS = 16_384
"""Streams of one connection that are read: as many requests do not fit into what is read."""


class Session:
    """One connection; ``client`` is the side that sent the ClientHello."""

    __slots__ = ("_client", "_closed", "_failed", "_flight", "_held", "_id_sizes", "_inner",
                 "_left", "_opened", "_openers", "_outlet", "_random", "_reader", "_secrets",
                 "_shut", "_streams", "_talk", "_waiting")  # fmt: skip

    def __init__(self, talk: Talk, secrets: Secrets, client: int, random: bytes) -> None:
        """``random`` is the ClientHello's."""
        self._talk = talk
        self._inner = Talk(talk.start, talk.heard.inside())
        self._secrets, self._random = secrets, random
        self._client = client
        self._openers: dict[tuple[bool, int], Opener] = {}
        self._opened = False  # some content was
        self._failed = [0, 0]  # packets of each side in a row that did not open
        self._shut: dict[int, tuple[str, int] | None] = {}  # sides not opened so far: why, frame
        self._id_sizes: tuple[list[int], list[int]] = ([], [])  # of each side's connection ids
        self._flight = Flight(talk)
        self._outlet = Outlet(self._inner)
        self._reader: Reader | None = None
        self._streams: dict[tuple[int, int], Ordered] = {}
        self._closed: set[tuple[int, int]] = set()
        self._waiting: dict[tuple[int, int], None] = {}  # those with holes, oldest first
        self._held = 0  # bytes waiting behind them
        self._left = [limits.CLEAR_STREAM_BYTES, limits.CLEAR_STREAM_BYTES]
        talk.wants[:] = [limits.OPENED_DATAGRAMS, limits.OPENED_DATAGRAMS]

    def datagram(self, side: int, data: bytes, frame: int, ts: int, cut: bool) -> None:
        """One UDP payload, perhaps of several packets; ``cut``: only its beginning is there."""
        at = 0
        for packet in long_packets(data):
            at = packet.end
            self._long(side, data, packet, frame, ts)
        if cut:  # the tag stands at the end
            self._talk.heard.odd("quic_gap", frame)
        elif at < len(data) and not data[at] & 0x80 and any(data[at:]):  # zeros fill it up
            self._short(side, data, at, frame, ts)

    @property
    def held(self) -> int:
        """Bytes kept for later, about."""
        streams = _STREAM * (len(self._streams) + len(self._closed))
        reader = self._reader.held if self._reader and self._reader is not self._outlet else 0
        keys = _DIRECTION_KEYS * len(self._openers)
        return self._held + streams + self._flight.held + self._outlet.held + reader + keys

    # ---------------------------------------------------------------- packets

    def _long(self, side: int, data: bytes, packet: Long, frame: int, ts: int) -> None:
        self._learn(side, packet.source)
        if packet.kind == HANDSHAKE:  # sent to an id the other side chose (RFC 9000 7.2)
            self._learn(1 - side, len(packet.dcid))
            if self._flight.over:
                self._openers.pop((False, HANDSHAKE), None)
                return
        opener = self._opener(side, packet.kind)
        if opener is not None:
            opened = opener.unseal(data, packet.start, packet.number, packet.end)
            if opened is not None:
                self._take(side, packet.kind, opener, opened, frame, ts)

    def _learn(self, side: int, size: int) -> None:
        """Short headers do not say how long the connection id in them is."""
        sizes = self._id_sizes[side]
        if size not in sizes and len(sizes) < _ID_SIZES:
            sizes.append(size)

    def _short(self, side: int, data: bytes, start: int, frame: int, ts: int) -> None:
        """A packet of the connection itself; it goes on to the datagram's end."""
        opener = self._opener(side, _ONE_RTT)
        if opener is None:
            self._shut.setdefault(side, ("key_missing", frame))
            return
        for size in self._id_sizes[1 - side]:
            opened = opener.unseal(data, start, start + 1 + size, len(data))
            if opened is not None:
                self._shut[side] = None
                self._failed[side] = 0
                self._take(side, _ONE_RTT, opener, opened, frame, ts)
                return
        self._shut.setdefault(side, ("key_wrong", frame))
        self._failed[side] += 1
        if self._failed[side] >= CLOSED:
            self._shut[side] = self._shut[side] or ("key_wrong", frame)
            self._talk.wants[side] = 0

    def _opener(self, side: int, level: int) -> Opener | None:
        """What opens packets of a side at a level; None: that secret was not logged so far."""
        key = side == self._client, level
        opener = self._openers.get(key)
        if opener is None and key in _LABELS:
            secret = self._secrets.of(_LABELS[key], self._random)
            if secret is not None:
                opener = self._openers[key] = Opener(secret)
        return opener

    def _take(
        self, side: int, level: int, opener: Opener, opened: Opened, frame: int, ts: int
    ) -> None:
        """What was inside a packet."""
        tls = self._talk.tls
        if tls is not None and tls.cipher is None and opener.suite and level != ZERO_RTT:
            tls.cipher = ciphers.name(opener.suite)
        self._opened = self._opened or level != HANDSHAKE
        found, whole = parts(opened.frames)
        if not whole:
            self._talk.heard.odd("quic_frame", frame)
        for part in found:
            self._part(side, level, part, frame, ts)

    # ------------------------------------------------------ what packets carry

    def _part(self, side: int, level: int, part: Part, frame: int, ts: int) -> None:
        if part.stream == DATAGRAM:
            self._outlet.apart(side, part.data, frame, ts)
        elif part.stream != CRYPTO or level == HANDSHAKE:
            self._stream(side, part, Piece(part.data, frame, ts))

    def _stream(self, side: int, part: Part, piece: Piece) -> None:
        key = side, part.stream
        stream = self._streams.get(key)
        if stream is None:
            if key in self._closed or len(self._closed) + len(self._streams) >= _STREAMS:
                return
            stream = self._streams[key] = Ordered()
        self._go_on(key, stream, stream.held, stream.add(part.offset, piece, part.last))
        while self._held > HELD_BYTES:
            self._pass_over(next(iter(self._waiting)))

    def _pass_over(self, key: tuple[int, int]) -> None:
        """The first hole of a stream is given up."""
        stream = self._streams[key]
        self._go_on(key, stream, stream.held, stream.pass_over())

    def _go_on(
        self, key: tuple[int, int], stream: Ordered, before: int, fresh: Iterator[Piece]
    ) -> None:
        """Gives what comes out of a stream, and keeps account of what waits in it."""
        for piece in fresh:
            self._give(*key, piece)
        self._held += stream.held - before
        if stream.whole:
            self._end(key)
        elif stream.held:
            self._waiting[key] = None
        else:
            self._waiting.pop(key, None)

    def _give(self, side: int, stream: int, piece: Piece) -> None:
        """The next bytes of a stream, to whoever reads them."""
        if piece.hole:
            self._talk.heard.odd("quic_gap", piece.frame)
        if stream == CRYPTO:
            self._flight.piece(piece)
            return
        self._left[side] -= len(piece.data)
        if self._left[side] <= 0:
            self._talk.wants[side] = 0
        self._reader = self._reader or self._choose()
        self._reader.piece(side, stream, piece)

    def _choose(self) -> Reader:
        """Who reads what was agreed on, or where that was not seen, what was offered first."""
        tls = self._talk.tls
        spoken = self._flight.alpn or (tls.alpn[0] if tls and tls.alpn else "")
        self._inner.protocol = _SPOKEN.get(spoken.partition("-")[0], "unknown")
        if self._inner.protocol == "http3":
            return Http3(self._inner, self._client, self._outlet)
        return DnsStreams(self._inner) if self._inner.protocol == "dns" else self._outlet

    def _end(self, key: tuple[int, int]) -> None:
        self._held -= self._streams.pop(key).held
        self._waiting.pop(key, None)
        self._closed.add(key)
        if self._reader is not None:
            self._reader.end(*key)

    def close(self) -> None:
        """The flow is over: what waited is read behind its hole, and the story told."""
        while self._waiting:
            self._pass_over(next(iter(self._waiting)))
        if self._reader is not None:
            self._reader.close()
        self._outlet.close()
        self._tell()

    def _tell(self) -> None:
        """What was heard inside, into the flow's story; and what was not."""
        talk, inner = self._talk, self._inner
        for why in self._shut.values():
            if why is not None:
                talk.heard.odd(*why)
        if self._opened:
            talk.opened(inner)
