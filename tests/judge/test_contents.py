"""What flows' clear bytes are called, and what of that touches ``encrypted``."""

from __future__ import annotations

import base64
import gzip
import random
from typing import Any

import pytest

from analyzer.judge.content import Content
from analyzer.judge.contents import Contents
from analyzer.judge.demands import Day, Demand
from analyzer.judge.facts import FACTS
from analyzer.model import Flow
from tests.judge.forged_results import flow

RANDOM = random.Random(2).randbytes(600)
TEXT = b"uid=7;model=Example One;state=on\n" * 12
SERVER = "203.0.113.1"


def judged(*pieces: tuple[int, bytes], **more: Any) -> Flow:
    """One flow whose clear bytes were these: side (0 the opener's), data; frames from 10."""
    contents = Contents()
    content = Content([contents])
    for frame, (side, data) in enumerate(pieces, 10):
        content.take(1, side, data, frame, frame)
    content.close()
    one = flow(1, SERVER, **{"app_protocol": None, "encrypted": "unknown", **more})
    contents.write([one])
    return one


@pytest.mark.parametrize(
    ("data", "content", "encrypted"),
    [
        (TEXT, "readable", "no"),
        (base64.b64encode(RANDOM), "encoded", "no"),
        (gzip.compress(RANDOM), "compressed", "no"),
        (RANDOM, "random", "unknown"),
        (b"\x01\x02\x00\x09" * 200, "unknown", "unknown"),
        (b"ping", "unknown", "unknown"),
    ],
)
def test_an_unknown_protocol_is_unencrypted_only_where_it_shows(
    data: bytes, content: str, encrypted: str
) -> None:
    one = judged((0, data))
    assert (one.content, one.encrypted) == (content, encrypted)
    assert one.cleartext_frame == (10 if encrypted == "no" else None)


def test_both_sides_count_the_handsets_first() -> None:
    one = judged((1, RANDOM), (0, TEXT))
    assert (one.content, one.encrypted, one.cleartext_frame) == ("readable", "mixed", 11)
    turned = judged((1, TEXT), (0, RANDOM), opened_by_client=False)
    assert (turned.content, turned.encrypted, turned.cleartext_frame) == ("readable", "mixed", 10)


def test_what_is_known_to_be_encrypted_or_clear_stays_so() -> None:
    assert judged((0, TEXT), encrypted="yes", app_protocol="tls").encrypted == "yes"
    http = judged((0, b"POST / HTTP/1.1\r\nContent-Length: 600\r\n\r\n" + RANDOM),
                  encrypted="no", app_protocol="http", cleartext_frame=3)  # fmt: skip
    assert (http.content, http.encrypted, http.cleartext_frame) == ("random", "no", 3)


def test_of_http_the_bodies_count_and_heads_are_readable() -> None:
    get = b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"
    assert judged((0, get), encrypted="no", app_protocol="http").content == "readable"
    post = b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n"
    mixed = get + post % 600 + RANDOM + post % len(TEXT) + TEXT
    assert judged((0, mixed), encrypted="no", app_protocol="http").content == "random"


def test_look_ups_have_no_content() -> None:
    dns = judged((0, b"www.example.com" * 3), encrypted="no", app_protocol="dns")
    assert dns.content is None


def test_a_readable_greeting_before_tls_is_no_readable_content() -> None:
    facts: dict[str, Any] = dict.fromkeys(FACTS)
    demand = Demand("encrypted")
    mail = {**facts, "encrypted": "mixed", "app_protocol": "smtp"}
    assert demand.meets({**mail, "starttls": "taken"}, Day()).met is True
    assert demand.meets({**mail, "starttls": "declined"}, Day()).met is False
    assert demand.meets(mail, Day()).met is False
    assert demand.meets({**facts, "encrypted": "unknown", "content": "random"}, Day()).met is None
