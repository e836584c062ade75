"""Protocols recognised by their first bytes and told by name only.

Some of them (mail, chat, file transfer) may turn to TLS midway: then the flow
is "mixed" and TLS is listened to from there.
"""

from __future__ import annotations

from analyzer import limits
from analyzer.names.talk import Deaf, Talk


class Known(Deaf):
    """A protocol that is only named."""

    __slots__ = ()

    def __init__(self, talk: Talk) -> None:
        talk.wants[:] = [0, 0]


class Upgradable(Deaf):
    """A readable line protocol that may turn to TLS (STARTTLS and its kin)."""

    __slots__ = ("talk",)

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        shared = talk.heard.content is not None
        most = limits.CLEAR_STREAM_BYTES if shared else limits.OPENING_BYTES
        talk.wants[:] = [most, most]

    def stream(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """Text never holds byte 22: where it stands, a TLS record begins."""
        at = data.find(b"\x16")
        if at:
            self.talk.clear(frame)
        if at >= 0:
            self.talk.hand_over(side, data[at:], frame, ts)
