"""With what a batch judges: one set of rules, one state of the data, for all of it.

Both are measured once, at the start. A worker that finds another state than the
batch began with refuses to analyse: half a scoreboard by last week's lists and
half by today's would compare nothing.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from analyzer import __version__, provenance, shipped
from analyzer.batch.task import Settings
from analyzer.errors import PhonehomeError

_CHANGED = (
    "the {what} are not those the batch began with; what is finished is kept: run the same"
    " command again to analyse the rest, and what changed, with what there is now."
)
Glance = tuple[tuple[str, int, int], ...]  # path, size, time of change


class Refused(PhonehomeError):
    """Rules, data or program are not those the batch began with."""


def measure(asked: Mapping[str, Any]) -> tuple[str, str]:
    """Digests of all rules and of all data that an analysis with these options uses."""
    folders = [shipped.rules_folder(), *map(Path, asked["rules"])]
    return provenance.rules_sha256(folders), _digest_of(_glance(_data_files(asked)))


def named_files(*names: str | None) -> dict[str, str]:
    """Digests of the files among what options or a device sheet name, by path."""
    named = sorted({Path(name) for name in names if name and os.path.isfile(name)})
    return {each[0]: _digest(*each) for each in _glance(named)}


@lru_cache(256)
def _digest(path: str, _: int, __: int) -> str:
    """Of a file, measured anew when it looks changed."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check(settings: Settings) -> None:
    """Refused, in one sentence, where this process would judge with something else.

    Rules are compared with what an analysis says it used; see ``same_rules``.
    """
    if settings.version != __version__:
        raise Refused(
            f"a worker runs phonehome {__version__}, the batch {settings.version};"
            " install the same version everywhere."
        )
    paths = _data_files(settings.asked)
    if _digest_of(_glance(paths)) != settings.data:
        raise Refused(_CHANGED.format(what="data sets"))
    same_files(settings.files, named_files(*settings.files))


def same_files(named: Mapping[str, str], found: Mapping[str, str]) -> None:
    """Refused where files that options or device sheets name hold something else here."""
    if named != found:
        raise Refused(_CHANGED.format(what="files that options or device sheets name"))


def same_rules(used: str, settings: Settings) -> None:
    """Refused where an analysis used other rules than the batch began with."""
    if used != settings.rules:
        raise Refused(_CHANGED.format(what="rules"))


def _data_files(asked: Mapping[str, Any]) -> list[Path]:
    """All files addresses and names may be looked up in, in a fixed order."""
    from analyzer.places import mixed

    named = [Path(asked[name]) for name in ("country_db", "asn_db", "city_db") if asked[name]]
    return [
        *_files_in(shipped.data_folder()),
        *_files_in(shipped.user_data_folder()),
        *named,
        *(database.path for database in mixed.installed()),
    ]


def _files_in(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*")) if folder.is_dir() else []
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]


@lru_cache(1)
def _digest_of(files: Glance) -> str:
    """One digest over names and contents, measured anew when a file looks changed."""
    whole = hashlib.sha256()
    for each in files:
        whole.update(f"{os.path.basename(each[0])}\0{_digest(*each)}\n".encode())
    return whole.hexdigest()


def _glance(paths: Iterable[Path]) -> Glance:
    seen = ((str(path), os.stat(path)) for path in paths)
    return tuple((path, now.st_size, now.st_mtime_ns) for path, now in seen)
