"""Capture files: pcap and pcapng, written from timed frames.

pcap: nanosecond or microsecond magic, both byte orders. pcapng: one section,
one or several interfaces with nanosecond clocks, comments, TLS secrets (DSB).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ETHERNET, RAW = 1, 101  # link types of www.tcpdump.org/linktypes.html
SNAPLEN = 262_144


@dataclass(frozen=True, slots=True)
class Frame:
    """One recorded frame: Unix time in ns, its bytes, a comment, its interface."""

    ts: int
    data: bytes
    comment: str = ""
    interface: int = 0


def write_pcap(
    path: str | Path, frames: Iterable[Frame], link: int = ETHERNET, *, nano: bool = True,
    order: str = "<", snaplen: int = SNAPLEN,
) -> None:  # fmt: skip
    """Writes a pcap file; frames longer than ``snaplen`` are cut, as a recorder does."""
    unit = 1 if nano else 1_000
    with Path(path).open("wb") as out:
        magic = 0xA1B23C4D if nano else 0xA1B2C3D4
        out.write(struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snaplen, link))
        for frame in frames:
            seconds, fraction = divmod(frame.ts, 1_000_000_000)
            kept = frame.data[:snaplen]
            lengths = (len(kept), len(frame.data))
            out.write(struct.pack(order + "IIII", seconds, fraction // unit, *lengths) + kept)


def write_pcapng(
    path: str | Path,
    frames: Iterable[Frame],
    links: Sequence[tuple[str, int]] = (("wlan0", ETHERNET),),
    *,
    comment: str = "",
    secrets: str = "",
    snaplen: int = SNAPLEN,
) -> None:
    """Writes a pcapng file with one interface per (name, link type) of ``links``."""
    with Path(path).open("wb") as out:
        out.write(_section(comment))
        for name, link in links:
            out.write(_interface(name, link, snaplen))
        if secrets:
            out.write(_secrets(secrets.encode()))
        for frame in frames:
            out.write(_packet(frame, snaplen))


def _section(comment: str) -> bytes:
    body = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
    return _block(0x0A0D0D0A, body + _options((1, comment.encode()), (4, b"phonehome forging")))


def _interface(name: str, link: int, snaplen: int) -> bytes:
    body = struct.pack("<HHI", link, 0, snaplen)
    return _block(1, body + _options((2, name.encode()), (9, b"\x09")))  # if_tsresol: ns


def _secrets(key_log: bytes) -> bytes:
    """A Decryption Secrets Block with a TLS key log."""
    return _block(10, struct.pack("<II", 0x544C534B, len(key_log)) + _padded(key_log))


def _packet(frame: Frame, snaplen: int) -> bytes:
    kept = frame.data[:snaplen]
    high, low = frame.ts >> 32, frame.ts & 0xFFFFFFFF
    body = struct.pack("<IIIII", frame.interface, high, low, len(kept), len(frame.data))
    return _block(6, body + _padded(kept) + _options((1, frame.comment.encode())))


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def _options(*pairs: tuple[int, bytes]) -> bytes:
    """Options with a value, and their end; nothing where there are none."""
    said = b"".join(struct.pack("<HH", code, len(v)) + _padded(v) for code, v in pairs if v)
    return said + b"\0\0\0\0" if said else b""


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)
