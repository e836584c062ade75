"""What differs between QUIC versions: salt, key labels, packet type bits, and names.

Sources: RFC 9001 5.2, RFC 9369 3, the drafts' section 5.2, and for Google's and
Facebook's own versions their published implementations.
"""

from __future__ import annotations

from typing import NamedTuple


class Version(NamedTuple):
    """How to open an Initial of one version."""

    salt: bytes
    prefix: bytes = b"quic "
    initial: int = 0  # packet type bits of an Initial
    google: bool = False  # the Initial holds Google's own handshake, not TLS
    crypto: int = 6  # the type of a CRYPTO frame


V1 = Version(bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"))
V2 = Version(bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9"), b"quicv2 ", 1)
V2_DRAFT = Version(bytes.fromhex("a707c203a59b47184a1d62ca570406ea7ae3e5d3"), b"quicv2 ", 1)
DRAFT_29 = Version(bytes.fromhex("afbfec289993d24c9e9786f19c6111e04390a899"))
DRAFT_23 = Version(bytes.fromhex("c3eef712c72ebb5a11a7d2432bb46365bef9f502"))
DRAFT_21 = Version(bytes.fromhex("7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a"))
Q050 = Version(bytes.fromhex("504574efd066fe2f9d945cfcdbd3a7f0d3b56b45"), google=True)
T050 = Version(bytes.fromhex("7ff579e5acd072915580304c43a2367c60488310"), crypto=8)
T051 = Version(bytes.fromhex("7a4edef4e7ccee5fa4506c19124fc8ccda6e033d"), crypto=8)

_NAMED = {
    0x00000001: V1,
    0x6B3343CF: V2,
    0x709A50C4: V2_DRAFT,
    0xFACEB001: DRAFT_21,  # mvfst
    0xFACEB002: DRAFT_23,
    0xFACEB00E: DRAFT_23,
    0xFACEB003: DRAFT_29,
    0x51303530: Q050,
    0x54303530: T050,
    0x54303531: T051,
}
_DRAFTS = ((33, V1), (29, DRAFT_29), (23, DRAFT_23), (21, DRAFT_21))


def versions(number: int) -> tuple[Version, ...]:
    """How an Initial of this version number may be opened; empty if nobody told us.

    A client that wants to negotiate sends a reserved number (RFC 9000 15), which
    has no salt: it is the one of the version that the client speaks.
    """
    if number & 0x0F0F0F0F == 0x0A0A0A0A:
        return V1, DRAFT_29
    known = _NAMED.get(number)
    if known is None and number >> 8 == 0xFF0000:
        draft = number & 0xFF
        known = next((v for first, v in _DRAFTS if first <= draft <= 34), None)
    return (known,) if known else ()
