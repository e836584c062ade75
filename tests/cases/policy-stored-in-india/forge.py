"""The demand that data is stored in India."""

from captures.forging import Recording
from tests.scenes import EDGE, MUMBAI, SINGAPORE, account, visit


def met() -> Recording:
    return account(MUMBAI)


def not_met() -> Recording:
    story = account(MUMBAI)
    visit(story, "data.mistat.xiaomi.com", SINGAPORE, up=9_000)
    return story


def edge() -> Recording:
    return account(EDGE)
