"""What one database alone says is no fact."""

from captures.forging import Recording
from tests.scenes import CHINA_BY_ONE_SOURCE, MINUTE, SINGAPORE, recording


def _sent_to(address: str) -> Recording:
    story = recording()
    for i in range(4):
        story.tls("data.metrics.example", address, up=9_000, at=i * 10 * MINUTE)
    return story


def one_source() -> Recording:
    return _sent_to(CHINA_BY_ONE_SOURCE)


def operators_list() -> Recording:
    return _sent_to(SINGAPORE)
