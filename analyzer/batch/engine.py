"""What the front door asks of whoever does the jobs: processes here, or a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

Job = Mapping[str, Any]
Do = Callable[[Job, Mapping[str, Any]], dict[str, Any]]
"""What a worker does with a job and the settings of the batch; it answers, and never raises."""
Stop = Callable[[], bool]


class Done(NamedTuple):
    """A job that needs no more looking after."""

    job: Job
    answer: dict[str, Any] | None  # None where there is none:
    ended: str | None  # killed, memory, timeout


class Engine(Protocol):
    """Does jobs in any order; a suspect is done again, alone, before it is given up."""

    def run(self, jobs: Iterable[Job], stop: Stop) -> Iterator[Done]: ...

    def close(self) -> None: ...
