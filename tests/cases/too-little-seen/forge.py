"""Too little was seen for any judgement."""

from captures.forging import SECOND, Recording
from tests.scenes import SINGAPORE, recording


def unanswered() -> Recording:
    story = recording("2017-09-10")
    story.dns("account.xiaomi.com", SINGAPORE)
    story.tls("account.xiaomi.com", SINGAPORE)
    story.frames = [frame for frame in story.frames if frame.ts <= story.frames[2].ts]
    return story


def look_up_only() -> Recording:
    story = recording("2017-09-10")
    story.dns("account.xiaomi.com", SINGAPORE)
    story.dns("account.xiaomi.com", SINGAPORE, at=30 * SECOND)
    return story
