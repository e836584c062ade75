"""Conversations that began before the recording."""

from captures.forging import Recording, Step
from captures.forging.tls import filler
from tests.scenes import BEIJING, recording


def missed() -> Recording:
    story = recording("2017-09-10")
    records = b"\x17\x03\x03\x03\xe8" + filler(1_000, "late")
    story.tcp(BEIJING, 443, [Step(True, records), Step(False, records)], opened=False)
    return story
