"""What tests of commands share: the command, run in an empty folder."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from analyzer import cli
from tests.commands.command import Ran, Run


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in an empty folder, 100 columns wide whatever the terminal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def call(*arguments: str | Path) -> Ran:
        monkeypatch.setattr(sys, "argv", ["phonehome", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        said = capsys.readouterr()
        assert isinstance(stop.value.code, int)
        return Ran(stop.value.code, said.out, said.err)

    return call
