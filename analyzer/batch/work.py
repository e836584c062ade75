"""What a worker does, in a process beside this one or on another machine.

Rules of this file
- Input and answer are plain data. A job never raises: what went wrong with a
  capture is its record, what went wrong with the batch (disk, rules) is an
  answer that ends the batch.
- An answer is small: records stay where they were sealed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer.batch import digests, record, remote, seal, state, store, task
from analyzer.batch.digests import Digest
from analyzer.batch.engine import Job
from analyzer.batch.task import Part, Settings, Task
from analyzer.errors import NothingUsable, PhonehomeError

if TYPE_CHECKING:
    from analyzer.model import Result

Answer = dict[str, Any]
"""``{"stop": sentence}``, or what the kind of job answers (see ``measured``, ``run``)."""

_TEXT = 300
_EVERYBODYS = (
    "analyzer.pipeline", "analyzer.report.evidence", "analyzer.capture.packets",
    "analyzer.report.to_html", "analyzer.report.to_csv", "analyzer.judge.judgement",
    "analyzer.judge.claims", "analyzer.places.gazetteer", "pyarrow.parquet",
)  # fmt: skip


def load() -> None:
    """Imports what every recording needs, once for all workers that begin as a copy of this."""
    from importlib import import_module

    for name in _EVERYBODYS:
        import_module(name)


def do(job: Job, said: Mapping[str, Any]) -> Answer:
    """Does one job under the settings ``said``; any kind."""
    settings = task.settings_from_json(said)
    if job["kind"] == "measure":
        return measured(job)
    return run(Task.from_json(job["task"]), settings)


def probe(said: Mapping[str, Any]) -> str:
    """Why this process would not answer as the batch wants it; "" where it would."""
    settings = task.settings_from_json(said)
    try:
        state.check(settings)
        if state.measure(settings.asked)[0] != settings.rules:
            return "it has other rules than this machine; install the same version everywhere."
        if not store.of(settings.output).reached():
            return f"it does not see {settings.output}; write to a shared folder or a URL."
    except PhonehomeError as error:
        return str(error)
    return ""


def measured(job: Job) -> Answer:
    """``{"parts": [Digest, ...]}`` of the files, or ``{"error": why}``."""
    known = [Digest(*each) if each else None for each in job["known"]]
    try:
        return {"parts": list(map(digests.measure, job["places"], known))}
    except Exception as error:
        return {"error": _sentence(error)}


def run(job: Task, settings: Settings) -> Answer:
    """Analyses one recording and seals its result: ``{"status", "reason"}``."""
    try:
        state.check(settings)
        state.same_files(job.files, state.named_files(*job.files))
        done = _analysed(job, settings)
    except (seal.Unwritable, state.Refused) as error:
        return {"stop": str(error)}
    except MemoryError:
        done = record.failed(job, "memory", settings=settings)
    except Exception as error:
        done = record.failed(job, "error", _sentence(error))
    return keep(done, settings)


def keep(done: record.Record, settings: Settings) -> Answer:
    """Seals a record, if no result of its key is sealed yet."""
    try:
        if done["status"] == "failed" and done["report"] is None:
            store.of(settings.output).seal_record(done)
    except OSError as error:
        return {"stop": str(seal.unwritable(error, settings.output))}
    except PhonehomeError as error:
        return {"stop": str(error)}
    return {"status": done["status"], "reason": done["reason"]}


def _analysed(job: Task, settings: Settings) -> record.Record:
    from analyzer import pipeline

    with _local(job.parts) as paths:
        result = pipeline.analyze(paths, task.options(job.device, settings))
        state.same_rules(result.run.rules_sha256, settings)
        found = [file.sha256 for file in result.capture.files]
        if found != [part.sha256 for part in job.parts]:
            raise NothingUsable("it changed since the batch began; run the same command again")
        done = record.of(result, job, settings.formats)
        _write(result, done, paths, settings)
    return done


def _write(result: Result, done: record.Record, paths: Sequence[Path], settings: Settings) -> None:
    """The report, the rows of the data set and the record, sealed together."""
    from analyzer import pipeline, report
    from analyzer.batch import dataset

    kept = store.of(settings.output)
    try:
        with kept.making(done["key"]) as place:
            if settings.evidence:
                pipeline.keep_evidence(result, paths, place / "report")
            report.write(result, place / "report", settings.formats)
            dataset.write(result, done["key"], done["device"], place / "dataset")
            kept.seal(place, done)
    except OSError as error:
        raise seal.unwritable(error, settings.output) from error
    except PhonehomeError as error:
        if isinstance(error.__cause__, OSError):
            raise seal.unwritable(error.__cause__, settings.output) from error
        raise


@contextmanager
def _local(parts: Sequence[Part]) -> Iterator[list[Path]]:
    """The files of a recording on this machine, under their own names."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(remote.fetched(part))
            if remote.is_url(part.place)
            else Path(part.place)
            for part in parts
        ]


def _sentence(error: BaseException) -> str:
    text = str(error) if isinstance(error, PhonehomeError) else f"{type(error).__name__}: {error}"
    return " ".join(text.split())[:_TEXT] or type(error).__name__
