"""The score grows with what left home, not with downloads."""

from captures.forging import Recording
from tests.scenes import HOUR, MUMBAI, SINGAPORE, recording


def _two_hours(up: int, down: int) -> Recording:
    story = recording()
    for i in range(5):
        story.tls("cloud.metrics.example", SINGAPORE, up=up, down=down, at=i * HOUR // 2)
        story.tls("maps.metrics.example", MUMBAI, up=2_000, down=2_000)
    return story


def downloads() -> Recording:
    return _two_hours(300, 400_000)


def uploads() -> Recording:
    return _two_hours(400_000, 300)
