"""What tests of comparisons share: two report folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer import report
from tests.compare.pairs import end
from tests.report.conftest import forged


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """Two report folders."""
    other = forged()
    other.endpoints = [*other.endpoints[2:], end("198.51.100.99", "new.example")]
    for name, result in (("before", forged()), ("after", other)):
        report.write(result, tmp_path / name, ["json"])
    return tmp_path / "before", tmp_path / "after"
