"""Listens to cleartext HTTP/2 (RFC 9113): the first request's authority and path."""

from __future__ import annotations

from analyzer.names.talk import Deaf, Talk


class Http2Ear(Deaf):
    """Placeholder."""

    __slots__ = ("talk",)

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        talk.wants[:] = [0, 0]
