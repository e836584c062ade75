"""dns_ear: what is told of questions and answers."""

from __future__ import annotations

import struct

from names_forge import PHONE, finished, labels, open_talk, question, record, reply

from analyzer.model import DnsAnswer, HostHint

HERE = b"\xc0\x0c"
ANSWER = reply(
    "www.example.org",
    record(HERE, 5, b"\4edge\xc0\x10"),
    record(b"\4edge\xc0\x10", 1, b"\xc0\0\2\1", 30),
)


def test_question_and_answer_over_udp() -> None:
    talk = open_talk("udp", 53)
    talk.datagram(0, question("www.example.org"), 1, 10, False)
    talk.datagram(1, ANSWER, 2, 20, False)
    rows = [(n.source, n.name, n.address, n.detail, n.frame) for n in talk.heard.names]
    assert rows == [
        ("dns_query", "www.example.org", None, "query A", 1),
        ("dns", "www.example.org", None, "CNAME edge.example.org", 2),
        ("dns", "www.example.org", "192.0.2.1", "CNAME edge.example.org", 2),
    ]
    assert talk.heard.answers == [
        DnsAnswer(2, 20, PHONE, "www.example.org", "192.0.2.1", ("edge.example.org",), 30)
    ]
    done = finished(talk)
    assert (done.app_protocol, done.encrypted, done.cleartext_frame) == ("dns", "no", 1)


def test_tcp_in_single_bytes_is_the_same_as_whole() -> None:
    def heard(step: int) -> list[object]:
        talk = open_talk("tcp", 53)
        for side, message in ((0, question("www.example.org")), (1, ANSWER), (1, ANSWER)):
            wire = struct.pack(">H", len(message)) + message
            for at in range(0, len(wire), step):
                talk.stream(side, wire[at : at + step], 3, 30)
        return [*talk.heard.names, *talk.heard.answers]

    assert len(heard(10_000)) == 7
    assert heard(1) == heard(10_000) == heard(3)


def test_a_cname_loop_ends() -> None:
    loop = reply("a.example", record(HERE, 5, labels("b.example")),
                 record(labels("b.example"), 5, labels("a.example")),
                 record(labels("b.example"), 1, b"\xc0\0\2\1"))  # fmt: skip
    talk = open_talk("udp", 53)
    talk.datagram(1, loop, 1, 1, False)
    assert [(a.name, a.chain) for a in talk.heard.answers] == [("a.example", ("b.example",))]


def test_https_hints_are_answers_and_glue_is_not() -> None:
    hint = struct.pack(">HH", 4, 4) + b"\xc0\0\2\7"
    wire = reply("a.example", record(HERE, 65, b"\0\1\0" + hint),
                 extra=(record(labels("ns.example"), 1, b"\xc0\0\2\x09"),))  # fmt: skip
    talk = open_talk("udp", 53)
    talk.datagram(1, wire, 1, 1, False)
    assert [(a.name, a.address) for a in talk.heard.answers] == [("a.example", "192.0.2.7")]
    glue = [n.detail for n in talk.heard.names if n.address == "192.0.2.9"]
    assert glue == ["additional"]


def test_mdns_introduces_its_sender() -> None:
    talk = open_talk("udp", 5353)
    wire = struct.pack(">6H", 0, 0x8400, 0, 2, 0, 0)
    wire += record(labels("phone-7.local"), 1, b"\xc0\xa8\7\x14")
    wire += record(labels("_ipp._tcp.local"), 12, labels("Desk._ipp._tcp.local"))
    talk.datagram(0, wire, 5, 1, False)
    assert talk.heard.hints == [HostHint("mdns_name", "phone-7.local", 5, "192.168.7.20")]
    assert {(n.source, n.name, n.detail) for n in talk.heard.names} == {
        ("mdns", "phone-7.local", ""),
        ("mdns", "_ipp._tcp.local", "PTR desk._ipp._tcp.local"),
    }
    assert talk.heard.answers == []


def test_llmnr_question() -> None:
    talk = open_talk("udp", 5355)
    talk.datagram(0, question("wpad"), 1, 1, False)
    assert [(n.source, n.name) for n in talk.heard.names] == [("llmnr", "wpad")]


def test_dns_on_an_unusual_port() -> None:
    talk = open_talk("udp", 7_777)
    talk.datagram(0, question("www.example.org"), 1, 1, False)
    assert finished(talk).app_protocol == "dns"


def test_a_port_alone_makes_no_dns() -> None:
    talk = open_talk("udp", 53)
    talk.datagram(0, b"\xde\xad\xbe\xef" * 20, 1, 1, False)
    done = finished(talk)
    assert (done.app_protocol, done.encrypted, done.cleartext_frame) == (None, "unknown", None)


def test_damage_is_counted_unless_the_capture_cut_it() -> None:
    talk = open_talk("udp", 53)
    talk.datagram(1, ANSWER[:-2], 8, 1, True)
    assert talk.heard.anomalies == {}
    talk.datagram(1, ANSWER[:-2], 9, 1, False)
    odd = talk.heard.anomalies["dns_damaged"]
    assert (odd.count, odd.first_frame) == (1, 9)
    assert odd.effect.endswith(".")
