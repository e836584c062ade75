"""What all tests share: where the real captures are, and a fresh hot room."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("PHONEHOME_SHARED", ROOT.parent / "shared"))

settings.register_profile("untimed", deadline=None)  # no test is about time
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """An old compiled module would answer for the edited source: refuse."""
    for compiled in (ROOT / "analyzer").glob("*/*.so"):
        source = compiled.with_name(compiled.name.split(".")[0] + ".py")
        if compiled.stat().st_mtime < source.stat().st_mtime:
            raise pytest.UsageError(
                f"{compiled.name} is older than its source: python setup.py build_ext --inplace"
            )


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real captures and data; tests that need it skip without it."""
    if not (SHARED / "captures").is_dir():
        pytest.skip("the shared captures are not here")
    return SHARED


@pytest.fixture(autouse=True)
def own_user_data(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No test reads or writes what the user's ``data update`` fetched."""
    monkeypatch.setenv("PHONEHOME_DATA", str(tmp_path_factory.getbasetemp() / "user-data"))
