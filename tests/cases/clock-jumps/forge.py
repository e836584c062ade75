"""A recording whose clock jumped backwards."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from captures.forging import write_pcap
from captures.forging.containers import ETHERNET
from tests.scenes import HOUR, SINGAPORE, account, visit


def set_back() -> bytes:
    story = account(SINGAPORE)
    visit(story, "api.io.mi.com", SINGAPORE)
    half = len(story.frames) // 2
    later = [replace(frame, ts=frame.ts - HOUR) for frame in story.frames[half:]]
    with TemporaryDirectory() as folder:
        write_pcap(Path(folder, "x.pcap"), [*story.frames[:half], *later], ETHERNET)
        return Path(folder, "x.pcap").read_bytes()
