"""What sources hold, by SHA-256: measured, and remembered for as long as they stay as they are.

Rules of this file
- A digest is remembered with what its source looked like: of a file its size, its times of
  content and of state, and its inode; of an object what the store says of its version. It
  counts for as long as all of that is the same. Programs cannot set the time of state.
- What looked different while it was read, or was changed within a minute before, is not
  remembered: clocks of file systems are coarse, and those of other machines not ours.
- What is analysed is hashed anew, whatever is remembered. So a wrong digest makes an error
  that is said, after which it is forgotten.
- The file is about this machine's files: it is no result, and may be removed at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from analyzer.batch import remote
from analyzer.batch.remote import Sight
from analyzer.batch.store import Store
from analyzer.errors import NothingUsable

NAME = ".measured"
"""The file in the folder of a batch: a JSON list of place and ``Digest`` on each line."""

QUIET = 60.0
"""Seconds a source must have been left alone before: caches of file servers are that old."""

_EVERY = 60.0  # seconds between two savings while there is more and more to remember
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Digest(NamedTuple):
    """Of a source; goes through JSON as a list."""

    sha256: str
    bytes: int
    sight: Sight | None = None  # None: not to be remembered


def measure(place: str, known: Digest | None = None) -> Digest:
    """Of a file or URL, read only if it is not as it was when it was ``known``.

    NothingUsable says why it cannot be read.
    """
    return _of_object(place, known) if remote.is_url(place) else _of_file(place, known)


def _of_object(url: str, known: Digest | None) -> Digest:
    begun, (sight, changed) = time.time(), remote.sight(url)
    if known and sight and known.sight == sight:
        return known
    sha256, size = remote.digest(url)
    same = remote.sight(url) == (sight, changed)
    return Digest(sha256, size, sight if same and begun - changed > QUIET else None)


def _of_file(place: str, known: Digest | None) -> Digest:
    from analyzer.capture.source import CHUNK, RawFile

    path, begun = Path(place), time.time()
    before = _sight(path)
    raw = RawFile(path, hashed=False)
    try:
        sight, changed = _sight(path)  # again: opening makes a file server say how it is now
        if known and sight and known.sight == sight:
            return known
        digest = hashlib.sha256()
        while data := raw.read(CHUNK):
            digest.update(data)
        if raw.damage:
            raise NothingUsable(f"{place}: {raw.damage}")
    finally:
        raw.close(read_on=False)
    same = before == (sight, changed) == _sight(path)
    return Digest(
        digest.hexdigest(), raw.taken, sight if same and begun - changed > QUIET else None
    )


def of_head(place: str, size: int) -> str:
    """SHA-256 of so many bytes a file begins with; "" where it cannot be read so far."""
    from analyzer.capture.source import CHUNK, RawFile

    digest = hashlib.sha256()
    try:
        raw = RawFile(Path(place), hashed=False)
    except NothingUsable:
        return ""
    while raw.taken < size and (data := raw.read(min(CHUNK, size - raw.taken))):
        digest.update(data)
    raw.close(read_on=False)
    return digest.hexdigest() if raw.taken == size else ""


def _sight(path: Path) -> tuple[Sight | None, float]:
    """Size, times of content and state in ns, and inode of a regular file; when it changed."""
    try:
        said = os.stat(path)
    except OSError:
        return None, 0.0
    if not stat.S_ISREG(said.st_mode):
        return None, 0.0
    changed = max(said.st_mtime, said.st_ctime)
    return [said.st_size, said.st_mtime_ns, said.st_ctime_ns, said.st_ino], changed


class Memory:
    """The digests of a batch's sources by place, kept in its folder or behind its URL."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known = dict(_parsed(store.content(NAME) or b""))
        self._new = False
        self._saved = time.monotonic()

    def of(self, place: str) -> Digest | None:
        """What is remembered of a place."""
        return self._known.get(remote.bare(place))

    def take(self, place: str, digest: Digest) -> None:
        """Remember a digest, if it may be."""
        if digest.sight is None:
            self.forget(place)
        elif self.of(place) != digest:
            self._known[remote.bare(place)] = digest
            self._new = True
        if time.monotonic() - self._saved > _EVERY:
            self.save()

    def forget(self, place: str) -> None:
        """Have it measured the next time."""
        self._new |= self._known.pop(remote.bare(place), None) is not None

    def save(self) -> None:
        """Write down what is new."""
        if self._new:
            lines = (json.dumps([place, *self._known[place]]) for place in sorted(self._known))
            self._store.put(NAME, "".join(f"{line}\n" for line in lines).encode())
        self._new, self._saved = False, time.monotonic()

    def only(self, places: Iterable[str]) -> None:
        """Forget all other places."""
        for place in self._known.keys() - set(map(remote.bare, places)):
            self.forget(place)


def _parsed(content: bytes) -> Iterator[tuple[str, Digest]]:
    """The lines that have the form they should; who knows who wrote the others."""
    for line in content.splitlines():
        try:
            place, sha256, size, sight = json.loads(line)
        except (ValueError, TypeError, RecursionError):
            continue
        if (
            isinstance(place, str)
            and isinstance(sha256, str)
            and _SHA256.fullmatch(sha256)
            and type(size) is int
            and size >= 0
            and isinstance(sight, list)
            and all(type(each) in (int, str) for each in sight)
        ):
            yield place, Digest(sha256, size, sight)
