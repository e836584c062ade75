"""What is to be done: recordings, each once, without those that are done already.

Rules of this file
- What counts is content: the same bytes under two names, of the same handset,
  are one task with two names; a file that only looks untouched is measured.
- Why something that was done is done again is said.
- In the same folder stand results of these sources only; what else stands there
  is named, and removed when the user says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from analyzer.batch import seal, state, task
from analyzer.batch.digests import Digest
from analyzer.batch.record import LIMITED
from analyzer.batch.store import Store
from analyzer.batch.task import Part, Settings, Sheet, Task

Record = dict[str, Any]
_SHEET = "the device sheet or a claim file it names"
Measured = Sequence[Digest] | str
"""What the files of a recording hold, or why they could not be read."""


@dataclass(slots=True, frozen=True)
class Recording:
    """One recording as it was found."""

    parts: tuple[Part, ...]
    sheet: Sheet

    @property
    def name(self) -> str:
        """What it is called: as its first file."""
        return self.parts[0].name


@dataclass(slots=True)
class Plan:
    """Tasks by key; which of them are to be run, and why some are run again."""

    tasks: dict[str, Task] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)  # key -> why
    waiting: list[str] = field(default_factory=list)
    strangers: dict[str, str] = field(default_factory=dict)  # key -> name, of other sources
    again: Counter[str] = field(default_factory=Counter)  # reason -> recordings
    recordings: int = 0
    unread: int = 0  # recordings that nothing is known of yet

    def bytes_of(self, key: str) -> int:
        """Size of a task's files."""
        return sum(part.bytes for part in self.tasks[key].parts)

    def rank(self, key: str) -> tuple[int, str, str]:
        """Sorts the largest first: at the end no worker is left alone with hours of work."""
        return -self.bytes_of(key), self.tasks[key].names[0], key


def plan(
    found: Iterable[tuple[Recording, Measured | None]],
    settings: Settings,
    store: Store,
    watched: bool = False,
) -> Plan:
    """Tasks for all recordings, held against what is sealed in the store.

    A recording that was not measured (None) is no task. ``watched``: these
    recordings came to those that are there, which all stay.
    """
    made = Plan()
    for recording, measured in found:
        made.recordings += 1
        if measured is None:
            made.unread += 1
        else:
            _add(made, recording, measured, settings)
    names = {name: key for key, each in made.tasks.items() for name in each.names}
    why = changed(before(store), settings)
    done = set()
    for key in store.everything() if not watched else sorted(made.tasks):
        record = store.read(key)
        if key in made.tasks and record is not None and not _worth_another_try(record, settings):
            done.add(key)
            more = record["names"] if watched else ()
            store.rename(key, sorted({*made.tasks[key].names, *more}))
        elif record is not None:
            _compare(made, record, names, why)
    made.waiting = sorted(made.tasks.keys() - done, key=made.rank)
    return made


def _add(made: Plan, recording: Recording, measured: Measured, settings: Settings) -> None:
    """One more recording: a task of its own, or one more name of a task."""
    why = measured if isinstance(measured, str) else ""
    hashes = [sha256(f"unreadable {recording.name}".encode("utf-8", "replace")).hexdigest()]
    parts = recording.parts
    if not isinstance(measured, str):
        hashes = [each.sha256 for each in measured]
        both = zip(parts, measured, strict=True)
        parts = tuple(Part(part.name, part.place, d.sha256, d.bytes) for part, d in both)
    claims = state.named_files(*recording.sheet.get("claims", ()))
    key = task.key(hashes, settings, recording.sheet, claims)
    if why:
        made.unreadable[key] = why
    known = made.tasks.get(key)
    if known is None:
        made.tasks[key] = Task(key, (recording.name,), parts, recording.sheet, claims)
    else:
        made.tasks[key] = replace(known, names=(*known.names, recording.name))


def _worth_another_try(record: Record, settings: Settings) -> bool:
    """Did it fail for a limit that is another now, or for something that may have passed?"""
    limited = record["reason"] in LIMITED and record.get("limits") != settings.limits()
    return limited or record["reason"] == "error"


def _compare(made: Plan, record: Record, names: Mapping[str, str], changed: Sequence[str]) -> None:
    """An earlier result that is not, or not as it stands, one of today's."""
    name = next((name for name in record["names"] if name in names), None)
    if name is None:
        made.strangers[record["key"]] = record["names"][0]
        return
    now = made.tasks[names[name]]
    if names[name] == record["key"]:
        passing = record["reason"] == "error"
        why = ["what it failed for may have" if passing else "--memory or --timeout"]
    elif [part.sha256 for part in now.parts] != [file["sha256"] for file in record["files"]]:
        why = ["the file"]
    else:
        why = list(changed) or [_SHEET if now.device.get("claims") else "the device sheet"]
    made.again[" and ".join(why)] += 1


def supposed(recordings: Iterable[Recording], store: Store) -> dict[str, Measured]:
    """What recordings held when they were sealed, by name, where that is one thing."""
    files = {each.name: len(each.parts) for each in recordings}
    found: dict[str, Measured] = {}
    several = set()
    for record in filter(None, map(store.read, store.everything())):
        held = [Digest(file["sha256"], file["bytes"]) for file in record["files"]]
        for name in record["names"]:
            if files.get(name) == len(held):
                if name in found:
                    several.add(name)
                found[name] = held
    return {name: held for name, held in found.items() if name not in several}


def before(store: Store) -> Record:
    """With what settings the store was written to the last time, as batch.json says."""
    return seal.parsed(store.content("batch.json")) or {}


def changed(then: Mapping[str, Any], settings: Settings) -> list[str]:
    """What of the settings is not as it was when the folder was last written to."""
    words = {"version": "the version of phonehome", "rules": "the rules", "data": "the data sets",
             "asked": "the options", "files": "a file that an option names", "formats": "--format",
             "evidence": "--no-evidence"}  # fmt: skip
    now = settings.shown()
    listed = {key: list(value) if isinstance(value, tuple) else value for key, value in now.items()}
    return [words[key] for key in words if key in then and then[key] != listed[key]]
