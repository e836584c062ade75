"""Listens to HTTP/2 in clear (RFC 9113): authority and path of each request, DNS inside.

Frames are taken whole up to ``FRAME`` bytes; longer ones are passed over by counting.
"""

from __future__ import annotations

from analyzer import limits
from analyzer.model import HostHint, NameSource
from analyzer.names import dns
from analyzer.names.dns_ear import Messages
from analyzer.names.hpack import Decoder, Field, HpackError
from analyzer.names.http_head import bare_host
from analyzer.names.outlet import Outlet, Piece
from analyzer.names.talk import Deaf, Talk
from analyzer.names.text import clean

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
FRAME = 65_536
_DATA, _HEADERS, _RESET, _CONTINUATION = 0, 1, 3, 9
_PADDED, _PRIORITY, _END_HEADERS, _END_STREAM = 0x8, 0x20, 0x4, 0x1


class _Side:
    """One direction: bytes not yet a frame, header block not yet whole."""

    __slots__ = ("block", "buffer", "decoder", "skip")

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.block = b""
        self.decoder: Decoder | None = Decoder()
        self.skip = 0

    @property
    def held(self) -> int:
        """Bytes kept, about."""
        table = self.decoder.held if self.decoder else 0
        return len(self.buffer) + len(self.block) + table


class Http2Ear(Deaf):
    """Both directions of one connection."""

    __slots__ = ("client", "messages", "outlet", "sides", "talk")

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.sides = (_Side(), _Side())
        self.client = -1
        self.messages = Messages(talk, "dns")
        self.outlet = Outlet(talk)
        talk.wants[:] = [limits.CLEAR_STREAM_BYTES, limits.CLEAR_STREAM_BYTES]

    def stream(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """The next bytes of one side."""
        here = self.sides[side]
        step = min(here.skip, len(data))
        here.skip -= step
        here.buffer += data[step:]
        at = 0
        if self.client in (-1, side) and here.buffer.startswith(PREFACE):
            self.client, at = side, len(PREFACE)
        elif self.client < 0 and PREFACE.startswith(here.buffer):
            return
        at = self._frames(side, here, at, frame, ts)
        del here.buffer[:at]
        self.talk.held = self.outlet.held + self.sides[0].held + self.sides[1].held

    def gap(self, side: int, cut: bool) -> None:
        """After a hole no frame boundary is known: that side is over."""
        self.talk.wants[side] = 0

    def close(self) -> None:
        """The flow is over: bodies half seen are content, too."""
        self.outlet.close()

    def _frames(self, side: int, here: _Side, at: int, frame: int, ts: int) -> int:
        """Read the frames that are whole; the offset behind them."""
        buffer = here.buffer
        while len(buffer) - at >= 9 and self.talk.wants[side]:
            length = int.from_bytes(buffer[at : at + 3], "big")
            end = at + 9 + length
            if length > FRAME:
                here.skip = max(0, end - len(buffer))
                at = min(end, len(buffer))
                continue
            if end > len(buffer):
                break
            kind, stream = buffer[at + 3], int.from_bytes(buffer[at + 5 : at + 9], "big")
            body = Piece(bytes(buffer[at + 9 : end]), frame, ts)
            self._frame(side, kind, buffer[at + 4], stream, body)
            at = end
        return at

    def _frame(self, side: int, kind: int, flags: int, stream: int, piece: Piece) -> None:
        if kind not in (_DATA, _HEADERS, _RESET, _CONTINUATION):
            return
        body = piece.data
        if flags & _PADDED and kind in (_DATA, _HEADERS) and body:
            body = body[1 : max(1, len(body) - body[0])]
        if kind == _DATA:
            self.outlet.piece(side, stream, piece._replace(data=body))
            if self.talk.asks_dns and dns.plausible(body):
                self.messages.message(side, body, piece.frame, piece.ts, False)
        elif kind != _RESET:
            self._block(side, kind, flags, body, piece)
        if kind == _RESET or (flags & _END_STREAM and kind != _CONTINUATION):
            self.outlet.end(side, stream)

    def _block(self, side: int, kind: int, flags: int, body: bytes, piece: Piece) -> None:
        """Part of a header block; the last one has it read."""
        here = self.sides[side]
        if kind == _HEADERS:
            here.block = b""
            body = body[5:] if flags & _PRIORITY else body
        here.block += body[: FRAME - len(here.block)]
        if flags & _END_HEADERS:
            self._headers(side, here, piece.frame, piece.ts)

    def _headers(self, side: int, here: _Side, frame: int, ts: int) -> None:
        if here.decoder is None or side != self.client:
            return
        try:
            fields = here.decoder.block(here.block)
        except HpackError:
            here.decoder = None
            return
        tell_fields(self.talk, side, fields, frame, ts)


_DNS = "application/dns-message"
"""RFC 8484 6. A client says that it asks; a body alone may only look like an answer."""


def tell_fields(
    talk: Talk, client: int, fields: list[Field], frame: int, ts: int, whole: bool = True
) -> None:
    """What the header fields of a client say, in HTTP/2 and HTTP/3: content, and the request.

    Of fields that are not ``whole`` the request only where the host is among them. A few
    bytes may stand for many: content is of each section up to ``FRAME`` characters, and of
    a conversation up to limits.CLEAR_STREAM_BYTES.
    """
    lines = _lines(fields, min(FRAME, limits.CLEAR_STREAM_BYTES - talk.unpacked))
    talk.unpacked += len(lines)
    if len(lines) < sum([len(name) + len(value) + 3 for name, value in fields]):
        talk.heard.odd("http_long_head", frame)
    talk.share(client, lines.encode("latin-1", "replace"), frame, ts, True)
    first = dict(reversed(fields))
    if _DNS in (first.get("accept"), first.get("content-type")):
        talk.asks_dns = True
    if ":method" in first and (whole or ":authority" in first):
        _tell_request(talk, client, first, frame, ts)


def _lines(fields: list[Field], most: int) -> str:
    """Header fields one below the other, as many as have room in ``most`` characters."""
    lines = []
    for name, value in fields:
        most -= len(name) + len(value) + 3
        if most < 0:
            break
        lines.append(f"{name}: {value}\n")
    return "".join(lines)


def _tell_request(talk: Talk, client: int, fields: dict[str, str], frame: int, ts: int) -> None:
    """Who is asked, for what, and by which program."""
    raw = fields.get(":authority") or fields.get("host") or ""
    name = bare_host(raw.encode("latin-1", "replace"))
    if name:
        talk.named(NameSource.HTTP_HOST, name, frame)
    detail = clean(f"{fields[':method']} {fields.get(':path', '')}".encode("latin-1", "replace"))
    talk.seen("http_host", name or talk.address(1 - client), frame, ts, detail)
    agent = clean(fields.get("user-agent", "").encode("latin-1", "replace"))
    if agent:
        talk.user_agent = talk.user_agent or agent
        talk.heard.hint(HostHint("user_agent", agent, frame, talk.address(client)))
