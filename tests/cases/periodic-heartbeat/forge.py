"""A heartbeat is found."""

from captures.forging import SECOND, Recording
from tests.scenes import MINUTE, MUMBAI, recording


def beats() -> Recording:
    story = recording()
    for beat in range(18):
        at = beat * 10 * MINUTE + beat % 5 * SECOND
        story.tls("push.handset.example", MUMBAI, up=200, down=200, at=at)
    return story
