"""Where the captures of a batch are: files, folders, globs, list files, URLs.

Rules of this file
- What is named is taken, whatever it holds; of what fits a pattern the regular
  files. From folders only captures are taken: what its content or its name says
  is one. The rest is counted.
- Reports of ours and batches of ours inside a folder are results, not sources.
- Nothing depends on the order in which a file system lists its files.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from glob import glob, has_magic
from pathlib import Path

from analyzer.batch import remote
from analyzer.batch.task import Part
from analyzer.capture import containers, inflating, source
from analyzer.errors import PhonehomeError, UsageError

_NAMED = re.compile(
    r".+\.(?:pcap|pcapng|cap|dmp)\d{0,6}(?:\.(?:gz|bz2|xz|zst|lz4))?", re.IGNORECASE
)
_SHEETS = re.compile(r".*\.yaml|devices\.csv")  # what tells of captures is none
_OURS = ("batch.json", "manifest.json")  # beside them lie results
_MARK = b'"phonehome/'
_HEAD = 200  # bytes that hold the mark
TABLE = "devices.csv"
"""A table of whose handset each capture is of, in a folder that is a source."""


@dataclass(slots=True)
class Found:
    """Captures in the order of their names, and files of folders and patterns that are none."""

    parts: list[Part] = field(default_factory=list)
    roots: dict[str, str] = field(default_factory=dict)  # place -> the source it was found in
    tables: list[str] = field(default_factory=list)  # devices.csv of the folders that are sources
    sheets: set[str] = field(default_factory=set)  # URLs of device sheets beside captures
    skipped: list[str] = field(default_factory=list)
    listed: set[str] = field(default_factory=set)  # folders behind URLs that were looked into


def find(sources: Sequence[str], apart: Path | None = None) -> Found:
    """All captures the sources name; UsageError where one names nothing.

    ``apart``: a folder that is not looked into, where the batch writes.
    """
    asked = list(_listed(sources))
    found = Found()
    several = len(asked) > 1
    for each in asked:
        _take(each, found, several, apart.resolve() if apart else None)
    found.parts = _told_apart(found.parts)
    found.skipped.sort()
    return found


def _listed(sources: Sequence[str]) -> Iterator[str]:
    """Sources, those of list files in their place."""
    for each in sources:
        if not each.startswith("@"):
            yield each
            continue
        path = Path(each[1:])
        try:
            lines = path.read_text("utf-8").splitlines()
        except (OSError, ValueError) as error:
            raise UsageError(f"{path} cannot be read as a list of sources: {error}.") from error
        for line in map(str.strip, lines):
            if line and not line.startswith("#"):
                yield line if remote.is_url(line) else str(path.parent / line)


def _take(text: str, found: Found, several: bool, apart: Path | None) -> None:
    """What one source names."""
    if remote.is_url(text):
        _objects(remote.find(text), found)
        return
    path = Path(text)
    if os.path.isdir(path):  # Path.is_dir raises where a name is too long
        if os.path.isfile(path / TABLE):
            found.tables.append(str(path / TABLE))
        label = f"{path.resolve().name}/" if several else ""
        _folder(path, label, found, apart)
    elif os.path.exists(path):
        _add(Part(path.name, str(path.absolute())), str(path.absolute().parent), found)
    elif has_magic(text):
        _glob(text, found, apart)
    else:
        raise UsageError(f"{text} does not exist; name a capture, a folder, a pattern or a URL.")


def _glob(text: str, found: Found, apart: Path | None) -> None:
    matches = sorted(glob(text, recursive=True), key=lambda match: (len(match), match))
    if not matches:
        raise UsageError(f"Nothing fits {text}; check the pattern and the folder.")
    met: set[str] = set()
    for match in matches:
        folder, name = os.path.split(match)
        if (here := os.path.join(os.path.realpath(folder), name)) in met:
            continue  # by way of a link to a folder, perhaps the one it is in
        met.add(here)
        if os.path.isdir(match):
            if not text.endswith("**"):
                _folder(Path(match), f"{Path(match).resolve().name}/", found, apart)
        elif os.path.isfile(match):
            path = Path(match)
            _add(Part(path.name, str(path.absolute())), str(path.absolute().parent), found)
        else:  # a pipe that nobody writes to would be waited for
            found.skipped.append(os.path.basename(match))


def _objects(listing: remote.Listing, found: Found) -> None:
    """Captures behind a URL; of those in a folder only the names can tell."""
    apart = _reports(listing) if listing.folder else set()
    for url in listing.named:
        folder, _, base = remote.bare(url).rpartition("/")
        name = remote.bare(url).removeprefix(listing.root).lstrip("/")
        if not listing.folder:
            _add(Part(name, url), folder, found)
        elif _within(folder, apart):
            continue
        elif _NAMED.fullmatch(base):
            _add(Part(name, url), listing.root, found)
        elif not _SHEETS.fullmatch(base):
            found.skipped.append(name)
    there = listing.there or (() if listing.root in found.listed else remote.beside(listing.root))
    found.listed.add(listing.root)
    found.sheets.update(url for url in there if _SHEETS.fullmatch(url.rpartition("/")[2]))
    if listing.folder and f"{listing.root}/{TABLE}" in there:
        found.tables.append(f"{listing.root}/{TABLE}")


def _reports(listing: remote.Listing) -> set[str]:
    """Folders behind a URL that hold a report or a batch; of one in another the outer."""
    found: set[str] = set()
    for url in sorted(listing.there, key=len):
        folder, _, name = url.rpartition("/")
        inside = name in _OURS and folder != listing.root and not _within(folder, found)
        if inside and _MARK in remote.head(url, _HEAD):
            found.add(folder)
    return found


def _within(folder: str, folders: set[str]) -> bool:
    """Is it one of them, or below one?"""
    while folder and folders:
        if folder in folders:
            return True
        folder = folder.rpartition("/")[0]
    return False


def _add(part: Part, root: str, found: Found) -> None:
    """Takes a file once, however often it is named."""
    if part.place not in found.roots:
        found.roots[part.place] = root
        found.parts.append(part)


def _folder(top: Path, label: str, found: Found, apart: Path | None) -> None:
    """Captures in a folder and those below; links to folders are not followed."""
    root = str(top.absolute())
    for folder, below, names in os.walk(root):
        below[:] = [name for name in below if not ours(Path(folder, name), apart)]
        for name in sorted(names):
            path = os.path.join(folder, name)
            called = label + os.path.relpath(path, root).replace(os.sep, "/")
            if is_capture(Path(path)):
                _add(Part(called, path), root, found)
            elif path not in found.roots and not _SHEETS.fullmatch(name):
                found.skipped.append(called)


def ours(folder: Path, apart: Path | None = None) -> bool:
    """Does a folder hold a report or a batch, whose evidence files are no captures to analyse?"""
    if apart is not None and folder.resolve() == apart:
        return True
    for name in _OURS:
        try:
            with Opened(folder / name) as file:
                if _MARK in file.read(_HEAD):
                    return True
        except (PhonehomeError, OSError):
            continue
    return False


class Opened:
    """The beginning of a regular file, opened as captures are; PhonehomeError if it is none."""

    def __init__(self, path: Path) -> None:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise OSError(f"{path} is no regular file")
        self._raw = source.RawFile(path, hashed=False)

    def __enter__(self) -> source.RawFile:
        return self._raw

    def __exit__(self, *_: object) -> None:
        self._raw.close(read_on=False)


def is_capture(path: Path) -> bool:
    """Is it a capture by its content, in any packing, or by its name?

    A file that only calls itself one is not passed over: it is damaged, or was
    not yet written to, and a batch says so.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return False
        if _NAMED.fullmatch(path.name):
            return True
        with Opened(path) as raw:
            inside, _ = inflating.content(raw)
            return containers.kind_of(inside.read(4)) is not None
    except (PhonehomeError, OSError):
        return False


def began(part: Part) -> float | None:
    """When the first packet of a pcap file was recorded, in seconds; None: not cheap to know."""
    if remote.is_url(part.place):
        return None
    try:
        with Opened(Path(part.place)) as raw:
            inside, _ = inflating.content(raw)
            head = b""
            while len(head) < 32 and (more := inside.read(32 - len(head))):
                head += more
    except (PhonehomeError, OSError):
        return None
    header = containers.pcap_header(head) if containers.kind_of(head) == "pcap" else None
    if header is None or len(head) < 32:
        return None
    order = containers.order_of(header.big)
    unit = 1e-9 if header.nano else 1e-6
    return int.from_bytes(head[24:28], order) + int.from_bytes(head[28:32], order) * unit


def _told_apart(parts: Iterable[Part]) -> list[Part]:
    """Files of one name get so much of their path before it as tells them apart."""
    parts = sorted(parts, key=lambda part: (part.name, part.place))
    named: dict[str, list[Part]] = {}
    for part in parts:
        named.setdefault(part.name, []).append(part)
    return [
        part if len(same) == 1 else Part(_longer(part, same), part.place)
        for same in named.values()
        for part in same
    ]


def _longer(part: Part, same: Sequence[Part]) -> str:
    pieces = part.place.split("/")
    for count in range(part.name.count("/") + 2, len(pieces) + 1):
        tails = {"/".join(other.place.split("/")[-count:]) for other in same}
        if len(tails) == len(same):
            return "/".join(pieces[-count:])
    return part.place
