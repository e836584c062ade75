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

    __slots__ = ("server", "talk")

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.server = -1  # the side that offered TLS
        shared = talk.heard.content is not None
        most = limits.CLEAR_STREAM_BYTES if shared else limits.OPENING_BYTES
        talk.wants[:] = [most, most]

    def stream(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """Text never holds byte 22: where it stands, a TLS record begins."""
        at = data.find(b"\x16")
        if at:
            self.talk.clear(frame)
            if self.talk.starttls != DECLINED:
                self._follow(side, data[:LINES].upper())
        if at >= 0:
            if self.talk.starttls != DECLINED and data[at + 1 : at + 2] in (b"\3", b""):
                self.talk.starttls = "taken"
            self.talk.hand_over(side, data[at:], frame, ts)

    def _follow(self, side: int, text: bytes) -> None:
        """How far the change to TLS came (RFC 3207, 2595, 4217, 6120 5)."""
        if self.server < 0 and any(all(word in text for word in words) for words in _OFFERS):
            self.server, self.talk.starttls = side, "offered"
        elif side == 1 - self.server:
            if any(word in text for word in _ASKS):
                self.talk.starttls = "asked"
            elif any(word in text for word in _GOES_ON):
                self.talk.starttls = DECLINED


DECLINED = "declined"
LINES = 4_096
"""Bytes of one piece in which commands are looked for; a line has at most 1,000."""

_OFFERS = (
    (b"250-STARTTLS",),
    (b"250 STARTTLS",),
    (b"CAPABILITY", b" STARTTLS"),
    (b"+OK", b"\nSTLS"),
    (b"211", b"\n AUTH TLS"),
    (b"<STREAM:FEATURES", b"<STARTTLS"),
)
_ASKS = (b"STARTTLS", b"STLS", b"AUTH TLS", b"AUTH SSL")
_GOES_ON = (
    b"MAIL FROM:", b"AUTH PLAIN", b"AUTH LOGIN", b"AUTH CRAM", b" LOGIN ", b" AUTHENTICATE ",
    b"USER ", b"APOP ", b"<AUTH ", b"<MESSAGE ",
)  # fmt: skip
"""Words of a client that logs in or sends on without TLS."""
