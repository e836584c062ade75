"""Recorded behind the router's address translation."""

from captures.forging import Host, Recording
from tests.scenes import SINGAPORE, recording

ROUTER = Host("203.0.113.77", "02:00:5e:00:53:14")


def outside() -> Recording:
    story = recording(handset=ROUTER, gateway=Host("203.0.113.1", "00:00:5e:00:53:01"))
    story.tls("account.xiaomi.com", SINGAPORE, up=9_000, down=300)
    return story


def address_given() -> Recording:
    return outside()
