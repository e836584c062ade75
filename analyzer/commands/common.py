"""What commands share: exit codes, what is said while they run and at their end."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from analyzer.errors import DataFileError, PhonehomeError
from analyzer.options import SEVERITIES

if TYPE_CHECKING:
    from analyzer.model import Result
    from analyzer.pipeline import Progress

INCOMPLETE, NOTHING, FAIL_ON, INTERRUPTED = 3, 4, 10, 130
_NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EIO)


def exit_code(result: Result, fail_on: str | None) -> int:
    """The code a run of one recording ends with."""
    if result.status == "failed":
        return NOTHING
    if fail_on:
        bar = SEVERITIES.index(fail_on)
        if any(SEVERITIES.index(finding.severity) >= bar for finding in result.findings):
            return FAIL_ON
    return INCOMPLETE if result.status == "incomplete" else 0


def progress(captures: tuple[Path, ...], given: dict[str, Any]) -> Progress | None:
    """Shows how far the reading is, on a terminal that may show it."""
    if given["no_progress"] or given.get("quiet") or not is_terminal(sys.stderr):
        return None
    from analyzer import progress

    return progress.on_stderr(captures)


def say(text: str) -> None:
    """One line to stderr, whatever captured text is in it."""
    from analyzer.report.safe import visible

    click.echo(visible(text), err=True)


def say_error(error: PhonehomeError) -> None:
    """What went wrong: one line a problem, as rule and data files may have several."""
    for problem in str(error).split("\n") if isinstance(error, DataFileError) else [str(error)]:
        say(f"phonehome: {problem.rstrip('.')}.")


def is_terminal(stream: TextIO | None) -> bool:
    """Is anybody looking? A stream that was closed before the start is None."""
    return stream is not None and stream.isatty()


def print_no_more() -> None:
    """Nobody takes what is printed: leave nothing that would fail again at the end."""
    if sys.stdout is None:
        return
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def is_unwritten(error: Exception) -> bool:
    """Was there no room for what was written? Then that is said."""
    if not isinstance(error, OSError) or error.errno not in _NO_ROOM:
        return False
    print_no_more()
    say(
        f"phonehome: the output could not be written: {error.strerror}; free some space, or"
        " send it elsewhere."
    )
    return True


def checked(problems: list[str]) -> int:
    """Says the problems of rule files, or that there are none; the exit code."""
    for problem in problems:
        click.echo(problem, err=True)
    if not problems:
        click.echo("no problems")
    return 2 if problems else 0
