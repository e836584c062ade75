"""Two handsets behind one gateway."""

from captures.forging import Host, Recording
from tests.scenes import MUMBAI, SINGAPORE, recording

SECOND_ONE = Host("10.42.0.21", "02:00:5e:00:53:15")


def two() -> Recording:
    story = recording()
    story.dns("account.xiaomi.com", SINGAPORE)
    story.tls("account.xiaomi.com", SINGAPORE, up=3_000)
    story.dns("events.metrics.example", MUMBAI, client=SECOND_ONE)
    story.http(
        "events.metrics.example", MUMBAI, "/e", method="POST", body=b"x" * 900, client=SECOND_ONE
    )
    return story
