"""The part of a file being looked at: a fixed buffer that moves along it.

What is left of an unfinished record goes to the front and more is read behind
it, so memory does not depend on the size of the file.
"""

from __future__ import annotations

import hashlib

from analyzer.capture import inflating, source

SIZE = 1 << 20  # holds the largest packet block and more than as much again
STEP = 1 << 18  # read at a time: what was just read is still in the processor's cache


class Window:
    """``buffer[pos:end]`` are the bytes not yet used; ``offset`` is where pos is."""

    __slots__ = ("_raw", "_source", "buffer", "end", "kinds", "offset", "pos", "unpacked")

    def __init__(self, raw: source.RawFile, others: bool = False) -> None:
        """``others``: there are more files, of which one may hold the same, packed or not."""
        self._raw = raw
        self._source, self.kinds = inflating.content(raw)
        self.unpacked = hashlib.sha256() if self.kinds and others else None
        self.buffer = bytearray(SIZE)
        self.pos = 0
        self.end = 0
        self.offset = 0  # in the content: after decompression

    def move_to(self, pos: int) -> None:
        """Everything before ``pos`` is used."""
        self.offset += pos - self.pos
        self.pos = pos

    def fill(self) -> bool:
        """Reads more behind what is left; False at the end of the file."""
        left = self.end - self.pos
        if self.pos:
            self.buffer[:left] = self.buffer[self.pos : self.end]
            self.pos, self.end = 0, left
        with memoryview(self.buffer) as view:
            count = self._source.readinto(view[left : min(SIZE, left + STEP)])
            if self.unpacked:
                self.unpacked.update(view[left : left + count])
        self.end = left + count
        return count > 0

    def have(self, size: int) -> bool:
        """Whether ``size`` bytes (at most SIZE) lie ahead, read if need be."""
        while self.end - self.pos < size:
            if not self.fill():
                return False
        return True

    def skip(self, size: int) -> bool:
        """Moves over ``size`` bytes, however many; False where the file ends first."""
        while size > self.end - self.pos:
            size -= self.end - self.pos
            self.move_to(self.end)
            if not self.fill():
                return False
        self.move_to(self.pos + size)
        return True

    def take(self, size: int) -> bytes:
        """The next bytes, more than the window holds if need be; fewer where the file ends."""
        parts = []
        while size > 0 and self.have(1):
            part = self.peek(size)
            self.move_to(self.pos + len(part))
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def peek(self, size: int) -> bytes:
        """The next bytes, as many of ``size`` as there are in the buffer."""
        return bytes(self.buffer[self.pos : min(self.end, self.pos + size)])

    @property
    def damage(self) -> str | None:
        """What ended the reading early, if it was not the end of the file."""
        return self._source.damage or self._raw.damage

    def used(self) -> int:
        """Bytes of the file that were used; of a compressed one, bytes read.

        How far into what it was fed last a decompressor came, none of them tells.
        """
        return self._raw.taken if self.kinds else self.offset
