"""Only neighbours of the local network were contacted."""

from captures.forging import Recording
from tests.scenes import recording


def at_home() -> Recording:
    story = recording()
    story.mdns("_googlecast._tcp.local", "Demo-One.local")
    story.http("router.local", "10.42.0.1", "/status", reply=b"ok" * 200)
    return story
