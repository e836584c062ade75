"""IP datagrams put together again from their fragments."""

from __future__ import annotations

from collections.abc import Iterator

Whence = tuple[int, int, int, int]
"""Flow, side, frame and time of a fragment."""

FRAGMENT_PARTS = 2_048  # 65,535 bytes in parts of 32


class Fragments:
    """IP datagrams being put together again, each under its set's serial number."""

    def __init__(self) -> None:
        self._sets: dict[int, _Datagram] = {}

    def add(self, serial: int, at: int, last: bool, data: bytes, whence: Whence) -> bytes | None:
        """The IP payload once the datagram is whole, else None."""
        parts = self._sets.get(serial)
        if parts is None:
            parts = self._sets[serial] = _Datagram()
        if at == 0 and parts.begun is None:
            parts.begun = whence, data
        whole = parts.whole() if parts.add(at, last, data) else None
        if whole is not None:
            del self._sets[serial]
        return whole

    def give_up(self, most: int) -> Iterator[tuple[Whence, bytes]]:
        """Lets go of the oldest beyond ``most``; the first part of each that has it."""
        while len(self._sets) > most:
            begun = self._sets.pop(next(iter(self._sets))).begun
            if begun is not None:
                yield begun


class _Datagram:
    """The parts of one IP datagram; the first copy of a part counts."""

    __slots__ = ("begun", "end", "have", "parts")

    def __init__(self) -> None:
        self.begun: tuple[Whence, bytes] | None = None
        self.parts: dict[int, bytes] = {}
        self.end = -1
        self.have = 0

    def add(self, at: int, last: bool, data: bytes) -> bool:
        """Whether the part was new and could be kept."""
        most = max(at, self.have) + len(data)  # parts that overlap take room, too
        if at in self.parts or most > 0xFFFF or len(self.parts) >= FRAGMENT_PARTS:
            return False
        self.parts[at] = data
        self.have += len(data)
        if last:
            self.end = at + len(data)
        return True

    def whole(self) -> bytes | None:
        """The payload, when it has come to its end without a hole."""
        if self.end < 0 or self.have < self.end:
            return None
        out = bytearray()
        for at in sorted(self.parts):
            if at > len(out):
                return None
            out += self.parts[at][len(out) - at :]
        return bytes(out[: self.end])
