"""What commands share: exit codes, what is said while they run and at their end."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analyzer.options import SEVERITIES

if TYPE_CHECKING:
    from analyzer.model import Result
    from analyzer.pipeline import Progress

INCOMPLETE, NOTHING, FAIL_ON, INTERRUPTED = 3, 4, 10, 130


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
    if given["no_progress"] or given.get("quiet") or not sys.stderr.isatty():
        return None
    from analyzer import progress

    return progress.on_stderr(captures)


def say(text: str) -> None:
    """One line to stderr, whatever captured text is in it."""
    from analyzer.report.safe import visible

    click.echo(visible(text), err=True)


def checked(problems: list[str]) -> int:
    """Says the problems of rule files, or that there are none; the exit code."""
    for problem in problems:
        click.echo(problem, err=True)
    if not problems:
        click.echo("no problems")
    return 2 if problems else 0
