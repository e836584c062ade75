"""Where content begins to be called text, encoded or packed: at each edge, both sides."""

from __future__ import annotations

import pytest

from analyzer.judge.entropy import MESSAGES, bodies, is_text, kind_of

CODED = b"QWxhZGRpbjpvcGVuIHNlc2FtZTpvcGVuIHNlc2Ft"  # 40 letters and digits of base64
MAGIC = {
    0: (b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\0", b"BZh", b"7z\xbc\xaf\x27\x1c",
        b"\x04\x22\x4d\x18", b"PK\3\4", b"Rar!\x1a\7", b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8",
        b"OggS", b"fLaC", b"ID3", b"\x1a\x45\xdf\xa3", b"wOFF", b"wOF2", b"%PDF", b"\0\0\1\xba",
        b"FLV\1", b"dex\n03", b"#!AMR"),
    4: (b"ftyp", b"moov", b"moof"),
    8: (b"WEBP", b"WAVE", b"AVI "),
}  # fmt: skip


@pytest.mark.parametrize(("at", "magic"), [(at, each) for at in MAGIC for each in MAGIC[at]])
def test_formats_are_known_by_their_beginning(at: int, magic: bytes) -> None:
    data = b"RIFFabcd"[:at] + magic + b" and plain words that go on behind it"
    assert kind_of(data) == "compressed"
    assert kind_of(b"-" + data) != "compressed"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a" * 15, False),
        (b"a" * 16, True),
        (b"a" * 30 + b"\1", False),  # short: no control character
        (b"a" * 31 + b"\1", True),
        (b"a" * 37 + b"\1\2", False),  # one in twenty
        (b"a" * 38 + b"\1\2", True),
        (b"a" * 15 + b"\t\r\n\f\x1b", True),
        (b"a" * 30 + b"\xe2", False),  # a cut character
        (b"a" * 31 + b"\xe2", True),
        (b"a" * 30 + b"\xe2\x82", True),
        (b"a" * 20 + b"\xe2" + b"a" * 20, False),
        ("é".encode() * 20, True),  # cut where nothing is looked at
        ("😀".encode() * 10, True),
        ("😀".encode() * 9 + b"\xff" + b"a" * 7, False),
        ("नमस्ते दुनिया".encode(), True),
        ("plain words".encode("utf-16-le"), True),
        ("plain words".encode("utf-16-be"), True),
        ("plain words and ".encode("utf-16-le") + b"\2\0", False),  # one in twenty
        ("plain words and some ".encode("utf-16-le") + b"\2\0", True),
        (b"\0" * 32, False),
        ("plain wor".encode("utf-16-le") + "नम".encode("utf-16-le"), False),
    ],
)
def test_text(data: bytes, text: bool) -> None:
    assert is_text(data) is text
    assert (kind_of(data) == "readable") is text


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (CODED, "encoded"),
        (CODED[:39], "readable"),
        (CODED + b" " * 10, "encoded"),  # four fifths
        (CODED + b" " * 11, "readable"),
        (CODED[:20] + b"\r\n" + CODED[20:] + b"\r\n", "encoded"),  # as mail breaks it
        (b"%41" * 8, "encoded"),
        (b"%41" * 7, "readable"),
        (b"1234567890" * 5, "readable"),  # a number
        (b"0123456789abcdef" * 3, "encoded"),
        (b"abcdefabcd" * 4, "encoded"),
        (b"antidisestablishmentarian" * 2, "readable"),
        (b"ANTIDISESTABLISHMENTARIAN" * 2, "readable"),
        (b"antidisestablishment1arian" * 2, "readable"),  # one case
        (b"camelCaseNamesOf" * 12, "readable"),  # no digit, 192 letters
        (b"camelCaseNamesOf" * 13, "encoded"),  # over 200
        (b"camelCaseNamesOf1" * 3, "encoded"),
    ],
)
def test_encoded(data: bytes, kind: str) -> None:
    assert kind_of(data) == kind


# -------------------------------------------------------------------- HTTP


def message(first: str, *fields: str, body: str = "") -> bytes:
    return "\r\n".join([first, *fields, "", body]).encode()


def test_a_body_ends_where_its_head_says() -> None:
    data = message("POST /a HTTP/1.1", "Content-Length: 4", body="body") + message(
        "POST /b HTTP/1.0", "content-length:5", "Content-Encoding: br", body="other"
    )
    assert list(bodies(data)) == [(False, b"body"), (True, b"other")]


@pytest.mark.parametrize(
    ("first", "found"),
    [
        ("HTTP/1.1 200 OK", [b"to the end"]),
        ("HTTP/1.1 204 No Content", []),
        ("HTTP/1.1 304 Not Modified", []),
        ("POST / HTTP/1.1", []),  # a request without a length has none
        ("HTTP/2 200 OK", []),
        ("post / HTTP/1.1", []),
    ],
)
def test_without_a_length_the_first_line_decides(first: str, found: list[bytes]) -> None:
    assert [body for _, body in bodies(message(first, body="to the end"))] == found


@pytest.mark.parametrize("packing", ["br", "gzip", "deflate", "zstd", "compress"])
def test_packings_that_a_head_names(packing: str) -> None:
    data = message("HTTP/1.1 200 OK", f"Content-Encoding: {packing}", body="x")
    assert list(bodies(data)) == [(True, b"x")]
    plain = message("HTTP/1.1 200 OK", f"X-Encoding: {packing}", body="x")
    assert list(bodies(plain)) == [(False, b"x")]


@pytest.mark.parametrize("data", [b"", b"plain\r\n\r\nwords", b"HTTP/1.1 200 OK\r\nA: b\r\n"])
def test_without_a_whole_head_there_is_no_body(data: bytes) -> None:
    assert list(bodies(data)) == []


def test_so_many_messages_are_looked_at() -> None:
    one = message("POST / HTTP/1.1", "Content-Length: 1", body="x")
    assert len(list(bodies(one * (MESSAGES + 1)))) == MESSAGES
