"""What protocols show in clear by their own rules: passwords, and files that are sent.

Authorization: Basic ...       HTTP (RFC 7617), of a proxy too
USER a / PASS b                FTP (RFC 959 5.3.1) and POP3 (RFC 1939 7)
A1 LOGIN a b                   IMAP (RFC 9051 6.2.3)
AUTH PLAIN ...                 SMTP (RFC 4616)
Content-Disposition: form-data; filename="..."   an upload by HTTP (RFC 7578 4.2)
STOR name                      an upload by FTP
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from analyzer.judge.lookalikes import Look

_BASIC = re.compile(
    rb"\n(?:proxy-)?authorization:[ \t]{0,8}basic[ \t]{1,8}([A-Za-z0-9+/]{4,1024}={0,2})", re.I
)
_PASS = re.compile(rb"(?:\A|\n)user ([^\r\n]{1,128})\r?\npass ([^\r\n]{1,128})\r?\n", re.I)
_LOGIN = re.compile(
    rb"(?:\A|\n)[A-Za-z0-9.]{1,16} login (\"?[^\s\"]{1,64}\"? [^\r\n]{1,128})\r?\n", re.I
)
_PLAIN = re.compile(rb"(?:\A|\n)auth plain ([A-Za-z0-9+/]{4,1024}={0,2})", re.I)
_FILE = re.compile(
    rb"\ncontent-disposition:[ \t]{0,8}form-data;[^\r\n]{0,256}?filename=\"([^\"\r\n]{1,255})\"",
    re.I,
)
_STOR = re.compile(rb"(?:\A|\n)stor ([^\r\n]{1,255})\r?\n", re.I)
_NOBODY = (b"anonymous", b"ftp")
"""Names that need no password; what is sent as one is a courtesy."""


def disclosures(data: bytes) -> Iterator[Look]:
    """Passwords (``user:password``) and names of files in clear content."""
    low = data.lower()
    if b"basic" in low or b"auth plain" in low:
        yield from _encoded(data)
    if b"pass " in low or b" login " in low:
        yield from _typed(data)
    if b"filename=" in low or b"stor " in low:
        for match in (*_FILE.finditer(data), *_STOR.finditer(data)):
            yield Look("file", match.group(1), match.start(1))


def _encoded(data: bytes) -> Iterator[Look]:
    for match in _BASIC.finditer(data):
        text = _decoded(match.group(1))
        if b":" in text:
            yield Look("password", text, match.start(1), ("basic",))
    for match in _PLAIN.finditer(data):
        parts = _decoded(match.group(1)).split(b"\0")
        if len(parts) == 3:
            yield Look("password", b":".join(parts[1:]), match.start(1), ("base64",))


def _typed(data: bytes) -> Iterator[Look]:
    for match in _PASS.finditer(data):
        user, password = match.groups()
        if user.lower() not in _NOBODY:
            yield Look("password", user + b":" + password, match.start(2))
    for match in _LOGIN.finditer(data):
        yield Look("password", match.group(1).replace(b" ", b":", 1), match.start(1))


def _decoded(text: bytes) -> bytes:
    text = text.rstrip(b"=")
    try:
        return binascii.a2b_base64(text + b"=" * (-len(text) % 4))
    except binascii.Error:
        return b""
