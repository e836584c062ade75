"""What left home readable makes the score."""

from captures.forging import Recording
from tests.scenes import MINUTE, MUMBAI, SINGAPORE, recording

SERIAL = b"DEMO0000000001"


def in_clear_abroad() -> Recording:
    story = recording()
    for i in range(7):
        body = b'{"serial": "' + SERIAL + b'", "pages": "' + b"read " * 400 + b'"}'
        story.http(
            "log.metrics.example", SINGAPORE, "/c", method="POST", body=body, at=i * 11 * MINUTE
        )
    return story


def encrypted_at_home() -> Recording:
    story = recording()
    for i in range(7):
        story.tls("log.metrics.example", MUMBAI, up=2_000, at=i * 11 * MINUTE + i % 3 * MINUTE)
    return story
