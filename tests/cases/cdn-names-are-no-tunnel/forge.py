"""A delivery network's many names are no tunnel."""

from captures.forging import SECOND, Recording
from tests.scenes import OTHER_EDGE, recording


def shards() -> Recording:
    story = recording()
    for i in range(60):
        name = f"scontent-bom{i % 9}-{i}.xx.cdn-example.net"
        story.dns(name, OTHER_EDGE, at=i * 2 * SECOND)
        if i < 12:
            story.tls(name, OTHER_EDGE, down=600)
    return story


def long_but_wordy() -> Recording:
    story = recording()
    for i in range(40):
        name = f"images-of-the-summer-festival-in-the-old-town-page-{i}.media.example.net"
        story.dns(name, OTHER_EDGE, at=i * 2 * SECOND)
    return story
