"""Contact at random times of the same rate is not periodic."""

from random import Random

from captures.forging import Recording
from tests.scenes import MINUTE, MUMBAI, recording


def at_random() -> Recording:
    story, draw, at = recording(), Random(7), 0.0
    for _ in range(18):
        at += draw.expovariate(1 / (10 * MINUTE))
        story.tls("push.handset.example", MUMBAI, up=200, down=200, at=int(at))
    return story
