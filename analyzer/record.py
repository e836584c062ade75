"""What records share: equality and ``repr``, written once.

``dataclass`` writes and compiles both anew for each class, and with fifty
classes that is a twentieth of a small analysis. So those on its way are
``@dataclass(slots=True, eq=False, repr=False)`` and inherit both from here.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, ClassVar


class Record:
    """A dataclass that is equal to another of its class with equal fields; not hashable."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Any]]
    __hash__ = None  # type: ignore[assignment]  # its fields can change

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(getattr(self, f.name) == getattr(other, f.name) for f in fields(self))

    def __repr__(self) -> str:
        shown = (f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.repr)
        return f"{type(self).__qualname__}({', '.join(shown)})"
