"""mipush: the greeting of Xiaomi's push service, with forged devices."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from names_forge import PHONE, feed, finished, open_talk

from analyzer.names.mipush import MAGIC, fields


def field(number: int, text: bytes) -> bytes:
    return bytes([number << 3 | 2, len(text)]) + text


def greeting(*parts: bytes) -> bytes:
    body = b"\x08\0" + field(3, b"xiaomi.com") + field(5, b"CONN") + b"H\0" + b"".join(parts)
    message = b"\0\2\0\x16" + len(body).to_bytes(4, "big") + body
    return MAGIC + len(message).to_bytes(4, "big") + message


HELLO = greeting(
    b"\x08\x6a", field(2, b"Example Phone 1"), field(3, b"V1.2.3.EXAMPLE"),
    field(7, b"push-1.elb.example.com:5222"), field(8, b"en_US"),
)  # fmt: skip


@pytest.mark.parametrize("step", [0, 1])
def test_greeting(step: int) -> None:
    talk = open_talk(port=5222)
    feed(talk, 0, HELLO + bytes(60), step)
    feed(talk, 1, greeting(), step)
    done = finished(talk)
    assert (done.name, done.name_source, done.app_protocol) == ("xiaomi.com", "payload", "mipush")
    assert (done.encrypted, done.cleartext_frame, talk.wants) == ("mixed", 4, [0, 0])
    assert [(n.name, n.detail) for n in talk.heard.names] == [
        ("xiaomi.com", "MiPush domain"),
        ("push-1.elb.example.com", "MiPush host"),
        ("xiaomi.com", "MiPush domain"),
    ]
    assert [(h.kind, h.value, h.address) for h in talk.heard.hints] == [
        ("mipush_model", "Example Phone 1", PHONE),
        ("mipush_firmware", "V1.2.3.EXAMPLE", PHONE),
    ]


@given(st.binary(max_size=300), st.integers(1, 30))
def test_any_bytes(data: bytes, step: int) -> None:
    talk = open_talk(port=5222)
    feed(talk, 0, MAGIC + data, step)
    feed(talk, 1, HELLO[: len(data)], step)
    fields(data)
    finished(talk)
    assert "parser_fault" not in talk.heard.anomalies
