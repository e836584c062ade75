"""Encoded and compressed content is not encrypted."""

import base64
import gzip
import json
from random import Random

from captures.forging import Recording, Step
from tests.scenes import MUMBAI, recording

DRAW = Random(5)
REPORT = json.dumps([{"event": "opened", "app": f"app {DRAW.random()}"} for _ in range(60)])


def _sent(data: bytes) -> Recording:
    story = recording()
    story.dns("log.metrics.example", MUMBAI)
    story.tcp(MUMBAI, 9_000, [Step(True, data), Step(False, b"ok")])
    return story


def text() -> Recording:
    return _sent(REPORT.encode())


def in_base64() -> Recording:
    return _sent(base64.b64encode(REPORT.encode()))


def in_gzip() -> Recording:
    return _sent(gzip.compress(REPORT.encode(), mtime=0))


def gzip_in_base64() -> Recording:
    return _sent(base64.b64encode(gzip.compress(REPORT.encode(), mtime=0)))


def random() -> Recording:
    return _sent(Random(9).randbytes(2_000))
