"""One file over https, or one sentence why not.

With update.py, whose hands it is, the only code that opens a socket.

Rules of this file
- https only, to hosts of the caller's list only, after a redirect too.
- Every wait and every size is bounded before it begins.
- An answer must say how long it is: one cut short is an error, not a file.
- The proxy is the environment's (https_proxy, no_proxy), as http://host:port.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from ..errors import PhonehomeError

if TYPE_CHECKING:
    from http.client import HTTPResponse, HTTPSConnection
    from ssl import SSLContext
    from urllib.parse import SplitResult

REDIRECTS = 4
"""Redirects followed; publishers use one or two."""

CHUNK_BYTES = 65_536
_REDIRECT = (301, 302, 303, 307, 308)

Result = TypeVar("Result")


class FetchError(PhonehomeError):
    """A file could not be fetched; ``status`` is the server's, where it gave one."""

    def __init__(self, sentence: str, status: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(slots=True, frozen=True)
class Terms:
    """On which conditions a file is fetched."""

    hosts: frozenset[str]  # "host", or "host:port" where it is not 443
    max_bytes: int
    stall: float = 20.0  # seconds without a byte
    total: float = 300.0  # seconds for all of it, redirects included
    context: SSLContext | None = None  # None: the system's certificate authorities
    proxies: Mapping[str, str] | None = None  # None: the environment's
    headers: Mapping[str, str] = field(default_factory=dict)  # to the first host only


def fetch(url: str, terms: Terms) -> bytes:
    """The body of ``url``; FetchError if any of the terms is not met."""
    return _within(terms.total, url, lambda: _follow(url, terms))


def _follow(url: str, terms: Terms) -> bytes:
    from time import monotonic

    deadline = monotonic() + terms.total
    headers = {"User-Agent": "phonehome (data update)", **terms.headers}
    for _ in range(REDIRECTS + 1):
        parts = _allowed(url, terms.hosts)
        body, location = _ask(parts, headers, terms, deadline)
        if location is None:
            return body
        next_url = _joined(url, location)
        if _allowed(next_url, terms.hosts).netloc != parts.netloc:
            headers.pop("Authorization", None)  # a key is for its own host only
        url = next_url
    raise FetchError(f"{url} redirects more than {REDIRECTS} times")


def _allowed(url: str, hosts: frozenset[str]) -> SplitResult:
    """The parts of a URL that may be asked; FetchError if it may not."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError as error:
        raise FetchError(f"{_shown(url)} is not an address to fetch from") from error
    if parts.scheme != "https":
        raise FetchError(f"{_shown(url)} is not https; nothing is fetched over anything else")
    if (host if port == 443 else f"{host}:{port}") not in hosts or parts.username is not None:
        known = ", ".join(sorted(hosts))
        raise FetchError(f"{_shown(url)} is not on the list of hosts for this source ({known})")
    return parts


def _ask(
    parts: SplitResult, headers: Mapping[str, str], terms: Terms, deadline: float
) -> tuple[bytes, str | None]:
    """The body, or where a redirect points; every failure as a FetchError."""
    from http.client import HTTPException

    where = f"https://{parts.netloc}{parts.path}"
    connection = _connection(parts, terms)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers=dict(headers))
        response = connection.getresponse()
        if response.status in _REDIRECT:
            return b"", response.headers.get("Location", "")
        if response.status != 200:
            raise FetchError(f"{where} answered with status {response.status}", response.status)
        return _body(response, where, terms.max_bytes, deadline), None
    except TimeoutError as error:
        raise FetchError(f"{where} sent nothing for {terms.stall:g} s") from error
    except (OSError, HTTPException, ValueError) as error:
        raise FetchError(f"{where} could not be fetched: {_reason(error)}") from error
    finally:
        connection.close()


def _body(response: HTTPResponse, where: str, max_bytes: int, deadline: float) -> bytes:
    """All bytes of the answer, and exactly as many as it announced."""
    from time import monotonic

    announced = response.length
    if announced is None and not response.chunked:
        raise FetchError(f"{where} does not say how long its answer is")
    if announced is not None and announced > max_bytes:
        raise FetchError(f"{where} would send {announced} bytes, over the limit of {max_bytes}")
    body = bytearray()
    while chunk := response.read1(CHUNK_BYTES):
        body += chunk
        if len(body) > max_bytes:
            raise FetchError(f"{where} sent over {max_bytes} bytes, the limit for this source")
        if monotonic() > deadline:
            raise FetchError(f"{where} took too long")
    if announced is not None and len(body) != announced:
        raise FetchError(f"{where} stopped after {len(body)} of {announced} bytes")
    return bytes(body)


def _connection(parts: SplitResult, terms: Terms) -> HTTPSConnection:
    """A connection that is not open yet, straight or through the proxy."""
    from http.client import HTTPSConnection
    from ssl import create_default_context
    from urllib.parse import urlsplit

    host, port = parts.hostname or "", parts.port or 443
    context = terms.context or create_default_context()
    proxy = _proxy(host, terms.proxies)
    if not proxy:
        return HTTPSConnection(host, port, timeout=terms.stall, context=context)
    try:
        via = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        via_host, via_port = via.hostname, via.port or 80
    except ValueError:
        via_host, via_port = None, 0
    if not via_host or via.scheme != "http":
        raise FetchError("the proxy of https_proxy must be written as http://host:port")
    connection = HTTPSConnection(via_host, via_port, timeout=terms.stall, context=context)
    connection.set_tunnel(host, port, headers=_proxy_key(via))
    return connection


def _proxy(host: str, proxies: Mapping[str, str] | None) -> str | None:
    """The proxy for a host; given ones count for every host."""
    if proxies is not None:
        return proxies.get("https")
    from urllib.request import getproxies, proxy_bypass

    return None if proxy_bypass(host) else getproxies().get("https")


def _proxy_key(via: SplitResult) -> dict[str, str]:
    """The header that shows the proxy its user, if its address names one."""
    if via.username is None:
        return {}
    from urllib.parse import unquote

    return {"Proxy-Authorization": basic(unquote(via.username), unquote(via.password or ""))}


def basic(user: str, password: str) -> str:
    """The value of an Authorization header of the Basic scheme, RFC 7617."""
    from base64 import b64encode

    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def _joined(url: str, location: str) -> str:
    from urllib.parse import urljoin

    try:
        return urljoin(url, location)
    except ValueError as error:
        raise FetchError(f"{_shown(url)} redirects to what is no address") from error


def _within(seconds: float, url: str, work: Callable[[], Result]) -> Result:
    """What ``work`` returns, or FetchError once the time is over.

    A thread, because no timeout of a socket covers name look-up, or headers
    that drip in byte by byte. One that is given up ends with its next byte.
    """
    from threading import Thread

    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            errors.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds + 1)  # the second: for the thread's own, better words
    if results:
        return results[0]
    raise errors[0] if errors else FetchError(f"{_shown(url)} took over {seconds:g} s")


def _reason(error: Exception) -> str:
    """A foreign error on one line, never empty."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:200]


def _shown(url: str) -> str:
    """A URL for an error: no query (it may hold a key), printable, short."""
    plain = url.partition("?")[0][:200]
    return "".join(c if c.isprintable() else "?" for c in plain)
