"""``python -m analyzer``, and what the command phonehome runs."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """The ``phonehome`` command."""
    gc.disable()  # before imports, which alone trigger dozens of searches for garbage
    from analyzer import cli

    try:
        cli.main()
    except SystemExit as end:
        if isinstance(end.code, int) and "multiprocessing" not in sys.modules:
            _leave(end.code)
        raise


def _leave(code: int) -> None:
    """Ends the process at once: its memory need not be taken apart object by object.

    Returns where what was printed cannot be passed on, which Python then says.
    """
    try:
        for stream in filter(None, (sys.stdout, sys.stderr)):  # None: closed before the start
            stream.flush()
    except (OSError, ValueError):
        return
    os._exit(code)


if __name__ == "__main__":
    main()
