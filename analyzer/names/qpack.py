"""QPACK (RFC 9204): field sections of HTTP/3, of one direction.

Rules of this file
- The dynamic table is bounded by ``TABLE``, a section and an instruction by the stream.
- A section that needs an entry not inserted yet is ``Blocked``: its bytes are read later.
  Where the entry never comes, ``known`` gives the lines that can be read without it.
- Damage of the encoder's instructions ends the table; of a section, that section only.
"""

from __future__ import annotations

from functools import cache

from analyzer.names.hpack import ENTRY, Field, HpackError, integer, string

TABLE = 65_536
"""Bytes of the dynamic table; browsers offer to keep as many."""

_WAITING = 2 * TABLE  # bytes of one instruction that is not whole yet

_NOWHERE = -(1 << 62)  # a Base no entry is near

_STATIC = """\
:authority=
:path=/
age=0
content-disposition=
content-length=0
cookie=
date=
etag=
if-modified-since=
if-none-match=
last-modified=
link=
location=
referer=
set-cookie=
:method=CONNECT|DELETE|GET|HEAD|OPTIONS|POST|PUT
:scheme=http|https
:status=103|200|304|404|503
accept=*/*|application/dns-message
accept-encoding=gzip, deflate, br
accept-ranges=bytes
access-control-allow-headers=cache-control|content-type
access-control-allow-origin=*
cache-control=max-age=0|max-age=2592000|max-age=604800|no-cache|no-store|\
public, max-age=31536000
content-encoding=br|gzip
content-type=application/dns-message|application/javascript|application/json|\
application/x-www-form-urlencoded|image/gif|image/jpeg|image/png|text/css|\
text/html; charset=utf-8|text/plain|text/plain;charset=utf-8
range=bytes=0-
strict-transport-security=max-age=31536000|max-age=31536000; includesubdomains|\
max-age=31536000; includesubdomains; preload
vary=accept-encoding|origin
x-content-type-options=nosniff
x-xss-protection=1; mode=block
:status=100|204|206|302|400|403|421|425|500
accept-language=
access-control-allow-credentials=FALSE|TRUE
access-control-allow-headers=*
access-control-allow-methods=get|get, post, options|options
access-control-expose-headers=content-length
access-control-request-headers=content-type
access-control-request-method=get|post
alt-svc=clear
authorization=
content-security-policy=script-src 'none'; object-src 'none'; base-uri 'none'
early-data=1
expect-ct=
forwarded=
if-range=
origin=
purpose=prefetch
server=
timing-allow-origin=*
upgrade-insecure-requests=1
user-agent=
x-forwarded-for=
x-frame-options=deny|sameorigin
"""
"""RFC 9204 appendix A in its order: a name and its values."""


class Blocked(HpackError):
    """The section refers to entries that were not inserted so far: so many must have been."""

    def __init__(self, required: int) -> None:
        super().__init__(required)
        self.required = required


class Decoder:
    """The sections of one direction. ``most``: bytes of table its receiver allows, if known."""

    __slots__ = ("_buffer", "_capacity", "_size", "_table", "broken", "inserted", "most")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._table: list[Field] = []  # newest last
        self._size = self._capacity = 0
        self.inserted = 0  # entries so far
        self.broken = False
        self.most: int | None = None

    @property
    def held(self) -> int:
        """Bytes kept, about."""
        return len(self._buffer) + self._size + ENTRY * len(self._table)

    # ------------------------------------------------- instructions (RFC 9204 4.3)

    def instructions(self, data: bytes) -> None:
        """The next bytes of the encoder's stream; does nothing once ``broken``."""
        if self.broken:
            return
        self._buffer += data
        at = 0
        while at < len(self._buffer) and not self.broken:
            try:
                at = self._instruction(at)
            except _Cut:
                break
            except HpackError:
                self.broken = True
        del self._buffer[:at]
        self.broken = self.broken or len(self._buffer) > _WAITING

    def _instruction(self, at: int) -> int:
        """Follow one instruction; the offset behind it."""
        data, first = self._buffer, self._buffer[at]
        if first & 0xE0 == 0x20:  # Set Dynamic Table Capacity
            self._capacity, at = _whole(data, at, 5)
            if self._capacity > TABLE:
                raise HpackError("capacity")
            self._shrink(self._capacity)
        elif first < 0x20:  # Duplicate
            index, at = _whole(data, at, 5)
            self._insert(*self._recent(index))
        else:
            index, behind = _whole(data, at, 6) if first & 0x80 else (-1, _end(data, at, 5))
            end = _end(data, behind, 7)
            if index < 0:
                name, _ = string(data, at, 5)
            else:
                name, _ = _static_field(index) if first & 0x40 else self._recent(index)
            self._insert(name, string(data, behind)[0])
            at = end
        return at

    def _insert(self, name: str, value: str) -> None:
        size = len(name) + len(value) + 32
        if size > self._capacity:
            raise HpackError("entry")
        self._shrink(self._capacity - size)
        self._table.append((name, value))
        self._size += size
        self.inserted += 1

    def _shrink(self, most: int) -> None:
        gone = 0
        while self._size > most:
            name, value = self._table[gone]
            self._size -= len(name) + len(value) + 32
            gone += 1
        del self._table[:gone]

    def _recent(self, index: int) -> Field:
        if index >= len(self._table):
            raise HpackError("no such index")
        return self._table[-1 - index]

    # ------------------------------------------------ field sections (RFC 9204 4.5)

    def section(self, data: bytes) -> list[Field]:
        """All field lines of a section; Blocked, HpackError."""
        encoded, delta, at = _prefix(data)
        required = self._required(encoded)
        if required > self.inserted:
            raise Blocked(required)
        return self._lines(data, at, required + delta, False)

    def known(self, data: bytes) -> list[Field]:
        """The lines of a section that need no entry which is missing; HpackError."""
        encoded, delta, at = _prefix(data)
        try:
            base = self._required(encoded) + delta
        except Blocked:
            base = _NOWHERE
        return self._lines(data, at, base, True)

    def _required(self, encoded: int) -> int:
        if not encoded:
            return 0
        entries = (self._capacity if self.most is None else self.most) // 32
        if not entries:
            raise Blocked(1)  # no table so far
        if encoded > 2 * entries:
            raise HpackError("count")
        highest = self.inserted + entries
        required = highest // (2 * entries) * (2 * entries) + encoded - 1
        if required > highest:
            required -= 2 * entries
        if required <= 0:
            raise HpackError("count")
        return required

    def _lines(self, data: bytes, at: int, base: int, lenient: bool) -> list[Field]:
        fields: list[Field] = []
        while at < len(data):
            field, at = self._line(data, at, base)
            if field is not None:
                fields.append(field)
            elif not lenient:
                raise HpackError("no such index")
        return fields

    def _line(self, data: bytes, at: int, base: int) -> tuple[Field | None, int]:
        """One field line (4.5.2 to 4.5.6), None where its entry is not there."""
        first = data[at]
        if first & 0x80:  # indexed
            index, at = integer(data, at, 6)
            return _static_field(index) if first & 0x40 else self._entry(base - 1 - index), at
        if first & 0xF0 == 0x10:  # indexed behind Base
            index, at = integer(data, at, 4)
            return self._entry(base + index), at
        if first & 0xE0 == 0x20:  # literal name
            name, at = string(data, at, 3)
            value, at = string(data, at)
            return (name, value), at
        if first & 0x40:
            index, at = integer(data, at, 4)
            named = _static_field(index) if first & 0x10 else self._entry(base - 1 - index)
        else:
            index, at = integer(data, at, 3)
            named = self._entry(base + index)
        value, at = string(data, at)
        return (named[0] if named else "?", value), at

    def _entry(self, absolute: int) -> Field | None:
        """A dynamic entry by its absolute index (3.2.4)."""
        place = absolute - (self.inserted - len(self._table))
        return self._table[place] if 0 <= place < len(self._table) else None


def _prefix(data: bytes) -> tuple[int, int, int]:
    """Encoded Required Insert Count, Base less that count (4.5.1), and the offset behind."""
    encoded, at = integer(data, 0, 8)
    negative = at < len(data) and data[at] & 0x80
    delta, at = integer(data, at, 7)
    return encoded, -delta - 1 if negative else delta, at


class _Cut(HpackError):
    """The instruction's end has not come yet."""


def _whole(data: bytearray, at: int, bits: int) -> tuple[int, int]:
    """An integer of an instruction; _Cut where more of it may come."""
    try:
        return integer(data, at, bits)
    except HpackError:
        if len(data) - at < 5:
            raise _Cut("integer") from None
        raise


def _end(data: bytearray, at: int, bits: int) -> int:
    """The offset behind a string of an instruction; _Cut where that has not come."""
    length, start = _whole(data, at, bits)
    if length > TABLE:
        raise HpackError("string")
    if start + length > len(data):
        raise _Cut("string")
    return start + length


def _static_field(index: int) -> Field:
    table = _static()
    if index >= len(table):
        raise HpackError("no such index")
    return table[index]


@cache
def _static() -> tuple[Field, ...]:
    groups = (line.partition("=") for line in _STATIC.splitlines())
    return tuple((name, value) for name, _, values in groups for value in values.split("|"))
