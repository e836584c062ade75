"""Look-ups past the network's own resolver."""

from captures.forging import Recording
from tests.scenes import MUMBAI, RESOLVER, recording


def beside_the_router() -> Recording:
    story = recording()
    story.dns("www.metrics.example", MUMBAI)
    story.dns("events.metrics.example", MUMBAI, server=RESOLVER)
    return story


def the_only_one() -> Recording:
    story = recording(resolver=RESOLVER)
    story.dns("www.metrics.example", MUMBAI)
    return story
