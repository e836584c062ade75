"""Any vendor: all traffic to our services is encrypted."""

from captures.forging import Recording
from tests.scenes import MUMBAI, SINGAPORE, account, readable


def readable_upload() -> Recording:
    story = account(SINGAPORE, name="account.handset.example")
    readable(story, "tracking.india.handset.example", MUMBAI)
    return story


def anothers_upload() -> Recording:
    story = account(SINGAPORE, name="account.handset.example")
    readable(story, "events.metrics.example", MUMBAI)
    return story


def nobodys_but_anothers() -> Recording:
    return account(SINGAPORE, name="www.metrics.example")
