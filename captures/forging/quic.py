"""Real QUIC conversations: two aioquic connections fed each other's datagrams.

Keys and connection ids are random in every run; sizes and times are not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TextIO

from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.connection import QuicConnection
from aioquic.tls import CipherSuite, SessionTicket

from captures.forging.tls import Certificate, filler, private_key

VERSIONS = {"v1": 0x00000001, "v2": 0x6B3343CF}  # RFC 9000, RFC 9369
_CLIENT, _SERVER = ("10.0.0.1", 1), ("10.0.0.2", 2)  # aioquic only compares them
_ROUNDS = 400  # more than any size in use needs; a stuck pair ends here


@dataclass(frozen=True, slots=True)
class Datagram:
    """One datagram: ns after the first one, sent by the client?, its bytes."""

    after: int
    up: bool
    data: bytes


@dataclass(slots=True)
class Tickets:
    """What client and server keep of a connection to resume it."""

    client: list[SessionTicket] = field(default_factory=list)
    server: list[SessionTicket] = field(default_factory=list)

    def issued(self, label: bytes) -> SessionTicket | None:
        """The server's copy of a ticket."""
        return next((each for each in self.server if each.ticket == label), None)


def quic_datagrams(
    name: str | None,
    *,
    rtt: int,
    up: int = 400,
    down: int = 6_000,
    version: str = "v1",
    alpn: str = "h3",
    key_log: TextIO | None = None,
) -> list[Datagram]:
    """Handshake, a request of ``up`` bytes, an answer of ``down`` bytes, close."""
    client, server = pair(name, (version,), alpn, key_log)
    talk = Wire(client, server, rtt)
    client.connect(_SERVER, now=0.0)
    talk.run()
    client.send_stream_data(0, filler(up, "request"), end_stream=True)
    talk.run()
    server.send_stream_data(0, filler(down, "answer"), end_stream=True)
    talk.run()
    client.close()
    talk.run()
    return sorted(talk.seen, key=lambda datagram: datagram.after)


def resumed_datagrams(
    name: str, early: bytes, *, rtt: int, key_log: TextIO | None = None
) -> list[Datagram]:
    """A second connection, resumed by a ticket of the first, with early data (RFC 9001 4.6)."""
    tickets = Tickets()
    first = pair(name, ("v1",), "private", None, tickets=tickets)
    first[0].connect(_SERVER, now=0.0)
    Wire(*first, rtt).run()
    client, server = pair(name, ("v1",), "private", key_log, tickets=tickets)
    wire = Wire(client, server, rtt)
    client.connect(_SERVER, now=0.0)
    client.send_stream_data(0, early, end_stream=True)
    wire.run()
    return sorted(wire.seen, key=lambda datagram: datagram.after)


class Wire:
    """Carries datagrams to and fro, half a round trip each way."""

    def __init__(self, client: QuicConnection, server: QuicConnection, rtt: int) -> None:
        self.client, self.server = client, server
        self.rtt = rtt
        self.now = 0
        self.seen: list[Datagram] = []

    def run(self) -> None:
        """Until neither side has anything to say."""
        for _ in range(_ROUNDS):
            sent = self._carry(True) + self._carry(False)
            if not sent:
                return
        raise RuntimeError("the two QUIC connections never fell silent")

    def _carry(self, up: bool) -> int:
        """Sends what one side has; the clock is the handset's, the pace 250 us."""
        sender, receiver = (self.client, self.server) if up else (self.server, self.client)
        datagrams = [data for data, _ in sender.datagrams_to_send(now=self.now / 1e9)]
        for data in datagrams:
            self.now += 250_000
            seen = self.now if up else self.now + self.rtt // 2
            self.seen.append(Datagram(seen, up, data))
            source = _CLIENT if up else _SERVER
            receiver.receive_datagram(data, source, now=(self.now + self.rtt // 2) / 1e9)
        self.now += self.rtt // 2
        return len(datagrams)


def pair(
    name: str | None,
    versions: tuple[str, ...],
    alpn: str,
    key_log: TextIO | None,
    cipher: CipherSuite | None = None,
    tickets: Tickets | None = None,
) -> tuple[QuicConnection, QuicConnection]:
    """Client and server; of several versions the client speaks the last, the server the first.

    Of the ``tickets`` the first is used; those that are issued are added. Without any,
    none are issued.
    """
    ciphers = [cipher] if cipher else None
    spoken = [VERSIONS[version] for version in versions]
    client = QuicConnection(
        configuration=QuicConfiguration(
            is_client=True,
            server_name=name,
            verify_mode=0,
            secrets_log_file=key_log,
            original_version=spoken[-1],
            alpn_protocols=[alpn],
            supported_versions=spoken,
            cipher_suites=ciphers,
            session_ticket=tickets.client[0] if tickets and tickets.client else None,
        ),
        session_ticket_handler=tickets.client.append if tickets else None,
    )
    served = QuicConfiguration(
        is_client=False, alpn_protocols=[alpn], supported_versions=spoken, cipher_suites=ciphers
    )
    served.certificate = Certificate((name or "unnamed.example",)).build()
    served.private_key = private_key("server")
    server = QuicConnection(
        configuration=served,
        original_destination_connection_id=client.original_destination_connection_id,
        session_ticket_handler=tickets.server.append if tickets else None,
        session_ticket_fetcher=tickets.issued if tickets else None,
    )
    return client, server
