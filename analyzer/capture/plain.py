"""Stands in for ``cython`` where it is not installed: every name does nothing.

hot.py is written in Cython's pure Python mode. Interpreted, it needs only the
handful of names below; they keep the code readable by plain Python.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

compiled = False


class _Nogil:
    """``@nogil`` and ``with nogil:`` both do nothing."""

    def __call__(self, function: Any) -> Any:
        return function

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


nogil = _Nogil()


def declare(_type: object, value: Any = None) -> Any:
    """The value itself: types matter to the compiler only."""
    return value


def cfunc(function: Any) -> Any:
    """A function that is C's alone when compiled."""
    return function


cclass = final = inline = cfunc


def exceptval(*_: object, **__: object) -> Callable[[Any], Any]:
    """How a C function reports an exception."""
    return cfunc


def boundscheck(_on: bool) -> Callable[[Any], Any]:
    """Whether indices are checked: always, here."""
    return cfunc


wraparound = cdivision = initializedcheck = boundscheck

int = longlong = ulonglong = uchar = bint = "a C type"
