"""An upload during the quiet hours of the device sheet."""

from captures.forging import Recording
from tests.scenes import HOUR, MUMBAI, recording


def _upload(at: int) -> Recording:
    story = recording()
    story.dns("cloud.india.handset.example", MUMBAI, at=0)
    story.tls("cloud.india.handset.example", MUMBAI, up=40_000, at=at)
    return story


def at_night() -> Recording:
    return _upload(15 * HOUR)


def by_day() -> Recording:
    return _upload(2 * HOUR)


def hours_not_known() -> Recording:
    return _upload(15 * HOUR)
