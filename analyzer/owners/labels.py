"""Names cut at their dots: what every matching of this room rests on.

A suffix matches whole labels only: ``tracking.miui.com`` is under ``miui.com``,
``notmiui.com`` is not.
"""

from __future__ import annotations

from collections.abc import Iterator

MAX_NAME = 253
"""Characters of a name (RFC 1035, 2.3.4, as text without the last dot)."""

_PRIVATE_ENDS = frozenset(
    ("local", "lan", "home", "internal", "localdomain", "localhost", "corp", "invalid", "onion",
     "arpa", "intranet", "private")
)  # fmt: skip
"""Last labels nobody registers under (RFC 6761, RFC 6762, ICANN's name collisions).
``.example`` and ``.test`` are treated as real ones are: demos and tests live there."""


def clean(name: str) -> str | None:
    """The name in lower case without last dot and leading ``*.``; None if it is none.

    No name: empty or over-long text, empty labels, an address literal.
    """
    name = name.lower().removesuffix(".").removeprefix("*.")
    if not name or len(name) > MAX_NAME or ":" in name or "[" in name:
        return None
    if name[0] == "." or ".." in name:
        return None
    last = name[name.rfind(".") + 1 :]
    return None if not last or last.isdigit() else name  # 192.0.2.1 ends in a number


def is_private(name: str) -> bool:
    """Whether a clean name ends where nobody can register: ``.local``, ``.arpa`` ..."""
    return name[name.rfind(".") + 1 :] in _PRIVATE_ENDS


def upwards(name: str) -> Iterator[str]:
    """The name, then its parents: ``a.b.c``, ``b.c``, ``c``."""
    while name:
        yield name
        _, _, name = name.partition(".")


def is_under(name: str, parent: str) -> bool:
    """Whether ``name`` is ``parent`` or below it, at a dot."""
    return name == parent or name.endswith("." + parent)
