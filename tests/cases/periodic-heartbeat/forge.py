"""A heartbeat is found."""

from captures.forging import SECOND, Recording, Step
from tests.scenes import MINUTE, MUMBAI, recording


def beats() -> Recording:
    story = recording()
    for beat in range(18):
        at = beat * 10 * MINUTE + beat % 5 * SECOND
        story.tls("push.handset.example", MUMBAI, up=200, down=200, at=at)
    return story


def within_one_conversation() -> Recording:
    story = recording()
    beats = [step for beat in range(12) for step in _beat(10 * MINUTE + beat % 5 * SECOND)]
    story.tls("push.handset.example", MUMBAI, port=5223, steps=beats, closed=False)
    return story


def at_random_within_one() -> Recording:
    story = recording()
    gaps = (3, 41, 7, 12, 1, 25, 9, 2, 16, 5, 30, 4)  # minutes; ten on average, drawn once
    beats = [step for gap in gaps for step in _beat(gap * MINUTE)]
    story.tls("push.handset.example", MUMBAI, port=5223, steps=beats, closed=False)
    return story


def _beat(after: int) -> list[Step]:
    return [Step(True, bytes(32), after), Step(False, bytes(32))]
