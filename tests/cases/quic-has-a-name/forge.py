"""A server name inside a QUIC handshake."""

from captures.forging import Recording
from tests.scenes import SINGAPORE, SINGAPORE_2, recording


def both_versions() -> Recording:
    story = recording("2026-10-14")
    story.quic("account.xiaomi.com", SINGAPORE, up=3_000, version="v1")
    story.quic("api.io.mi.com", SINGAPORE_2, up=3_000, version="v2")
    return story
