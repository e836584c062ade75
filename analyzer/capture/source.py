"""A capture file as a stream of bytes: opened once, hashed as it is read.

A file that others write to is read, and hashed, as far as it reached when it
was opened; that it changed is said.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import threading
from pathlib import Path
from typing import IO, Protocol

from analyzer.errors import NothingUsable

CHUNK = 1 << 20


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

    def __init__(self, descriptor: int, end: int) -> None:
        self._descriptor = descriptor
        self._end = end
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
            while data := os.pread(self._descriptor, min(CHUNK, self._end - self.size), self.size):
                self.update(data)
        except OSError:
            return  # the reader meets the same error and reports it


class RawFile:
    """The file's own bytes, hashed as they are read. ``-`` is standard input."""

    def __init__(self, path: Path, hashed: bool = True) -> None:
        self.path = path
        self.damage: str | None = None
        self.taken = 0
        self._file = _open(path)
        self._before = os.fstat(self._file.fileno())
        self._twice = stat.S_ISREG(self._before.st_mode)  # it can be read at two places at once
        self.digests = Digests(self._file.fileno(), self._before.st_size)
        if self._twice and hashed:
            self.digests.start()

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes."""
        buffer = bytearray(size)
        return bytes(buffer[: self.readinto(memoryview(buffer))])

    def readinto(self, view: memoryview) -> int:
        """Fills ``view`` as far as the file goes; how many bytes."""
        if self._twice:
            view = view[: max(0, self._before.st_size - self.taken)]
        try:
            count: int = self._file.readinto(view) or 0  # type: ignore[attr-defined]
        except OSError as error:
            self.damage = f"reading stopped: {error.strerror or error}"
            return 0
        self.taken += count
        if not self._twice:
            self.digests.update(bytes(view[:count]))
        return count

    def changed(self) -> bool:
        """Whether somebody wrote to the file since it was opened."""
        now = os.fstat(self._file.fileno())
        return self._twice and (now.st_size, now.st_mtime_ns) != (
            self._before.st_size,
            self._before.st_mtime_ns,
        )

    def close(self, read_on: bool = True) -> tuple[str, str, int]:
        """SHA-256, SHA-1 and size of the whole file, however far it was read.

        Without ``read_on`` what comes through a pipe is not waited for.
        """
        if read_on and not self._twice:
            while self.damage is None and self.read(CHUNK):
                pass
        sha256, sha1 = self.digests.finish()
        if str(self.path) != "-":
            self._file.close()
        return sha256, sha1, self.digests.size


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
