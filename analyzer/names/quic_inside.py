"""Keeps the datagrams of a QUIC connection until its secrets are at hand, then opens them."""

from __future__ import annotations

from analyzer import limits
from analyzer.names.outlet import PIECE
from analyzer.names.quic_session import Session
from analyzer.names.talk import Talk

_EARLY = 2 * limits.DATAGRAMS


class Inside:
    """One connection; it is told of the ClientHello by who reads what is in clear."""

    __slots__ = ("_early", "_hello", "_over", "_session", "_talk", "_weight")

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._early: list[tuple[int, bytes, int, int, bool]] = []  # as they came
        self._weight = 0  # their bytes, about
        self._hello: tuple[int, bytes] | None = None
        self._session: Session | None = None
        self._over = False

    @property
    def held(self) -> int:
        """Bytes kept for later, about."""
        return self._session.held if self._session is not None else self._weight

    def datagram(self, side: int, data: bytes, frame: int, ts: int, cut: bool) -> None:
        """One UDP payload; ``cut``: only its beginning is there."""
        if self._session is not None:
            self._session.datagram(side, data, frame, ts, cut)
        elif not self._over:
            self._early.append((side, data, frame, ts, cut))
            self._weight += len(data) + PIECE
            self._begin()

    def hello(self, client: int, random: bytes) -> None:
        """The client's side, and its ClientHello's random."""
        self._hello = client, random
        self._begin()

    def close(self) -> None:
        """The flow is over."""
        self._early.clear()
        self._over = True
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _begin(self) -> None:
        """Open what was kept, once it is known how; give up where that will not be."""
        talk, secrets = self._talk, self._talk.heard.secrets
        if self._hello is not None and secrets is not None:
            client, random = self._hello
            if secrets.knows(random):
                self._session = Session(talk, secrets, client, random)
                for datagram in self._early:
                    self._session.datagram(*datagram)
            self._over = not secrets.growing
        self._over = self._over or len(self._early) >= _EARLY
        if self._session is not None or self._over:
            self._early.clear()
            self._weight = 0
        if self._hello is not None and self._session is None:
            talk.wants[:] = [0, 0] if self._over else [limits.DATAGRAMS, limits.DATAGRAMS]
