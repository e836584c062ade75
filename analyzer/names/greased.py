"""GREASE (RFC 8701): values that mean nothing and must be ignored."""

from __future__ import annotations

GREASE = frozenset(step << 12 | 0x0A00 | step << 4 | 0x0A for step in range(16))
"""The reserved 16-bit code points of TLS: 0x0a0a, 0x1a1a ... 0xfafa."""
