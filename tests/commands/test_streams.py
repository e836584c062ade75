"""What goes to the streams and terminals of a process, and what comes from them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.command import (
    DEMO,
    PROGRAM,
    Ran,
    Run,
    one_sentence,
    process,
    surroundings,
)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_interrupted_is_130_and_leaves_no_report(tmp_path: Path) -> None:
    with subprocess.Popen(
        [*PROGRAM, "analyze", "-"], cwd=tmp_path, stdin=subprocess.PIPE, stderr=subprocess.PIPE,
        stdout=subprocess.PIPE, env=surroundings(),
    ) as running:  # fmt: skip
        assert running.stdin
        assert running.stderr
        os.write(running.stdin.fileno(), DEMO.read_bytes()[:200_000])  # more than a pipe holds
        while running.poll() is None:  # one sent just before it waits for bytes is lost
            running.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(timeout=3)
        said = running.stderr.read().decode()
    assert running.returncode == 130
    assert "interrupted" in one_sentence(said.lstrip("\n"))  # after the progress line
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
@pytest.mark.parametrize("arguments", [("demo", "-o", "out"), ("where", "1.1.1.1"), ("--help",)])
def test_output_that_cannot_be_written_is_2_and_said(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*PROGRAM, *arguments], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False,
            env=surroundings(),
        )  # fmt: skip
    assert done.returncode == 2
    assert "the output could not be written" in one_sentence(done.stderr.decode())


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_keep_no_report_from_being_written(closed: str, tmp_path: Path) -> None:
    words = " ".join([*PROGRAM, "demo", "-o", "out", closed])
    done = subprocess.run(
        ["sh", "-c", words], cwd=tmp_path, capture_output=True, check=False,
        env=surroundings(),
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "out" / "result.json").exists()


def test_quiet_says_nothing(run: Run) -> None:
    assert run("demo", "-q") == Ran(0, "", "")


def test_summary_names_places_and_the_report(run: Run) -> None:
    said = run("demo").out
    assert "13.126.0.10" not in said.splitlines()[0]
    assert "events.metrics.example" in said
    assert "Singapore" in said
    assert said.rstrip().endswith("demo.phonehome/report.html")
    assert "\x1b" not in said


def test_json_is_one_object_for_scripts(run: Run) -> None:
    ran = run("demo", "--json", "--home", "in")
    told = json.loads(ran.out)
    assert told["schema"].startswith("phonehome/summary/")
    assert told["home"] == "IN"
    assert ran.out.isascii()


@pytest.mark.skipif(sys.platform == "win32", reason="terminals of POSIX")
@pytest.mark.parametrize(
    ("options", "environment", "coloured"),
    [((), {}, True), (("--no-color",), {}, False), ((), {"NO_COLOR": "1"}, False)],
)
def test_colours_only_where_they_are_welcome(
    tmp_path: Path, options: tuple[str, ...], environment: dict[str, str], coloured: bool
) -> None:
    said = on_a_terminal(["demo", *options], tmp_path, environment)
    assert ("\x1b[" in said) == coloured
    assert "Singapore" in said


def on_a_terminal(arguments: list[str], cwd: Path, environment: dict[str, str]) -> str:
    """What the command writes to a terminal that is its standard output."""
    import pty

    ours, theirs = pty.openpty()
    try:
        usual = surroundings(TERM="xterm")
        usual.pop("NO_COLOR", None)
        subprocess.run(
            [*PROGRAM, *arguments], cwd=cwd, stdout=theirs, stdin=subprocess.DEVNULL, check=True,
            env={**usual, **environment},
        )  # fmt: skip
        return os.read(ours, 1 << 16).decode()
    finally:
        os.close(ours)
        os.close(theirs)


def test_progress_is_for_terminals_only(tmp_path: Path) -> None:
    assert process("demo", cwd=tmp_path).stderr == b""


def test_standard_input(tmp_path: Path) -> None:
    ran = process("analyze", "-", "--json", cwd=tmp_path, given=DEMO.read_bytes())
    assert ran.returncode == 0
    assert json.loads(ran.stdout)["capture"]["packets"] == 504
    assert (tmp_path / "standard-input.phonehome" / "result.json").is_file()
