"""Reads what is inside TLS over TCP, where the secrets of its session were logged.

Rules of this file
- It hears the same bytes as the ear of what is in clear (tls.py) and reads the handshake anew.
- A direction waits where the other one has to speak first, for so many bytes.
- TLS 1.3 changes keys by messages inside; here a record tells by opening with the next ones.
- Nothing decrypted is told as heard in clear: it goes through ``Heard.inside``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from analyzer import limits
from analyzer.names import certificate, keylog, schedule, sealed, server_hello
from analyzer.names.conversation import Conversation
from analyzer.names.schedule import SUITES, Suite
from analyzer.names.sealed import Open
from analyzer.names.talk import Deaf, Talk
from analyzer.names.tls import TlsEar, tell_certificate

_CHANGE, _ALERT, _HANDSHAKE, _DATA, _HEARTBEAT = range(20, 25)
_CLIENT_HELLO, _SERVER_HELLO, _EXTENSIONS, _CERTIFICATE = 1, 2, 8, 11
_ALPN, _CODE_LAST = 16, 22
_TLS_12 = 0x0303

RECORD = 16_384 + 2_048
"""Bytes of the longest record (RFC 5246 6.2.3)."""

WAITING = limits.OPENING_BYTES + RECORD
"""Bytes of one direction kept until the other has spoken: early data, or packets out of order."""

_CONNECTION_KEYS = 8_192  # bytes they take, about

PASSED_OVER = 64
"""Records of a TLS 1.3 direction that may stay closed before its content begins: a handshake
whose secrets were not logged has some dozen, rejected early data as many more."""


class _Epoch(NamedTuple):
    """Keys for a stretch of one direction's records, counted from 0."""

    opens: Open
    secret: bytes = b""  # of content in TLS 1.3: the next keys come from it


class _Direction:
    """One side: what came of it, and its keys, those in use first."""

    __slots__ = ("buffer", "epochs", "frame", "hand", "number", "opened", "over", "passed", "ts")

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.hand = bytearray()  # handshake messages
        self.epochs: list[_Epoch] = []
        self.number = 0  # of the next record under the keys in use
        self.opened = False  # the first of the epochs is in use
        self.passed = 0  # records that did not open
        self.over = False
        self.frame = self.ts = 0

    @property
    def closed(self) -> bool:
        """Whether records of TLS 1.3 stayed closed, and none under the keys of content opened."""
        return self.passed > 0 and not self.over and not (self.opened and self.epochs[0].secret)


class KeyedTlsEar(Deaf):
    """Hears of a TLS connection what is said in clear, as without keys, and then what is inside."""

    __slots__ = ("_clear", "_inside", "_talk")

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._clear, self._inside = TlsEar(talk), Inside(talk)
        self._ask()

    def stream(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """The next bytes of one side."""
        self._clear.stream(side, data, frame, ts)
        self._inside.stream(side, data, frame, ts)
        self._ask()

    def gap(self, side: int, cut: bool) -> None:
        """Bytes of that side are missing here."""
        self._clear.gap(side, cut)
        self._inside.gap(side, cut)
        self._ask()

    def close(self) -> None:
        """The conversation is over; what is inside may name it, too."""
        self._inside.close()
        self._clear.close()

    def _ask(self) -> None:
        for side in (0, 1):
            clear = 0 if self._clear.done[side] else self._talk.opening(side)
            self._talk.wants[side] = max(clear, self._inside.wants(side))
        self._talk.held = self._inside.held


class Inside:
    """Both directions of one connection, decrypted as they come; ``dead``: there is no way."""

    __slots__ = ("_client", "_inner", "_random", "_sides", "_suite", "_talk", "_version", "dead",
                 "h2", "shown")  # fmt: skip

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._sides = (_Direction(), _Direction())
        self._client = -1
        self._random = b""
        self._suite: Suite | None = None  # once the server has chosen one we can open
        self._version = 0
        self._inner: Conversation | None = None
        self.h2 = False
        self.shown = False  # a certificate was
        self.dead = False

    def wants(self, side: int) -> int:
        """How far a side's stream is wanted, in bytes from its start."""
        if self.dead or self._sides[side].over:
            return 0
        return self._talk.opening(side) - limits.OPENING_BYTES + limits.CLEAR_STREAM_BYTES

    @property
    def held(self) -> int:
        """Bytes kept for later, about."""
        waiting = sum([len(side.buffer) + len(side.hand) for side in self._sides])
        waiting += _CONNECTION_KEYS if self._suite else 0
        return waiting + (self._inner.held if self._inner else 0)

    def stream(self, side: int, data: bytes, frame: int, ts: int) -> None:
        """The next bytes of one side."""
        here = self._sides[side]
        if self.dead or here.over:
            return
        here.buffer += data
        here.frame, here.ts = frame, ts
        self._go_on(side)
        if self._sides[1 - side].buffer:
            self._go_on(1 - side)
        if len(here.buffer) > WAITING:
            self._end(side, self._lost())
        if self.dead or all(each.over for each in self._sides):
            self.dead = True
            for each in self._sides:
                each.buffer.clear()

    def gap(self, side: int, cut: bool) -> None:
        """Records are numbered: behind a hole none can be opened."""
        here = self._sides[side]
        if not here.over and not self.dead:
            self._end(side, self._lost())
        if self._inner is not None:
            self._inner.gap(side, cut)

    def _lost(self) -> str | None:
        """What is told where a direction cannot be followed; nothing of one without keys."""
        secrets = self._talk.heard.secrets
        return "key_gap" if secrets is not None and secrets.knows(self._random) else None

    def close(self) -> None:
        """The conversation is over: what was heard inside is put into its story."""
        talk, inner = self._talk, self._inner
        for side in self._sides:
            if side.closed and (inner is None or side.opened):
                talk.heard.odd("key_wrong", side.frame)
        if inner is None:
            return
        inner.end(self._sides[0].frame)
        talk.opened(inner)

    # ----------------------------------------------------------------- records

    def _go_on(self, side: int) -> None:
        """Reads the records that are whole, up to one that has to wait."""
        here = self._sides[side]
        buffer, at = here.buffer, 0
        while len(buffer) - at >= 5 and not here.over and not self.dead:
            kind, size = buffer[at], buffer[at + 3] << 8 | buffer[at + 4]
            if not _CHANGE <= kind <= _HEARTBEAT or buffer[at + 1] != 3 or size > RECORD:
                self._end(side, "tls_damaged")
                break
            end = at + 5 + size
            if end > len(buffer) or not self._ready(side, kind, buffer, at + 5):
                break
            self._record(side, bytes(buffer[at : at + 5]), bytes(buffer[at + 5 : end]))
            at = end
        del buffer[:at]

    def _ready(self, side: int, kind: int, buffer: bytearray, at: int) -> bool:
        """Whether a record can be read before the other side says more."""
        here = self._sides[side]
        if here.epochs or kind == _ALERT:
            return True
        if kind == _HANDSHAKE and not here.hand and buffer[at : at + 1] == bytes([_SERVER_HELLO]):
            return self._knows()
        return self._version != 0 or kind == (_CHANGE if side == 1 - self._client else _HANDSHAKE)

    def _knows(self) -> bool:
        """Whether secrets of the session are here; where none will come all is given up."""
        secrets = self._talk.heard.secrets
        if not self._random or secrets is None:
            return False
        known = secrets.knows(self._random)
        self.dead = not known and not secrets.growing
        return known

    def _record(self, side: int, header: bytes, body: bytes) -> None:
        here = self._sides[side]
        kind = header[0]
        if self._version > _TLS_12:
            if kind == _DATA:
                self._record_13(side, header, body)
            elif kind == _HANDSHAKE:
                self._messages(side, body)
        elif here.opened:
            self._record_12(side, header, body)
        elif kind == _CHANGE:
            here.opened = bool(here.epochs)
        elif kind == _HANDSHAKE:
            self._messages(side, body)

    def _record_12(self, side: int, header: bytes, body: bytes) -> None:
        """A record under keys (RFC 5246 6.2); a change of cipher takes those that wait."""
        here = self._sides[side]
        plain = here.epochs[0].opens(here.number, header, body)
        here.number += 1
        if plain is None:
            self._end(side, "key_wrong")
        elif header[0] == _DATA:
            self._content(side, plain)
        elif header[0] == _HANDSHAKE:
            self._messages(side, plain)
        elif header[0] == _CHANGE and len(here.epochs) > 1:
            del here.epochs[0]
            here.number = 0

    def _record_13(self, side: int, header: bytes, body: bytes) -> None:
        """A record whose kind stands at its end, before zeros (RFC 8446 5.2)."""
        here = self._sides[side]
        plain = self._opened(here, header, body)
        if plain is None:
            here.passed += 1
            if (here.epochs[0].secret and here.opened) or here.passed > PASSED_OVER:
                self._end(side, "key_wrong")
            return
        plain = plain.rstrip(b"\0")
        kind = plain[-1] if plain else 0
        if kind == _DATA:
            self._content(side, plain[:-1])
        elif kind == _HANDSHAKE:
            self._messages(side, plain[:-1])

    def _opened(self, here: _Direction, header: bytes, body: bytes) -> bytes | None:
        """What is inside, by the keys in use or by those that come next."""
        for place, epoch in enumerate(self._tries(here)):
            number = here.number if here.opened and not place else 0
            plain = epoch.opens(number, header, body)
            if plain is not None:
                here.epochs = [epoch, *here.epochs[place + 1 :]]
                here.number, here.opened = number + 1, True
                return plain
        return None

    def _tries(self, here: _Direction) -> Iterator[_Epoch]:
        """The keys in use and those that come next; where none are left, what follows from them."""
        yield from here.epochs
        last = here.epochs[-1]
        if len(here.epochs) == 1 and here.opened and last.secret and self._suite is not None:
            yield _epoch(schedule.next_secret(last.secret, self._suite), self._suite, True)

    # --------------------------------------------------------------- handshake

    def _messages(self, side: int, data: bytes) -> None:
        """More bytes of the handshake: reads the messages that are whole, of those that matter."""
        hand = self._sides[side].hand
        hand += data
        for kind, body in server_hello.messages(hand):
            self._message(side, kind, body)

    def _message(self, side: int, kind: int, body: bytes) -> None:
        if kind == _CLIENT_HELLO and len(body) >= 34 and self._client in (-1, side):
            self._client, self._random = side, body[2:34]
        elif kind == _SERVER_HELLO:
            self._agree(body)
        elif kind == _EXTENSIONS and side != self._client:
            self._choose(dict(server_hello.extensions(body, 0)))
        elif kind == _CERTIFICATE and side != self._client and self._version > _TLS_12:
            self._certificate(side, body)

    def _agree(self, body: bytes) -> None:
        """The server's choice: from here on keys are known."""
        hello = server_hello.parse(body)
        if hello is None or hello.retry:
            return
        said = dict(server_hello.extensions(body, 38 + body[34]))
        self._choose(said)
        self._suite = suite = SUITES.get(hello.cipher)
        self._version = 0x0304 if server_hello.is_13(hello.version) else hello.version
        if suite is None or self._version < _TLS_12:
            self._give_up()
        elif self._version > _TLS_12:
            self._keys_13(suite)
        else:
            self._keys_12(suite, body[2:34], _CODE_LAST in said)

    def _choose(self, said: dict[int, bytes]) -> None:
        """ALPN: what is spoken inside, where that cannot be told from what a server says first."""
        self.h2 = self.h2 or said.get(_ALPN) == b"\0\3\2h2"

    def _keys_12(self, suite: Suite, server_random: bytes, code_last: bool) -> None:
        master = self._secret(keylog.CLIENT_RANDOM)
        if master is None:
            self._give_up()
            return
        pair = schedule.key_block(master, self._random, server_random, suite)
        for side, keys in zip((self._client, 1 - self._client), pair, strict=True):
            epochs = self._sides[side].epochs
            del epochs[1:]
            epochs.append(_Epoch(sealed.opener(suite, keys, False, code_last)))

    def _keys_13(self, suite: Suite) -> None:
        ours = (keylog.CLIENT_EARLY, keylog.CLIENT_HANDSHAKE), keylog.CLIENT_TRAFFIC
        theirs = (keylog.SERVER_HANDSHAKE,), keylog.SERVER_TRAFFIC
        for side, (before, content) in ((self._client, ours), (1 - self._client, theirs)):
            secrets = [(label, self._secret(label)) for label in (*before, content)]
            epochs = [
                _epoch(secret, suite, label == content) for label, secret in secrets if secret
            ]
            self._sides[side].epochs = epochs
            if not epochs or not epochs[-1].secret:
                self._end(side, "key_missing")

    def _secret(self, label: str) -> bytes | None:
        secrets = self._talk.heard.secrets
        return secrets.of(label, self._random) if secrets else None

    def _certificate(self, side: int, body: bytes) -> None:
        """What the first of the list says; a second list is nobody's (RFC 8446 4.4.2)."""
        leaf = None if self.shown else certificate.of_13(body)
        if leaf is not None:
            self.shown = True
            here = self._sides[side]
            tell_certificate(self._talk, leaf, here.frame, here.ts, self._talk.heard.inside())

    # ------------------------------------------------------------------ inside

    def _content(self, side: int, data: bytes) -> None:
        """Decrypted content, for whoever knows its protocol."""
        if self._inner is None:
            self._inner = Conversation(self._talk.start, self._talk.heard.inside())
            if self.h2:
                self._inner.expect("http2", self._sides[side].frame)
        inner, here = self._inner, self._sides[side]
        if inner.seen_bytes[side] < inner.wants[side]:
            inner.stream(side, data, here.frame, here.ts)
        if not any(inner.wants):
            self.dead = True

    def _give_up(self) -> None:
        for side in (0, 1):
            self._end(side, "key_missing" if not side else None)

    def _end(self, side: int, why: str | None) -> None:
        """No more of that side, and why."""
        here = self._sides[side]
        here.over = True
        here.buffer.clear()
        if why:
            self._talk.heard.odd(why, here.frame)


def _epoch(secret: bytes, suite: Suite, content: bool) -> _Epoch:
    keys = schedule.traffic_keys(secret, suite)
    return _Epoch(sealed.opener(suite, keys, True), secret if content else b"")
