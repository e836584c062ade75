"""One batch at a time writes in a folder."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from analyzer.batch.seal import WORK, unwritable
from analyzer.errors import UsageError

_PATIENCE = 5.0  # seconds: workers of a batch that was killed end within one


@contextmanager
def held(output: Path) -> Iterator[None]:
    """Holds the folder for this process; UsageError where another one does.

    The lock is the system's, so that of a dead process is none. What an earlier
    batch left half made is removed first, and the work folder when all is done.
    """
    work = output / WORK
    try:
        descriptor = _locked(output, work)
        for left in work.iterdir():
            if left.name != "lock":
                shutil.rmtree(left) if left.is_dir() else left.unlink()
    except OSError as error:
        raise unwritable(error, output) from error
    try:
        yield
    finally:
        with suppress(OSError):
            shutil.rmtree(work)
        os.close(descriptor)


def _locked(output: Path, work: Path) -> int:
    """The lock file, opened and locked."""
    end = time.monotonic() + _PATIENCE
    while True:
        work.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(work / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _same(descriptor, work / "lock"):
                os.truncate(descriptor, 0)
                os.write(descriptor, f"{os.getpid()}\n".encode())
                return descriptor
        except BlockingIOError:
            if time.monotonic() > end:
                who = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
                os.close(descriptor)
                raise UsageError(
                    f"Another batch (process {who}) is writing in {output}; wait for it, or"
                    " choose another folder."
                ) from None
            time.sleep(0.1)
        os.close(descriptor)


def _same(descriptor: int, path: Path) -> bool:
    """Is it still the file of that name? Another batch may have removed it at its end."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False
