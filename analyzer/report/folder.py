"""Writes the report folder, so that what stands there can be trusted.

Rules of this file
- Each file is written under a temporary name and renamed when whole.
- manifest.json holds the SHA-256 of every file of the report but itself. It is
  named before the files it lists, so even an interrupted run is known as ours;
  result.json is named last: where it stands, everything else does.
- What an earlier run of ours left is removed first, as its manifest lists it
  and while its SHA-256 is still that; nothing else in the folder is touched.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from analyzer.errors import PhonehomeError, UsageError
from analyzer.formats import FORMATS
from analyzer.model import Result
from analyzer.report.safe import visible
from analyzer.report.to_json import encoded
from analyzer.report.words import say

MANIFEST = "phonehome/manifest/1"

_PART = ".phonehome-part"
_PLAIN = re.compile(r"(?:[\w-][\w.-]*/)?[\w-][\w.-]*", re.ASCII)
_LARGEST_MANIFEST = 16 * 1024 * 1024  # of ours: some hundred bytes a file
Entry = dict[str, str | int]


def write(result: Result, folder: Path, formats: Sequence[str]) -> list[Path]:
    """Write the report into ``folder`` and return its files, result.json last.

    result.json and manifest.json are always written. Evidence files that
    findings name are kept and listed. PhonehomeError when the folder cannot
    be written; then no result.json stands in it, nor evidence.
    """
    modules = [_module(name) for name in dict.fromkeys([*formats, "json"])]
    kept = {f.evidence.file for f in result.findings if f.evidence.file}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        clear(folder, keep=kept)
        return _write(result, folder, modules, sorted(kept))
    except OSError as error:
        _take_back(folder, kept)
        raise unwritable(error, folder) from error
    except BaseException:  # an interrupt, too, leaves no half-written file
        _take_back(folder, kept)
        raise


def keep(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Clear the folder and write what findings name, before ``write`` lists it.

    ``files``: paths relative to the folder, and contents. PhonehomeError as in ``write``.
    """
    written = []
    try:
        clear(folder)
        for name, content in files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            _put(folder, name, [content])
            os.replace(folder / (name + _PART), folder / name)
            written.append(name)
    except OSError as error:
        _take_back(folder, written)
        raise unwritable(error, folder) from error
    except BaseException:
        _take_back(folder, written)
        raise


def whole(folder: Path, name: str, chunks: Iterable[bytes]) -> Path:
    """Write one file that appears whole or not at all; PhonehomeError as in ``write``."""
    part = folder / (name + _PART)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        _put(folder, name, chunks)
        os.replace(part, folder / name)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise unwritable(error, folder) from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return folder / name


def clear(folder: Path, keep: Iterable[str] = ()) -> None:
    """Remove what an earlier run of ours left in ``folder``, result.json first.

    ``keep``: paths relative to the folder that stay.
    """
    listed = _listed(folder)
    _remove_parts(folder)
    if listed is None:
        return
    (folder / "result.json").unlink(missing_ok=True)
    stay = set(keep)
    for name, sha256 in sorted(listed.items()):
        if name not in stay and _unchanged(folder, name, sha256):
            (folder / name).unlink(missing_ok=True)
    (folder / "manifest.json").unlink(missing_ok=True)


def _write(
    result: Result, folder: Path, modules: Sequence[ModuleType], evidence: Sequence[str]
) -> list[Path]:
    """All parts first, then their names: the manifest's first, result.json's last."""
    entries = [
        _put(folder, name, chunks) for module in modules for name, chunks in module.render(result)
    ]
    there = [measured(folder, name) for name in evidence if stands(folder, name)]
    _put(folder, "manifest.json", encoded(_manifest(result, [*entries, *there])))
    names = sorted(
        (str(e["name"]) for e in entries), key=lambda name: (name == "result.json", name)
    )
    for name in ("manifest.json", *names):
        os.replace(folder / (name + _PART), folder / name)
    return [folder / str(e["name"]) for e in there] + [
        folder / name for name in ("manifest.json", *names)
    ]


def _manifest(result: Result, entries: list[Entry]) -> dict[str, Any]:
    run = result.run
    return {
        "schema": MANIFEST,
        "tool": "phonehome",
        "version": run.version,
        "files": sorted(entries, key=lambda e: str(e["name"])),
        "inputs": [
            {"name": f.name, "bytes": f.bytes, "sha256": f.sha256, "sha1": f.sha1}
            for f in result.capture.files
        ],
        "data": [{"name": d.name, "built": d.built, "sha256": d.sha256} for d in run.data],
        "rules_sha256": run.rules_sha256,
        "note": say("evidence.as_recorded"),
    }


def _put(folder: Path, name: str, chunks: Iterable[bytes]) -> Entry:
    """Write one file under its temporary name; what the manifest says of it."""
    digest = hashlib.sha256()
    count = 0
    with (folder / (name + _PART)).open("xb") as part:
        for chunk in chunks:
            digest.update(chunk)
            count += part.write(chunk)
    return {"name": name, "bytes": count, "sha256": digest.hexdigest()}


def measured(folder: Path, name: str) -> Entry:
    """What the manifest says of a file that another part of a run wrote."""
    with (folder / name).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {"name": name, "bytes": file.tell(), "sha256": digest}


def manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a report of ours, unchecked beyond its schema's name; None: no such."""
    try:
        with (folder / "manifest.json").open("rb") as file:
            found = json.loads(file.read(_LARGEST_MANIFEST))
        return found if found["schema"] == MANIFEST else None
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _listed(folder: Path) -> dict[str, str] | None:
    """File -> sha256, as a manifest of ours lists them; None when there is none of ours."""
    try:
        found = manifest(folder)
        return found and {entry["name"]: entry["sha256"] for entry in found["files"]}
    except (KeyError, TypeError):
        return None


def _unchanged(folder: Path, name: object, sha256: object) -> bool:
    """Is it a file of the folder, just as the manifest knows it?

    A file changed since is somebody's work, and a manifest may be forged.
    """
    return (
        isinstance(name, str)
        and stands(folder, name)
        and (measured(folder, name)["sha256"] == sha256)
    )


def plain(name: str) -> bool:
    """Is it a name a file of a report may have?"""
    return len(name) <= 255 and _PLAIN.fullmatch(name) is not None


def stands(folder: Path, name: str) -> bool:
    """Does a plain name, like ``evidence/F001.pcapng``, stand for a file inside the folder?"""
    path = folder / name
    if not plain(name) or path.is_symlink():
        return False
    return path.is_file() and path.parent.resolve().is_relative_to(folder.resolve())


def _remove_parts(folder: Path) -> None:
    """Remove what an interrupted run of ours left half written."""
    try:
        for part in (*folder.glob("*" + _PART), *folder.glob("evidence/*" + _PART)):
            part.unlink(missing_ok=True)
    except OSError:
        return


def _take_back(folder: Path, evidence: Iterable[str]) -> None:
    """Remove what a run that failed left: half-written files, and evidence that no manifest
    lists, so that no later run would know it as ours."""
    _remove_parts(folder)
    try:
        if (folder / "manifest.json").exists():
            return
        for name in evidence:
            if stands(folder, name):
                (folder / name).unlink()
        (folder / "evidence").rmdir()
    except OSError:
        return


def _module(name: str) -> ModuleType:
    if name not in FORMATS:
        raise UsageError(say("error.format", name=visible(name), known=", ".join(FORMATS)))
    return import_module(FORMATS[name])


def unwritable(error: OSError, folder: Path) -> PhonehomeError:
    """What went wrong when a folder was written, in one sentence with a remedy."""
    where = visible(str(folder))
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return PhonehomeError(say("error.full", folder=where))
    why = visible(error.strerror or "unknown reason").lower()
    return PhonehomeError(say("error.denied", folder=where, why=why))
