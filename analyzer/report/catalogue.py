"""How texts are said that stand in a catalogue by key: one way for all catalogues."""

from __future__ import annotations

from collections.abc import Mapping


class Catalogue:
    """Texts by key; what this one cannot count, the one ``beside`` it can."""

    def __init__(self, text: Mapping[str, str], beside: Catalogue | None = None) -> None:
        self._text = text
        self._beside = beside

    def say(self, key: str, **values: object) -> str:
        """The text of a key with its values put in."""
        return self._text[key].format(**values) if values else self._text[key]

    def counted(self, key: str, n: int) -> str:
        """``counted("endpoints", 3)`` -> ``3 endpoints``; thousands are grouped."""
        if self._beside is not None and f"n.{key}" not in self._text:
            return self._beside.counted(key, n)
        return self.plural(f"n.{key}", n)

    def plural(self, key: str, n: int, **values: object) -> str:
        """The form for one or the form for more of any key, parted by ``|``."""
        one, _, more = self._text[key].partition("|")
        return (one if n == 1 else more).format(n=f"{n:,}", **values)
