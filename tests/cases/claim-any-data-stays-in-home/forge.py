"""Any vendor: user data stays in the user's country."""

from captures.forging import Recording
from tests.scenes import EDGE, SINGAPORE, account

NAME = "account.handset.example"


def abroad() -> Recording:
    return account(SINGAPORE, name=NAME)


def at_home() -> Recording:
    return account(SINGAPORE, name=NAME)


def edge() -> Recording:
    return account(EDGE, name=NAME)
