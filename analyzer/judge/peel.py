"""What is wrapped in some bytes: encodings and packings taken off, layer by layer.

An app may send an IMEI as base64 of gzip of JSON. Each unwrapping found, of the
whole or of a long run inside, is given out and looked into in turn.

    base64 base64url hex    runs of at least 16 (hex: 12) of their letters
    percent                 runs of printable text with %41 in them
    json                    the same with \\" or \\u0041 in them, escapes resolved
    gzip zlib zstd          from their magic number on, also when cut short
    deflate                 when all of the bytes are one such stream
    chunked                 bodies of HTTP's chunked transfer, put together (RFC 9112 7.1)

Rules of this file
- All that is given out for one input is at most ``limits.PEELED_BYTES``, one piece at most
  half of what is left of that: a bomb leaves room for what lies beside it.
- Breadth first without recursion; no bytes raise; nothing is random.
- What is text by chance (a long path read as base64) is given out too: who
  looks for something in it does not find it there.
"""

from __future__ import annotations

import binascii
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from analyzer import limits
from analyzer.judge import runs, unpacking

LAYERS = 4_096
"""Pieces given out for one input: bytes made of short runs cost more than their size."""

DEPTH = 8
"""Layers one below the other that are ever followed, whatever the caller asks."""

Found = Iterator[tuple[str, bytes]]

_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_OF_BASE64, _OF_HEX = runs.letters(_LETTERS + b"+/-_"), runs.letters(b"0123456789abcdefABCDEF")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}(?:\r?\n[A-Za-z0-9+/_-]+)*")
_HEX = re.compile(rb"(?<![0-9A-Za-z])[0-9a-fA-F]{12,}(?![0-9A-Za-z])")
_PRINTABLE = re.compile(rb"[\x21-\x7e]{4,}")
_LINE = re.compile(rb"[^\x00-\x1f\x7f]{8,}")
_PERCENT = re.compile(rb"%([0-9A-Fa-f]{2})")
_ESCAPE = re.compile(rb'\\(?:u([0-9A-Fa-f]{4})|(["\\/bfnrt]))')
_ESCAPED = {
    b'"': b'"', b"\\": b"\\", b"/": b"/", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r",
    b"t": b"\t",
}  # fmt: skip
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1024})?\r\n")


CHUNKED = re.compile(rb"(?i)\r\ntransfer-encoding:[ \t]*chunked[ \t]*\r\n")
"""The head of an HTTP message whose body comes in chunks says so."""


class Layer(NamedTuple):
    """One unwrapping."""

    stack: tuple[str, ...]  # what was taken off, the outermost first
    data: bytes


def layers(data: bytes, depth: int = 3) -> Iterator[Layer]:
    """All that is wrapped in ``data``, ``depth`` layers deep, the outer ones first.

    ``chunked`` is how HTTP carries a body and counts for none.
    """
    depth = min(depth, DEPTH)
    purse = _Purse()
    waiting = deque([Layer((), data)])
    while waiting:
        outer = waiting.popleft()
        if len(outer.stack) - outer.stack.count("chunked") >= depth:
            continue
        for kind, inner in _unwrapped(outer, purse):
            layer = Layer((*outer.stack, kind), inner[: purse.left])
            if not purse.pays(layer):
                return
            waiting.append(layer)
            yield layer


class _Purse:
    """What may still be given out."""

    __slots__ = ("left", "pieces")

    def __init__(self) -> None:
        self.left = limits.PEELED_BYTES
        self.pieces = LAYERS

    def most(self) -> int:
        """Bytes the next unpacked piece may have."""
        return max(self.left // 2, 1)

    def pays(self, layer: Layer) -> bool:
        """Whether it could afford this layer; it then has less."""
        affords = self.left > 0 and self.pieces > 0
        self.left -= len(layer.data)
        self.pieces -= 1
        return affords


def _unwrapped(outer: Layer, purse: _Purse) -> Found:
    """Everything directly below one layer."""
    data = outer.data
    if b"chunked" in data and "chunked" not in outer.stack:
        yield from _bodies(data)
    yield from unpacking.inside(data, purse.most)
    if b"%" in data:
        yield from _resolved("percent", _PRINTABLE, _PERCENT, _byte, data)
    if b"\\" in data:
        yield from _resolved("json", _LINE, _ESCAPE, _character, data)
    yield from _base64(data)
    yield from _hex(data)


# ------------------------------------------------------------------ text


def _base64(data: bytes) -> Found:
    """Runs with letters of both cases, as nearly all base64 of anything has."""
    for run in _matches(_BASE64, runs.find(data, _OF_BASE64, 16), data):
        kind = "base64"
        if b"-" in run or b"_" in run:
            if b"+" in run or b"/" in run:
                continue  # of neither alphabet
            kind, run = "base64url", run.translate(_STANDARD)
        if run.upper() != run and run.lower() != run and (inner := unbase64(run)):
            yield kind, inner


_STANDARD = bytes.maketrans(b"-_", b"+/")


def unbase64(run: bytes) -> bytes:
    """Bytes of base64 (RFC 4648 4) without padding; of a cut run all but its last bits."""
    run = run.translate(None, b"\r\n")
    run = run[: len(run) - 1] if len(run) % 4 == 1 else run
    try:
        return binascii.a2b_base64(run + b"=" * (-len(run) % 4))
    except binascii.Error:
        return b""


def _hex(data: bytes) -> Found:
    """Runs that stand alone; half a byte at the end is left out."""
    for run in _matches(_HEX, runs.find(data, _OF_HEX, 12), data):
        yield "hex", binascii.unhexlify(run[: len(run) // 2 * 2])


def _matches(
    shape: re.Pattern[bytes], places: Iterable[tuple[int, int]], data: bytes
) -> Iterator[bytes]:
    """What a shape matches where a run begins; one match may hold several runs."""
    done = 0
    for at, _ in places:
        match = shape.match(data, at) if at >= done else None
        if match is not None:
            done = match.end()
            yield match.group()


def _resolved(
    kind: str,
    runs: re.Pattern[bytes],
    escape: re.Pattern[bytes],
    meant: Callable[[re.Match[bytes]], bytes],
    data: bytes,
) -> Found:
    """Runs of text that hold escapes, with these replaced by what they mean."""
    found = [escape.sub(meant, run) for run in runs.findall(data) if escape.search(run)]
    if found:
        yield kind, b"\n".join(found)


def _byte(match: re.Match[bytes]) -> bytes:
    return binascii.unhexlify(match[1])


def _character(match: re.Match[bytes]) -> bytes:
    """What one escape of a JSON text means (RFC 8259 7); halves of a pair become "?"."""
    letter = match[2]
    return _ESCAPED[letter] if letter else chr(int(match[1], 16)).encode("utf-8", "replace")


# ------------------------------------------------------------------ HTTP


def _bodies(data: bytes) -> Found:
    """The body of each message that says it comes in chunks, as far as they go."""
    at = 0
    while head := CHUNKED.search(data, at):
        at = data.find(b"\r\n\r\n", head.end() - 2)
        if at < 0:
            return
        body, at = joined_chunks(data, at + 4)
        if body:
            yield "chunked", body


def joined_chunks(data: bytes, at: int) -> tuple[bytes, int]:
    """The chunks from ``at`` on (RFC 9112 7.1), the last perhaps cut short, and their end."""
    found: list[bytes] = []
    while size := _CHUNK.match(data, at):
        length = int(size.group(1), 16)
        if not length:
            break
        found.append(data[size.end() : size.end() + length])
        at = size.end() + length + 2
    return b"".join(found), at
