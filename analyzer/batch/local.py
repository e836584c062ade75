"""Workers on this machine: one job at a time each, watched from here.

Rules of this file
- A worker that dies names its suspect: the one job it had. Nobody else's work is
  lost, and nothing but the suspect is done twice.
- A suspect is tried once more when everything else is done, with nothing beside
  it: another's hunger for memory must not be held against it.
- Workers end when this process does, however it ends. They ignore Ctrl-C: this
  process decides what is finished.
- What goes through pipes is JSON: a broken worker cannot break this side.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from multiprocessing.connection import Connection, wait
from typing import Any

from analyzer.batch import work
from analyzer.batch.engine import Do, Done, Job, Stop
from analyzer.errors import PhonehomeError

_POLL = 0.05  # seconds between two looks at memory: a worker fills 100 MB meanwhile
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class Local:
    """As many processes as asked for; ``do`` is what they do with a job."""

    def __init__(
        self, jobs: int, settings: Mapping[str, Any], memory: int, timeout: int, do: Do = work.do
    ) -> None:
        self._jobs = jobs
        self._settings = settings
        self._memory = memory
        self._timeout = timeout
        self._do = do
        self._context = multiprocessing.get_context("fork")  # what is loaded is loaded once
        work.load()
        self._alive, self._life = os.pipe()  # its end tells workers that this process is gone
        self._workers: list[_Worker] = []

    def run(self, jobs: Iterable[Job], stop: Stop) -> Iterator[Done]:
        """Each job with its answer, or with how its worker ended; until ``stop`` says so."""
        suspects: list[Job] = []
        for done in self._drain(jobs, self._jobs, stop):
            if done.ended in ("killed", "timeout") and not stop():
                suspects.append(done.job)
            else:
                yield done
        if suspects:
            yield from self._drain(suspects, 1, stop)

    def _drain(self, jobs: Iterable[Job], width: int, stop: Stop) -> Iterator[Done]:
        """Keeps ``width`` workers busy until there is no job left, or ``stop`` says so."""
        waiting = iter(jobs)
        nothing_left = False
        while True:
            busy = [worker for worker in self._workers if worker.job is not None]
            while not nothing_left and len(busy) < width and not stop():
                job = next(waiting, None)
                if job is None:
                    nothing_left = True
                    break
                busy.append(self._give(job))
            if not busy:
                return
            yield from self._finished(busy)

    def _give(self, job: Job) -> _Worker:
        """Hands a job to an idle worker, or to a new one."""
        idle = [worker for worker in self._workers if worker.job is None]
        for worker in idle:
            if worker.take(job):
                return worker
            self._bury(worker)  # it died while it had nothing to do
        worker = _Worker(self._context, self._do, self._settings, (self._alive, self._life))
        self._workers.append(worker)
        if not worker.take(job):
            raise PhonehomeError("a worker ended as soon as it began; run again with --jobs 1.")
        return worker

    def _finished(self, busy: list[_Worker]) -> Iterator[Done]:
        """What became of the busy ones within a moment."""
        ready = wait([worker.pipe for worker in busy], timeout=_POLL)
        for worker in busy:
            answer = worker.answer() if worker.pipe in ready else None
            ended = None if answer else self._end_of(worker, worker.pipe in ready)
            if answer is None and ended is None:
                continue
            job, worker.job = worker.job, None
            if ended:
                self._bury(worker)
            if job is not None:
                yield Done(job, answer, ended)

    def _end_of(self, worker: _Worker, died: bool) -> str | None:
        """Why a worker will not answer any more; None: it is at work."""
        if died:
            return "killed"
        if self._memory and worker.memory() > self._memory:
            return "memory"
        if self._timeout and time.monotonic() - worker.begun > self._timeout:
            return "timeout"
        return None

    def _bury(self, worker: _Worker) -> None:
        worker.end()
        self._workers.remove(worker)

    def close(self) -> None:
        """Ends all workers, at once."""
        for worker in list(self._workers):
            self._bury(worker)
        for end in (self._alive, self._life):
            os.close(end)


class _Worker:
    """One process, and the one job it has."""

    def __init__(
        self, context: Any, do: Do, settings: Mapping[str, Any], life: tuple[int, int]
    ) -> None:
        self.job: Job | None = None
        self.begun = 0.0
        self.pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=_work, args=(theirs, do, settings, life), daemon=True
        )
        self._process.start()
        theirs.close()

    def take(self, job: Job) -> bool:
        """Gives it a job; False: it is dead."""
        try:
            self.pipe.send_bytes(json.dumps(job).encode())
        except (OSError, ValueError):
            return False
        self.job, self.begun = job, time.monotonic()
        return True

    def answer(self) -> work.Answer | None:
        """What it answered; None: it died before it did."""
        try:
            said = json.loads(self.pipe.recv_bytes())
        except (EOFError, OSError, ValueError):
            return None
        return said if isinstance(said, dict) else None

    def memory(self) -> int:
        """Bytes it holds that are not shared with others; 0 where the system does not say."""
        try:
            descriptor = os.open(f"/proc/{self._process.pid}/statm", os.O_RDONLY)
        except OSError:
            return 0
        try:
            _, resident, shared, *_ = os.read(descriptor, 200).split()
        finally:
            os.close(descriptor)
        return (int(resident) - int(shared)) * _PAGE

    def end(self) -> None:
        """Ends it at once."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _work(pipe: Connection, do: Do, settings: Mapping[str, Any], life: tuple[int, int]) -> None:
    """A worker's life: jobs in, answers out, until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    alive, theirs = life
    os.close(theirs)
    threading.Thread(target=_end_with, args=(alive,), daemon=True).start()
    gc.freeze()  # what was there before is never garbage, and stays shared
    gc.enable()
    try:
        while True:
            job = json.loads(pipe.recv_bytes())
            pipe.send_bytes(json.dumps(do(job, settings)).encode())
    finally:
        os._exit(1)  # without a word: that it ended is seen at the pipe


def _end_with(alive: int) -> None:
    """Ends this process when the one that began it is gone, even killed."""
    os.read(alive, 1)
    os._exit(1)
