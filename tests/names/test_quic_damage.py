"""QUIC with keys on a bad way: lost, doubled, cut and forged packets, and the bounds of all."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer import limits
from analyzer.model import TlsSeen
from analyzer.names import keylog, quic_session
from analyzer.names.conversation import Conversation, Heard
from analyzer.names.talk import Talk
from captures.forging.quic import Datagram
from tests.names.names_forge import finished
from tests.names.quic_forge import (
    ANSWERS,
    BODIES,
    DOWN,
    EXCHANGES,
    FLOW,
    UP,
    bodies,
    heard,
    requests,
    session,
)
from tests.names.test_quic_open import sealed
from tests.names.test_sharing import Taken


def test_zeros_that_fill_a_datagram_up_are_no_packet() -> None:
    sent, keys = session()
    assert sent[0].data.endswith(bytes(100))
    talk, _ = heard(sent[:1], keys)
    finished(talk)
    assert talk.heard.anomalies == {}


def test_a_direction_that_stays_closed_is_given_up() -> None:
    sent, keys = session()
    talk, _ = heard(sent, keys)
    for number in range(quic_session.CLOSED):
        assert talk.wants[1] > 0
        talk.datagram(1, b"\x43" + number.to_bytes(2, "big") * 20, number, number, False)
    assert talk.wants[1] == 0
    assert talk.wants[0] > 0
    assert finished(talk).decrypted == "http3"
    assert talk.heard.anomalies["key_wrong"].first_frame == quic_session.CLOSED - 1


@pytest.mark.parametrize("seed", range(8))
def test_packets_in_another_order_and_twice(seed: int) -> None:
    sent, keys = session(together=bool(seed % 2))
    chance = random.Random(seed)
    mixed = list(sent)
    for at in range(0, len(mixed) - 4, 2):
        if at > 4:  # the ClientHello is heard first
            part = mixed[at : at + 4]
            chance.shuffle(part)
            mixed[at : at + 4] = part
    mixed += chance.sample(mixed, 9)
    talk, taken = heard(mixed, keys)
    finished(talk)
    assert sorted(bodies(taken, UP)) == sorted(BODIES)
    assert sorted(bodies(taken, DOWN)) == sorted(ANSWERS)
    assert len(requests(talk)) == len(EXCHANGES)


@pytest.mark.parametrize("lost", range(10, 40, 3))
def test_a_packet_that_was_not_recorded(lost: int) -> None:
    sent, keys = session()
    talk, taken = heard(sent[:lost] + sent[lost + 1 :], keys)
    done = finished(talk)
    assert done.decrypted == "http3"
    found = b"".join(bodies(taken, UP)) + b"".join(bodies(taken, DOWN))
    missing = len(b"".join(BODIES + ANSWERS)) - len(found)
    assert missing <= 1_200
    assert "parser_fault" not in talk.heard.anomalies


def test_a_lost_client_hello_leaves_all_closed() -> None:
    sent, keys = session()
    talk, taken = heard([each for each in sent if not each.data[0] & 0x80], keys)
    assert finished(talk).decrypted is None
    assert not {one for one, _, _ in taken.taken} & {UP, DOWN}


def test_datagrams_cut_by_the_recorder_are_no_wrong_keys() -> None:
    sent, keys = session()
    known = Heard()
    known.take_secrets(keys.encode())
    talk = Conversation(FLOW, known)
    for number, each in enumerate(sent, 1):
        short = each.data if number < 3 else each.data[:96]
        talk.datagram(0 if each.up else 1, short, number, 1, short != each.data)
    finished(talk)
    assert not talk.heard.anomalies.keys() & {"key_wrong", "key_missing"}
    assert talk.heard.anomalies["quic_gap"].count > 10


def test_headers_somebody_else_sent_change_nothing() -> None:
    sent, keys = session(("v2",))
    strange = b"\xe0\0\0\0\1\5abcde\6abcdef" + b"\x40\x30" + bytes(48)  # Handshake, version 1
    mixed = [each for one in sent for each in (one, Datagram(one.after, one.up, strange))]
    talk, taken = heard([sent[0], *mixed], keys)
    assert finished(talk).decrypted == "http3"
    assert (bodies(taken, UP), bodies(taken, DOWN)) == (BODIES, ANSWERS)


FORGED = st.lists(st.tuples(st.booleans(), st.binary(max_size=60)), max_size=12)


_SOME = [
    b"\x0a\2\3\2\x3f\xe1",
    b"\x0a\0\4\1\2\x80\0",
    b"\x08\0\0\2hi",
    b"\x0c\x40\x09\x40\xffz",
    b"\x30\1",
]


@given(FORGED, st.lists(st.sampled_from(_SOME), min_size=12, max_size=12))
def test_any_frames_in_packets_that_open(
    forged: list[tuple[bool, bytes]], begins: list[bytes]
) -> None:
    """Whoever writes the keys into a recording may have written the packets, too."""
    secrets = Heard()
    client, server = bytes(32), bytes(range(32))
    secrets.take_secrets(f"{keylog.CLIENT_TRAFFIC} {'ab' * 32} {client.hex()}\n".encode())
    secrets.take_secrets(f"{keylog.SERVER_TRAFFIC} {'ab' * 32} {server.hex()}\n".encode())
    taken = Taken()
    secrets.content = taken
    talk = Talk(FLOW, secrets)
    talk.tls = TlsSeen(alpn=("h3",))
    assert secrets.secrets is not None
    here = quic_session.Session(talk, secrets.secrets, 0, b"\xab" * 32)
    for side in (0, 1):
        here._learn(side, 0)
    for number, ((up, frames), begin) in enumerate(zip(forged, begins, strict=False)):
        secret = client if up else server
        packet = sealed(0x1301, secret, number, begin + frames)
        here.datagram(0 if up else 1, packet, number, number, False)
    here.close()
    assert (here._held, here._waiting) == (0, {})
    assert not secrets.anomalies.keys() & {"key_wrong", "parser_fault"}


def test_reading_ends_where_enough_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CLEAR_STREAM_BYTES", 4_000)
    talk, taken = heard(*session())
    assert talk.wants == [0, 0]
    assert talk.ear is None
    assert 4_000 <= len(b"".join(bodies(taken, UP))) < 6_000
    assert finished(talk).decrypted == "http3"


def test_streams_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quic_session, "_STREAMS", 8)  # the handshake, six of HTTP/3, one request
    talk, taken = heard(*session())
    finished(talk)
    assert (bodies(taken, UP), bodies(taken, DOWN)) == (BODIES[:1], [])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40), st.integers(0, 1_199), st.integers(1, 255), st.integers(1, 1_200))
def test_mutations(number: int, place: int, change: int, cut: int) -> None:
    sent, keys = session()
    hit = sent[number]
    damaged = bytearray(hit.data[:cut])
    damaged[place % len(damaged)] ^= change
    mixed = list(sent)
    mixed.insert(number, Datagram(hit.after, hit.up, bytes(damaged)))
    talk, taken = heard(mixed, keys)
    finished(talk)
    assert "parser_fault" not in talk.heard.anomalies
    assert b"".join(bodies(taken, UP)).startswith(BODIES[0])


def test_what_is_kept_is_told() -> None:
    sent, keys = session()
    waiting, _ = heard([], keys)
    for number in range(12):  # a Handshake packet without a ClientHello before it
        waiting.datagram(0, b"\xe0\0\0\0\1\0\0\x44\xb0" + bytes(1_200), number, 1, False)
    assert 12 * 1_200 < waiting.held < 12 * 1_400
    waiting.let_go(True)
    assert (waiting.held, waiting.ear, waiting.wants) == (0, None, [0, 0])
    talk, _ = heard(sent[: len(sent) // 2], keys)
    assert 16_000 < talk.held < 200_000


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 900), st.booleans()), max_size=40))
def test_account_of_what_waits_is_kept(sent: list[tuple[int, int, bool]]) -> None:
    taken = Taken()
    talk = Talk(FLOW, Heard(content=taken))
    reader = quic_session.Http3(talk, 0, quic_session.Outlet(talk))
    for stream, size, last in sent:
        reader.piece(0, stream, quic_session.Piece(b"\1\x43\xff" + bytes(size), 1, 1))
        if last:
            reader.end(0, stream)
    waiting = sum(len(each.buffer) for each in reader._streams.values())
    assert reader.held == waiting + reader._weight + reader._decoder.held
