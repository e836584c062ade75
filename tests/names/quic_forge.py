"""Forged QUIC connections with their key logs, and what was heard of them."""

from __future__ import annotations

import io
from functools import cache

from analyzer.model import DECRYPTED
from analyzer.names.conversation import Conversation, FlowStart, Heard
from captures.forging.http3 import Exchange, http3_datagrams
from captures.forging.quic import Datagram
from tests.names.names_forge import PHONE, SERVER
from tests.names.test_sharing import Taken

NAME = "api.example.org"


AGENT = (("user-agent", "Gallery/2"), ("cookie", "session=12345"))


EXCHANGES = (
    Exchange("/first", b"imei=490154203237518", b"thanks", AGENT),
    Exchange("/long", b"u" * 5_000, b"d" * 9_000, AGENT),
    Exchange("/keys", b"behind an update", b"still there", AGENT, "keys"),
    Exchange("/id", b"behind another id", b"still there", AGENT, "id"),
    Exchange("/again", b"behind two updates", b"bye", AGENT, "keys"),
)


BODIES = [each.body for each in EXCHANGES]


ANSWERS = [each.answer for each in EXCHANGES]


UP, DOWN = 0 | DECRYPTED, 1 | DECRYPTED
FLOW = FlowStart(1, "udp", PHONE, 40_000, SERVER, 443, False)


@cache
def session(
    versions: tuple[str, ...] = ("v1",), cipher: str = "aes128", together: bool = False
) -> tuple[tuple[Datagram, ...], str]:
    """Datagrams of a connection, and its key log."""
    log = io.StringIO()
    sent = http3_datagrams(
        NAME, EXCHANGES, rtt=20_000_000, versions=versions, cipher=cipher, key_log=log,
        together=together,
    )  # fmt: skip
    return tuple(sent), log.getvalue()


def heard(
    sent: tuple[Datagram, ...] | list[Datagram], keys: str | None
) -> tuple[Conversation, Taken]:
    """A conversation that heard the datagrams as far as it wanted them; frames count from 1."""
    taken = Taken()
    known = Heard(content=taken)
    if keys is not None:
        known.take_secrets(keys.encode())
    talk = Conversation(FLOW, known)
    counts = [0, 0]
    for number, datagram in enumerate(sent, 1):
        side = 0 if datagram.up else 1
        counts[side] += 1
        if counts[side] <= talk.wants[side]:
            talk.datagram(side, datagram.data, number, datagram.after, False)
    return talk, taken


def bodies(taken: Taken, side: int) -> list[bytes]:
    """What of a side hangs together, header fields left out."""
    found = [b""]
    for one, data, whole in taken.taken:
        if one == side and not whole:
            found[-1:] = [found[-1], b""] if data == b"<gap>" else [found[-1] + data]
    return [each for each in found if each]


def requests(talk: Conversation) -> list[tuple[str, str, bool]]:
    rows = talk.heard.names
    return [(row.name, row.detail, row.decrypted) for row in rows if row.source == "http_host"]
