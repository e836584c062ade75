"""Who a MAC address prefix is registered to (IEEE MA-L, MA-M, MA-S).

The table is one file: a line of text ``phonehome-mac 1 N24 N28 N36``, then for
each prefix length its sorted keys (3, 4, 5 bytes, left-aligned), then for each
the 3-byte offsets of names, then the names, each ended by a line feed.
"""

from __future__ import annotations

from pathlib import Path

from analyzer.errors import DataFileError

_HEAD = b"phonehome-mac 1 "
_WIDTHS = {24: 3, 28: 4, 36: 5}  # bits of the prefix -> bytes of its key


class Macs:
    """The registry, longest prefix first."""

    def __init__(self, table: bytes) -> None:
        self._table = table
        head, _, _ = table[:64].partition(b"\n")
        counts = [int(n) for n in head.removeprefix(_HEAD).split()] if _ok(head) else []
        if len(counts) != len(_WIDTHS):
            raise DataFileError("the MAC table is not one; install the package again.")
        self._parts: list[tuple[int, int, int, int]] = []  # bits, width, start, count
        at = len(head) + 1
        for (bits, width), count in zip(_WIDTHS.items(), counts, strict=True):
            self._parts.insert(0, (bits, width, at, count))
            at += count * (width + 3)
        if at > len(table):
            raise DataFileError("the MAC table is cut short; install the package again.")
        self._names = at

    @classmethod
    def read(cls, path: Path) -> Macs:
        """The table as shipped; DataFileError if it is not readable."""
        try:
            return cls(path.read_bytes())
        except OSError as error:
            raise DataFileError(
                f"{path}: the MAC table cannot be read ({error.strerror}); "
                "install the package again."
            ) from error

    def vendor(self, mac: str) -> str | None:
        """The registry's name for ``aa:bb:cc:dd:ee:ff``.

        None if the prefix is unknown, the text is no MAC address, or the address is
        locally administered (randomised, bit 0x02) or a group address (bit 0x01).
        """
        packed = _packed(mac)
        if packed is None or len(mac) < 12 or packed[0] & 0x03:
            return None
        for bits, width, start, count in self._parts:
            key = _cut(packed, bits, width)
            at = self._find(key, start, count)
            if at is not None:
                return self._name(start + count * width + at * 3)
        return None

    def _find(self, key: bytes, start: int, count: int) -> int | None:
        """The row of a key in a part, by halving."""
        table, width = self._table, len(key)
        low, high = 0, count
        while low < high:
            middle = (low + high) // 2
            here = start + middle * width
            if table[here : here + width] < key:
                low = middle + 1
            else:
                high = middle
        here = start + low * width
        return low if low < count and table[here : here + width] == key else None

    def _name(self, pointer: int) -> str:
        at = self._names + int.from_bytes(self._table[pointer : pointer + 3], "big")
        return self._table[at : self._table.find(b"\n", at)].decode("utf-8", "replace")


def write(rows: dict[tuple[int, bytes], str]) -> bytes:
    """The table of ``{(bits, key): name}``; keys are as wide as their kind asks."""
    names = sorted(set(rows.values()))
    offsets, blob = {}, b""
    for name in names:
        offsets[name] = len(blob).to_bytes(3, "big")
        blob += name.encode() + b"\n"
    keys = {bits: sorted(k for b, k in rows if b == bits) for bits in _WIDTHS}
    counts = " ".join(str(len(keys[bits])) for bits in _WIDTHS)
    out = _HEAD + counts.encode() + b"\n"
    for bits in _WIDTHS:
        out += b"".join(keys[bits]) + b"".join(offsets[rows[bits, k]] for k in keys[bits])
    return out + blob


def key_of(mac: str, bits: int) -> bytes | None:
    """The table's key of a registry prefix; None if it is not hexadecimal."""
    packed = _packed(mac)
    return None if packed is None else _cut(packed, bits, _WIDTHS[bits])


def _ok(head: bytes) -> bool:
    return head.startswith(_HEAD) and head.removeprefix(_HEAD).replace(b" ", b"").isdigit()


def _cut(packed: bytes, bits: int, width: int) -> bytes:
    number = int.from_bytes(packed, "big") >> (48 - bits) << (width * 8 - bits)
    return number.to_bytes(width, "big")


def _packed(mac: str) -> bytes | None:
    """Six bytes of a MAC text with ``:``, ``-`` or nothing between; short ones are padded."""
    digits = mac.replace(":", "").replace("-", "")
    if not 6 <= len(digits) <= 12 or not digits.isascii() or not digits.isalnum():
        return None
    try:
        return bytes.fromhex(digits.ljust(12, "0"))
    except ValueError:
        return None
