"""A capture file that is damaged in the middle."""

from captures.forging import Recording
from tests.scenes import MUMBAI, SINGAPORE, account, as_bytes, visit


def _story() -> Recording:
    story = account(SINGAPORE, "2017-09-10")
    visit(story, "cloud.mi.com", MUMBAI, up=20_000)
    return story


def cut() -> bytes:
    whole = as_bytes(_story())
    return whole[: len(whole) * 2 // 3 + 1]


def garbled() -> bytes:
    whole = bytearray(as_bytes(_story()))
    middle = len(whole) * 2 // 3
    whole[middle:] = b"\xff" * (len(whole) - middle)
    return bytes(whole)


def whole() -> Recording:
    return _story()
