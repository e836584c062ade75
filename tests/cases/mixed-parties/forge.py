"""First and third parties in one recording."""

from captures.forging import Recording
from tests.scenes import BEIJING, GOOGLE_EDGE, SINGAPORE, account, visit


def three_parties() -> Recording:
    story = account(SINGAPORE, "2017-09-10")
    visit(story, "alog.umeng.com", BEIJING, up=9_000)
    visit(story, "www.google.com", GOOGLE_EDGE)
    return story
