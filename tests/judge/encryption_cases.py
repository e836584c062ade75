"""A forged conversation for each rule about encryption: the rule's id, and what differs."""

from __future__ import annotations

from typing import Any

from analyzer import model as m
from tests.judge.forged_results import START

DAY = 86_400 * 10**9


def tls(version: str = "TLS 1.2", cipher: str = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        names: tuple[str, ...] = (), before: int | None = None, after: int | None = None,
        self_signed: bool | None = None) -> m.TlsSeen:  # fmt: skip
    """What a handshake showed; ``before`` and ``after`` are days from the recording."""
    at = [None if days is None else START + days * DAY for days in (before, after)]
    return m.TlsSeen(version, cipher, certificate_names=names, certificate_not_before=at[0],
                     certificate_not_after=at[1], certificate_issuer="Example CA",
                     certificate_self_signed=self_signed)  # fmt: skip


def shown(name: str, **more: Any) -> dict[str, Any]:
    """A conversation that asked for a name."""
    return {"name": name, "name_source": m.NameSource.SNI, **more}


PLAIN: dict[str, Any] = {"encrypted": "no", "cleartext_frame": 7, "payload_up": 400}
CASES: dict[str, dict[str, Any]] = {
    "old-tls": {"tls": tls("TLS 1.0")},
    "old-ssl": {"tls": tls("SSL 3.0")},
    "weak-cipher": {"tls": tls(cipher="TLS_RSA_EXPORT_WITH_RC4_40_MD5")},
    "weak-cipher-rc4": {"tls": tls(cipher="TLS_ECDHE_RSA_WITH_RC4_128_SHA")},
    "weak-cipher-3des": {"tls": tls(cipher="TLS_RSA_WITH_3DES_EDE_CBC_SHA")},
    "no-forward-secrecy": {"tls": tls(cipher="TLS_RSA_WITH_AES_128_GCM_SHA256")},
    "certificate-expired": shown(
        "a.old.example", tls=tls(names=("*.old.example",), before=-900, after=-2, self_signed=False)
    ),
    "certificate-not-yet-valid": shown(
        "early.example", tls=tls(names=("early.example",), before=3, after=90, self_signed=False)
    ),
    "certificate-self-signed": shown(
        "own.example", tls=tls(names=("own.example",), before=-9, after=900, self_signed=True)
    ),
    "certificate-own-issuer": shown(
        "same.example", tls=tls(names=("same.example",), before=-9, after=900)
    ),
    "certificate-name-mismatch": shown(
        "a.b.other.example",
        tls=tls(names=("*.other.example",), before=-9, after=90, self_signed=False),
    ),
    "starttls-not-used": {**PLAIN, "app_protocol": "smtp", "starttls": "declined"},
    "cleartext-unknown": {**PLAIN, "app_protocol": None, "content": "readable"},
    "encoded-in-clear": {**PLAIN, "app_protocol": "http", "content": "encoded"},
    "random-in-clear": {**PLAIN, "app_protocol": "http", "content": "random"},
    "random-unknown": {"app_protocol": None, "encrypted": "unknown", "content": "random"},
}
"""With a server of the public Internet."""

LOCAL: dict[str, dict[str, Any]] = {
    "certificate-local": {"tls": tls(names=("printer",), before=-1, after=9, self_signed=True)},
}
"""With a box in the local network."""

WELL: list[dict[str, Any]] = [
    shown(f"{n}.well.example",
          tls=tls(names=("*.well.example", str(n)), before=-9, after=90, self_signed=False))
    for n in range(4)
]  # fmt: skip
"""Certificates in order: they show that the clock is right."""
