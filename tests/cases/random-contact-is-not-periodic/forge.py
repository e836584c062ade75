"""Contact at random times of the same rate is not periodic."""

from random import Random

from captures.forging import Recording, Step
from tests.scenes import MINUTE, MUMBAI, recording


def at_random() -> Recording:
    story, draw, at = recording(), Random(7), 0.0
    for _ in range(18):
        at += draw.expovariate(1 / (10 * MINUTE))
        story.tls("push.handset.example", MUMBAI, up=200, down=200, at=int(at))
    return story


def forty_servers() -> Recording:
    story, draw = recording(), Random(21)
    for server in range(40):
        at = 0.0
        for _ in range(12):
            at += draw.expovariate(1 / (10 * MINUTE))
            steps = [Step(True, b"news?"), Step(False, b"none")]
            story.udp(f"13.126.0.{server + 20}", 9_000, steps, at=int(at))
    return story
