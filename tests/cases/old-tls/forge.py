"""Old TLS before and after it was deprecated."""

from captures.forging import Recording
from tests.scenes import MUMBAI, recording


def _session(date: str, version: str) -> Recording:
    story = recording(date)
    for i in range(4):
        story.tls("old.metrics.example", MUMBAI, version=version, down=9_000, at=i * 300 * 10**9)
    return story


def before() -> Recording:
    return _session("2019-05-01", "1.0")


def after() -> Recording:
    return _session("2026-10-14", "1.1")


def current() -> Recording:
    return _session("2026-10-14", "1.2")
