"""Checks of the way out are readable on purpose."""

from captures.forging import Recording
from tests.scenes import GOOGLE_EDGE, MUMBAI, recording, visit


def checks() -> Recording:
    story = recording()
    story.dns("connectivitycheck.gstatic.com", GOOGLE_EDGE)
    for i in range(6):
        at = i * 60 * 10**9
        story.http("connectivitycheck.gstatic.com", GOOGLE_EDGE, "/generate_204", at=at + 10**9)
    visit(story, "cloud.india.handset.example", MUMBAI, down=9_000)
    return story
