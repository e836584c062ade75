"""Contact with an address that has no name."""

from captures.forging import Recording
from tests.scenes import MUMBAI, recording


def bare() -> Recording:
    story = recording()
    story.tls(None, MUMBAI, up=3_000)
    return story


def looked_up() -> Recording:
    story = recording()
    story.dns("cloud.metrics.example", MUMBAI)
    story.tls(None, MUMBAI, up=3_000)
    return story
