"""What tests of the scoreboard share: one of 60 forged records."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.batch import board
from tests.batch.forged_records import SETTINGS, records


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The scoreboard of 60 forged records."""
    board.write(records(60), tmp_path, SETTINGS)
    return tmp_path
