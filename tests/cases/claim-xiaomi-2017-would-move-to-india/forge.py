"""Xiaomi 2017: would move to India once a provider is there."""

from captures.forging import Recording
from tests.scenes import MUMBAI, SINGAPORE, account


def in_mumbai() -> Recording:
    return account(MUMBAI, "2017-09-10")


def in_singapore() -> Recording:
    return account(SINGAPORE, "2017-09-10")
