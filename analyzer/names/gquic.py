"""Google's own QUIC handshake message CHLO: tags in clear (Q024 to Q050)."""

from __future__ import annotations

from struct import Struct

_ENTRY = Struct("<4sI").unpack_from

TAGS = 256
"""Tags read of one message; real ones have about 25."""


def is_gquic(data: bytes) -> bool:
    """Whether a datagram is a client's of Q024 to Q046 and shows its version."""
    if len(data) < 20:
        return False
    at = 1 if data[0] & 0x80 else 9  # from Q044 on the version comes first
    if at == 9 and data[0] & 0x09 != 0x09:
        return False
    name = data[at : at + 4]
    return name[:2] == b"Q0" and name[2:].isdigit() and name < b"Q050"


def client_hello(data: bytes, most: int = 96) -> dict[bytes, bytes] | None:
    """Tag to value of a CHLO that begins within ``most`` bytes; None if there is none."""
    at = data.find(b"CHLO", 0, most)
    if at < 0 or at + 8 > len(data):
        return None
    count = data[at + 4] | data[at + 5] << 8
    base = at + 8 + 8 * count
    if count > TAGS or base > len(data):
        return None
    tags: dict[bytes, bytes] = {}
    start = 0
    for i in range(count):
        tag, end = _ENTRY(data, at + 8 + 8 * i)
        if end < start or base + end > len(data):
            break
        tags[tag.rstrip(b"\0")] = data[base + start : base + end]
        start = end
    return tags


def package(agent: str) -> str | None:
    """The Android package name a user agent begins with, if it does."""
    first = agent.split(" ", 1)[0].split("/", 1)[0]
    words = first.split(".")
    plain = all(w.isascii() and w.replace("_", "a").isalnum() and w.islower() for w in words)
    return first if len(words) >= 3 and plain and words[0].isalpha() else None
