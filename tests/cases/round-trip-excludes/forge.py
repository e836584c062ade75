"""A round trip too short for the stated place."""

from captures.forging import MS, Recording
from tests.scenes import VIRGINIA, recording, visit


def _answered(rtt: int) -> Recording:
    story = recording()
    visit(story, "account.xiaomi.com", VIRGINIA, rtt=rtt, up=3_000)
    return story


def too_soon() -> Recording:
    return _answered(10 * MS)


def late() -> Recording:
    return _answered(250 * MS)


def place_unknown() -> Recording:
    return _answered(10 * MS)
