"""A capture file as a stream of bytes: opened once, hashed as it is read.

A file that others write to is read, and hashed, as far as it reached when it
was opened; that it changed is said.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import sys
import threading
from pathlib import Path
from typing import IO, Protocol

from analyzer.errors import NothingUsable

CHUNK = 1 << 20
PIECE = 4 << 20  # hashed at a time
TWICE = hasattr(os, "preadv")  # else a file is hashed by who reads it


class Bytes(Protocol):
    """Anything that can be read a piece at a time; b"" is the end."""

    @property
    def damage(self) -> str | None:
        """What ended the reading early, as half a sentence."""
        ...

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes."""
        ...


class _Line:
    """One digest of a file, taken forward a piece at a time by whoever has time."""

    def __init__(self, name: str) -> None:
        self.digest = hashlib.new(name, usedforsecurity=False)
        self.size = 0
        self._turn = threading.Lock()

    def forward(
        self, descriptor: int, buffer: memoryview, end: int, wait: bool
    ) -> tuple[int, memoryview]:
        """Reads and takes the next piece; where it stands in the file, and its bytes.

        No bytes where nothing is left or, without ``wait``, somebody is at it.
        """
        if not self._turn.acquire(blocking=wait):
            return 0, buffer[:0]
        try:
            at = self.size
            piece = buffer[: os.preadv(descriptor, [buffer[: max(0, end - at)]], at)]
            self._take(piece)
            return at, piece
        except OSError:  # the reader meets the same error and reports it
            return 0, buffer[:0]
        finally:
            self._turn.release()

    def along(self, at: int, piece: memoryview) -> None:
        """Takes what another line took, if it is the next piece here, too, and nobody is at it."""
        if self._turn.acquire(blocking=False):
            if self.size == at:
                self._take(piece)
            self._turn.release()

    def _take(self, piece: memoryview) -> None:
        self.digest.update(piece)
        self.size += len(piece)


class Digests:
    """SHA-256 and SHA-1 of a file, computed in a thread beside whatever else is done.

    The thread reads by itself, at its own place in the same open file: handing
    it what was read would cost more than reading twice. It takes large pieces,
    as it may have to wait for its turn between two of them. Who waits for the
    digests helps.
    """

    def __init__(self) -> None:
        self._lines = (_Line("sha256"), _Line("sha1"))
        self._thread: threading.Thread | None = None
        self._file: io.FileIO | None = None
        self._before = (0, 0)
        self._end = 0
        self.changed = False  # somebody wrote to the file since it was opened

    @property
    def size(self) -> int:
        """Bytes hashed so far."""
        return self._lines[0].size

    def start(self, descriptor: int, before: os.stat_result) -> None:
        """Begins with a file, as long as it was when it was opened."""
        self._file = io.FileIO(os.dup(descriptor))  # the reader may close the other one first
        self._before, self._end = _state(before), before.st_size
        self._thread = threading.Thread(target=self._work, args=(self._file,), daemon=True)
        self._thread.start()

    def update(self, data: bytes | memoryview) -> None:
        """Takes bytes that cannot be read twice."""
        for line in self._lines:
            line.digest.update(data)
            line.size += len(data)

    def finish(self) -> tuple[str, str]:
        """Hex SHA-256 and SHA-1 of everything, waited for."""
        if self._thread is not None and self._file is not None:
            self._work(self._file, wait=True)
            self._thread.join()
            self.changed = _state(os.fstat(self._file.fileno())) != self._before
            self._file.close()
            self._file = None
        return self._lines[0].digest.hexdigest(), self._lines[1].digest.hexdigest()

    def abandon(self) -> None:
        """Nobody wants them any more."""
        self._end = 0

    def _work(self, file: io.FileIO, wait: bool = False) -> None:
        """Both digests of each piece; who waits begins with the one the thread takes last."""
        left = self._end - min(line.size for line in self._lines)
        buffer = memoryview(bytearray(max(0, min(PIECE, left))))
        first, second = reversed(self._lines) if wait else self._lines
        for line, other in (first, second), (second, first):
            while (taken := line.forward(file.fileno(), buffer, self._end, wait))[1]:
                other.along(*taken)


def _state(stats: os.stat_result) -> tuple[int, int]:
    return stats.st_size, stats.st_mtime_ns


class RawFile:
    """The file's own bytes, hashed as they are read. ``-`` is standard input."""

    def __init__(self, path: Path, hashed: bool = True) -> None:
        self.path = path
        self.damage: str | None = None
        self.taken = 0
        self.digests = Digests()
        self._file = _open(path)
        before = os.fstat(self._file.fileno())
        regular = stat.S_ISREG(before.st_mode)
        self._end = before.st_size if regular else None
        self._before = _state(before)
        self._changed = False
        self._once = not (regular and TWICE)  # it cannot be read at two places at once
        if hashed and not self._once:
            self.digests.start(self._file.fileno(), before)

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes."""
        buffer = bytearray(size)
        return bytes(buffer[: self.readinto(memoryview(buffer))])

    def readinto(self, view: memoryview) -> int:
        """Fills ``view`` as far as the file goes; how many bytes."""
        if self._end is not None:
            view = view[: max(0, self._end - self.taken)]
        try:
            count: int = self._file.readinto(view) or 0  # type: ignore[attr-defined]
        except OSError as error:
            self.damage = f"reading stopped: {error.strerror or error}"
            return 0
        self.taken += count
        if self._once:
            self.digests.update(view[:count])
        return count

    def changed(self) -> bool:
        """Whether somebody wrote to the file until it was read and hashed."""
        return self._changed or self.digests.changed

    def size(self) -> int:
        """Bytes in it when it was opened; of a pipe, those that came."""
        return self.digests.size if self._end is None else self._end

    def close(self, read_on: bool = True) -> None:
        """Ends the reading; what is left of a pipe is hashed, unless nobody wants to wait."""
        if read_on and self._once:
            while self.damage is None and self.read(CHUNK):
                pass
        if not read_on:
            self.digests.abandon()
        elif self._end is not None:
            self._changed = _state(os.fstat(self._file.fileno())) != self._before
        if str(self.path) != "-":
            self._file.close()


def _open(path: Path) -> IO[bytes]:
    """The file, opened for reading; NothingUsable says why it cannot be."""
    if str(path) == "-":
        if sys.stdin is None:
            raise NothingUsable("standard input is closed; name a file instead of '-'.")
        return sys.stdin.buffer
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise NothingUsable(
                f"{path} is a folder, not a capture; name a file in it, or use 'phonehome batch'."
            )
        if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
            raise NothingUsable(f"{path} is a device, not a capture; name a file or a pipe.")
        return open(path, "rb", buffering=0)
    except OSError as error:
        raise NothingUsable(
            f"{path} cannot be opened: {error.strerror}; check the name and your rights."
        ) from error
