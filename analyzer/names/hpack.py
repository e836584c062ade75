"""HPACK (RFC 7541): header blocks of HTTP/2, read in the order they came.

Rules of this file
- Integers, strings and the Huffman code are QPACK's, too (RFC 9204 4.1).
- Strings and tables are bounded by the block and by ``TABLE`` bytes.
- Damage raises ``HpackError``: later blocks of that side cannot be read then.
"""

from __future__ import annotations

from functools import cache

TABLE = 4_096
"""Bytes of the dynamic table (RFC 7541 4.2); larger ones must be agreed on first."""

_STATIC = (
    ":authority :method :method :path :path :scheme :scheme :status :status :status :status"
    " :status :status :status accept-charset accept-encoding accept-language accept-ranges"
    " accept access-control-allow-origin age allow authorization cache-control"
    " content-disposition content-encoding content-language content-length content-location"
    " content-range content-type cookie date etag expect expires from host if-match"
    " if-modified-since if-none-match if-range if-unmodified-since last-modified link location"
    " max-forwards proxy-authenticate proxy-authorization range referer refresh retry-after"
    " server set-cookie strict-transport-security transfer-encoding user-agent vary via"
    " www-authenticate"
)
_VALUES = {2: "GET", 3: "POST", 4: "/", 5: "/index.html", 6: "http", 7: "https", 8: "200"}
_LENGTHS = (
    "13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28 28 28 28 28 28 28 30 28 28 28 28 28 28 28"
    " 28 28 6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6 5 5 5 6 6 6 6 6 6 6 7 8 15 6 12 10 13 6 7 7"
    " 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 8 7 8 13 19 13 14 6 15 5 6 5 6 5 6 6 6 5 7 7 6 6"
    " 6 5 6 7 6 5 5 6 7 7 7 7 7 15 11 14 13 28 20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23"
    " 24 24 22 23 24 23 23 23 23 21 22 23 22 23 23 24 22 21 20 22 22 23 23 21 23 22 22 24 21 22"
    " 23 23 21 21 22 21 23 22 23 23 20 22 22 22 23 22 22 23 26 26 20 19 22 23 22 25 26 26 26 27"
    " 27 26 24 25 19 21 26 27 27 26 27 24 21 21 26 26 28 27 27 27 20 24 20 21 22 21 21 23 22 22"
    " 25 25 24 24 26 23 26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26"
)
"""Code lengths of bytes 0 to 255; the code is canonical (RFC 7541 appendix B)."""

Field = tuple[str, str]

ENTRY = 160
"""Bytes an entry of a table takes beside its characters, about."""


class HpackError(ValueError):
    """The block is cut or refers to what is not there."""


class Decoder:
    """One direction's header blocks, with their dynamic table."""

    __slots__ = ("size", "table")

    def __init__(self) -> None:
        self.table: list[Field] = []
        self.size = 0

    @property
    def held(self) -> int:
        """Bytes kept, about."""
        return self.size + ENTRY * len(self.table)

    def block(self, data: bytes) -> list[Field]:
        """The fields of one whole header block."""
        fields: list[Field] = []
        at = 0
        while at < len(data):
            first = data[at]
            if first & 0x80:
                index, at = integer(data, at, 7)
                fields.append(self._field(index))
            elif first & 0xE0 == 0x20:  # size update
                _, at = integer(data, at, 5)
            else:
                index, at = integer(data, at, 6 if first & 0x40 else 4)
                if index:
                    name = self._field(index)[0]
                else:
                    name, at = string(data, at)
                value, at = string(data, at)
                fields.append((name, value))
                if first & 0x40:
                    self._remember(name, value)
        return fields

    def _field(self, index: int) -> Field:
        names = _static()
        if 1 <= index <= len(names):
            return names[index - 1], _VALUES.get(index, "")
        if len(names) < index <= len(names) + len(self.table):
            return self.table[index - len(names) - 1]
        raise HpackError("no such index")

    def _remember(self, name: str, value: str) -> None:
        self.table.insert(0, (name, value))
        self.size += len(name) + len(value) + 32
        while self.size > TABLE:
            old = self.table.pop()
            self.size -= len(old[0]) + len(old[1]) + 32


@cache
def _static() -> tuple[str, ...]:
    return tuple(_STATIC.split())


@cache
def _codes() -> dict[tuple[int, int], int]:
    """(length, code) to byte, built from the lengths alone."""
    lengths = [int(length) for length in _LENGTHS.split()]
    codes: dict[tuple[int, int], int] = {}
    code = previous = 0
    for length, byte in sorted((length, byte) for byte, length in enumerate(lengths)):
        code <<= length - previous
        previous = length
        codes[length, code] = byte
        code += 1
    return codes


def integer(data: bytes | bytearray, at: int, bits: int) -> tuple[int, int]:
    """An integer with a prefix of some bits (RFC 7541 5.1), and the offset behind it."""
    if at >= len(data):
        raise HpackError("cut")
    most = (1 << bits) - 1
    value = data[at] & most
    at += 1
    if value < most:
        return value, at
    for shift in (0, 7, 14, 21):
        if at >= len(data):
            break
        value += (data[at] & 0x7F) << shift
        at += 1
        if not data[at - 1] & 0x80:
            return value, at
    raise HpackError("integer")


def string(data: bytes | bytearray, at: int, bits: int = 7) -> tuple[str, int]:
    """A string literal (RFC 7541 5.2) and the offset behind it; its length has some bits."""
    length, start = integer(data, at, bits)
    if start + length > len(data):
        raise HpackError("cut")
    raw = bytes(data[start : start + length])
    if data[at] & 1 << bits:
        raw = huffman(raw)
    return raw.decode("latin-1"), start + length


def huffman(data: bytes) -> bytes:
    """Bytes of a Huffman-coded string; the padding at its end is dropped."""
    codes = _codes()
    found = bytearray()
    code = length = 0
    for byte in data:
        for shift in range(7, -1, -1):
            code = code << 1 | byte >> shift & 1
            length += 1
            symbol = codes.get((length, code))
            if symbol is not None:
                found.append(symbol)
                code = length = 0
            elif length > 30:
                raise HpackError("code")
    return bytes(found)
