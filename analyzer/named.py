"""Named tuples: declared as those of ``typing`` are, and cheap to make.

    class City(Named):
        name: str
        country: str | None = None

``typing.NamedTuple`` compiles the text of every annotation and a constructor for
each class: with fifty classes a twentieth of a small analysis. Here annotations
stay text, and the constructor is compiled when the first tuple of a class is made.
The module of such a class must have ``from __future__ import annotations``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["Named"]

if TYPE_CHECKING:
    from typing import NamedTuple as Named
else:
    from collections import _tuplegetter  # what namedtuple reads its fields with

    class _Names(type):
        """Makes items of a tuple of what a class body annotates."""

        def __new__(kind, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> _Names:
            names = tuple(body.get("__annotations__", ()))
            defaults = {name: body.pop(name) for name in names if name in body}
            body |= {name: _tuplegetter(i, "") for i, name in enumerate(names)}
            body |= {"__slots__": (), "_fields": names, "_field_defaults": defaults}
            if bases:
                body["__new__"] = _new_first
            return super().__new__(kind, name, bases or (tuple,), body)

    class Named(metaclass=_Names):
        """A tuple whose items have names."""

        def _asdict(self) -> dict[str, Any]:
            """The items by name."""
            return dict(zip(self._fields, self, strict=True))

        def _replace(self, **changed: Any) -> Named:
            """A tuple like this with some items changed."""
            return type(self)(**(self._asdict() | changed))

        def __repr__(self) -> str:
            shown = (f"{name}={value!r}" for name, value in self._asdict().items())
            return f"{type(self).__name__}({', '.join(shown)})"

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

    def _new_first(kind: Any, /, *given: Any, **named: Any) -> Any:
        """Writes the constructor of a class when the first of its tuples is made."""
        names, defaults = kind._fields, kind._field_defaults
        taken = (f"{name}=_{name}" if name in defaults else name for name in names)
        known = {"_tuple": tuple.__new__, **{f"_{name}": defaults[name] for name in defaults}}
        text = f"lambda _kind, {', '.join(taken)}: _tuple(_kind, ({', '.join(names)},))"
        kind.__new__ = staticmethod(eval(text, known))  # noqa: S307 - of names in our class bodies
        return kind(*given, **named)
