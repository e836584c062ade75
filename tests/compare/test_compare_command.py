"""``phonehome compare`` as a command: exit codes, files, one sentence for what goes wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from analyzer import report
from analyzer.commands.compare import compare
from analyzer.errors import NothingUsable
from analyzer.model import Status
from tests.report.conftest import forged


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Reports: ``part`` of a damaged recording, ``whole`` of a whole one."""
    whole = forged()
    whole.status = Status.COMPLETE
    report.write(forged(), tmp_path / "part", ["json"])
    report.write(whole, tmp_path / "whole", ["json"])
    return tmp_path


def test_whole_sides_end_with_0_and_damaged_ones_with_3(folder: Path) -> None:
    for other, code in (("whole", 0), ("part", 3)):
        args = [str(folder / "whole"), str(folder / other)]
        ran = CliRunner().invoke(compare, args, standalone_mode=False)
        assert ran.return_value == code
        assert "On both sides: 8 endpoints." in ran.output


def test_json_is_the_document_and_quiet_says_nothing(folder: Path) -> None:
    args = [str(folder / "whole"), str(folder / "whole")]
    ran = CliRunner().invoke(compare, [*args, "--json", "-o", str(folder / "out")],
                             standalone_mode=False)  # fmt: skip
    assert json.loads(ran.output) == json.loads((folder / "out" / "compare.json").read_text())
    ran = CliRunner().invoke(compare, [*args, "-q", "-o", str(folder / "md"), "--format", "md"],
                             standalone_mode=False)  # fmt: skip
    assert ran.output == ""
    assert [p.name for p in (folder / "md").iterdir()] == ["compare.md"]


def test_no_report_is_an_error_with_code_4(folder: Path) -> None:
    ran = CliRunner().invoke(compare, [str(folder), str(folder / "whole")], standalone_mode=False)
    assert isinstance(ran.exception, NothingUsable)
