"""A planted IMEI, written in twelve ways."""

import base64
import gzip
import hashlib
import json
from urllib.parse import quote

from captures.forging import Recording
from tests.scenes import MUMBAI, recording, visit

IMEI = "004999012345673"  # a test TAC: no handset has it
RAW = IMEI.encode()
SHA1 = hashlib.sha1(RAW)
WAYS = [
    RAW,
    hashlib.md5(RAW).hexdigest().encode(),
    SHA1.hexdigest().encode(),
    hashlib.sha256(RAW).hexdigest().upper().encode(),
    base64.b64encode(RAW),
    base64.b64encode(b"id:" + RAW),
    base64.urlsafe_b64encode(SHA1.digest()),
    RAW.hex().encode(),
    quote("".join(f"%{byte:02X}" for byte in RAW)).encode(),
    gzip.compress(json.dumps({"device": IMEI}).encode(), mtime=0),
    base64.b64encode(gzip.compress(json.dumps({"imei": IMEI}).encode(), mtime=0)),
    IMEI.encode("utf-16-le"),
]


def in_clear() -> Recording:
    story = recording()
    for way in WAYS:
        story.http("log.metrics.example", MUMBAI, "/c", method="POST", body=b"v=" + way)
    return story


def without_a_sheet() -> Recording:
    return in_clear()


def encrypted() -> Recording:
    story = recording()
    visit(story, "log.metrics.example", MUMBAI, up=3_000)
    return story
