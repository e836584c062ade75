"""What kind of content some clear bytes are: readable, encoded, compressed, random, unknown.

    readable    text, in UTF-8 or UTF-16
    encoded     text that is mostly base64, hex or %41: anyone can undo it
    compressed  a known packed or media format by its first bytes, or what unpacks
    random      at least 256 bytes, indistinguishable from random (randomness.py)
    unknown     anything else: binary structures, and too few bytes to say

Rules of this file
- Encodings and packings are tried before any statistic: encoded or compressed
  is not encrypted, whatever its histogram says.
- Random is as much as can be said. It may be encrypted, packed by a coder that
  leaves no trace, or drawn at random; which, the bytes do not tell.

Called random, of 2,000 samples each (``python -m benchmarks.entropy``):

    bytes                      256    512  1,024  4,096  16,384
    random                    99.6   99.8   99.8   99.7    99.6 %
    text, base64, hex, gzip,
    zstd, deflate, PNG           0      0      0      0       0
    deflate from its middle   98.8   97.9   96.2   41.1     0.1
    zstd from its middle      73.4   55.3   15.1      0       0
    bzip2 from its middle     96.7   86.6   18.6   14.1       0
    PNG from its middle       26.3   13.0    2.4      0       0
    xz from its middle        99.6   99.4   99.8   99.6    99.6
    text under a short key     3.1      0      0      0       0

None of the 10,000 random ones was called readable, encoded or compressed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from analyzer.judge import peel, unpacking
from analyzer.judge.randomness import MOST, is_random

KINDS = ("readable", "encoded", "compressed", "random", "unknown")

_MAGIC: dict[int, tuple[bytes, ...]] = {
    0: (
        b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\0", b"BZh", b"7z\xbc\xaf\x27\x1c",
        b"\x04\x22\x4d\x18", b"PK\3\4", b"Rar!\x1a\7", b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8",
        b"OggS", b"fLaC", b"ID3", b"\x1a\x45\xdf\xa3", b"wOFF", b"wOF2", b"%PDF", b"\0\0\1\xba",
        b"FLV\1", b"dex\n03", b"#!AMR",
    ),
    4: (b"ftyp", b"moov", b"moof"),
    8: (b"WEBP", b"WAVE", b"AVI "),
}  # fmt: skip
"""Formats by what stands where; their content looks more or less random."""

TEXT = 16
"""Bytes below which nothing is called text: of 16 random ones some 4 in a million look like it."""

SHORT = 32
"""Bytes below which no cut character and no control character is looked past in a text."""

NEAR = 64
"""Bytes of some unknown header before packed content that are looked past."""

_CODED = re.compile(rb"[A-Za-z0-9+/_-]{40,}={0,2}|(?:%[0-9A-Fa-f]{2}){8,}")
_CONTROLS = bytes(sorted({*range(32), 127} - set(b"\t\n\r\f\x1b")))


def kind_of(data: bytes) -> str:
    """One of KINDS; of long data the first 16 KiB decide."""
    data = data[:MOST]
    if not data:
        return "unknown"
    if any(data.startswith(magics, at) for at, magics in _MAGIC.items()):
        return "compressed"
    if is_text(data):
        return "encoded" if _is_encoded(data) else "readable"
    if _unpacks(data):
        return "compressed"
    return "random" if is_random(data) else "unknown"


def is_text(data: bytes) -> bool:
    """Whether bytes are text, but for one control character in twenty; cut ends are allowed."""
    return len(data) >= TEXT and (_is_utf8(data) or _is_utf16(data))


def _is_utf8(data: bytes) -> bool:
    strict = len(data) < SHORT
    try:
        (data if strict else data[:-3]).decode("utf-8")
    except UnicodeDecodeError as error:
        if strict or error.end < len(data) - 6:  # not only a character that was cut
            return False
    controls = len(data) - len(data.translate(None, _CONTROLS))
    return not controls if strict else controls * 20 <= len(data)


def _is_utf16(data: bytes) -> bool:
    """Half of the bytes zero, in one and the same place of each pair, and text between."""
    for zeros, letters in ((data[0::2], data[1::2]), (data[1::2], data[0::2])):
        if zeros.count(0) * 10 >= len(zeros) * 9 and not letters.count(0) * 10 > len(letters):
            return len(letters.translate(None, _CONTROLS)) * 20 >= len(letters) * 19
    return False


def _is_encoded(text: bytes) -> bool:
    """Whether at least four fifths of a text are long runs of encoded bytes.

    Runs of one letter case alone and no digit are words, a short one decides nothing.
    """
    text = text.translate(None, b"\r\n")  # as mail breaks base64
    runs = [run for run in _CODED.findall(text) if _is_coded(run)]
    return sum(map(len, runs)) * 5 >= len(text) * 4 > 0


def _is_coded(run: bytes) -> bool:
    if run.startswith(b"%"):
        return True
    digits = len(run) - len(run.translate(None, b"0123456789"))
    if digits == len(run):
        return False
    hexadecimal = not run.lower().translate(None, b"0123456789abcdef")
    return hexadecimal or (run.upper() != run != run.lower() and (digits > 0 or len(run) > 200))


def _unpacks(data: bytes) -> bool:
    """Whether packed bytes begin near the start and unpack to more than they are."""
    most = 4 * MOST
    for unpack, magics in _PACKED.items():
        for magic in magics:
            at = data.find(magic, 0, NEAR)
            got = unpack(data[at:], most) if at >= 0 else None
            if got and not got.fault and len(got.data) >= (len(data) - at) // 2 >= 8:
                return True
    return bool(unpacking.bare_deflate(data, most))


_PACKED: dict[unpacking.Unpack, tuple[bytes, ...]] = {
    unpacking.gzip: (unpacking.GZIP,),
    unpacking.zlib_stream: unpacking.ZLIB,
    unpacking.zstandard_frame: (unpacking.ZSTD,),
}


# -------------------------------------------------------------------- HTTP

_BODY_LENGTH = re.compile(rb"(?i)\r\ncontent-length:[ \t]*([0-9]{1,12})[ \t]*\r\n")
_PACKED_BODY = re.compile(rb"(?i)\r\ncontent-encoding:[ \t]*(?:br|gzip|deflate|zstd|compress)\b")
_MESSAGE = re.compile(
    rb"(?:[A-Z]{3,16} [^\r\n]{1,8192} HTTP/1\.[01]|HTTP/1\.[01] ([0-9]{3})[^\r\n]{0,1024})\r\n"
)
_BODILESS = (b"204", b"304")
MESSAGES = 1_000
"""HTTP messages of one stretch that are looked at."""


def kinds_of_bodies(data: bytes) -> Counter[str]:
    """Bytes by kind in the bodies of a stretch of HTTP messages; empty where they have none."""
    sizes: Counter[str] = Counter()
    for packed, body in bodies(data):
        sizes["compressed" if packed else kind_of(body)] += len(body)
    return sizes


def bodies(data: bytes) -> Iterator[tuple[bool, bytes]]:
    """Each message's body with whether its head says it is packed (RFC 9112 6)."""
    at = 0
    for _ in range(MESSAGES):
        start = _MESSAGE.match(data, at)
        end = data.find(b"\r\n\r\n", start.end() - 2) if start else -1
        if start is None or end < 0:
            return
        head = data[at : end + 4]
        body, at = _body(data, end + 4, head, start.group(1))
        if body:
            yield bool(_PACKED_BODY.search(head)), body


def _body(data: bytes, at: int, head: bytes, status: bytes | None) -> tuple[bytes, int]:
    """The body that begins at ``at``, as far as it is there, and where it ends."""
    if peel.CHUNKED.search(head):
        return peel.joined_chunks(data, at)
    length = _BODY_LENGTH.search(head)
    if length:
        stop = at + int(length.group(1))
    else:
        stop = at if status is None or status in _BODILESS else len(data)
    return data[at:stop], stop


def is_http(data: bytes, at: int = 0) -> bool:
    """Whether an HTTP/1 message begins there."""
    return _MESSAGE.match(data, at) is not None
