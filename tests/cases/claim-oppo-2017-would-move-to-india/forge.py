"""OPPO 2017: offered to move servers to India."""

from captures.forging import Recording
from tests.scenes import MUMBAI, SINGAPORE, account

NAME = "data.ocs.heytapmobile.com"


def in_mumbai() -> Recording:
    return account(MUMBAI, "2017-09-10", NAME)


def in_singapore() -> Recording:
    return account(SINGAPORE, "2017-09-10", NAME)
