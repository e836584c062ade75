"""The command explains itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from analyzer import cli
from analyzer.commands import LATER
from tests.commands.command import (
    Run,
    process,
)


def commands(group: click.Group, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*above, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*above, name))


COMMANDS = list(commands(cli.phonehome))


def test_the_commands_of_the_contract() -> None:
    assert set(COMMANDS) >= {
        ("analyze",), ("demo",), ("where",), ("baseline",), ("device-sheet",),
        ("rules", "list"), ("rules", "show"), ("rules", "check"),
        ("data", "status"), ("data", "update"), ("verify",), ("reply-pack",),
        ("claims", "list"), ("claims", "show"), ("claims", "check"),
    }  # fmt: skip


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_explains_every_option(path: tuple[str, ...], run: Run) -> None:
    command: click.Command = cli.phonehome
    for name in path:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    ran = run(*path, "--help")
    shown = " ".join(ran.out.split())
    assert ran.code == 0
    assert command.help
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, option.name
            assert option.help.split()[-1] in shown
            assert all(flag in shown for flag in option.opts)


def test_help_loads_no_other_command_and_its_lines_are_theirs(tmp_path: Path) -> None:
    said = process("--help", cwd=tmp_path, PYTHONPROFILEIMPORTTIME="1")
    loaded = {line.split("|")[-1].strip() for line in said.stderr.decode().splitlines()}
    modules = {module for module, _ in LATER.values()}
    assert not loaded & {f"analyzer.commands.{module}" for module in modules}
    for name, (_, sentence) in LATER.items():
        assert (cli.phonehome.commands[name].help or "").split("\n")[0] == sentence
        assert f"\n  {name} " in said.stdout.decode()


def test_help_cuts_no_line_of_a_usual_terminal(tmp_path: Path) -> None:
    said = process("--help", cwd=tmp_path, COLUMNS="80").stdout.decode()
    assert "..." not in said.split("Commands:")[1]


def test_version_tells_the_speed(run: Run) -> None:
    assert run("--version").out in (
        f"phonehome {cli.__version__} (compiled hot room)\n",
        f"phonehome {cli.__version__} (interpreted hot room)\n",
    )


def test_version_tells_when_interpreted(tmp_path: Path) -> None:
    said = process("--version", cwd=tmp_path, PHONEHOME_INTERPRETED="1").stdout
    assert b"(interpreted hot room)" in said
