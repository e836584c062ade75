"""A capture file as a stream of bytes: opened once, hashed, decompressed.

Rules of this file
- What the file is decides its first bytes, never its name.
- Reading is bounded: each read returns at most what was asked for, however far
  the compressed bytes would expand.
- A cut or damaged compressed stream gives all it held and then says so.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Protocol

from analyzer.errors import NothingUsable

CHUNK = 1 << 20
NESTING = 3  # compressed files inside compressed files

_MAGICS = (
    (b"\x1f\x8b", "gz"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zst"),
    (b"\x04\x22\x4d\x18", "lz4"),
)


class Bytes(Protocol):
    """Anything that can be read a piece at a time; b"" is the end."""

    @property
    def damage(self) -> str | None:
        """What ended the reading early, as half a sentence."""
        ...

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes."""
        ...


class Digests:
    """SHA-256 and SHA-1 of a file, computed in a thread beside the reading.

    The thread reads by itself, at its own place in the same open file: handing
    it what was read would cost more than reading twice.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._hashes = (hashlib.sha256(), hashlib.sha1(usedforsecurity=False))
        self._thread: threading.Thread | None = None
        self.size = 0

    def start(self) -> None:
        """Begins beside whatever else is done."""
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def update(self, data: bytes) -> None:
        """Takes bytes that cannot be read twice."""
        self.size += len(data)
        for each in self._hashes:
            each.update(data)

    def finish(self) -> tuple[str, str]:
        """Hex SHA-256 and SHA-1 of everything."""
        if self._thread is not None:
            self._thread.join()
        return self._hashes[0].hexdigest(), self._hashes[1].hexdigest()

    def _work(self) -> None:
        try:
            while data := os.pread(self._descriptor, CHUNK, self.size):
                self.update(data)
        except OSError:
            return  # the reader meets the same error and reports it


class RawFile:
    """The file's own bytes, hashed as they are read. ``-`` is standard input."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damage: str | None = None
        self.taken = 0
        self._file = _open(path)
        self.digests = Digests(self._file.fileno())
        self._twice = _is_regular(self._file.fileno())
        if self._twice:
            self.digests.start()

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes."""
        buffer = bytearray(size)
        return bytes(buffer[: self.readinto(memoryview(buffer))])

    def readinto(self, view: memoryview) -> int:
        """Fills ``view`` as far as the file goes; how many bytes."""
        try:
            count: int = self._file.readinto(view) or 0  # type: ignore[attr-defined]
        except OSError as error:
            self.damage = f"reading stopped: {error.strerror or error}"
            return 0
        self.taken += count
        if not self._twice:
            self.digests.update(bytes(view[:count]))
        return count

    def close(self) -> tuple[str, str, int]:
        """SHA-256, SHA-1 and size of the whole file, however far it was read."""
        if not self._twice:
            while self.damage is None and self.read(CHUNK):
                pass
        sha256, sha1 = self.digests.finish()
        if self._file is not sys.stdin.buffer:
            self._file.close()
        return sha256, sha1, self.digests.size


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
                if not data:
                    self._end()
                    break
            out = self._inflate(data, size)
            if out:
                return out
        return b""

    def _inflate(self, data: bytes, size: int) -> bytes:
        self._begun = True
        try:
            return self._member.decompress(data, size)
        except Exception as error:  # each library has its own
            self.damage = f"the {self._kind} data is damaged ({type(error).__name__})"
            return b""

    def _next_member(self) -> bool:
        """Files may hold several members one after the other."""
        rest = self._member.unused_data.lstrip(b"\0") or self._raw.read(CHUNK).lstrip(b"\0")
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
    def unused_data(self) -> bytes: ...
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
    """zstandard's reader pulls from below by itself and stays bounded."""

    def __init__(self, raw: Bytes) -> None:
        import zstandard

        context = zstandard.ZstdDecompressor(max_window_size=1 << 27)
        self._reader = context.stream_reader(raw, read_across_frames=True)  # type: ignore[arg-type]
        self.damage: str | None = None

    def read(self, size: int) -> bytes:
        try:
            return self._reader.read(size)
        except Exception as error:
            self.damage = f"the zst data is damaged ({type(error).__name__})"
            return b""


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


def _head(source: Bytes, size: int) -> bytes:
    """The first bytes, also from a pipe that gives them in small pieces."""
    head = b""
    while len(head) < size and (more := source.read(size - len(head))):
        head += more
    return head


def _is_regular(descriptor: int) -> bool:
    """Whether the file can be read at two places at once."""
    return stat.S_ISREG(os.fstat(descriptor).st_mode)


def _open(path: Path) -> IO[bytes]:
    """The file, opened for reading; NothingUsable says why it cannot be."""
    if str(path) == "-":
        return sys.stdin.buffer
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise NothingUsable(
                f"{path} is a folder, not a capture; name a file in it, or use 'phonehome batch'."
            )
        return open(path, "rb", buffering=0)
    except OSError as error:
        raise NothingUsable(
            f"{path} cannot be opened: {error.strerror}; check the name and your rights."
        ) from error
