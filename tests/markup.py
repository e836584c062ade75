"""A page as a browser takes it apart, to see that texts made no tag."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

Tag = tuple[str, tuple[tuple[str, str | None], ...]]


class Reader(HTMLParser):
    """Tags with attributes, and texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: Counter[Tag] = Counter()
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag, tuple(attrs)] += 1

    def handle_data(self, data: str) -> None:
        self.text += data
