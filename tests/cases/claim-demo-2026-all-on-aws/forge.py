"""A vendor of the demo: all servers at AWS in India and Singapore."""

from captures.forging import Recording
from tests.scenes import EDGE, MUMBAI, MUMBAI_GOOGLE, SINGAPORE, account, visit

NAME = "api.account.handset.example"


def at_google() -> Recording:
    return account(MUMBAI_GOOGLE, name=NAME)


def at_aws() -> Recording:
    story = account(SINGAPORE, name=NAME)
    visit(story, "cloud.india.handset.example", MUMBAI, up=3_000)
    return story


def edge() -> Recording:
    return account(EDGE, name=NAME)
