"""A vendor of the demo: accounts are served from Singapore."""

from captures.forging import Recording
from tests.scenes import MUMBAI, SINGAPORE, account

NAME = "api.account.handset.example"


def in_mumbai() -> Recording:
    return account(MUMBAI, name=NAME)


def in_singapore() -> Recording:
    return account(SINGAPORE, name=NAME)


def nobody_signed_in() -> Recording:
    return account(SINGAPORE, name="push.handset.example")
