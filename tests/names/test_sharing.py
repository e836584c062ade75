"""Which bytes of a conversation go to whoever judges content: what is clear, and only that."""

from __future__ import annotations

import pytest

from analyzer import limits
from analyzer.names.conversation import Conversation, FlowStart, Heard
from tests.names.names_forge import PHONE, SERVER, feed, finished, hello, question


class Taken:
    """Stands in for the judging room."""

    def __init__(self) -> None:
        self.taken: list[tuple[int, bytes, bool]] = []
        self.told: list[tuple[str, bytes]] = []

    def take(
        self, flow_id: int, side: int, data: bytes, frame: int, ts: int, whole: bool = False
    ) -> None:
        self.taken.append((side, bytes(data), whole))

    def gap(self, flow_id: int, side: int) -> None:
        self.taken.append((side, b"<gap>", False))

    def tell(self, flow_id: int, side: int, kind: str, value: bytes, frame: int, ts: int) -> None:
        self.told.append((kind, value))

    def of(self, side: int) -> bytes:
        return b"".join(data for one, data, _ in self.taken if one == side)


def shared(proto: str = "tcp", port: int = 80) -> tuple[Conversation, Taken]:
    taken = Taken()
    start = FlowStart(1, proto, PHONE, 40_000, SERVER, port, False)
    return Conversation(start, Heard(content=taken)), taken


@pytest.mark.parametrize("step", [0, 1, 7])
def test_a_request_and_the_beginning_of_its_answer(step: int) -> None:
    talk, taken = shared()
    request = b"POST /a HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nhello"
    feed(talk, 0, request * 2, step)
    feed(talk, 1, b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 9_000, 1_400)
    finished(talk)
    assert taken.of(0) == request * 2
    assert taken.of(1).startswith(b"HTTP/1.1 200 OK")
    assert len(taken.of(1)) < 2_048 + 1_400


def test_nothing_of_tls() -> None:
    talk, taken = shared(port=443)
    feed(talk, 0, hello(), 100)
    feed(talk, 1, b"\x16\x03\x03\x00\x02ab" * 20, 9)
    finished(talk)
    assert taken.taken == []
    plain = Conversation(FlowStart(1, "tcp", PHONE, 4, SERVER, 443, False), Heard())
    feed(plain, 0, hello(), 100)
    assert plain.wants == talk.wants


@pytest.mark.parametrize("step", [0, 1])
def test_before_starttls_only(step: int) -> None:
    talk, taken = shared(port=587)
    feed(talk, 1, b"220 mail.example ESMTP\r\n", step)
    feed(talk, 0, b"EHLO phone\r\nSTARTTLS\r\n", step)
    feed(talk, 1, b"220 go\r\n", step)
    feed(talk, 0, hello("mail.example"), step)
    assert finished(talk).encrypted == "mixed"
    assert taken.of(0) == b"EHLO phone\r\nSTARTTLS\r\n"
    assert taken.of(1) == b"220 mail.example ESMTP\r\n220 go\r\n"


def test_of_a_tunnel_the_asking_only() -> None:
    talk, taken = shared(port=8080)
    asking = b"CONNECT api.example:443 HTTP/1.1\r\nHost: api.example\r\n\r\n"
    feed(talk, 0, asking + hello("api.example"))
    finished(talk)
    assert taken.of(0) == asking


def test_an_unknown_protocol_up_to_an_opening() -> None:
    talk, taken = shared(port=7_000)
    for _ in range(5):
        talk.stream(0, b"\xde\xad" * 3_000, 4, 4)
    assert talk.wants[0] == 0
    assert len(taken.of(0)) == limits.OPENING_BYTES
    assert finished(talk).app_protocol is None


def test_a_few_bytes_nobody_knew_by_the_end() -> None:
    talk, taken = shared(port=7_000)
    feed(talk, 0, b"id=7")
    finished(talk)
    assert taken.of(0) == b"id=7"


def test_datagrams_of_an_unknown_protocol_up_to_a_number() -> None:
    talk, taken = shared("udp", 7_000)
    assert talk.wants == [limits.CLEAR_DATAGRAMS] * 2
    for number in range(100):
        talk.datagram(0, b"%03d" % number, number, number, False)
    assert [data for _, data, _ in taken.taken] == [b"%03d" % n for n in range(64)]
    assert all(whole for *_, whole in taken.taken)


def test_names_asked_for_keep_their_capitals() -> None:
    talk, taken = shared("udp", 53)
    talk.datagram(0, question("aGVsbG8.T.Example"), 1, 1, False)
    talk.datagram(1, question("answer.example")[:2] + b"\x81\x80" + bytes(8), 2, 2, False)
    assert (0, b"aGVsbG8.T.Example", True) in taken.taken
    assert len(taken.taken) == 1


def test_a_hole_is_said() -> None:
    talk, taken = shared()
    feed(talk, 0, b"POST / HTTP/1.1\r\nHost: a.example\r\n")
    talk.gap(0, False)
    assert taken.taken[-1] == (0, b"<gap>", False)
