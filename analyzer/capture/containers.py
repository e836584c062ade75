"""What holds the packets: pcap's file header, pcapng's blocks that are not packets.

Formats: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng. Packet records
themselves are read in hot.py; everything here happens seldom.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from analyzer import limits
from analyzer.record import Record

Order = Literal["big", "little"]

SECTION = 0x0A0D0D0A
INTERFACE = 1
STATISTICS = 5
SECRETS = 0x0A
SHORTEST = {SECTION: 28, INTERFACE: 20}  # bytes of blocks that what follows depends on
TLS_KEY_LOG = 0x544C534B  # kind of secrets: draft-ietf-opsawg-pcapng 4.7

INTERFACES = 10_000  # a phone has a dozen; more is an attack on memory

# magic bytes: (big-endian, nanoseconds, bytes of a record header)
_PCAP = {
    b"\xa1\xb2\xc3\xd4": (True, False, 16),
    b"\xd4\xc3\xb2\xa1": (False, False, 16),
    b"\xa1\xb2\x3c\x4d": (True, True, 16),
    b"\x4d\x3c\xb2\xa1": (False, True, 16),
    b"\xa1\xb2\xcd\x34": (True, False, 24),
    b"\x34\xcd\xb2\xa1": (False, False, 24),
}


class PcapHeader(Record):
    """The 24 bytes before the first record, and how records are laid out."""

    big: bool
    nano: bool
    record_header: int
    snap_length: int
    link_type: int


class InterfaceBlock(Record):
    """What a pcapng interface description says."""

    link_type: int
    snap_length: int
    name: str
    clock: tuple[int, int, int]  # kind and n as hot.Engine wants them, offset in s


def order_of(big: bool) -> Order:
    """How ``int.from_bytes`` names the byte order."""
    return "big" if big else "little"


def kind_of(head: bytes) -> str | None:
    """ "pcap", "pcapng", or None: neither."""
    if head[:4] in _PCAP:
        return "pcap"
    return "pcapng" if head[:4] == b"\x0a\x0d\x0d\x0a" else None


def pcap_header(head: bytes) -> PcapHeader | None:
    """Reads the file header and looks at the first records behind it.

    Some phones write 24-byte record headers (libpcap as patched by RedHat 6.1)
    under the ordinary magic; only the records themselves tell. None: too short.
    """
    if len(head) < 24:
        return None
    big, nano, record_header = _PCAP[head[:4]]
    order = order_of(big)
    if record_header == 16:
        steps, holds = _steps(head, order, 16)
        if not holds and _steps(head, order, 24)[0] > steps:
            record_header = 24
    return PcapHeader(
        big,
        nano,
        record_header,
        int.from_bytes(head[16:20], order),
        int.from_bytes(head[20:24], order) & 0x03FFFFFF,  # above: FCS length
    )


def _steps(head: bytes, order: Order, record_header: int) -> tuple[int, bool]:
    """How many whole records follow each other, and whether all are plausible."""
    at, steps = 24, 0
    while at + record_header <= len(head):
        fraction = int.from_bytes(head[at + 4 : at + 8], order)
        caplen = int.from_bytes(head[at + 8 : at + 12], order)
        whole = int.from_bytes(head[at + 12 : at + 16], order)
        if caplen > limits.RECORD_BYTES or caplen > whole or fraction >= 1_000_000_000:
            return steps, False
        at += record_header + caplen
        steps += at <= len(head)
    return steps, True


def section_is_big(block: bytes) -> bool | None:
    """The byte order of a section header block (at least 12 bytes); None: no such."""
    magic = block[8:12]
    if magic == b"\x1a\x2b\x3c\x4d":
        return True
    return False if magic == b"\x4d\x3c\x2b\x1a" else None


def interface(block: bytes, big: bool) -> InterfaceBlock:
    """An interface description block of at least 20 bytes, with its header."""
    order = order_of(big)
    found = InterfaceBlock(
        int.from_bytes(block[8:10], order), int.from_bytes(block[12:16], order), "", (0, 10**6, 0)
    )
    kind, n, offset = found.clock
    for code, value in options(block[16:-4], big):
        if code == 2:
            found.name = _text(value)
        elif code == 9 and len(value) == 1:
            kind, n = _resolution(value[0])
        elif code == 14 and len(value) == 8:
            offset = int.from_bytes(value, order, signed=True)
    found.clock = (kind, n, max(-(2**40), min(2**40, offset)))
    return found


def _resolution(value: int) -> tuple[int, int]:
    """Option if_tsresol as kind and n of hot.Engine; kind 3: no clock can be so fine."""
    if value & 0x80:
        n = value & 0x7F
        return (2, n) if n <= 63 else (3, 0)
    if value <= 9:
        return 0, int(10**value)
    return (1, int(10 ** (value - 9))) if value <= 18 else (3, 0)


def statistics(block: bytes, big: bool) -> tuple[int, int | None, int | None]:
    """Interface, packets received and packets dropped of a statistics block."""
    order = order_of(big)
    received = dropped = None
    for code, value in options(block[20:-4], big):
        if code == 4 and len(value) == 8:
            received = int.from_bytes(value, order)
        elif code == 5 and len(value) == 8:
            dropped = int.from_bytes(value, order)
    return int.from_bytes(block[8:12], order), received, dropped


def key_log_bytes(head: bytes, big: bool) -> int:
    """How long the TLS key log is of which these are a secrets block's first 16 bytes; 0: none."""
    order = order_of(big)
    if len(head) < 16 or int.from_bytes(head[8:12], order) != TLS_KEY_LOG:
        return 0
    said, room = int.from_bytes(head[12:16], order), int.from_bytes(head[4:8], order) - 20
    return said if said <= room else 0


def options(area: bytes, big: bool) -> Iterator[tuple[int, bytes]]:
    """Options as (code, value); ends at the first whose length lies."""
    order = order_of(big)
    at = 0
    while at + 4 <= len(area):
        code = int.from_bytes(area[at : at + 2], order)
        length = int.from_bytes(area[at + 2 : at + 4], order)
        if code == 0 or at + 4 + length > len(area):
            return
        yield code, area[at + 4 : at + 4 + length]
        at += 4 + (length + 3) // 4 * 4


def _text(value: bytes) -> str:
    return value.rstrip(b"\0").decode("utf-8", "backslashreplace")[:1024]
