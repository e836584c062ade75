"""Everything was answered at a network edge."""

from captures.forging import Recording
from tests.scenes import EDGE, GOOGLE_EDGE, OTHER_EDGE, account, visit


def edges() -> Recording:
    story = account(EDGE)
    visit(story, "static.xiaomi.com", OTHER_EDGE, up=5_000)
    story.quic("www.google.com", GOOGLE_EDGE)
    return story
