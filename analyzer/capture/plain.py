"""Stands in for ``cython`` where it is not installed: what hot.py asks of it does nothing."""

from __future__ import annotations

compiled = False


class _Nogil:
    """``with nogil:`` gives other threads a turn when compiled; here it does nothing."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


nogil = _Nogil()
