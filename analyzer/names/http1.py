"""Listens to HTTP/1 requests in clear (RFC 9112), pipelined or kept alive.

Rules of this file
- Bodies are passed over by counting, never stored; what judges content is handed them.
- After a hole, reading resumes at the next segment that begins with a method.
- A tunnel (CONNECT) or an upgrade ends it; a tunnel's inside is heard afresh.
"""

from __future__ import annotations

from analyzer import limits
from analyzer.model import HostHint, NameSource, WhyNoName
from analyzer.names.http_head import Request, read_request
from analyzer.names.resolvers import HTTPDNS
from analyzer.names.talk import Deaf, Talk

METHODS = (
    b"GET ", b"POST ", b"HEAD ", b"PUT ", b"DELETE ", b"OPTIONS ", b"PATCH ", b"CONNECT ",
    b"TRACE ", b"PROPFIND ", b"PROPPATCH ", b"MKCOL ", b"COPY ", b"MOVE ", b"LOCK ",
    b"UNLOCK ", b"REPORT ", b"SEARCH ", b"NOTIFY ", b"SUBSCRIBE ", b"UNSUBSCRIBE ",
)  # fmt: skip

HEAD_BYTES = 65_536
"""Longest header block read; servers refuse more than 8 to 64 KB."""

RESPONSE = 2_048
"""Bytes of the other side shared with what judges content: a response's head."""

_HEAD, _SIZE, _TRAILER, _LOST, _TUNNEL, _OVER = range(6)


class HttpEar(Deaf):
    """The requests of one connection."""

    __slots__ = ("client", "frame", "head", "skip", "state", "talk", "ts")

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.client = -1
        self.head = bytearray()  # header block or chunk line being collected
        self.skip = 0  # body bytes still to pass over
        self.state = _HEAD
        self.frame = self.ts = 0  # of the client's last bytes
        talk.protocol = "http"
        talk.encrypted = "no"

    def stream(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """The next bytes of one side."""
        if self.client < 0:
            self._meet(side, data)
        self.talk.clear(frame)
        if side == self.client:
            self.frame, self.ts = frame, ts
            self._requests(data, frame, ts)
        elif self.state == _TUNNEL:
            self._reply(side, data, frame, ts)

    def gap(self, side: int, cut: bool) -> None:
        """Bytes of the client are missing: use what is there, then look for a method."""
        if side == self.client and self.state < _TUNNEL:
            self._half_head(cut)
            self.head.clear()
            self.skip, self.state = 0, _LOST

    def close(self) -> None:
        """The flow is over, perhaps inside a header block."""
        self._half_head(False)

    def _half_head(self, cut: bool) -> None:
        """A header block half read may already name its host; else what is missing would."""
        if self.state != _HEAD or not self.head:
            return
        if b"\n" in self.head:
            self._request(bytes(self.head), self.frame, self.ts)
        self.talk.why = WhyNoName.CUT if cut else WhyNoName.GAP

    def _meet(self, side: int, data: bytes) -> None:
        """Who is who: requests begin with a method, responses with HTTP/."""
        response = data.startswith(b"HTTP/")
        self.client = 1 - side if response else side
        self.talk.wants[self.client] = limits.CLEAR_STREAM_BYTES
        self.talk.wants[1 - self.client] = RESPONSE if self.talk.heard.content else 0
        if response:
            self.state = _LOST
            late = self.talk.start.late_start
            self.talk.why = WhyNoName.STARTED_LATE if late else WhyNoName.GAP

    def _requests(self, data: bytes, frame: int, ts: int) -> None:
        at, size = 0, len(data)
        if self.state == _LOST and data.startswith(METHODS):
            self.state = _HEAD
        while at < size and self.state != _LOST:
            if self.state == _TUNNEL and data.startswith(METHODS[:8], at):
                self.state = _HEAD  # the proxy is asked again
            if self.state == _TUNNEL:  # what follows CONNECT is the tunnel's inside
                self.talk.hand_over(self.client, data[at:], frame, ts)
            if self.state >= _TUNNEL:
                return
            if self.skip:
                step = min(self.skip, size - at)
                self.skip -= step
                at += step
            elif self.state == _HEAD:
                at = self._collect(data, at, frame, ts)
            else:
                at = self._line(data, at)

    def _collect(self, data: bytes, at: int, frame: int, ts: int) -> int:
        """Add to the header block; the offset behind what was taken."""
        head = self.head
        before = len(head)
        if not before:
            while at < len(data) and data[at] in b"\r\n":
                at += 1
        head += data[at : at + HEAD_BYTES - before]
        end = _blank_line(head, max(0, before - 3))
        if end < 0 and len(head) < HEAD_BYTES:
            return len(data)
        if end < 0:
            self.talk.heard.odd("http_long_head", frame)
            self.state = _LOST
            end = len(head)
        block = bytes(head[:end])
        head.clear()
        self._request(block, frame, ts)
        return at + end - before

    def _line(self, data: bytes, at: int) -> int:
        """A chunk's size line (RFC 9112 7.1) or a trailer line; the offset behind it."""
        stop = data.find(b"\n", at) + 1
        self.head += data[at : stop or len(data)]
        if not stop:
            if len(self.head) > HEAD_BYTES:
                self.state = _LOST
            return len(data)
        line = bytes(self.head).strip()
        self.head.clear()
        if self.state == _TRAILER:
            if not line:
                self.state = _HEAD
            return stop
        size = _hex(line.split(b";")[0].strip())
        if size is None:
            self.state = _LOST
        elif size == 0:
            self.state = _TRAILER
        else:
            self.skip = size + 2
        return stop

    def _request(self, block: bytes, frame: int, ts: int) -> None:
        """Tell one request and prepare for its body."""
        talk = self.talk
        request = read_request(block)
        if request is None:
            self.state = _LOST
            return
        talk.why = None
        if request.protocol != "http":  # RTSP and SIP share the shape
            talk.protocol = request.protocol
            self.state = _OVER
            if talk.heard.content is None:
                self._end()
            return
        if request.hosts > 1:
            talk.heard.odd("http_two_hosts", frame)
        name = request.host or talk.address(1 - self.client)
        if request.host:
            talk.named(NameSource.HTTP_HOST, request.host, frame)
        talk.seen("http_host", name, frame, ts, f"{request.method} {request.uri}"[: limits.TEXT])
        self._agent(request, frame)
        if self.talk.address(1 - self.client).startswith(HTTPDNS):
            talk.protocol = "httpdns"
            for asked in request.asked_hosts():
                talk.seen("dns_query", asked, frame, ts, "query over HTTP")
        self._body(request)

    def _agent(self, request: Request, frame: int) -> None:
        if request.user_agent:
            talk = self.talk
            talk.user_agent = talk.user_agent or request.user_agent
            here = talk.address(self.client)
            talk.heard.hint(HostHint("user_agent", request.user_agent, frame, here))

    def _body(self, request: Request) -> None:
        if request.method == "CONNECT":
            self.state = _TUNNEL
            self.talk.wants[1 - self.client] = self.talk.opening(1 - self.client)
        elif request.websocket:
            self._end()
        elif request.chunked:
            self.state = _SIZE
        else:
            self.skip = request.length

    def _end(self) -> None:
        self.state = _OVER
        self.talk.wants[:] = [0, 0]

    def _reply(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """A proxy's answer to CONNECT ends with a blank line; what follows is inside."""
        head = self.head
        head += data[: HEAD_BYTES - len(head)]
        end = _blank_line(head, 0)
        if end >= 0:
            accepted = head[9:10] == b"2"
            rest = bytes(head[end:])
            head.clear()
            if accepted and rest:
                self.talk.hand_over(side, rest, frame, ts)


def _blank_line(head: bytearray, start: int) -> int:
    """Offset behind the blank line that ends a header block, or -1."""
    first, second = head.find(b"\n\r\n", start), head.find(b"\n\n", start)
    if first < 0 and second < 0:
        return -1
    if second < 0 or 0 <= first < second:
        return first + 3
    return second + 2


def _hex(text: bytes) -> int | None:
    """A chunk size of at most 15 hexadecimal digits."""
    if not text or len(text) > 15 or text.strip(b"0123456789abcdefABCDEF"):
        return None
    return int(text, 16)
