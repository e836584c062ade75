"""A protocol nobody knows, readable all the same."""

from random import Random

from captures.forging import Recording, Step
from tests.scenes import SINGAPORE, recording


def _sent(data: bytes) -> Recording:
    story = recording()
    story.dns("log.metrics.example", SINGAPORE)
    story.tcp(SINGAPORE, 9_100, [Step(True, data), Step(False, data[:200])])
    return story


def words() -> Recording:
    return _sent(b"screen on; app opened: maps; city: Pune; screen off; " * 20)


def noise() -> Recording:
    return _sent(Random(3).randbytes(1_100))
