"""A publisher on 127.0.0.1: an HTTPS server, its authority, a proxy, a database.

Each path of the server is one behaviour; the tests name them.
"""

from __future__ import annotations

import contextlib
import gzip
import http.server
import ipaddress
import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from analyzer.data.fetch import Terms

Answer = Callable[["Handler"], None]


@dataclass
class Publisher:
    """A running server: where it is, what it answers, what it was asked."""

    port: int
    context: ssl.SSLContext
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"https://{self.host}{path}"

    def terms(self, **changes: object) -> Terms:
        """Terms under which this server may be asked, in tests' time."""
        own: dict[str, object] = {
            "hosts": frozenset({self.host}),
            "max_bytes": 1_000_000,
            "stall": 10.0,  # a busy machine may take its time; tests of slowness say less
            "total": 30.0,
            "context": self.context,
            "proxies": {},
        }
        return Terms(**(own | changes))  # type: ignore[arg-type]

    def says(self, path: str, body: bytes, status: int = 200, **headers: str) -> None:
        """Answer a path with a body that has its length before it."""

        def answer(handler: Handler) -> None:
            handler.head(status, {"Content-Length": str(len(body))} | headers)
            handler.wfile.write(body)

        self.answers[path] = answer

    def redirects(self, path: str, location: str) -> None:
        self.answers[path] = lambda handler: handler.head(
            302, {"Location": location, "Content-Length": "0"}
        )


class Handler(http.server.BaseHTTPRequestHandler):
    """Looks the path up among the publisher's answers."""

    publisher: Publisher
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.publisher.asked.append((self.path, dict(self.headers.items())))
        self.close_connection = True
        answer = self.publisher.answers.get(self.path)
        if answer is None:
            self.head(404, {"Content-Length": "0"})
            return
        with contextlib.suppress(OSError):  # the client may have seen enough
            answer(self)

    def head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Silence."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is part of the tests."""


@contextlib.contextmanager
def publishing(folder: Path) -> Iterator[Publisher]:
    """A publisher that is there while the context lasts."""
    authority, chain = _certificate(folder)
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(chain)
    handler = type("OwnHandler", (Handler,), {})
    server = _Server(("127.0.0.1", 0), handler)
    server.socket = server_side.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    handler.publisher = Publisher(  # type: ignore[attr-defined]
        server.server_address[1], ssl.create_default_context(cadata=authority)
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield handler.publisher  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


@contextlib.contextmanager
def proxying() -> Iterator[tuple[int, list[bytes]]]:
    """A CONNECT proxy: its port, and the requests it was sent."""
    heads: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=_tunnel, args=(client, heads), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1], heads
    finally:
        listener.close()


def _tunnel(client: socket.socket, heads: list[bytes]) -> None:
    head = b""
    while b"\r\n\r\n" not in head:
        head += client.recv(4096)
    heads.append(head)
    host, port = head.split(b" ")[1].decode().rsplit(":", 1)
    with client, socket.create_connection((host, int(port))) as server:
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        ways = {client: server, server: client}
        while True:
            for ready in select.select(list(ways), [], [], 5)[0]:
                data = ready.recv(65_536)
                if not data:
                    return
                ways[ready].sendall(data)


def _certificate(folder: Path) -> tuple[str, Path]:
    """An authority (PEM text), and a file with the server's key and certificate."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Authority of {folder.name}")])
    root = _builder(root_name, root_name, root_key.public_key())
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    root = root.add_extension(_SIGNS, critical=True)  # asked for since Python 3.13 (RFC 5280)
    named = x509.SubjectKeyIdentifier.from_public_key(root_key.public_key())
    root = root.add_extension(named, critical=False)
    root_certificate = root.sign(root_key, hashes.SHA256())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test publisher")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    leaf = _builder(name, root_name, key.public_key())
    leaf = leaf.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    by = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(named)
    leaf = leaf.add_extension(by, critical=False)
    certificate = leaf.sign(root_key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    path = folder / "publisher.pem"
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(pem)
    )
    return root_certificate.public_bytes(pem).decode(), path


_SIGNS = x509.KeyUsage(
    digital_signature=False, content_commitment=False, key_encipherment=False,
    data_encipherment=False, key_agreement=False, key_cert_sign=True, crl_sign=False,
    encipher_only=False, decipher_only=False,
)  # fmt: skip


def _builder(
    name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )


def mmdb(country: str = "US", kind: str = "Tiny-Country", epoch: int = 1_790_000_000) -> bytes:
    """A database of one node that puts all of IPv4 in one country (MaxMind DB 2.0)."""
    record = (1 + 16).to_bytes(3, "big")  # node count, 16, offset 0 of the data
    data = _map({"country": _map({"iso_code": _text(country)})})
    about = {
        "binary_format_major_version": b"\xa1\x02",
        "binary_format_minor_version": b"\xa1\x00",
        "build_epoch": b"\x04\x02" + epoch.to_bytes(4, "big"),
        "database_type": _text(kind),
        "description": _map({"en": _text("a test")}),
        "ip_version": b"\xa1\x04",
        "languages": b"\x00\x04",
        "node_count": b"\xc1\x01",
        "record_size": b"\xa1\x18",
    }
    return record * 2 + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + _map(about)


def mmdb_gz(**about: object) -> bytes:
    return gzip.compress(mmdb(**about), mtime=0)  # type: ignore[arg-type]


def _text(text: str) -> bytes:
    return bytes([0x40 | len(text)]) + text.encode()


def _map(pairs: dict[str, bytes]) -> bytes:
    return bytes([0xE0 | len(pairs)]) + b"".join(_text(k) + v for k, v in pairs.items())
