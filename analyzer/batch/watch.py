"""``phonehome batch --watch``: captures are taken as a recorder or a lab writes them.

Rules of this file
- A capture is taken when it is finished: nothing about it changed for a while,
  or for one look after its recorder has begun a later part, or it was given its
  name by renaming.
  Clocks of other machines are not asked: what counts is what is seen here.
- Each file is a recording of its own: a recorder that rotates never ends.
- What was taken stays in the scoreboard though its file be gone: rings are
  overwritten. Only where a file goes on from what was taken, the longer one
  replaces it: its recorder had paused.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from analyzer.batch import digests, door, parts, plan, remote, sources, summary
from analyzer.batch import store as stores
from analyzer.batch.store import Store
from analyzer.batch.task import Part, Settings, Task
from analyzer.errors import UsageError

SETTLE = 30.0
"""Seconds without a change after which a capture counts as finished: tcpdump
writes at least every few seconds while a phone is in use."""

EVERY = 5.0
"""Seconds between two looks."""

_UNFINISHED = re.compile(r".*(?:\.part|\.partial|\.tmp|\.temp|\.crdownload|~)", re.IGNORECASE)
Sight = tuple[int, int, int]  # inode, size, time of change


class Watcher:
    """Which files are finished, as far as looking at them again and again tells."""

    def __init__(self, settle: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._settle = settle
        self._clock = clock
        self._since: dict[str, tuple[Sight, float]] = {}
        self._renamed: set[int] = set()  # inodes that had a name of something unfinished
        self._taken: set[tuple[str, Sight]] = set()

    def finished(self, found: Iterable[Part]) -> list[Part]:
        """Files to take now, each once for as long as it stays as it is."""
        there = {part.place: (part, sight) for part in found if (sight := _sight(part.place))}
        self._since = {place: said for place, said in self._since.items() if place in there}
        followed = parts.followed([part for part, _ in there.values()])
        ready = []
        for place, (part, sight) in there.items():
            if _UNFINISHED.fullmatch(place):
                self._renamed.add(sight[0])
            elif (place, sight) not in self._taken and self._rests(place, sight, followed):
                self._taken.add((place, sight))
                ready.append(part)
        return ready

    def _rests(self, place: str, sight: Sight, followed: set[str]) -> bool:
        """Is nobody writing to it any more?"""
        before, since = self._since.get(place, (None, 0.0))
        if before != sight:
            since = self._clock()
            self._since[place] = (sight, since)
        if sight[0] in self._renamed:
            return True
        patience = 0.0 if place in followed else self._settle
        return before == sight and self._clock() - since >= patience


def run(
    asked: door.Asked,
    say: door.Say,
    begin: door.Begin,
    settle: float = SETTLE,
    every: float = EVERY,
) -> door.Ended:
    """Watches until Ctrl-C; what came of it until then."""
    _refuse_urls(asked.sources)
    asked = replace(asked, group=False)
    settings = door.settled(asked)
    store = stores.of(settings.output)
    watcher = Watcher(settle)
    with store.held(say), door.stopping(say) as stop:
        _same_judgement(asked, settings, store)
        door.keep_settings(settings, store)
        with door.working(asked, settings, store, stop, say, begin) as batch:
            ended = _scoreboard(batch, 0)
            while not stop():
                found = _look(asked)
                found.parts = watcher.finished(found.parts)
                if found.parts:
                    left = _take(batch, found)
                    ended = _scoreboard(batch, left)
                _pause(every, stop)
    return ended


def _look(asked: door.Asked) -> sources.Found:
    """What there is now; a source that is not there yet, or no more, holds nothing."""
    found = sources.Found()
    for source in asked.sources:
        try:
            here = sources.find([source], Path(asked.output))
        except UsageError:
            continue
        _refuse_urls(part.place for part in here.parts)  # those of list files
        found.parts += here.parts
        found.tables += here.tables
        found.roots |= here.roots
    return found


def _refuse_urls(places: Iterable[str]) -> None:
    if url := next(filter(remote.is_url, places), None):
        raise UsageError(f"--watch looks at files of this machine; {remote.bare(url)} is a URL.")


def _take(batch: door.Batch, found: sources.Found) -> int:
    """Analyses what is new; how many recordings were left undone."""
    recordings, _ = door.gathered(batch.asked, found)
    door.check(recordings, batch.settings)
    pairs = zip(recordings, door.measure(batch, recordings), strict=True)
    made = plan.plan(pairs, batch.settings, batch.store, watched=True)
    left = door.analyse(batch, made)
    taken = [task for key, task in made.tasks.items() if key not in left]
    replaced = _replace(taken, batch.store)
    for key in made.waiting:
        name = made.tasks[key].names[0]
        if key not in left:
            batch.say(f"analysed {name}{' again, as it has grown' if name in replaced else ''}")
    return sum(len(made.tasks[key].names) for key in left) + made.unread


def _replace(taken: Iterable[Task], store: Store) -> set[str]:
    """Takes away results of what these files held when they were shorter; names of the files.

    Not where the longer one could not be analysed: then both stand.
    """
    records = [record for record in map(store.read, store.everything()) if record]
    failed = {record["key"] for record in records if record["status"] == "failed"}
    longer = {name: task for task in taken if task.key not in failed for name in task.names}
    replaced = set()
    for record in records:
        kept = [n for n in record["names"] if n not in longer or not _goes_on(longer[n], record)]
        if kept == record["names"]:
            continue
        replaced |= set(record["names"]) - set(kept)
        if kept:
            store.rename(record["key"], kept)
        else:
            store.remove(record["key"])
    return replaced


def _goes_on(task: Task, record: plan.Record) -> bool:
    """Does a file begin with all that a record was made of? A ring's next round does not."""
    part, before = task.parts[0], record["files"][0]
    if record["key"] == task.key or before["bytes"] >= part.bytes:
        return False
    unread = not before["sha256"]
    return unread or digests.of_head(part.place, before["bytes"]) == before["sha256"]


def _same_judgement(asked: door.Asked, settings: Settings, store: Store) -> None:
    """UsageError where results stand that were judged by something else: it cannot be redone,
    as their captures may be gone."""
    changed = plan.changed(plan.before(store), settings)
    keys = store.everything()
    if not changed or not keys:
        return
    if not asked.prune:
        raise UsageError(
            f"{asked.output} holds {len(keys):,} results, and since then {' and '.join(changed)}"
            " changed; choose another folder, or remove them with --prune."
        )
    store.tidy([])


def _scoreboard(batch: door.Batch, left: int) -> door.Ended:
    """Scoreboard and summary over everything that was taken so far."""
    keys = [key for key in batch.store.everything() if batch.store.read(key) is not None]
    account = summary.account(0, batch.store.records(keys))
    account.recordings = sum(account.by_status.values()) + left
    return door.told(batch, account, keys, left, [])


def _pause(seconds: float, stop: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while not stop() and time.monotonic() < end:
        time.sleep(min(0.1, seconds))


def _sight(place: str) -> Sight | None:
    try:
        said = os.stat(place)
    except OSError:
        return None
    return said.st_ino, said.st_size, said.st_mtime_ns
