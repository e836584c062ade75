"""Xiaomi 2017: encrypted to the highest degree."""

from captures.forging import Recording
from tests.scenes import SINGAPORE, account, readable, recording, visit


def readable_upload() -> Recording:
    story = account(SINGAPORE, "2017-09-10")
    readable(story, "tracking.miui.com", SINGAPORE)
    return story


def outdated() -> Recording:
    story = recording("2017-09-10")
    visit(story, "account.xiaomi.com", SINGAPORE, version="1.0", up=3_000)
    return story


def current() -> Recording:
    return account(SINGAPORE, "2017-09-10")


def connectivity_check() -> Recording:
    story = recording("2017-09-10")
    story.dns("connect.rom.miui.com", SINGAPORE)
    story.http("connect.rom.miui.com", SINGAPORE, "/generate_204", status="204 No Content")
    return story
