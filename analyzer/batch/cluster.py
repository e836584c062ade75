"""Workers of a Dask cluster that is there already: ``--cluster tcp://scheduler:8786``.

Rules of this file
- The jobs are those of local workers, and results are sealed by whoever made
  them: what comes back is an answer of a few bytes.
- Jobs may run twice without harm, so whatever the cluster loses is asked for
  anew: a worker that died, a scheduler that began again.
- A job is only blamed when it had the cluster to itself.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from analyzer.batch import work
from analyzer.batch.engine import Do, Done, Job, Stop
from analyzer.errors import PhonehomeError, UsageError

_PER_THREAD = 2  # jobs in flight: one at work, one ready
_AT_FIRST = 60.0  # seconds for a scheduler and a first worker to answer
_PATIENCE = 600.0  # seconds a scheduler or its workers may be away
_POLL = 0.5
_FETCH = 60.0  # seconds for an answer of a few bytes
_RECOUNT = 3.0  # seconds a number of threads holds
_LOST = 3  # times a job may vanish with its worker or scheduler before it is a suspect


class Cluster:
    """The workers of one scheduler."""

    def __init__(
        self, address: str, settings: Mapping[str, Any], timeout: int, do: Do = work.do
    ) -> None:
        self._address = address
        self._settings = dict(settings)
        self._timeout = timeout
        self._do = do
        self._threads, self._counted = 0, -_RECOUNT
        self._client = _connected(address, _AT_FIRST)
        try:
            _same_everywhere(self._client, self._settings)
        except BaseException:
            self._client.close()
            raise

    def run(self, jobs: Iterable[Job], stop: Stop) -> Iterator[Done]:
        """Each job with its answer, or with how its worker ended; until ``stop`` says so."""
        suspects: list[Job] = []
        for done in self._drain(jobs, self._width, stop):
            if done.ended and not stop():
                suspects.append(done.job)
            else:
                yield done
        if suspects:
            yield from self._drain(suspects, lambda: 1, stop)

    def _width(self) -> int:
        """How many jobs keep the workers there are busy; asked for every few seconds."""
        if time.monotonic() - self._counted > _RECOUNT:
            self._threads = sum(self._client.nthreads().values())
            self._counted = time.monotonic()
        return _PER_THREAD * max(1, self._threads)

    def _drain(self, jobs: Iterable[Job], width: Any, stop: Stop) -> Iterator[Done]:
        """Keeps so many jobs in flight until none is left, or ``stop`` says so."""
        waiting = iter(jobs)
        flying: list[_Flight] = []
        while True:
            try:
                while not stop() and len(flying) < width():
                    job = next(waiting, None)
                    if job is None:
                        break
                    flying.append(_Flight(job))
                if not flying:
                    return
                yield from self._landed(flying)
            except (OSError, TimeoutError) as error:
                self._reconnect(flying, error)

    def _landed(self, flying: list[_Flight]) -> Iterator[Done]:
        """Those of the flying whose answer is there, after waiting a moment for one."""
        for flight in flying:
            if flight.future is None:
                flight.submit(self._client, self._do, self._settings)
        _wait([flight.future for flight in flying])
        for flight in list(flying):
            done = self._done(flight)
            if done is not None:
                flying.remove(flight)
                flight.future.release()
                yield done

    def _done(self, flight: _Flight) -> Done | None:
        """What became of a flight; None: it is under way, or is sent again."""
        status = flight.future.status
        if status == "finished":
            with suppress(Exception):  # its worker is gone, and the answer with it
                return Done(flight.job, flight.future.result(timeout=_FETCH), None)
            return self._send_again(flight)
        if status == "error":
            return Done(flight.job, *_failure(flight.future.exception()))
        if status in ("lost", "cancelled"):
            return self._send_again(flight)
        if self._timeout and time.monotonic() - flight.begun > self._timeout * _PER_THREAD:
            self._end(flight)
            return Done(flight.job, None, "timeout")
        return None

    def _send_again(self, flight: _Flight) -> Done | None:
        """What was lost is asked for anew, unless it is lost again and again."""
        flight.lost += 1
        if flight.lost > _LOST:
            return Done(flight.job, None, "killed")
        self._client.wait_for_workers(1, timeout=_PATIENCE)
        flight.submit(self._client, self._do, self._settings)
        return None

    def _end(self, flight: _Flight) -> None:
        """Ends a job that does not end: its worker begins anew."""
        key = flight.future.key
        held = [worker for worker, keys in self._client.processing().items() if key in keys]
        self._client.cancel([flight.future], force=True)
        if held:
            self._client.restart_workers(held, raise_for_error=False)

    def _reconnect(self, flying: list[_Flight], error: Exception) -> None:
        """Finds the scheduler again, and sends anew what it has forgotten."""
        _closed(self._client)
        try:
            self._client = _connected(self._address, _PATIENCE)
        except UsageError:
            raise PhonehomeError(
                f"{self._address} is gone ({error}); what is finished is kept: run the same"
                " command again."
            ) from error
        for flight in flying:
            flight.future = None

    def close(self) -> None:
        """Leaves the cluster as it was."""
        _closed(self._client)


class _Flight:
    """A job that is with the cluster."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.future: Any = None
        self.begun = 0.0
        self.lost = 0

    def submit(self, client: Any, do: Do, settings: Mapping[str, Any]) -> None:
        """Sends it: not pure, as a result is what it leaves behind."""
        self.future = client.submit(do, dict(self.job), settings, pure=False)
        self.begun = time.monotonic()


def _connected(address: str, patience: float) -> Any:
    """A client of the scheduler; UsageError where there is none in time."""
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError("--cluster needs Dask: pip install 'phonehome[cluster]'.") from error
    end = time.monotonic() + patience
    while True:
        try:
            client = Client(address, timeout=max(1.0, min(10.0, patience)), set_as_default=False)
            client.wait_for_workers(1, timeout=max(1.0, end - time.monotonic()))
            return client
        except (OSError, TimeoutError, ValueError) as error:
            if isinstance(error, ValueError) or time.monotonic() > end:
                raise UsageError(
                    f"No Dask scheduler with workers answers at {address}: {error}."
                ) from error
            time.sleep(1)


def _closed(client: Any) -> None:
    with suppress(Exception):  # it is gone either way
        client.close(timeout=5)


def _same_everywhere(client: Any, settings: Mapping[str, Any]) -> None:
    """UsageError, naming a worker, where one would answer differently."""
    answers = client.run(work.probe, settings, on_error="return")
    for worker, answer in sorted(answers.items()):
        if isinstance(answer, BaseException):
            why = f"it cannot run phonehome ({type(answer).__name__}: {answer})"
        else:
            why = answer
        if why:
            raise UsageError(f"The worker {worker} cannot help: {why}")


def _wait(futures: list[Any]) -> None:
    """Returns when one is done, or after a moment."""
    from distributed import wait

    try:
        wait(futures, timeout=_POLL, return_when="FIRST_COMPLETED")
    except TimeoutError:
        return
    except Exception:  # one was cancelled: its status says so
        time.sleep(_POLL)


def _failure(error: BaseException) -> tuple[dict[str, Any] | None, str | None]:
    """An answer that ends the batch, or that the worker was killed."""
    from distributed.scheduler import KilledWorker

    if isinstance(error, KilledWorker):
        return None, "killed"
    return {"stop": f"a worker of the cluster failed: {type(error).__name__}: {error}"}, None
