"""Xiaomi 2017: servers were moved from China."""

from captures.forging import Recording
from tests.scenes import BEIJING, CHINA_BY_ONE_SOURCE, SINGAPORE, VIRGINIA, account, visit


def listed_in_beijing() -> Recording:
    return account(BEIJING, "2017-09-10")


def one_source_says_china() -> Recording:
    return account(CHINA_BY_ONE_SOURCE, "2017-09-10")


def elsewhere() -> Recording:
    story = account(SINGAPORE, "2017-09-10")
    visit(story, "api.io.mi.com", VIRGINIA, up=3_000)
    return story
