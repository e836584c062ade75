"""``phonehome batch``: many captures in, one folder with a scoreboard out; it resumes.

Rules of this file
- What is wrong with the question is said before any capture is read.
- Whatever happens to captures, workers or this process, what is sealed stays,
  and running the same command again goes on from there.
- The same sources, settings, rules and data give the same bytes in the folder,
  whoever did the work and in which order.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any

from analyzer import __version__
from analyzer.batch import (
    digests,
    parts,
    plan,
    progress,
    record,
    remote,
    seal,
    sheets,
    sources,
    state,
    summary,
    task,
    work,
)
from analyzer.batch import store as stores
from analyzer.batch.engine import Engine, Job
from analyzer.batch.plan import Plan, Recording
from analyzer.batch.store import Store
from analyzer.batch.task import Settings
from analyzer.errors import PhonehomeError, UsageError


@dataclass(slots=True, frozen=True)
class Asked:
    """What the command was asked."""

    sources: tuple[str, ...]
    output: str  # folder or URL
    options: Mapping[str, Any]  # those of analyze, paths as text
    formats: tuple[str, ...] = ("html", "json", "csv")
    evidence: bool = True
    jobs: int = 1
    memory: int = 0
    timeout: int = 0
    devices: str | None = None  # path or URL
    device: Path | None = None
    group: bool = True
    prune: bool = False
    fail_on: str | None = None
    shown: bool = False  # progress


@dataclass(slots=True)
class Ended:
    """What came of it: the exit code and what to print."""

    code: int
    account: dict[str, Any]
    lines: list[str]


Say = Callable[[str], None]
Begin = Callable[[Settings, Asked], Engine]
Measured = list[plan.Measured | None]
"""Of each recording; None: a stop left it out."""


@dataclass(slots=True, frozen=True)
class Batch:
    """A batch under way: what was asked, and what it works with."""

    asked: Asked
    settings: Settings
    store: Store
    engine: Engine
    memory: digests.Memory
    line: progress.Line
    stop: Callable[[], bool]
    say: Say


def run(asked: Asked, say: Say, begin: Begin) -> Ended:
    """A whole batch. PhonehomeError where it cannot begin or go on."""
    settings = settled(asked)
    found = sources.find(asked.sources, Path(asked.output))
    recordings, notes = gathered(asked, found)
    if not recordings:
        raise UsageError("There is no capture in these sources; see 'phonehome batch --help'.")
    check(recordings, settings)
    for note in notes:
        say(note)
    store = stores.of(settings.output)
    with store.held(say), stopping(say) as stop:
        with working(asked, settings, store, stop, say, begin) as batch:
            batch.memory.only(part.place for each in recordings for part in each.parts)
            measured = measure(batch, recordings)
            whole = None not in measured
            made, left = (_analysed if whole else _supposed)(batch, recordings, measured)
        return finish(batch, made, left, found.skipped, whole)


@contextmanager
def working(
    asked: Asked, settings: Settings, store: Store, stop: Callable[[], bool], say: Say, begin: Begin
) -> Iterator[Batch]:
    """A batch with its workers, which end when it does."""
    memory, line = digests.Memory(store), progress.Line(asked.shown)
    engine = begin(settings, asked)
    try:
        yield Batch(asked, settings, store, engine, memory, line, stop, say)
    finally:
        line.wipe()
        engine.close()
        memory.save()


def _analysed(
    batch: Batch, recordings: list[Recording], measured: Measured
) -> tuple[Plan, set[str]]:
    """The plan, and keys of what a stop left undone."""
    made = plan.plan(zip(recordings, measured, strict=True), batch.settings, batch.store)
    announce(made, batch.asked, batch.say)
    keep_settings(batch.settings, batch.store)
    return made, analyse(batch, made)


def _supposed(
    batch: Batch, recordings: list[Recording], measured: Measured
) -> tuple[Plan, set[str]]:
    """The same where Ctrl-C came before all sources were measured; nothing is analysed then.

    A recording that was not measured stands there with the result it had before. An earlier
    scoreboard of other settings stays as it is: KeyboardInterrupt.
    """
    settings, store = batch.settings, batch.store
    if plan.changed(plan.before(store), settings):
        raise KeyboardInterrupt
    held = plan.supposed(recordings, store)
    known = [one or held.get(each.name) for each, one in zip(recordings, measured, strict=True)]
    made = plan.plan(zip(recordings, known, strict=True), settings, store)
    keep_settings(settings, store)
    if count := measured.count(None) - made.unread:
        batch.say(f"phonehome: {count:,} were not looked at again; they stand with the results"
                  " they had.")  # fmt: skip
    return made, set(made.waiting)


def keep_settings(settings: Settings, store: Store) -> None:
    """Writes batch.json."""
    store.put("batch.json", seal.encoded(settings.shown()))


def settled(asked: Asked) -> Settings:
    """The settings of all tasks; rules and data are measured here, once."""
    from analyzer.batch import dataset

    if not dataset.possible():
        raise UsageError("A batch writes Parquet: pip install 'phonehome[batch]'.")
    rules, data = state.measure(asked.options)
    named = asked.options["policy"], *asked.options["claims"], asked.options["keylog"]
    return Settings(
        version=__version__,
        rules=rules,
        data=data,
        asked=dict(asked.options),
        files=state.named_files(*named),
        formats=asked.formats,
        evidence=asked.evidence,
        output=asked.output if remote.is_url(asked.output) else str(Path(asked.output).absolute()),
        memory=asked.memory,
        timeout=asked.timeout,
    )


def gathered(asked: Asked, found: sources.Found) -> tuple[list[Recording], list[str]]:
    """Recordings with their device sheets, and notes on rows of devices.csv that fit none."""
    table = asked.devices or sheets.only(found.tables)
    whose = sheets.Sheets(table, asked.device, found.roots, found.sheets)
    grouped = (
        parts.group(found.parts, sources.began)
        if asked.group
        else [(part,) for part in found.parts]
    )
    recordings = []
    for each in grouped:
        apart = [(part,) for part in each] if whose.differ(each) else [tuple(each)]
        recordings += [Recording(one, whose.of(one)) for one in apart]
    return recordings, whose.unused()


def check(recordings: Iterable[Recording], settings: Settings) -> None:
    """UsageError or DataFileError for what no capture is needed to see is wrong."""
    from analyzer import pipeline

    checked = set()
    for recording in recordings:
        asked = task.options(recording.sheet, settings)
        kind = (asked.home, asked.at, asked.vendor, asked.policy, asked.claims)
        if kind not in checked:
            checked.add(kind)
            try:
                pipeline.check(asked)
            except PhonehomeError as error:
                if recording.sheet:
                    raise type(error)(f"{recording.name}: {error}") from error
                raise


def measure(batch: Batch, recordings: Sequence[Recording]) -> Measured:
    """What the files of each recording hold."""
    batch.line.begin("measured", len(recordings), 0)
    found: Measured = [None] * len(recordings)
    for done in batch.engine.run(_measuring(recordings, batch.memory), batch.stop):
        answer = done.answer or {"error": record.REASONS[done.ended or "killed"]}
        if "stop" in answer:
            raise PhonehomeError(answer["stop"])
        held = [digests.Digest(*each) for each in answer.get("parts", ())]
        for place, digest in zip(done.job["places"], held, strict=False):
            batch.memory.take(place, digest)
        found[done.job["at"]] = answer.get("error") or held
        batch.line.step(0)
    batch.line.wipe()
    return found


def _measuring(recordings: Sequence[Recording], memory: digests.Memory) -> Iterator[Job]:
    for at, recording in enumerate(recordings):
        places = [part.place for part in recording.parts]
        known = list(map(memory.of, places))
        yield {"kind": "measure", "at": at, "places": places, "known": known}


def announce(made: Plan, asked: Asked, say: Say) -> None:
    """What was done before, and why some of it is done again; UsageError for strangers."""
    before = len(made.tasks) - len(made.waiting)
    if before:
        say(f"{before:,} of {len(made.tasks):,} results are there already.")
    for why, count in sorted(made.again.items()):
        say(f"{count:,} {'is' if count == 1 else 'are'} analysed again: {why} changed.")
    if made.strangers and not asked.prune:
        name = min(made.strangers.values())
        raise UsageError(
            f"{asked.output} holds results of {len(made.strangers):,} recordings that are not"
            f" among these sources, such as {name}; name their sources too, choose another"
            " folder, or remove them with --prune."
        )


def analyse(batch: Batch, made: Plan) -> set[str]:
    """Has everything analysed that waits; keys of what was left undone."""
    left = set(made.waiting)
    _remove_superseded_tries(made, batch.store)
    for key in sorted(left & made.unreadable.keys()):
        work.keep(record.failed(made.tasks[key], "error", made.unreadable[key]), batch.settings)
        left.discard(key)
    waiting = [key for key in made.waiting if key in left]
    batch.line.begin("analysed", len(waiting), sum(map(made.bytes_of, waiting)))
    jobs: Iterator[Job] = ({"kind": "run", "task": made.tasks[key].as_json()} for key in waiting)
    for done in batch.engine.run(jobs, batch.stop):
        key = done.job["task"]["key"]
        answer = done.answer or work.keep(
            record.failed(made.tasks[key], done.ended or "killed", settings=batch.settings),
            batch.settings,
        )
        if "stop" in answer:
            raise PhonehomeError(answer["stop"])
        left.discard(key)
        if answer["reason"] == "error":  # it may be that it is not what it was measured as
            for part in made.tasks[key].parts:
                batch.memory.forget(part.place)
        batch.line.step(made.bytes_of(key), answer["status"] == "failed")
    batch.line.wipe()
    return left


def _remove_superseded_tries(made: Plan, store: Store) -> None:
    """Failures that get another try, under the same key."""
    for key in made.waiting:
        if store.read(key) is not None:
            store.remove(key)


def finish(batch: Batch, made: Plan, left: set[str], skipped: list[str], whole: bool) -> Ended:
    """Scoreboard, summary and account over all that is sealed.

    ``whole``: all sources were measured, so that what is none of theirs may go.
    """
    keys = sorted(made.tasks.keys() - left)
    account = summary.account(made.recordings, batch.store.records(keys))
    waiting = sum(len(made.tasks[key].names) for key in left) + made.unread
    account.whole(waiting)
    if whole and not waiting:
        batch.store.tidy(keys)
    ended = told(batch, account, keys, waiting, skipped)
    return ended if whole else replace(ended, code=summary.INTERRUPTED)


def told(
    batch: Batch, account: summary.Account, keys: Sequence[str], waiting: int, skipped: list[str]
) -> Ended:
    """Writes what is made of all results."""
    from analyzer.batch import board

    said, shown = account.document(waiting, skipped), batch.settings.shown()
    with batch.store.outputs() as folder:
        found = board.write(lambda: batch.store.records(keys), folder, shown, waiting)
        (folder / "failed.csv").write_bytes(account.failed_csv())
        seal.put(folder / "summary.json", seal.encoded(said))
    return Ended(account.code(waiting, batch.asked.fail_on), said, board.summary_lines(found))


@contextmanager
def stopping(say: Say) -> Iterator[Callable[[], bool]]:
    """Ctrl-C once: what runs is finished. Twice: KeyboardInterrupt."""
    asked_to = [False]

    def stop(_: int, __: FrameType | None) -> None:
        if asked_to[0]:
            raise KeyboardInterrupt
        asked_to[0] = True
        say("phonehome: finishing what is being analysed; Ctrl-C again to stop now.")

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield lambda: asked_to[0]
    finally:
        signal.signal(signal.SIGINT, before)
