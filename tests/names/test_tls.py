"""tls: hellos and certificates out of streams, however they are cut up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from names_forge import (
    certificate,
    extension,
    feed,
    finished,
    handmade_hello,
    handshake,
    hello,
    open_talk,
    records,
    server_hello,
    sni,
)  # fmt: skip

from analyzer import limits
from analyzer.model import Flow, NameSource, WhyNoName

HELLO = handshake(1, handmade_hello(sni(b"API.Example.org.") + extension(16, b"\0\3\2h2")))
TLS13 = extension(43, b"\3\4")


def certificate_message(*leaves: bytes) -> bytes:
    listed = b"".join(len(leaf).to_bytes(3, "big") + leaf for leaf in leaves)
    return handshake(11, len(listed).to_bytes(3, "big") + listed)


def test_the_usual_case() -> None:
    talk = open_talk()
    feed(talk, 0, records(HELLO))
    assert talk.wants[0] == 0
    feed(talk, 1, records(server_hello(extensions=TLS13, cipher=0x1301)))
    assert talk.wants == [0, 0]
    done = finished(talk)
    assert (done.name, done.name_source, done.name_frame) == ("api.example.org", "sni", 4)
    assert (done.app_protocol, done.encrypted, done.why_no_name) == ("tls", "yes", None)
    assert done.tls is not None
    assert (done.tls.version, done.tls.cipher) == ("TLS 1.3", "TLS_AES_128_GCM_SHA256")
    assert done.tls.alpn == ("h2",)
    assert done.tls.ja4 == "t12d0102h2_0f2cb44170f4_000000000000"


@pytest.mark.parametrize("size", [1, 2, 5, 100])
@pytest.mark.parametrize("step", [1, 3, 50])
def test_any_records_and_segments(size: int, step: int) -> None:
    talk = open_talk()
    feed(talk, 0, records(HELLO, size), step)
    assert (talk.name, talk.wants[0]) == ("api.example.org", 0)


def test_a_real_client_byte_by_byte() -> None:
    data = hello("phone.example.net")
    whole, bytewise = open_talk(), open_talk()
    feed(whole, 0, data)
    feed(bytewise, 0, data, 1)
    assert finished(whole) == finished(bytewise)
    assert whole.name == "phone.example.net"


def test_thousands_of_empty_records_end_at_the_limit() -> None:
    talk = open_talk()
    feed(talk, 0, b"\x16\3\1\0\0" * 13_000 + records(HELLO), 1_400)
    done = finished(talk)
    assert (done.name, done.why_no_name) == (None, WhyNoName.GAP)
    assert talk.seen_bytes[0] <= limits.OPENING_BYTES + 1_400


def test_no_name_has_a_reason() -> None:
    plain, greased = open_talk(), open_talk()
    feed(plain, 0, records(handshake(1, handmade_hello(extension(16, b"\0\3\2h2")))))
    feed(greased, 0, records(handshake(1, handmade_hello(extension(0xFE0D, b"x")))))
    assert finished(plain).why_no_name is WhyNoName.NO_SNI
    done = finished(greased)
    assert (done.why_no_name, done.tls is not None and done.tls.ech) == (WhyNoName.ECH, True)


def test_the_visible_name_beside_ech_is_called_outer() -> None:
    talk = open_talk()
    feed(talk, 0, records(handshake(1, handmade_hello(sni(b"a.example") + extension(0xFE0D, b"")))))
    assert [(n.name, n.detail) for n in talk.heard.names] == [("a.example", "outer")]


def test_two_names() -> None:
    talk = open_talk()
    feed(talk, 0, records(handshake(1, handmade_hello(sni(b"a.example", b"b.example")))))
    assert talk.name == "a.example"
    assert talk.heard.anomalies["tls_two_sni"].first_frame == 4


def test_an_address_is_no_name() -> None:
    talk = open_talk()
    feed(talk, 0, records(handshake(1, handmade_hello(sni(b"192.0.2.4")))))
    assert finished(talk).name is None
    assert [n.name for n in talk.heard.names] == ["192.0.2.4"]


@pytest.mark.parametrize("cut", [True, False])
def test_a_hole_behind_the_name(cut: bool) -> None:
    talk = open_talk()
    feed(talk, 0, records(HELLO)[:-4])
    talk.gap(0, cut)
    assert talk.name == "api.example.org"


@pytest.mark.parametrize(("cut", "why"), [(True, WhyNoName.CUT), (False, WhyNoName.GAP)])
def test_a_hole_before_the_name(cut: bool, why: WhyNoName) -> None:
    talk = open_talk()
    feed(talk, 0, records(HELLO)[:30])
    talk.gap(0, cut)
    feed(talk, 0, b"anything")
    assert finished(talk).why_no_name is why


def test_joined_late() -> None:
    talk = open_talk(late=True)
    feed(talk, 0, b"\x17\3\3\1\0" + bytes(256))
    done = finished(talk)
    assert (done.app_protocol, done.encrypted) == ("tls", "yes")
    assert done.why_no_name is WhyNoName.STARTED_LATE


def _tls12(first: bytes, leaf: bytes, step: int) -> Flow:
    talk = open_talk()
    feed(talk, 0, records(handshake(1, first)))
    flight = server_hello() + certificate_message(leaf, bytes(900)) + handshake(14, b"")
    feed(talk, 1, records(flight), step)
    assert talk.wants == [0, 0]
    return finished(talk)


@pytest.mark.parametrize("step", [0, 1, 7])
def test_certificate_names_a_flow_without_sni(step: int) -> None:
    leaf, _ = certificate(("*.cdn.example", "cdn.example"), "Front end 7", "Example CA")
    done = _tls12(handmade_hello(b""), leaf, step)
    assert (done.name, done.name_source, done.why_no_name) == ("*.cdn.example", "cert", None)
    tls = done.tls
    assert tls is not None
    assert (tls.version, tls.cipher) == ("TLS 1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
    assert tls.certificate_names == ("*.cdn.example", "cdn.example")
    assert tls.certificate_issuer == "Example CA, Example Org"
    assert tls.certificate_self_signed is False
    assert tls.certificate_not_before == 1_704_067_200 * 10**9
    assert tls.certificate_not_after == (1_704_067_200 + 366 * 86_400) * 10**9


def test_sni_beats_the_certificate() -> None:
    leaf, _ = certificate((), "other.example")
    done = _tls12(handmade_hello(sni(b"a.example")), leaf, 0)
    assert (done.name, done.name_source) == ("a.example", NameSource.SNI)
    assert done.tls is not None
    assert done.tls.certificate_self_signed


def test_only_the_server_was_heard() -> None:
    leaf, _ = certificate(("a.example",), "a.example")
    talk = open_talk()
    feed(talk, 1, records(server_hello()) + records(certificate_message(leaf)))
    assert finished(talk).name == "a.example"


def test_resumption() -> None:
    talk = open_talk()
    feed(talk, 0, records(HELLO))
    feed(talk, 1, records(server_hello()) + b"\x14\3\3\0\1\1")
    done = finished(talk)
    assert done.tls is not None
    assert done.tls.resumed


def test_sslv2_framed_hello() -> None:
    body = b"\1\3\1\0\6\0\0\0\x10\0\0\4\0\0\5" + bytes(16)
    for step in (0, 1):
        talk = open_talk()
        feed(talk, 0, bytes([0x80, len(body)]) + body, step)
        done = finished(talk)
        assert (done.app_protocol, done.why_no_name) == ("tls", WhyNoName.NO_SNI)


@pytest.mark.parametrize(
    ("port", "name", "kind"),
    [
        (853, b"resolver.example", "dot"),
        (443, b"mozilla.cloudflare-dns.com", "doh"),
        (443, b"abc123.dns.nextdns.io", "doh"),
        (443, b"notdns.google.example", None),
    ],
)
def test_encrypted_dns(port: int, name: bytes, kind: str | None) -> None:
    talk = open_talk(port=port)
    feed(talk, 0, records(handshake(1, handmade_hello(sni(name)))))
    assert finished(talk).encrypted_dns == kind


@settings(max_examples=60)
@given(st.integers(0, 5_000), st.integers(0, 255), st.sampled_from([1, 40, 9_000]))
def test_mutations(place: int, value: int, step: int) -> None:
    leaf = b"\x30\x82\x01\x00" + bytes(256)
    server = bytearray(records(server_hello() + certificate_message(leaf)))
    client = bytearray(records(HELLO))
    server[place % len(server)] = value
    client[place % len(client)] = value
    talk = open_talk()
    feed(talk, 0, bytes(client), step)
    feed(talk, 1, bytes(server), step)
    finished(talk)
    assert "parser_fault" not in talk.heard.anomalies
