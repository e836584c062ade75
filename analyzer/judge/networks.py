"""Which names and addresses an entry of a list covers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from analyzer import addresses


class Network(NamedTuple):
    """An address range in CIDR notation; an address alone is a range of one."""

    bits: int  # 32 or 128
    first: int
    length: int

    def holds(self, address: str) -> bool:
        """Whether an address (canonical text) lies in the range."""
        try:
            packed = addresses.packed(address)
        except ValueError:
            return False
        rest = self.bits - self.length
        return len(packed) * 8 == self.bits and int.from_bytes(packed) >> rest == self.first >> rest


def network(text: str) -> Network:
    """``10.0.0.0/8``, ``2001:db8::1``; ValueError says what was expected."""
    address, slash, length = text.partition("/")
    try:
        packed = addresses.packed(address)
    except ValueError:
        raise ValueError("an address or a range such as 203.0.113.0/24") from None
    bits = len(packed) * 8
    written = length.isascii() and length.isdigit() and len(length) <= 3
    prefix = bits if not slash else int(length) if written else -1
    if not 0 <= prefix <= bits:
        raise ValueError(f"a prefix length from 0 to {bits}")
    return Network(bits, int.from_bytes(packed), prefix)


def is_domain(text: str) -> bool:
    """Whether a text can stand as a domain in a list: letters, digits, ``-``, ``_``, dots.

    What ends in a number is an address, never a domain (as in the URL standard).
    """
    labels = text.rstrip(".").split(".")
    return (
        len(text) <= 253
        and not labels[-1].isdigit()
        and all(
            0 < len(label) < 64 and label.replace("-", "").replace("_", "").isalnum()
            for label in labels
        )
    )


def under(name: str, domains: Iterable[str]) -> bool:
    """Whether a name is one of the domains or below one: ``notbad.com`` is not ``bad.com``."""
    return ends_in(name, tuple("." + domain for domain in domains))


def ends_in(name: str, ends: tuple[str, ...]) -> bool:
    """``under``, of domains that have their dot in front already."""
    return ("." + name.lower().rstrip(".")).endswith(ends)
