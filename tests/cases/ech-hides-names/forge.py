"""Encrypted Client Hello hides whom the handset meant."""

from captures.forging import Recording
from tests.scenes import OTHER_EDGE, recording


def hidden() -> Recording:
    story = recording("2017-09-10")
    story.tls("cloudflare-ech.com", OTHER_EDGE, ech=True, up=9_000)
    return story
