"""Every test of the capture room runs twice: hot room compiled, and interpreted."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, params=["compiled", "interpreted"])
def speed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Which hot room answers; both must say the same."""
    kind = str(request.param)
    monkeypatch.setenv("PHONEHOME_INTERPRETED", "1" if kind == "interpreted" else "0")
    if kind == "compiled":
        from analyzer.capture import hot

        if not hot.COMPILED:
            pytest.skip("the hot room is not compiled here")
    return kind
