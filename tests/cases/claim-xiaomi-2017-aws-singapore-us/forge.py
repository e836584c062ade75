"""Xiaomi 2017: all servers at AWS in Singapore and the US."""

from captures.forging import Recording
from tests.scenes import BEIJING, EDGE, MUMBAI, SINGAPORE, VIRGINIA, account, visit


def mumbai() -> Recording:
    story = account(SINGAPORE, "2017-09-10")
    visit(story, "data.mistat.xiaomi.com", MUMBAI, up=3_000)
    return story


def beijing() -> Recording:
    story = account(SINGAPORE, "2017-09-10")
    visit(story, "data.mistat.xiaomi.com", BEIJING, up=3_000)
    return story


def singapore_and_virginia() -> Recording:
    story = account(SINGAPORE, "2017-09-10")
    visit(story, "api.io.mi.com", VIRGINIA, up=3_000)
    return story


def edge() -> Recording:
    return account(EDGE, "2018-03-01")
