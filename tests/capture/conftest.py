"""Every test of the capture room runs twice: hot room compiled, and interpreted."""

from __future__ import annotations

from types import ModuleType

import pytest

from analyzer.capture.speed import hot_room


@pytest.fixture(scope="session")
def interpreted() -> ModuleType:
    """The hot room's source as it is, loaded once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PHONEHOME_INTERPRETED", "1")
        return hot_room()


@pytest.fixture(autouse=True, params=["compiled", "interpreted"])
def speed(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, interpreted: ModuleType
) -> str:
    """Which hot room answers; both must say the same."""
    kind = str(request.param)
    if kind == "interpreted":
        monkeypatch.setenv("PHONEHOME_INTERPRETED", "1")
        monkeypatch.setattr("analyzer.capture.walk.hot_room", lambda: interpreted)
        return kind
    monkeypatch.delenv("PHONEHOME_INTERPRETED", raising=False)
    if not hot_room().COMPILED:
        pytest.skip("the hot room is not compiled here")
    return kind
