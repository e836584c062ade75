"""A capture inside compression: gz, bz2, xz, zst, lz4, also one inside another.

Rules of this file
- What the file is decides its first bytes, never its name.
- Reading is bounded: each read returns at most what was asked for, however far
  the compressed bytes would expand.
- A cut or damaged compressed stream gives all it held and then says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from analyzer.capture.source import CHUNK, Bytes, RawFile

_LARGEST_BLOCK = (1 << 17) + 4  # of zstandard, with its checksum
NESTING = 3  # compressed files inside compressed files

_MAGICS = (
    (b"\x1f\x8b", "gz"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zst"),
    (b"\x04\x22\x4d\x18", "lz4"),
)


class Front:
    """Bytes that were looked at, put back before the rest."""

    def __init__(self, head: bytes, rest: Bytes) -> None:
        self._head = head
        self.rest = rest

    @property
    def damage(self) -> str | None:
        """What went wrong below, if anything did."""
        return self.rest.damage

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes."""
        if not self._head:
            return self.rest.read(size)
        data, self._head = self._head[:size], self._head[size:]
        return data

    def readinto(self, view: memoryview) -> int:
        """Fills ``view`` with what comes next; how many bytes."""
        if not self._head and isinstance(self.rest, RawFile):
            return self.rest.readinto(view)
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)


class Inflated:
    """A compressed stream's content. ``make`` gives a decompressor for one member.

    The decompressors of zlib, bz2, lzma and lz4 differ only in where they keep
    input that was not used yet; zlib's way is hidden in ``_Gzip``.
    """

    def __init__(self, raw: Bytes, make: Callable[[], _Member], kind: str) -> None:
        self._raw = raw
        self._make = make
        self._member = make()
        self._kind = kind
        self._begun = False
        self._pending = b""
        self.damage: str | None = None

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes; b"" at the end or at a damaged place."""
        while self.damage is None:
            if self._member.eof and not self._next_member():
                break
            data = self._pending
            self._pending = b""
            if not data and self._member.needs_input:
                data = self._raw.read(CHUNK)
            at_end = not data and self._member.needs_input
            out = self._inflate(data, size)
            if out:
                return out
            if at_end:
                self._end()
                break
        return b""

    def _inflate(self, data: bytes, size: int) -> bytes:
        self._begun = True
        try:
            return self._member.decompress(data, size)
        except Exception as error:  # each library has its own
            self.damage = _damage(self._kind, error)
            return b""

    def _next_member(self) -> bool:
        """Files may hold several members one after the other."""
        rest = (self._member.unused_data or b"").lstrip(b"\0")
        while not rest and (more := self._raw.read(CHUNK)):
            rest = more.lstrip(b"\0")
        if not rest:
            return False
        self._member = self._make()
        self._pending = rest
        self._begun = False
        return True

    def _end(self) -> None:
        if self._begun:
            self.damage = f"the {self._kind} data ends in the middle"


class _Member(Protocol):
    """One compressed member, as bz2, lzma and lz4 give it."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes | None: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gzip:
    """zlib's decompressor, with its unused input kept inside."""

    def __init__(self) -> None:
        import zlib

        self._inflate = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def needs_input(self) -> bool:
        return not self._inflate.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inflate.decompress(self._inflate.unconsumed_tail + data, max_length)


class _Zstandard:
    """Zstandard frames, taken apart so that the library gets one block at a time.

    Of a block come at most 128 KB, and where the data is cut or damaged is known:
    the library's own reader loses what it made before, and tells no end from a cut.
    Format: RFC 8878 section 3.1.
    """

    def __init__(self, raw: Bytes) -> None:
        import zstandard

        self._open = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj
        self._frame = self._open()
        self._inside = False
        self._checksum = 0
        self._raw = raw
        self._buffer, self._at = b"", 0
        self._out = b""
        self.damage: str | None = None

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes; b"" at the end or at a damaged place."""
        while not self._out and self.damage is None:
            part = self._block() if self._inside else self._header()
            if not part:
                break
            try:
                self._out = self._frame.decompress(part)
            except Exception as error:
                self.damage = _damage("zst", error)
        data, self._out = self._out[:size], self._out[size:]
        return data

    def _header(self) -> bytes:
        """The next frame's header; frames without data are stepped over."""
        while True:
            head = self._take(5)
            if int.from_bytes(head[:4], "little") >> 4 != 0x184D2A5:
                break
            size = int.from_bytes(head[4:] + self._take(3), "little")
            while size and (part := self._take(min(size, CHUNK))):
                size -= len(part)
        if not head:
            return b""
        said = head[4]
        self._frame, self._inside, self._checksum = self._open(), True, said & 4
        window = 0 if said & 0x20 else 1
        sizes = (1 - window, 2, 4, 8)
        return head + self._take(window + (0, 1, 2, 4)[said & 3] + sizes[said >> 6])

    def _block(self) -> bytes:
        """The next block, with the checksum behind the last one."""
        head = self._take(3)
        said = int.from_bytes(head, "little")
        size = 1 if said >> 1 & 3 == 1 else said >> 3
        if said & 1:
            self._inside = False
            size += self._checksum
        if size > _LARGEST_BLOCK:
            self.damage = "the zst data is damaged: a block in it is too large"
        return head + self._take(size)

    def _take(self, size: int) -> bytes:
        """The next ``size`` bytes; b"" where there are not so many."""
        while self._at + size > len(self._buffer):
            more = self._raw.read(CHUNK)
            if not more:
                if self._inside or self._at < len(self._buffer):
                    self.damage = self.damage or "the zst data ends in the middle"
                return b""
            self._buffer, self._at = self._buffer[self._at :] + more, 0
        self._at += size
        return self._buffer[self._at - size : self._at]


def content(raw: Bytes) -> tuple[Front, str]:
    """The stream inside any compression, and its kinds: "", ".gz", ".xz.gz" ..."""
    source, kinds = raw, ""
    while True:
        head = _head(source, 8)
        front = Front(head, source)
        kind = next((kind for magic, kind in _MAGICS if head.startswith(magic)), None)
        if kind is None or kinds.count(".") == NESTING:
            return front, kinds
        kinds = f".{kind}{kinds}"
        source = _opened(front, kind)


def _opened(source: Bytes, kind: str) -> Bytes:
    """The decompressor of one kind; its library is imported only now."""
    if kind == "zst":
        return _Zstandard(source)
    if kind == "gz":
        return Inflated(source, _Gzip, kind)
    if kind == "bz2":
        import bz2

        return Inflated(source, bz2.BZ2Decompressor, kind)
    if kind == "xz":
        import lzma

        return Inflated(source, lambda: lzma.LZMADecompressor(memlimit=1 << 28), kind)
    import lz4.frame

    return Inflated(source, lz4.frame.LZ4FrameDecompressor, kind)


def _damage(kind: str, error: Exception) -> str:
    """What a decompressor's error means; each library words it in its own way."""
    if isinstance(error, MemoryError) or "memory" in str(error).lower():
        return f"the {kind} data takes more memory to unpack than is allowed"
    return f"the {kind} data is damaged"


def _head(source: Bytes, size: int) -> bytes:
    """The first bytes, also from a pipe that gives them in small pieces."""
    head = b""
    while len(head) < size and (more := source.read(size - len(head))):
        head += more
    return head
