"""A name says India, its address stands elsewhere."""

from captures.forging import Recording
from tests.scenes import CHINA_BY_ONE_SOURCE, MUMBAI, SINGAPORE, account

NAME = "tracking.india.miui.com"


def singapore() -> Recording:
    return account(SINGAPORE, name=NAME)


def mumbai() -> Recording:
    return account(MUMBAI, name=NAME)


def china_by_one_source() -> Recording:
    return account(CHINA_BY_ONE_SOURCE, name=NAME)
