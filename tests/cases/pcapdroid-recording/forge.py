"""Recorded on the phone itself, with app names."""

from captures.forging import MS, Recording
from tests.scenes import SINGAPORE, VIRGINIA, recording, visit


def on_the_phone() -> Recording:
    story = recording("2017-09-10")
    visit(
        story, "account.xiaomi.com", SINGAPORE, up=3_000, rtt=MS, app=(1_000, "com.xiaomi.account")
    )
    visit(story, "api.io.mi.com", VIRGINIA, rtt=MS, app=(10_100, "com.mi.home"))
    return story


def beside_the_phone() -> Recording:
    story = recording("2017-09-10")
    visit(story, "api.io.mi.com", VIRGINIA, rtt=MS)
    return story
