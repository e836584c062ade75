"""Regular expressions that cost nothing until they are asked.

``re`` compiles an expression in 0.1 to 1 ms, in each process anew. Dozens stand in
modules that every analysis imports, and many are not needed by most recordings.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def expression(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What ``re.compile`` makes of a text, made when one of its methods is first used."""
    return cast("re.Pattern[AnyStr]", _Expression(text, flags))


class _Expression:
    """Stands for a compiled expression: each method is looked up once, then its own."""

    def __init__(self, text: Any, flags: int) -> None:
        self._given = (text, flags)

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(*self._given), name)
        setattr(self, name, found)
        return found
