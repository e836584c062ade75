"""Captured bytes become text: capped, decodable, comparable. Nothing is trusted."""

from __future__ import annotations

from analyzer import addresses, limits

_HOST = bytes(sorted(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_*"))


def clean(raw: bytes) -> str:
    """UTF-8 text of at most limits.TEXT characters; odd bytes become ``\\xNN``."""
    return raw[: limits.TEXT * 4].decode("utf-8", "backslashreplace")[: limits.TEXT]


def host(raw: bytes) -> str:
    """A host name as it is compared: lower case, no trailing dot, capped."""
    return clean(raw).lower().rstrip(".")


def is_address(name: str) -> bool:
    """Whether a text is an IP address."""
    if ":" not in name and not name[-1:].isdigit():
        return False
    try:
        addresses.packed(name)
    except ValueError:
        return False
    return True


def is_host(name: str) -> bool:
    """Whether a text could be a DNS host name with at least one dot."""
    raw = name.encode("utf-8", "replace")
    return len(raw) < 254 and b"." in raw.strip(b".") and not raw.translate(None, _HOST + b".")


def dns_name(labels: list[bytes]) -> str:
    """Labels in presentation form (RFC 1035 5.1, RFC 4343 2.1), lower case.

    Bytes outside printable ASCII, and dots and backslashes inside a label, are
    written ``\\DDD``, so that two different names never look the same.
    """
    joined = b".".join(labels)
    if len(joined.translate(None, _HOST)) == len(labels) - 1:
        return joined.decode("ascii").lower()
    return ".".join(_escaped(label) for label in labels).lower()


def _escaped(label: bytes) -> str:
    return "".join(
        chr(byte) if 0x20 < byte < 0x7F and byte not in b".\\" else f"\\{byte:03d}"
        for byte in label
    )
