"""A contact that the baseline does not know."""

from captures.forging import Recording
from tests.scenes import MUMBAI, SINGAPORE, account, visit


def trusted() -> Recording:
    story = account(SINGAPORE)
    visit(story, "update.miui.com", MUMBAI)
    return story


def same_again() -> Recording:
    return trusted()


def after_an_update() -> Recording:
    story = trusted()
    visit(story, "collect.tracker.example", "3.80.0.10", up=6_000)
    return story
