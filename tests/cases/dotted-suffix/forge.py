"""A name that only looks like the vendor's."""

from captures.forging import Recording
from tests.scenes import BEIJING, recording, visit


def lookalikes() -> Recording:
    story = recording("2017-09-10")
    visit(story, "api.notmiui.com", BEIJING, up=9_000)
    visit(story, "miui.com.example.org", BEIJING, up=9_000)
    return story
