"""One HTTP/1 header block into what it says about who is asked for what."""

from __future__ import annotations

from analyzer.names.text import clean, host
from analyzer.record import Record

_PROTOCOLS = {b"HTTP/": "http", b"RTSP/": "rtsp", b"SIP/2": "sip"}


class Request(Record):
    """A request's words. ``host`` has no port; ``length`` is the body's."""

    method: str
    uri: str
    protocol: str = "http"
    host: str = ""
    hosts: int = 0
    user_agent: str = ""
    length: int = 0
    chunked: bool = False
    websocket: bool = False

    def asked_hosts(self) -> list[str]:
        """Names in a ``host=`` query parameter, as HTTPDNS services take them."""
        query = self.uri.partition("?")[2]
        values = [p[5:] for p in query.split("&") if p.startswith("host=")]
        return [name.lower() for value in values for name in value.split(",")[:16] if name]


def read_request(block: bytes) -> Request | None:
    """Read a header block; None if its first line is no request line."""
    lines = block.split(b"\n")
    words = lines[0].strip().split(b" ")
    if len(words) < 2 or not words[0].isalpha():
        return None
    known = "http"
    if len(words) > 2:
        known = _PROTOCOLS.get(words[-1][:5], "")
        if not known:
            return None
    request = Request(clean(words[0]), clean(b" ".join(words[1:-1] or words[1:])), known)
    for line in lines[1:]:
        key, colon, value = line.partition(b":")
        take = _HEADERS.get(key.strip().lower()) if colon else None
        if take is not None:
            take(request, value.strip())
    _authority(request)
    return request


def bare_host(raw: bytes) -> str:
    """``host[:port]`` without the port, brackets of IPv6 taken off."""
    raw = raw.rpartition(b"@")[2]
    if raw.startswith(b"["):
        return host(raw[1:].partition(b"]")[0])
    name, colon, port = raw.rpartition(b":")
    return host(name if colon and port.isdigit() and b":" not in name else raw)


def _authority(request: Request) -> None:
    """Names that stand in the request line: CONNECT's target, an absolute URI."""
    target = request.uri.encode("utf-8", "replace")
    if request.method == "CONNECT":
        named = bare_host(target)
        request.host = named or request.host
        return
    scheme, found, rest = target.partition(b"://")
    if not found or not scheme.isalpha():
        return
    named = bare_host(rest.partition(b"/")[0].partition(b"?")[0])
    if request.host and named and named != request.host:
        request.hosts += 1
    request.host = request.host or named


def _host(request: Request, value: bytes) -> None:
    name = bare_host(value)
    if name != request.host or not request.hosts:
        request.hosts += 1
    request.host = request.host or name


def _agent(request: Request, value: bytes) -> None:
    request.user_agent = request.user_agent or clean(value)


def _length(request: Request, value: bytes) -> None:
    """A negative or absurd length counts as none."""
    request.length = int(value) if value.isdigit() and len(value) < 19 else 0


def _encoding(request: Request, value: bytes) -> None:
    request.chunked = b"chunked" in value.lower()


def _upgrade(request: Request, value: bytes) -> None:
    request.websocket = value.lower() == b"websocket"


_HEADERS = {
    b"host": _host,
    b"user-agent": _agent,
    b"content-length": _length,
    b"transfer-encoding": _encoding,
    b"upgrade": _upgrade,
}
