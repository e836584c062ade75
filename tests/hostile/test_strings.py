"""Hostile text in every place a capture has for text, through the whole command."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tests.capture.forge import (
    NS,
    PHONE,
    SERVER,
    enhanced,
    ethernet,
    interface,
    ip,
    option,
    section,
    tcp,
    udp,
)
from tests.hostile.command import Ran, run, sound, tags

Capsys = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch

HOSTILE: dict[str, bytes] = {
    "script": b"<script>alert(1)</script>",
    "quotes": b"\"'><img src=x onerror=alert(1)>",
    "closing tags": b"</script></style></title><b>",
    "link": b"javascript:alert(1)",
    "template": b"{{7*7}}{0}${7*7}%s%n",
    "formula": b"=cmd|' /C calc'!A0",
    "plus": b"+1+1",
    "minus": b"-1-1",
    "at": b"@SUM(A1)",
    "tab": b"\t=1",
    "carriage return": b"\r=1",
    "escape": b"\x1b[31m\x1b]0;title\x07\x1b]8;;http://evil.example\x1b\\x",
    "c1": b"\x9b31m \xc2\x9b31m",
    "turned": "a\u202eb\u2066c\u200bd\u2028e\ufeff".encode(),
    "surrogates": b"\xed\xa0\x80x\xed\xbf\xbf",
    "nul": b"nul\0nul",
    "long": b"a" * 65_000,
    "markdown": b"[/foo](http://evil.example) | `x` *b* ![](http://evil.example/i.png)",
    "path": b"../../etc/x",
    "device": b"CON",
    "lines": b"line\nline\r\n# head\n| a | b |\n```",
    "wide": ("漢字" * 60).encode(),
    "not utf-8": b"\xff\xfe\xc3(",
    "nothing": b"",
}
HARMLESS = b"harmless"


def client_hello(name: bytes) -> bytes:
    """A TLS record with the least a ClientHello needs, and a server name."""
    entry = b"\0" + struct.pack("!H", len(name)) + name
    names = struct.pack("!H", len(entry)) + entry
    extensions = struct.pack("!HH", 0, len(names)) + names
    body = b"\3\3" + bytes(32) + b"\0" + b"\0\2\x13\1" + b"\1\0"
    body += struct.pack("!H", len(extensions)) + extensions
    message = b"\1" + len(body).to_bytes(3, "big") + body
    return b"".join(
        b"\x16\3\1" + struct.pack("!H", len(message[at : at + 16_000])) + message[at : at + 16_000]
        for at in range(0, len(message), 16_000)
    )


def dns(name: bytes) -> tuple[bytes, bytes]:
    """A question and its answer; a long name in several labels."""
    labels = [name[at : at + 60] for at in range(0, min(len(name), 180), 60)] or [b"x"]
    wire = b"".join(bytes([len(label)]) + label for label in [*labels, b"example"]) + b"\0"
    question = wire + b"\0\1\0\1"
    answer = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + bytes([203, 0, 113, 80])
    return (
        b"\0\7\1\0\0\1\0\0\0\0\0\0" + question,
        b"\0\7\x81\x80\0\1\0\1\0\0\0\0" + question + answer,
    )


def dhcp(name: bytes) -> bytes:
    """A request of a handset that calls itself ``name``."""
    head = b"\1\1\6\0" + bytes(24) + bytes.fromhex("02005e005314") + bytes(202)
    said = [(53, b"\3"), (12, name[:255]), (60, name[:255]), (81, b"\0\0\0" + name[:200])]
    text = b"".join(bytes([code, len(value)]) + value for code, value in said if value)
    return head + b"\x63\x82\x53\x63" + text + b"\xff"


def stream(port: int, up: bytes, down: bytes = b"") -> list[bytes]:
    """A TCP conversation."""
    ports, back = (41_000 + port, port), (port, 41_000 + port)
    sent = [
        ip(tcp(2, 0, ports=ports), 6),
        ip(tcp(18, 0, 1, ports=back), 6, src=SERVER, dst=PHONE),
        ip(tcp(16, 1, 1, ports=ports), 6),
    ]
    sent += [
        ip(tcp(24, 1 + at, 1, up[at : at + 1_400], ports), 6) for at in range(0, len(up), 1_400)
    ]
    if down:
        sent.append(ip(tcp(24, 1, 1 + len(up), down, back), 6, src=SERVER, dst=PHONE))
    return sent


def capture(text: bytes) -> bytes:
    """A pcapng file with ``text`` wherever there is room for text."""
    asked, told = dns(text)
    request = b"GET /" + text + b" HTTP/1.1\r\nHost: " + text + b"\r\nUser-Agent: " + text
    request += b"\r\nReferer: " + text + b"\r\nX-" + text + b": " + text + b"\r\n\r\n"
    reply = b"HTTP/1.1 200 " + text + b"\r\nServer: " + text + b"\r\nContent-Length: 0\r\n\r\n"
    packets = [
        ip(udp(dhcp(text), (68, 67)), src="0.0.0.0", dst="255.255.255.255"),
        ip(udp(asked, (40_000, 53)), dst="10.42.0.1"),
        ip(udp(told, (53, 40_000)), src="10.42.0.1", dst=PHONE),
        ip(udp(told, (5_353, 5_353)), dst="224.0.0.251"),
        *stream(443, client_hello(text)),
        *stream(80, request, reply[:1_400]),
        *stream(5_222, text[:60_000] or b"x"),
    ]
    named = option(2, text) + option(3, text) + option(9, b"\x09")
    comment = option(1, text) + bytes(4)
    return section() + b"".join(
        (
            interface(options=named + bytes(4)),
            *(
                enhanced(ethernet(packet), stamp=NS + i * 10**6, options=comment)
                for i, packet in enumerate(packets)
            ),
        )
    )


def analyzed(text: bytes, folder: Path, capsys: Capsys, monkeypatch: Patch) -> Ran:
    folder.mkdir()
    (folder / "in.pcapng").write_bytes(capture(text))
    ran = run(capsys, monkeypatch, folder / "out", folder / "in.pcapng", more=("-v",))
    assert ran.code == 0, ran.err
    sound(ran)
    return ran


@pytest.mark.parametrize("name", HOSTILE)
def test_the_report_is_sound_and_its_page_has_no_new_kind_of_tag(
    name: str, tmp_path: Path, capsys: Capsys, monkeypatch: Patch
) -> None:
    hostile = analyzed(HOSTILE[name], tmp_path / "hostile", capsys, monkeypatch)
    harmless = analyzed(HARMLESS, tmp_path / "harmless", capsys, monkeypatch)
    kinds = {(tag, tuple(a for a, _ in attributes)) for tag, attributes in tags(harmless.folder)}
    found = tags(hostile.folder)
    assert {(tag, tuple(a for a, _ in attributes)) for tag, attributes in found} <= kinds
    once = ("script", "style", "meta", "title", "html", "body", "head")
    for tag in once:
        counted = [
            sum(n for (kind, _), n in page.items() if kind == tag)
            for page in (found, tags(harmless.folder))
        ]
        assert counted[0] == counted[1], tag
    text = HOSTILE[name][:40].decode("utf-8", "replace")
    for (_, attributes), _ in found.items():
        for _, value in attributes:
            assert len(text) < 6 or text not in (value or "")


FILE_NAMES = [
    name for name, text in HOSTILE.items() if text and b"\0" not in text and b"/" not in text
]


@pytest.mark.parametrize("name", FILE_NAMES)
def test_the_name_of_the_file_is_text_like_any_other(
    name: str, tmp_path: Path, capsys: Capsys, monkeypatch: Patch
) -> None:
    raw = HOSTILE[name][:200].decode("utf-8", "surrogateescape")
    path = tmp_path / "in" / f"{raw}.pcapng"
    path.parent.mkdir()
    path.write_bytes(capture(HARMLESS))
    ran = run(capsys, monkeypatch, tmp_path / "out", path)
    assert ran.code == 0, ran.err
    sound(ran)
    plain = tmp_path / "plain.pcapng"
    plain.write_bytes(capture(HARMLESS))
    twin = run(capsys, monkeypatch, tmp_path / "twin", plain)
    assert tags(ran.folder) == tags(twin.folder)
    missing = path.with_name(f"{raw}.missing")
    ran = run(capsys, monkeypatch, tmp_path / "none", missing)
    assert ran.code in (2, 4)
    assert all(c.isprintable() or c == "\n" for c in ran.err)


def test_the_folder_made_beside_a_hostile_name_is_a_plain_one(
    tmp_path: Path, monkeypatch: Patch
) -> None:
    from analyzer import asked

    for text in HOSTILE.values():
        name = text[:200].decode("utf-8", "surrogateescape").replace("/", "_").replace("\0", "_")
        folder = asked.folder(Path("in") / f"{name}.pcap")
        assert ".." not in folder.parts
        assert len(folder.parts) <= 2
