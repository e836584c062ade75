"""DNS over HTTPS hides which names were asked."""

from captures.forging import SECOND, Recording, Step
from tests.scenes import RESOLVER, SINGAPORE, recording


def asked_over_https() -> Recording:
    story = recording("2017-09-10")
    story.doh("dns.google", RESOLVER, queries=6)
    story.tls(None, SINGAPORE, up=3_000, at=20 * SECOND)
    story.tcp(SINGAPORE, 9_000, [Step(True, b"\x01\x02\x03" * 200), Step(False, b"\x04" * 90)])
    return story
