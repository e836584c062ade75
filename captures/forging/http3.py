"""Real HTTP/3 conversations: aioquic's client and server, and what happens on the way.

Keys and connection ids are random in every run; sizes and times are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

from aioquic.h3.connection import H3Connection
from aioquic.h3.events import DataReceived, HeadersReceived
from aioquic.tls import CipherSuite

from captures.forging.quic import Datagram, Wire, pair

CIPHERS = {
    "aes128": CipherSuite.AES_128_GCM_SHA256,
    "aes256": CipherSuite.AES_256_GCM_SHA384,
    "chacha": CipherSuite.CHACHA20_POLY1305_SHA256,
}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer. ``before``: keys or connection id change first."""

    path: str
    body: bytes = b""
    answer: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    before: str = ""  # "keys", "id"


def http3_datagrams(
    name: str,
    exchanges: Sequence[Exchange],
    *,
    rtt: int,
    versions: tuple[str, ...] = ("v1",),
    cipher: str = "aes128",
    key_log: TextIO | None = None,
    together: bool = False,
) -> list[Datagram]:
    """Handshake, the exchanges one after the other or all ``together``, close."""
    client, server = pair(name, versions, "h3", key_log, CIPHERS[cipher])
    wire = Wire(client, server, rtt)
    client.connect(("10.0.0.2", 2), now=0.0)
    wire.run()
    asking, answering = H3Connection(client), H3Connection(server)
    _settle(wire, asking, answering, {})
    answers: dict[str, bytes] = {}
    for exchange in exchanges:
        if exchange.before == "keys":
            client.request_key_update()
        elif exchange.before == "id":
            client.change_connection_id()
        _ask(asking, client.get_next_available_stream_id(), name, exchange)
        answers[exchange.path] = exchange.answer
        if not together:
            _settle(wire, asking, answering, answers)
    _settle(wire, asking, answering, answers)
    client.close()
    wire.run()
    return sorted(wire.seen, key=lambda datagram: datagram.after)


def _ask(asking: H3Connection, stream: int, name: str, exchange: Exchange) -> None:
    method = "POST" if exchange.body else "GET"
    fields = [(":method", method), (":scheme", "https"), (":authority", name)]
    fields += [(":path", exchange.path), *exchange.headers]
    raw = [(key.encode(), value.encode()) for key, value in fields]
    asking.send_headers(stream, raw, end_stream=not exchange.body)
    if exchange.body:
        asking.send_data(stream, exchange.body, end_stream=True)


def _settle(
    wire: Wire, asking: H3Connection, answering: H3Connection, answers: dict[str, bytes]
) -> None:
    """Carry datagrams, and answer requests, until all is said."""
    paths: dict[int, str] = {}
    while True:
        wire.run()
        heard = False
        while (event := wire.client.next_event()) is not None:
            asking.handle_event(event)
        while (event := wire.server.next_event()) is not None:
            for told in answering.handle_event(event):
                heard = True
                if isinstance(told, HeadersReceived):
                    paths[told.stream_id] = dict(told.headers)[b":path"].decode()
                if isinstance(told, HeadersReceived | DataReceived) and told.stream_ended:
                    answering.send_headers(told.stream_id, [(b":status", b"200")])
                    answer = answers[paths[told.stream_id]]
                    answering.send_data(told.stream_id, answer, end_stream=True)
        if not heard:
            wire.run()
            return
