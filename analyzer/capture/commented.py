"""The packets of an evidence file with their comments: what verify looks at.

Not for captures at large: the file is read whole, and anything odd in it is an
error. Only phonehome's own files are meant to pass.
"""

from __future__ import annotations

from pathlib import Path

from analyzer import limits
from analyzer.capture import containers, packets
from analyzer.model import Packet

PACKET = 6


def read(path: Path) -> tuple[str, list[tuple[Packet, list[str]]]]:
    """What the file says of itself, and each packet with its comments.

    ValueError where it is no file of ours.
    """
    if path.stat().st_size > limits.EVIDENCE_BYTES:
        raise ValueError("larger than any evidence file")
    about, said = _comments(path.read_bytes())
    held = list(packets.read([path], range(1, len(said) + 1)))
    if len(held) != len(said):
        raise ValueError("not all packets can be read")
    return about, list(zip(held, said, strict=True))


def _comments(data: bytes) -> tuple[str, list[list[str]]]:
    at, about, said = 0, "", []
    while at < len(data):
        kind = int.from_bytes(data[at : at + 4], "little")
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        if length < 12 or length % 4 or at + length > len(data):
            raise ValueError("a block without an end")
        block = data[at : at + length]
        if kind == PACKET:
            kept = int.from_bytes(block[20:24], "little")
            said.append(_texts(block[28 + (kept + 3) // 4 * 4 : -4]))
        elif kind == containers.SECTION:
            about = " ".join(_texts(block[24:-4]))
        at += length
    return about, said


def _texts(area: bytes) -> list[str]:
    """The comments among options."""
    return [
        value.decode("utf-8", "backslashreplace")
        for code, value in containers.options(area, False)
        if code == 1
    ]
