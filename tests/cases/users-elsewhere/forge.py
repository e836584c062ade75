"""A sentence about users in India, a handset in Germany."""

from captures.forging import Recording
from tests.scenes import BEIJING, account


def in_germany() -> Recording:
    return account(BEIJING, "2017-09-10")


def in_india() -> Recording:
    return account(BEIJING, "2017-09-10")
