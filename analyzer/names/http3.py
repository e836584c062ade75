"""Reads HTTP/3 (RFC 9114) out of opened QUIC streams: requests, bodies, DNS inside.

Rules of this file
- Frames with header fields, settings or short bodies are taken whole; other bodies go on as
  they come, and the rest is passed over by counting.
- Behind a hole no frame boundary is known, unless the hole lies inside one frame. What
  comes then is still content.
"""

from __future__ import annotations

from analyzer.names import dns, qpack
from analyzer.names.dns_ear import Messages
from analyzer.names.hpack import HpackError
from analyzer.names.http2 import FRAME, tell_fields
from analyzer.names.outlet import HELD_BYTES, PIECE, Outlet, Piece
from analyzer.names.quic_packet import varint
from analyzer.names.talk import Talk

_DATA, _HEADERS, _SETTINGS = 0x00, 0x01, 0x04  # frames
_WEB_TRANSPORT = 0x41  # a frame without a length
_CONTROL, _ENCODER, _DECODER = 0x00, 0x02, 0x03  # streams of one direction
_REQUEST, _PLAIN, _UNKNOWN = -1, -2, -3
_DNS = 4_096
"""Bytes of a body's frame that may be one DNS message (RFC 8484)."""

_WHOLE = {_DATA: _DNS, _HEADERS: FRAME, _SETTINGS: FRAME}
"""Frames taken whole, up to so many bytes."""

_TABLE_CAPACITY = 0x01  # setting, RFC 9204 5


class _Stream:
    """One direction of a stream: bytes not yet a frame, and what is left of one passed on."""

    __slots__ = ("body", "buffer", "frame", "left", "sort", "torn", "ts")

    def __init__(self, sort: int) -> None:
        self.sort = sort
        self.buffer = bytearray()
        self.frame = self.ts = 0  # of the bytes that came last
        self.left = 0
        self.body = False  # what is left is content
        self.torn = False  # something is missing before what comes next


class Http3:
    """Both directions of one connection; ``client`` is the side that sends requests."""

    __slots__ = ("_buffered", "_client", "_decoder", "_messages", "_outlet", "_streams",
                 "_talk", "_waiting", "_weight")  # fmt: skip

    def __init__(self, talk: Talk, client: int, outlet: Outlet) -> None:
        self._talk = talk
        self._client = client
        self._outlet = outlet
        self._decoder = qpack.Decoder()
        self._messages = Messages(talk, "dns")
        self._streams: dict[tuple[int, int], _Stream] = {}
        self._buffered = 0  # bytes of them that are not yet a frame
        self._waiting: list[tuple[int, bytes, int, int]] = []  # entries needed, section, frame, ts
        self._weight = 0  # their bytes, about

    @property
    def held(self) -> int:
        """Bytes kept for later, about, without the outlet's."""
        return self._buffered + self._weight + self._decoder.held

    def piece(self, side: int, stream: int, piece: Piece) -> None:
        """The next bytes of one direction of a stream."""
        here = self._streams.get((side, stream))
        if here is None:
            here = _Stream(_UNKNOWN if stream & 2 else _REQUEST)
            self._streams[side, stream] = here
        self._buffered -= len(here.buffer)
        self._read(side, stream, here, piece)
        self._buffered += len(here.buffer)

    def _read(self, side: int, stream: int, here: _Stream, piece: Piece) -> None:
        if piece.hole:
            self._hole(side, stream, here, piece.hole)
        here.frame, here.ts = piece.frame, piece.ts
        if here.sort == _UNKNOWN:
            piece = self._begin(here, piece)
        if here.sort == _ENCODER:
            self._instructions(side, piece)
        elif here.sort in (_REQUEST, _CONTROL):
            self._frames(side, stream, here, piece)
        elif here.sort == _PLAIN:
            self._share(side, stream, here, piece.data)

    def end(self, side: int, stream: int) -> None:
        """That direction of the stream is over."""
        here = self._streams.pop((side, stream), None)
        if here is not None:
            self._buffered -= len(here.buffer)
            self._spill(side, stream, here)
        self._outlet.end(side, stream)

    def close(self) -> None:
        """The connection is over: read what can be of sections whose entries never came."""
        waiting, self._waiting = self._waiting, []
        for _, block, frame, ts in waiting:
            self._read_known(block, frame, ts)
        for side, stream in list(self._streams):
            self.end(side, stream)
        self._outlet.close()

    def _share(self, side: int, stream: int, here: _Stream, data: bytes | bytearray) -> None:
        """Content of a stream."""
        self._outlet.piece(side, stream, Piece(bytes(data), here.frame, here.ts, int(here.torn)))
        here.torn = False

    def _hole(self, side: int, stream: int, here: _Stream, size: int) -> None:
        if here.sort == _ENCODER:
            self._decoder.broken = True
        elif here.sort == _DECODER:
            pass
        elif here.left >= size:
            here.left -= size
        else:
            self._spill(side, stream, here)
            here.sort, here.left = _PLAIN, 0
        here.torn = True

    def _spill(self, side: int, stream: int, here: _Stream) -> None:
        """Half of a body's frame is content, too."""
        if here.sort == _REQUEST and here.buffer:
            self._share(side, stream, here, here.buffer)
        here.buffer.clear()

    def _begin(self, here: _Stream, piece: Piece) -> Piece:
        """The kind of a stream of one direction (RFC 9114 6.2), and what follows it."""
        here.buffer += piece.data
        sort, at = varint(here.buffer, 0, len(here.buffer))
        if sort < 0:
            return piece
        here.sort = sort if sort in (_CONTROL, _ENCODER, _DECODER) else _PLAIN
        rest = piece._replace(data=bytes(here.buffer[at:]))
        here.buffer.clear()
        return rest

    def _frames(self, side: int, stream: int, here: _Stream, piece: Piece) -> None:
        """Read the frames that are whole, pass on bodies."""
        buffer, at = here.buffer, 0
        buffer += piece.data
        while at < len(buffer) and here.sort != _PLAIN:
            if here.left:
                at = self._passed(side, stream, here, at)
                continue
            kind, behind = varint(buffer, at, len(buffer))
            length, start = varint(buffer, behind, len(buffer))
            if kind == _WEB_TRANSPORT:
                here.sort = _PLAIN
            elif length < 0:
                break
            elif not self._wanted_whole(side, kind, length, piece.frame):
                here.left, here.body, at = length, kind == _DATA, start
            elif start + length <= len(buffer):
                self._whole(side, stream, here, kind, bytes(buffer[start : start + length]))
                at = start + length
            else:
                break
        if here.sort == _PLAIN:
            self._share(side, stream, here, buffer[at:])
            at = len(buffer)
        del buffer[:at]

    def _passed(self, side: int, stream: int, here: _Stream, at: int) -> int:
        """The offset behind what is there of a frame that is passed on, or over."""
        stop = min(at + here.left, len(here.buffer))
        here.left -= stop - at
        if here.body:
            self._share(side, stream, here, here.buffer[at:stop])
        return stop

    def _wanted_whole(self, side: int, kind: int, length: int, frame: int) -> bool:
        if kind == _HEADERS and length > FRAME:
            self._talk.heard.odd("http_long_head", frame)
        if kind == _HEADERS and side != self._client:
            return False
        return length <= _WHOLE.get(kind, -1)

    def _whole(self, side: int, stream: int, here: _Stream, kind: int, body: bytes) -> None:
        if kind == _DATA:
            self._share(side, stream, here, body)
            if self._talk.asks_dns and dns.plausible(body):
                self._messages.message(side, body, here.frame, here.ts, False)
        elif kind == _HEADERS:
            self._headers(body, here.frame, here.ts)
        elif side != self._client:
            self._settings(body)

    def _settings(self, body: bytes) -> None:
        """What the server allows for the table of the client's fields (RFC 9114 7.2.4)."""
        if self._decoder.most is not None:
            return
        self._decoder.most = at = 0
        while at < len(body):
            name, at = varint(body, at, len(body))
            value, at = varint(body, at, len(body))
            if name == _TABLE_CAPACITY and value >= 0:
                self._decoder.most = value
        self._read_waiting(True)

    def _instructions(self, side: int, piece: Piece) -> None:
        if side == self._client:
            self._decoder.instructions(piece.data)
            self._read_waiting()

    def _headers(self, block: bytes, frame: int, ts: int) -> None:
        """One section; it waits where it needs what was not inserted yet."""
        try:
            fields = self._decoder.section(block)
        except qpack.Blocked as blocked:
            self._wait(blocked.required, block, frame, ts)
        except HpackError:
            self._read_known(block, frame, ts)
        else:
            tell_fields(self._talk, self._client, fields, frame, ts)

    def _wait(self, required: int, block: bytes, frame: int, ts: int) -> None:
        """Keeps a section until so many entries were inserted, or until there are too many."""
        self._waiting.append((required, block, frame, ts))
        self._weight += PIECE + len(block)
        while self._weight > HELD_BYTES:
            _, oldest, frame, ts = self._waiting.pop(0)
            self._weight -= PIECE + len(oldest)
            self._read_known(oldest, frame, ts)

    def _read_waiting(self, anew: bool = False) -> None:
        """Sections whose entries are there by now; ``anew``: what they need is not what it was."""
        waiting, self._waiting, self._weight = self._waiting, [], 0
        for required, block, frame, ts in waiting:
            if anew or required <= self._decoder.inserted:
                self._headers(block, frame, ts)
            else:
                self._wait(required, block, frame, ts)

    def _read_known(self, block: bytes, frame: int, ts: int) -> None:
        """Of a section that cannot be read whole: the lines that can."""
        self._talk.heard.odd("http3_fields", frame)
        try:
            fields = self._decoder.known(block)
        except HpackError:
            return
        tell_fields(self._talk, self._client, fields, frame, ts, False)
