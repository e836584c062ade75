"""Certificates on the day of the recording."""

from datetime import UTC, datetime, timedelta

from captures.forging import Certificate, Recording
from tests.scenes import MUMBAI, MUMBAI_GOOGLE, SINGAPORE, SINGAPORE_2, recording, visit

DAY = datetime(2026, 10, 14, tzinfo=UTC)
ADDRESSES = (MUMBAI, MUMBAI_GOOGLE, SINGAPORE)
ODD = "odd.metrics.example"


def _valid(*names: str, days: int = 30, issuer: str = "Example Forged CA") -> Certificate:
    return Certificate(names, DAY - timedelta(60), DAY + timedelta(days), issuer)


def _four_sites(odd: Certificate, days: int = 30) -> Recording:
    story = recording("2026-10-14")
    for i, address in enumerate(ADDRESSES):
        name = f"site{i}.metrics.example"
        visit(story, name, address, version="1.2", certificate=_valid(name, days=days))
    visit(story, ODD, SINGAPORE_2, version="1.2", certificate=odd)
    return story


def in_order() -> Recording:
    return _four_sites(_valid(ODD))


def expired() -> Recording:
    return _four_sites(_valid(ODD, days=-30))


def made_out_to_another() -> Recording:
    return _four_sites(_valid("www.other.example"))


def self_signed() -> Recording:
    return _four_sites(_valid(ODD, issuer=""))


def clock_wrong() -> Recording:
    return _four_sites(_valid(ODD, days=-30), days=-20)


def expired_by_today_only() -> Recording:
    return _four_sites(_valid(ODD, days=1))
