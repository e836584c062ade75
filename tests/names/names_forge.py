"""Forged bytes and flows for the tests of the names room; everything in it is fictional."""

from __future__ import annotations

import contextlib
import ssl
import struct
from collections.abc import Iterable

from analyzer.model import Flow
from analyzer.names.conversation import Conversation, FlowStart, Heard

PHONE, SERVER = "192.168.7.20", "203.0.113.80"


def open_talk(proto: str = "tcp", port: int = 443, late: bool = False) -> Conversation:
    """A conversation from the fictional phone to a fictional server."""
    return Conversation(FlowStart(1, proto, PHONE, 40_000, SERVER, port, late), Heard())


def flow(**changes: object) -> Flow:
    """A flow from the phone to the server; keyword arguments change it."""
    values: dict[str, object] = {
        "id": 1, "proto": "tcp", "client_ip": PHONE, "client_port": 40_000,
        "server_ip": SERVER, "server_port": 443, "first": 1_000, "last": 2_000,
        "first_frame": 1, "last_frame": 9, "packets_up": 1, "packets_down": 1,
        "bytes_up": 1, "bytes_down": 1, "payload_up": 1, "payload_down": 1,
    }  # fmt: skip
    return Flow(**{**values, **changes})  # type: ignore[arg-type]


def finished(talk: Conversation) -> Flow:
    """The flow as the conversation leaves it."""
    done = flow()
    talk.finish(done)
    return done


def feed(talk: Conversation, side: int, data: bytes, step: int = 0, frame: int = 4) -> None:
    """One side's bytes, whole or in steps, as far as they are wanted."""
    for at in range(0, len(data), step or max(1, len(data))):
        if talk.wants[side] > talk.seen_bytes[side]:
            talk.stream(side, data[at : at + (step or len(data))], frame, frame * 1_000)


def hello(name: str | None = "api.example.org", alpn: Iterable[str] = ("h2",)) -> bytes:
    """The first flight of a real TLS client: one record with a ClientHello."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if alpn:
        context.set_alpn_protocols(list(alpn))
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname=name)
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


def handmade_hello(extensions: bytes, version: int = 0x0303, ciphers: bytes = b"\x13\x01") -> bytes:
    """A ClientHello body with the given extensions block."""
    return (
        struct.pack(">H", version) + bytes(32) + b"\0"
        + struct.pack(">H", len(ciphers)) + ciphers + b"\1\0"
        + struct.pack(">H", len(extensions)) + extensions
    )  # fmt: skip


def extension(kind: int, body: bytes) -> bytes:
    """One TLS extension."""
    return struct.pack(">HH", kind, len(body)) + body


def sni(*names: bytes) -> bytes:
    """A server_name extension with host names."""
    listed = b"".join(b"\0" + struct.pack(">H", len(n)) + n for n in names)
    return extension(0, struct.pack(">H", len(listed)) + listed)


def handshake(kind: int, body: bytes) -> bytes:
    """A handshake message."""
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def records(message: bytes, size: int = 16_000, version: int = 0x0301) -> bytes:
    """Handshake bytes in records of at most ``size``."""
    parts = [message[at : at + size] for at in range(0, len(message), size)]
    return b"".join(struct.pack(">BHH", 22, version, len(part)) + part for part in parts)


def server_hello(version: int = 0x0303, cipher: int = 0xC02F, extensions: bytes = b"") -> bytes:
    """A ServerHello message."""
    body = struct.pack(">H", version) + bytes(range(32)) + b"\0" + struct.pack(">HB", cipher, 0)
    return handshake(2, body + struct.pack(">H", len(extensions)) + extensions)


def labels(name: str) -> bytes:
    """A DNS name on the wire, without compression."""
    return b"".join(bytes([len(p)]) + p.encode() for p in name.split(".") if p) + b"\0"


def question(name: str, kind: int = 1, ident: int = 7) -> bytes:
    """A DNS query."""
    return (
        struct.pack(">6H", ident, 0x0100, 1, 0, 0, 0) + labels(name) + struct.pack(">HH", kind, 1)
    )


def record(name: bytes, kind: int, data: bytes, ttl: int = 60) -> bytes:
    """A resource record; ``name`` is wire format."""
    return name + struct.pack(">HHIH", kind, 1, ttl, len(data)) + data


def reply(name: str, *answers: bytes, kind: int = 1, extra: tuple[bytes, ...] = ()) -> bytes:
    """A DNS response; names of answers may point to offset 12."""
    head = struct.pack(">6H", 7, 0x8180, 1, len(answers), 0, len(extra))
    return head + labels(name) + struct.pack(">HH", kind, 1) + b"".join(answers + extra)


def protect(
    frames: bytes, dcid: bytes, version: int, number: int = 0, pad: int = 1_162, way: int = 0
) -> bytes:
    """A client Initial as RFC 9001 5 protects it, with a four-byte packet number.

    ``way``: which of the ways to open this version it is made for.
    """
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    from analyzer.names import quic_packet, quic_versions

    known = quic_versions.versions(version)[way]
    keys = quic_packet.client_keys(known, dcid)
    frames = frames.ljust(pad, b"\0")
    first = 0xC3 | known.initial << 4
    header = bytes([first]) + version.to_bytes(4, "big") + bytes([len(dcid)]) + dcid + b"\0\0"
    header += struct.pack(">H", 0x4000 | 4 + len(frames) + 16) + number.to_bytes(4, "big")
    nonce = (int.from_bytes(keys.iv, "big") ^ number).to_bytes(12, "big")
    sealed = AESGCM(keys.key).encrypt(nonce, frames, header)
    ecb = Cipher(algorithms.AES(keys.hp), modes.ECB()).encryptor()
    mask = ecb.update(sealed[:16])
    masked = bytes(a ^ b for a, b in zip(header[-4:], mask[1:5], strict=True))
    return bytes([header[0] ^ mask[0] & 15]) + header[1:-4] + masked + sealed


def crypto(offset: int, data: bytes) -> bytes:
    """A CRYPTO frame (RFC 9000 19.6)."""
    return b"\x06" + struct.pack(">HH", 0x4000 | offset, 0x4000 | len(data)) + data


def certificate(
    names: tuple[str, ...], common: str, issuer: str | None = None
) -> tuple[bytes, bytes]:
    """A certificate of 2024 (DER) and its key (PEM); self-signed unless an issuer is named."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    def named(text: str) -> x509.Name:
        parts = [(NameOID.ORGANIZATION_NAME, "Example Org"), (NameOID.COMMON_NAME, text)]
        return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])

    key = ec.generate_private_key(ec.SECP256R1())
    begin = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(common))
        .issuer_name(named(issuer or common))
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=366))
    )
    if names:
        listed = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(listed, critical=False)
    made = builder.sign(key, hashes.SHA256())
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return made.public_bytes(serialization.Encoding.DER), pem
