"""Xiaomi 2014: data moved from Beijing by the end of the year."""

from captures.forging import Recording
from tests.scenes import BEIJING, SINGAPORE, account


def beijing() -> Recording:
    return account(BEIJING, "2017-09-10", name="api.account.xiaomi.com")


def singapore() -> Recording:
    return account(SINGAPORE, "2017-09-10", name="api.account.xiaomi.com")


def too_early() -> Recording:
    return account(BEIJING, "2014-11-10", name="api.account.xiaomi.com")
