"""A sentence of 2017 held against a recording of 2026."""

from captures.forging import Recording
from tests.scenes import BEIJING, MINUTE, SINGAPORE, recording, visit


def nine_years_on() -> Recording:
    return _used(recording("2026-10-14"))


def the_same_week() -> Recording:
    return _used(recording("2017-09-10"))


def _used(story: Recording) -> Recording:
    visit(story, "account.xiaomi.com", SINGAPORE, up=3_000)
    story.tls("account.xiaomi.com", SINGAPORE, at=5 * MINUTE)
    story.tls("api.io.mi.com", BEIJING, up=3_000, down=9_000, at=10 * MINUTE)
    return story
