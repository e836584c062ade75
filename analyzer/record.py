"""Records: classes of typed fields, declared as dataclasses are and cheap to make.

    class Pair(Record):
        left: int
        right: list[int] = field(default_factory=list)

``dataclass`` reads every annotation, writes and compiles several functions, and
makes a class with slots twice: with sixty classes that is a tenth of a small
analysis. Here a class is made once, equality and ``repr`` are written once for
all, and ``__init__`` is compiled when the first record of a class is made.

Rules of this file
- Each field is a slot, in the order of the annotations; the module must have
  ``from __future__ import annotations``, and a record inherits from no other.
- ``frozen=True`` behind the base makes records nobody can change, to be hashed.
- ``__slots__`` names its fields; ``dataclasses`` does not know records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, NoReturn, TypeVar, cast, dataclass_transform

_T = TypeVar("_T")
_R = TypeVar("_R", bound="Record")


class _Made:
    """A default that is made anew for each record."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def field(*, default_factory: Callable[[], _T]) -> _T:
    """The default of a field that each record shall have of its own, as a list."""
    return cast("_T", _Made(default_factory))


@dataclass_transform(field_specifiers=(field,))
class _Fields(type):
    """Makes slots of what a class body annotates and keeps the defaults."""

    def __new__(
        kind, name: str, bases: tuple[type, ...], body: dict[str, Any], frozen: bool = False
    ) -> _Fields:
        if bases:
            names = body["__slots__"] = tuple(body["__annotations__"])
            body["__defaults__"] = {name: body.pop(name) for name in names if name in body}
            body |= {"__init__": _init_first, "__frozen__": frozen}
        if frozen:
            body |= {"__setattr__": _refuse, "__delattr__": _refuse, "__hash__": _hash}
        return super().__new__(kind, name, bases, body)


class Record(metaclass=_Fields):
    """Equal to another of its class with equal fields; not to be hashed, as fields can change."""

    __slots__: ClassVar[tuple[str, ...]] = ()
    __defaults__: ClassVar[dict[str, Any]]  # a value, or what makes one
    __frozen__: ClassVar[bool]

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return type(self), tuple(_values(self))


def replace(record: _R, **changed: Any) -> _R:
    """A record with some fields changed; the one given stays as it is."""
    values = dict(zip(record.__slots__, _values(record), strict=True))
    return type(record)(**(values | changed))


def _values(record: Record) -> Iterator[Any]:
    return (getattr(record, name) for name in record.__slots__)


def _hash(record: Record) -> int:
    return hash(tuple(_values(record)))


def _refuse(record: Record, name: str, *_: object) -> NoReturn:
    raise AttributeError(f"cannot change {name!r} of a frozen {type(record).__qualname__}")


def _init_first(self: Any, /, *given: Any, **named: Any) -> None:
    """Writes the ``__init__`` of a class when the first of its records is made."""
    kind = type(self)
    kind.__init__ = _init(kind)
    kind.__init__(self, *given, **named)


def _init(kind: Any) -> Any:
    """The ``__init__`` one would write by hand: every field is taken, then set."""
    setting = "_set(self, {0!r}, {1})" if kind.__frozen__ else "self.{0} = {1}"
    known: dict[str, Any] = {"_set": object.__setattr__, "_new": object()}
    taken, lines = ["self"], []
    for name in kind.__slots__:
        given = value = name
        if name in kind.__defaults__:
            default = kind.__defaults__[name]
            given = f"{name}=_{name}"
            if isinstance(default, _Made):
                default, given = default.make, f"{name}=_new"
                value = f"_{name}() if {name} is _new else {name}"
            known[f"_{name}"] = default
        taken.append(given)
        lines.append(setting.format(name, value))
    text = f"def __init__({', '.join(taken)}):\n  " + "\n  ".join(lines)
    exec(text, known)  # noqa: S102 - of the names in a class body of ours, nothing else
    return known["__init__"]
