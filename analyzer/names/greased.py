"""GREASE (RFC 8701): values that mean nothing and must be ignored."""

from __future__ import annotations


def is_grease(value: int) -> bool:
    """Whether a 16-bit TLS code point is one of 0x0a0a, 0x1a1a ... 0xfafa."""
    return value & 0x0F0F == 0x0A0A and value >> 8 == value & 0xFF
