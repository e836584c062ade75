"""Content sent by way of look-ups."""

from base64 import b32encode
from random import Random

from captures.forging import SECOND, Recording
from tests.scenes import recording


def tunnel() -> Recording:
    story, draw = recording(), Random(11)
    for i in range(80):
        label = b32encode(draw.randbytes(35)).decode().lower()
        story.dns(f"{label}.t.exfil.example.net", "192.0.2.1", at=i * 2 * SECOND)
    return story
