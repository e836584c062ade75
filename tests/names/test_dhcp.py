"""dhcp: what a host calls itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from names_forge import finished, open_talk

from analyzer.model import HostHint

MAC = bytes.fromhex("020000a1b2c3")


def message(*options: tuple[int, bytes], reply: bool = False, given: bytes = bytes(4)) -> bytes:
    head = bytes([2 if reply else 1, 1, 6, 0]) + bytes(12) + given + bytes(8)
    tail = b"".join(bytes([kind, len(value)]) + value for kind, value in options)
    return head + MAC + bytes(202) + b"\x63\x82\x53\x63" + tail + b"\xff"


def test_a_request_introduces_its_host() -> None:
    talk = open_talk("udp", 67)
    wire = message(
        (53, b"\3"), (12, b"My-Phone"), (60, b"android-dhcp-14"), (50, b"\xc0\xa8\7\x14")
    )
    talk.datagram(0, wire, 1, 1, False)
    assert [(h.kind, h.value) for h in talk.heard.hints] == [
        ("dhcp_hostname", "my-phone"),
        ("dhcp_vendor_class", "android-dhcp-14"),
        ("dhcp_address", "192.168.7.20"),
    ]
    assert all(h.mac == "02:00:00:a1:b2:c3" for h in talk.heard.hints)
    assert [(n.source, n.name) for n in talk.heard.names] == [("dhcp", "my-phone")]
    assert finished(talk).app_protocol == "dhcp"


def test_an_answer_gives_an_address() -> None:
    talk = open_talk("udp", 67)
    talk.datagram(1, message((53, b"\5"), reply=True, given=b"\xc0\xa8\7\x15"), 2, 1, False)
    want = HostHint("dhcp_address", "192.168.7.21", 2, "192.168.7.21", "02:00:00:a1:b2:c3")
    assert talk.heard.hints == [want]


def test_options_that_lie() -> None:
    talk = open_talk("udp", 67)
    talk.datagram(0, message((12, b"a"))[:-1] + b"\x0c\xc8short", 1, 1, False)
    assert [h.value for h in talk.heard.hints] == ["a"]


@given(st.binary(max_size=60))
def test_any_options(data: bytes) -> None:
    talk = open_talk("udp", 67)
    talk.datagram(0, message()[:-1] + data, 1, 1, False)
    assert "parser_fault" not in talk.heard.anomalies
