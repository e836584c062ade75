"""Real TLS sessions of chosen cipher suites with their key logs, and records sealed by hand."""

from __future__ import annotations

from contextlib import suppress

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from OpenSSL import SSL

from analyzer.model import Flow, NameSource
from analyzer.names import schedule
from analyzer.names.conversation import Conversation, FlowStart, Heard
from analyzer.names.schedule import SUITES
from captures.forging.tls import Certificate, private_key
from tests.names.names_forge import PHONE, SERVER, finished

NO_ENCRYPT_THEN_MAC = 1 << 19  # SSL_OP_NO_ENCRYPT_THEN_MAC
ALLOW_RENEGOTIATION = 1 << 8  # SSL_OP_ALLOW_CLIENT_RENEGOTIATION
VERSIONS = {"1.1": SSL.TLS1_1_VERSION, "1.2": SSL.TLS1_2_VERSION, "1.3": SSL.TLS1_3_VERSION}
Flights = list[tuple[int, bytes]]


class Session:
    """A client and a server, memory between them; ``flights`` are (side, bytes) in order."""

    def __init__(
        self,
        version: str = "1.3",
        cipher: str = "",
        *,
        alpn: tuple[bytes, ...] = (),
        options: int = 0,
        again: Session | None = None,
    ) -> None:
        self.flights: Flights = []
        self.log = again.log if again else bytearray()
        self.contexts = again.contexts if again else _contexts(version, cipher, alpn, options)
        client, server = self.contexts
        if again is None:
            client.set_keylog_callback(lambda _, line: self.log.extend(line + b"\n"))
        self.ends = SSL.Connection(client, None), SSL.Connection(server, None)
        self.ends[0].set_tlsext_host_name(b"api.example.org")
        if again and (known := again.ends[0].get_session()):
            self.ends[0].set_session(known)
        self.ends[0].set_connect_state()
        self.ends[1].set_accept_state()
        self.shake_hands()

    def shake_hands(self) -> None:
        """The handshake, or a new one."""
        for side in (0, 1) * 4:
            with suppress(SSL.WantReadError):
                self.ends[side].do_handshake()
            with suppress(SSL.WantReadError):
                self.ends[side].recv(1)  # takes in tickets, and what asks for a new handshake
            self._carry(side)

    def say(self, side: int, data: bytes) -> None:
        """Content of one side, which the other reads."""
        for at in range(0, len(data), 16_384):
            self.ends[side].send(data[at : at + 16_384])
        self._carry(side)
        with suppress(SSL.WantReadError):
            while self.ends[1 - side].recv(65_536):
                pass

    def _carry(self, side: int) -> None:
        with suppress(SSL.WantReadError):
            while True:
                data = self.ends[side].bio_read(1 << 20)
                self.flights.append((side, data))
                self.ends[1 - side].bio_write(data)

    @property
    def key_log(self) -> bytes:
        """The secrets of this session, and of the one it resumes."""
        return bytes(self.log)


def _context(version: str, cipher: str, options: int) -> SSL.Context:
    context = SSL.Context(SSL.TLS_METHOD)
    context.set_min_proto_version(VERSIONS[version])
    context.set_max_proto_version(VERSIONS[version])
    context.set_options(options)
    if version == "1.3" and cipher:
        context.set_tls13_ciphersuites(cipher.encode())
    elif version != "1.3":
        context.set_cipher_list(f"{cipher or 'ALL'}:@SECLEVEL=0".encode())
    return context


def _contexts(
    version: str, cipher: str, alpn: tuple[bytes, ...], options: int
) -> tuple[SSL.Context, SSL.Context]:
    """Of the client and of the server."""
    client, server = (_context(version, cipher, options) for _ in range(2))
    server.use_certificate(Certificate(("api.example.org",)).build())
    server.use_privatekey(private_key("server"))
    server.set_session_id(b"forged")
    if alpn:
        client.set_alpn_protos(list(alpn))
        server.set_alpn_select_callback(lambda _, offered: offered[0])
    return client, server


class Kept:
    """Takes content, as the judging room would."""

    def __init__(self) -> None:
        self.sides: dict[int, bytes] = {}
        self.gaps: list[int] = []

    def take(self, _: int, side: int, data: bytes, *more: object) -> None:
        self.sides[side] = self.sides.get(side, b"") + data

    def gap(self, _: int, side: int) -> None:
        self.gaps.append(side)

    def tell(self, *told: object) -> None:
        """Nothing here tells."""


class Hearing:
    """One conversation heard with a key log; what became of it."""

    def __init__(self, *key_logs: bytes, growing: bool = False) -> None:
        self.content = Kept()
        self.heard = Heard(content=self.content)
        for key_log in key_logs:
            self.heard.take_secrets(key_log)
        if growing and self.heard.secrets:
            self.heard.secrets.growing = True
        self.talk = Conversation(FlowStart(1, "tcp", PHONE, 40_000, SERVER, 443, False), self.heard)
        self.frame = 0

    def hear(self, flights: Flights, step: int = 1_448) -> Hearing:
        """Segments of so many bytes, as far as they are wanted."""
        for side, data in flights:
            for at in range(0, len(data), step):
                self.frame += 1
                if self.talk.wants[side] > self.talk.seen_bytes[side]:
                    self.talk.stream(side, data[at : at + step], self.frame, self.frame * 1_000)
        return self

    def end(self) -> Flow:
        """The flow, once all is heard."""
        return finished(self.talk)

    @property
    def inside(self) -> tuple[bytes, bytes]:
        """What was decrypted of each side."""
        return self.content.sides.get(2, b""), self.content.sides.get(3, b"")


def traffic_secret(key_log: bytes, label: str) -> bytes:
    """A secret out of a key log of one session."""
    lines = dict(line.split(b" ", 2)[::2] for line in key_log.splitlines())
    return bytes.fromhex(lines[label.encode()].decode())


def sealed_13(secret: bytes, number: int, plain: bytes, kind: int = 23) -> bytes:
    """A TLS 1.3 record under AES-256-GCM, sealed independently of what opens it."""
    keys = schedule.traffic_keys(secret, SUITES[0x1302])
    inner = plain + bytes([kind])
    header = b"\x17\x03\x03" + (len(inner) + 16).to_bytes(2, "big")
    nonce = bytes(a ^ b for a, b in zip(keys.iv, number.to_bytes(12, "big"), strict=True))
    return header + AESGCM(keys.key).encrypt(nonce, inner, header)


ASKED = b"POST /report HTTP/1.1\r\nHost: Inside.example.org\r\nContent-Length: 5\r\n\r\nhello"
TOLD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1_000
SUITES_12 = (
    "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305",
    "ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA", "ECDHE-RSA-AES128-SHA256",
    "ECDHE-RSA-AES256-SHA384", "AES128-SHA", "AES256-SHA256", "AES128-GCM-SHA256",
)  # fmt: skip
SUITES_13 = (
    "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"
)  # fmt: skip


def exchange(version: str = "1.3", cipher: str = "", **more: object) -> Session:
    """A session with one request and its answer."""
    session = Session(version, cipher, **more)  # type: ignore[arg-type]
    session.say(0, ASKED)
    session.say(1, TOLD)
    return session


def hear(session: Session, *key_logs: bytes) -> Hearing:
    return Hearing(*(key_logs or (session.key_log,))).hear(session.flights)


def opened(hearing: Hearing) -> None:
    """Both sides were read, as what they are, and nothing as heard in clear."""
    flow = hearing.end()
    assert hearing.inside == (ASKED, TOLD)
    assert set(hearing.content.sides) == {2, 3}
    assert (flow.decrypted, flow.app_protocol, flow.encrypted) == ("http", "tls", "yes")
    assert (flow.cleartext_frame, flow.user_agent) == (None, None)
    assert (flow.name, flow.name_source) == ("api.example.org", NameSource.SNI)
    seen = [s for s in hearing.heard.names if s.source == "http_host"]
    assert [(s.name, s.detail, s.decrypted) for s in seen] == [
        ("inside.example.org", "POST /report", True)
    ]
    assert hearing.heard.anomalies == {}


def closed(hearing: Hearing) -> None:
    flow = hearing.end()
    assert hearing.content.sides == {}
    assert (flow.decrypted, flow.encrypted) == (None, "yes")
    assert flow.name == "api.example.org"
