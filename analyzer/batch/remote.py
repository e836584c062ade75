"""Captures and results behind URLs, as fsspec reads and writes them: s3, gs, https, memory ...

fsspec and what it needs for a protocol are imported when a URL is met, and are
installed by the extra ``phonehome[batch]``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from analyzer import limits
from analyzer.batch.task import Part
from analyzer.errors import DataFileError, NothingUsable, UsageError

Sight = list[int | str]
"""What a source looks like from outside, without reading it."""

_URL = re.compile(r"[a-z][a-z0-9+.-]*(?:://|::)")
_CHUNK = 1 << 20
_TAGS = ("ETag", "etag", "generation")
_TIMES = ("LastModified", "Last-Modified", "last_modified", "updated")
_QUERY = re.compile(r"(https?://[^\s'\"?]*)\?[^\s'\"]*")
_MAGIC = re.compile(r"[*?\[]")


def is_url(text: str) -> bool:
    """Is it a URL rather than a path?"""
    return _URL.match(text) is not None


def bare(url: str) -> str:
    """A URL without its query, which may be a signature that opens it to anybody."""
    return _QUERY.sub(r"\1", url)


def files(url: str) -> tuple[Any, str]:
    """The file system of a URL and the path on it; UsageError where fsspec has no such."""
    try:
        import fsspec
    except ImportError as error:
        raise UsageError(
            f"{bare(url)} is a URL; to read those install fsspec: pip install 'phonehome[batch]'."
        ) from error
    try:
        found: tuple[Any, str] = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError, OSError) as error:
        raise UsageError(f"{bare(url)} cannot be opened: {bare(str(error))}.") from error
    return found


class Listing(NamedTuple):
    """What a URL names, everything by its own URL."""

    root: str  # the folder that names are relative to
    folder: bool  # the URL is a folder
    named: list[str]  # the object, what fits the pattern, or all below the folder
    there: list[str]  # all objects where those are, as far as a store tells


def find(url: str) -> Listing:
    """What lies at a URL; UsageError where it cannot be listed, or nothing fits a pattern."""
    system, path = files(url)
    folder = False
    try:
        if _MAGIC.search(bare(path)):
            top = _MAGIC.split(path)[0].rpartition("/")[0]
            depth = None if "**" in path else path.count("/") - top.count("/")
            named = [each for each in system.glob(path) if system.isfile(each)]
            there = system.find(top, maxdepth=depth)
        elif folder := system.isdir(path):
            top = path.rstrip("/")
            named = there = system.find(path)
        else:
            return Listing(bare(url).rpartition("/")[0], False, [url], [])
    except Exception as error:  # each file system has its own
        raise UsageError(f"{bare(url)} cannot be listed: {_said(error)}.") from error
    if not named:
        raise UsageError(f"There is no capture at {url}.")
    return Listing(_url(system, top), folder, _urls(system, named), _urls(system, there))


def beside(folder: str) -> list[str]:
    """What lies in a folder; nothing where a store does not let it be listed."""
    system, path = files(folder)
    try:
        found = system.ls(path, detail=False)
    except Exception:  # who may read one object may not list those beside it
        return []
    return sorted(f"{folder}/{each.rstrip('/').rpartition('/')[2]}" for each in found)


def head(url: str, size: int) -> bytes:
    """The first bytes of an object; none where it cannot be read."""
    system, path = files(url)
    try:
        return bytes(system.cat_file(path, 0, size))
    except Exception:  # each file system has its own
        return b""


def _urls(system: Any, paths: Iterable[str]) -> list[str]:
    return sorted(_url(system, path) for path in paths)


def _url(system: Any, path: str) -> str:
    return str(system.unstrip_protocol(path)).rstrip("/")


def sight(url: str) -> tuple[Sight | None, float]:
    """What tells this version of an object from any other, and when it was written, in seconds.

    None where a store does not say both: a tag that changes with every byte, and a time.
    """
    system, path = files(url)
    try:
        system.invalidate_cache(path)
        said = system.info(path)
    except Exception:  # each file system has its own; reading will say what is wrong
        return None, 0.0
    tag = next((str(said[name]) for name in _TAGS if said.get(name)), "")
    changed = next((said[name] for name in _TIMES if said.get(name)), None)
    seconds = _seconds(changed)
    if not tag or tag.startswith("W/") or seconds is None:
        return None, 0.0
    return [said.get("size") or 0, tag, str(changed)], seconds


def _seconds(moment: object) -> float | None:
    """Since 1970, of a time as one of many file systems tells it."""
    if isinstance(moment, str):
        from email.utils import parsedate_to_datetime

        try:
            moment = (
                parsedate_to_datetime(moment) if "," in moment else datetime.fromisoformat(moment)
            )
        except ValueError:
            return None
    return moment.timestamp() if isinstance(moment, datetime) and moment.tzinfo else None


def digest(url: str) -> tuple[str, int]:
    """SHA-256 and size of what is at a URL; NothingUsable says why it cannot be read."""
    measure = hashlib.sha256()
    size = 0
    for chunk in _chunks(url):
        measure.update(chunk)
        size += len(chunk)
    return measure.hexdigest(), size


@contextmanager
def fetched(part: Part) -> Iterator[Path]:
    """The file behind a URL as a temporary file of its name, as large as its part says."""
    with TemporaryDirectory(prefix="phonehome-") as folder:
        path = Path(folder, part.name.rsplit("/", 1)[-1] or "capture")
        with path.open("xb") as file:
            for chunk in _chunks(part.place):
                file.write(chunk)
                if file.tell() > part.bytes:
                    break  # it grew since it was looked at; the digest will tell
        yield path


@contextmanager
def here(place: str, most: int) -> Iterator[Path]:
    """A file that says something of captures, here or behind a URL, as one of this machine.

    DataFileErrors about it name the place. Of a larger one there are ``most`` bytes and more.
    """
    if not is_url(place):
        yield Path(place)
        return
    try:
        with fetched(Part(place, place, "", most)) as path:
            try:
                yield path
            except DataFileError as error:
                raise DataFileError(str(error).replace(str(path), place)) from error
    except NothingUsable as error:
        raise DataFileError(str(error)) from error


def _chunks(url: str) -> Iterator[bytes]:
    system, path = files(url)
    size = 0
    try:
        with system.open(path, "rb") as file:
            while chunk := file.read(_CHUNK):
                size += len(chunk)
                if size > limits.FETCHED_BYTES:
                    raise NothingUsable(
                        f"{bare(url)} is larger than {limits.FETCHED_BYTES // 10**9} GB; fetch it"
                        " yourself and name the file."
                    )
                yield chunk
    except NothingUsable:
        raise
    except Exception as error:
        raise NothingUsable(f"{bare(url)} cannot be read: {_said(error)}.") from error


class Objects:
    """Files below a URL, by their names relative to it; OSError says what went wrong."""

    def __init__(self, url: str) -> None:
        self._system, self._root = files(url.rstrip("/"))

    def write(self, name: str, content: bytes) -> None:
        """Puts a file there, whole."""
        self._folder_of(name)
        self._system.pipe_file(f"{self._root}/{name}", content)

    def put(self, path: Path, name: str) -> None:
        """Puts a local file there, whole."""
        self._folder_of(name)
        self._system.put_file(str(path), f"{self._root}/{name}")

    def read(self, name: str) -> bytes | None:
        """A file's content; None: there is none."""
        try:
            found: bytes = self._system.cat_file(f"{self._root}/{name}")
        except FileNotFoundError:
            return None
        return found

    def remove(self, name: str) -> None:
        """Removes a file, or all below a folder, if there is such."""
        with suppress(FileNotFoundError):
            self._system.rm(f"{self._root}/{name}", recursive=True)

    def below(self, folder: str) -> list[str]:
        """Names of all files below a folder."""
        return self._names(self._system.find(f"{self._root}/{folder}"))

    def fitting(self, pattern: str) -> list[str]:
        """Names that fit a pattern."""
        return self._names(self._system.glob(f"{self._root}/{pattern}"))

    def _names(self, paths: list[str]) -> list[str]:
        return sorted(path.split(self._root.strip("/") + "/", 1)[-1] for path in paths)

    def _folder_of(self, name: str) -> None:
        self._system.makedirs(f"{self._root}/{name}".rpartition("/")[0], exist_ok=True)


def _said(error: Exception) -> str:
    return bare(str(error) or type(error).__name__).split("\n")[0][:200]
