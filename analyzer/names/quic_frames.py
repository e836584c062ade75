"""QUIC frames of any packet (RFC 9000 19, RFC 9221), read as far as what they carry.

Rules of this file
- Every length is checked before use; at a frame nobody knows or that is cut, reading ends.
"""

from __future__ import annotations

from typing import NamedTuple

from analyzer.names.quic_packet import FRAMES, acknowledgement, varint

CRYPTO, DATAGRAM = -1, -2
"""In place of a stream's number: handshake bytes, and a datagram that is in no stream."""


class Part(NamedTuple):
    """Bytes of a stream, of the handshake, or a datagram."""

    stream: int
    offset: int
    data: bytes
    last: bool  # the stream ends here


# what stands in the frames that carry nothing: "v" a variable-length integer, "d" bytes
# with such a length before them, "b" with one byte, a figure: that many bytes
_FORMS = {
    0x01: "", 0x04: "vvv", 0x05: "vv", 0x07: "d", 0x10: "v", 0x11: "vv", 0x12: "v", 0x13: "v",
    0x14: "v", 0x15: "vv", 0x16: "v", 0x17: "v", 0x18: "vvb88", 0x19: "v", 0x1A: "8", 0x1B: "8",
    0x1C: "vvd", 0x1D: "vd", 0x1E: "",
    # drafts in use: acknowledgement frequency (8), reset with a reliable part (3), time stamps
    0x1F: "", 0xAF: "vvvv", 0x24: "vvvv", 0x2F5: "v",
}  # fmt: skip


def parts(frames: bytes) -> tuple[list[Part], bool]:
    """What a packet's frames carry, in order; whether all of them could be read."""
    found: list[Part] = []
    at, size = 0, len(frames)
    for _ in range(FRAMES):
        if at < size and frames[at] == 0:  # PADDING
            at = size - len(frames[at:].lstrip(b"\0"))
        if at >= size:
            return found, True
        kind, at = varint(frames, at, size)
        if kind in (2, 3):
            at = acknowledgement(frames, at, size, kind == 3)
        elif kind in _FORMS:
            at = _past(frames, at, size, _FORMS[kind])
        else:
            part, at = _part(frames, at, size, kind)
            if part is None:
                return found, False
            found.append(part)
        if at < 0:
            return found, False
    return found, False


def _past(frames: bytes, at: int, size: int, form: str) -> int:
    """The offset behind a frame of this form; -1 where it is cut."""
    for sort in form:
        step = 0
        if sort in "vd":
            value, at = varint(frames, at, size)
            step = value if sort == "d" or value < 0 else 0
        elif sort == "b":
            step = frames[at] + 1 if at < size else -1
        else:
            step = int(sort)
        if step < 0 or at + step > size:
            return -1
        at += step
    return at


def _part(frames: bytes, at: int, size: int, kind: int) -> tuple[Part | None, int]:
    """A frame with content, and the offset behind it; None: another kind, or cut."""
    if 0x08 <= kind <= 0x0F:  # STREAM: bits say whether offset and length are there
        stream, at = varint(frames, at, size)
        offset, at = varint(frames, at, size) if kind & 4 else (0, at)
        length, at = varint(frames, at, size) if kind & 2 else (size - at, at)
    elif kind == 0x06:
        stream = CRYPTO
        offset, at = varint(frames, at, size)
        length, at = varint(frames, at, size)
    elif kind in (0x30, 0x31):
        stream, offset = DATAGRAM, 0
        length, at = varint(frames, at, size) if kind & 1 else (size - at, at)
    else:
        return None, at
    if offset < 0 or length < 0 or at + length > size or (stream < 0 and kind & 0x38 == 8):
        return None, at
    last = 0x08 <= kind <= 0x0F and kind & 1 == 1
    return Part(stream, offset, frames[at : at + length], last), at + length
