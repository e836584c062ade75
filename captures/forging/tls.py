"""Real TLS conversations: Python's ``ssl`` talks to itself over memory buffers.

The bytes come from OpenSSL and differ in their random numbers from run to run;
their lengths do not (RSA signatures and X25519 keys have one length).
"""

from __future__ import annotations

import ssl
import tempfile
import warnings
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}
ECH = 0xFE0D  # RFC 9849: encrypted_client_hello


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a server's certificate says; an empty issuer makes it self-signed."""

    names: tuple[str, ...]
    not_before: datetime = datetime(2026, 8, 1, tzinfo=UTC)
    not_after: datetime = datetime(2026, 10, 30, tzinfo=UTC)
    issuer: str = "Example Forged CA"

    def build(self) -> x509.Certificate:
        """The certificate, signed with this process's own throw-away keys."""
        subject = _name(self.names[0])
        signer = private_key("issuer" if self.issuer else "server")
        names = x509.SubjectAlternativeName([x509.DNSName(name) for name in self.names])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(_name(self.issuer) if self.issuer else subject)
            .public_key(private_key("server").public_key())
            .serial_number(0x1000_0000_0000_0000 + _small_hash(repr(self)))
            .not_valid_before(self.not_before)
            .not_valid_after(self.not_after)
            .add_extension(names, critical=False)
        )
        return builder.sign(signer, hashes.SHA256())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _small_hash(text: str) -> int:
    return int.from_bytes(sha256(text.encode()).digest()[:6], "big")


@lru_cache(maxsize=2)
def private_key(role: str) -> rsa.RSAPrivateKey:
    """One key for all servers and one for the issuer, made when first needed."""
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


@dataclass(slots=True)
class TlsTalk:
    """A client and a server that speak TLS; every method returns wire bytes.

    ``name`` None sends no server name. ``key_log`` holds the session's secrets
    after the handshake, in the NSS key log format.
    """

    name: str | None
    version: str = "1.3"
    alpn: tuple[str, ...] = ("h2", "http/1.1")
    certificate: Certificate | None = None
    key_log: str = field(init=False, default="")
    _ends: tuple[ssl.SSLObject, ssl.SSLObject] = field(init=False)
    _wires: tuple[ssl.MemoryBIO, ssl.MemoryBIO] = field(init=False)

    def handshake(self) -> list[tuple[bool, bytes]]:
        """The flights in order, each (sent by the client?, bytes)."""
        with tempfile.TemporaryDirectory() as folder:
            self._connect(Path(folder))
            flights = self._shake_hands()
            log = Path(folder, "keys")
            self.key_log = log.read_text() if log.exists() else ""
        return flights

    def send(self, up: bool, data: bytes) -> bytes:
        """The records that carry ``data`` one way."""
        sender, receiver = self._ends if up else self._ends[::-1]
        for start in range(0, len(data), 1 << 20):
            sender.write(data[start : start + (1 << 20)])
        sent = self._wires[up].read()
        self._wires[up].write(sent)
        for _ in range(0, len(data), 16_384):
            receiver.read(16_384)
        return sent

    def _connect(self, folder: Path) -> None:
        """``_wires[up]`` is what the client writes to, ``_wires[not up]`` the server."""
        to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = _client_context(self.version, self.alpn)
        client.keylog_filename = str(folder / "keys")
        server = _server_context(self.version, self.alpn)
        certificate = self.certificate or Certificate((self.name or "unnamed.example",))
        server.load_cert_chain(_pem(certificate, folder))
        self._wires = (to_client, to_server)
        self._ends = (
            client.wrap_bio(to_client, to_server, server_hostname=self.name),
            server.wrap_bio(to_server, to_client, server_side=True),
        )

    def _shake_hands(self) -> list[tuple[bool, bytes]]:
        flights: list[tuple[bool, bytes]] = []
        pending = b""
        open_ends = {True, False}
        up = True
        while open_ends:
            with suppress(ssl.SSLWantReadError):
                self._ends[0 if up else 1].do_handshake()
                open_ends.discard(up)
            pending = self._wires[up].read()
            if pending:
                flights.append((up, pending))
                self._wires[up].write(pending)
            up = not up
        with suppress(ssl.SSLWantReadError):
            self._ends[0].read(1)  # takes in the session tickets: they were sent once
        return flights


def _client_context(version: str, alpn: tuple[str, ...]) -> ssl.SSLContext:
    context = _only(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), version, alpn)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _server_context(version: str, alpn: tuple[str, ...]) -> ssl.SSLContext:
    return _only(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), version, alpn[:1])


def _only(context: ssl.SSLContext, version: str, alpn: tuple[str, ...]) -> ssl.SSLContext:
    """Fixes the negotiated version; the ones of RFC 8996 need the lowest security level.

    A client offers 1.2 beside 1.3, as handsets do.
    """
    if version in ("1.0", "1.1"):
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # old versions are wanted here
        context.maximum_version = VERSIONS[version]
        context.minimum_version = min(VERSIONS[version], ssl.TLSVersion.TLSv1_2)
    if alpn:
        context.set_alpn_protocols(list(alpn))
    return context


def _pem(certificate: Certificate, folder: Path) -> Path:
    """Key and certificate in a file that lives as long as the handshake."""
    key = private_key("server").private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "server.pem"
    path.write_bytes(key + certificate.build().public_bytes(serialization.Encoding.PEM))
    return path


def with_extension(flight: bytes, kind: int, body: bytes) -> bytes:
    """A ClientHello's record with one more extension at its end.

    The handshake that follows was made without it; nobody without the keys can
    tell. All lengths (record, message, extensions) are put right.
    """
    extensions = _extensions_at(flight)
    added = kind.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body
    grown = bytearray(flight)
    for position, width in ((3, 2), (6, 3), (extensions, 2)):
        value = int.from_bytes(grown[position : position + width], "big") + len(added)
        grown[position : position + width] = value.to_bytes(width, "big")
    return bytes(grown) + added


def _extensions_at(flight: bytes) -> int:
    """Where the length of the extensions stands in a record with a ClientHello."""
    at = 5 + 4 + 2 + 32  # record, message, legacy version, random
    at += 1 + flight[at]  # session id
    at += 2 + int.from_bytes(flight[at : at + 2], "big")  # cipher suites
    return at + 1 + flight[at]  # compression methods


def with_ech(flight: bytes, inner_size: int = 240) -> bytes:
    """A ClientHello with an encrypted inner one (outer form of RFC 9849, section 5)."""
    suite = bytes.fromhex("00 0001 0001 2a")  # outer, HKDF-SHA256, AES-128-GCM, config 42
    key, inner = filler(32, "ech key"), filler(inner_size, "ech inner")
    body = suite + len(key).to_bytes(2, "big") + key + len(inner).to_bytes(2, "big") + inner
    return with_extension(flight, ECH, body)


def filler(size: int, seed: str) -> bytes:
    """Bytes that look random and are the same in every run."""
    blocks = range(-(-size // 32))
    return b"".join(sha256(b"%s %d" % (seed.encode(), n)).digest() for n in blocks)[:size]
