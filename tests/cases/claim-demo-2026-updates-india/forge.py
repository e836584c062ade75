"""A vendor of the demo: updates and themes come from India."""

from captures.forging import Recording
from tests.scenes import EDGE, MUMBAI, SINGAPORE, account

NAME = "static.handset.example"


def in_singapore() -> Recording:
    return account(SINGAPORE, name=NAME)


def in_mumbai() -> Recording:
    return account(MUMBAI, name=NAME)


def edge() -> Recording:
    return account(EDGE, name=NAME)
