"""What the scenarios in tests/cases/ share: addresses, dates, a visit, a night of beats.

All handsets, names below ``.example`` and people are made up. Addresses are of
real networks, as where they stand is what is asked; nothing here says how any
real product behaves.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from captures.forging import SECOND, Recording

MINUTE, HOUR = 60 * SECOND, 3_600 * SECOND

# where they stand by the operators' lists of 2017 and of 2026 alike
SINGAPORE = "54.169.0.10"  # AWS ap-southeast-1
SINGAPORE_2 = "13.228.0.10"  # AWS ap-southeast-1
VIRGINIA = "52.0.0.10"  # AWS us-east-1
MUMBAI = "13.126.0.10"  # AWS ap-south-1
BEIJING = "54.222.0.10"  # AWS cn-north-1
MUMBAI_GOOGLE = "34.93.0.10"  # Google Cloud asia-south1, by the list of 2026
OREGON_THEN_IRELAND = "52.92.32.10"  # AWS us-west-2 in 2017, eu-west-1 since
MONTREAL_THEN_PARIS = "35.180.26.10"  # AWS ca-central-1 in 2017, eu-west-3 since
CHINA_BY_ONE_SOURCE = "219.142.0.10"  # China Telecom; one database alone
EDGE = "13.35.0.10"  # CloudFront
OTHER_EDGE = "104.18.0.10"  # Cloudflare
GOOGLE_EDGE = "142.251.42.10"
RESOLVER = "8.8.8.8"


def day(date: str) -> int:
    """Eight in the morning of a day, UTC, in ns."""
    return int(datetime.fromisoformat(date).replace(hour=8, tzinfo=UTC).timestamp()) * SECOND


def recording(date: str = "2026-10-14", **more: Any) -> Recording:
    """An empty recording that begins on a day."""
    return Recording(day(date), **more)


def visit(story: Recording, name: str, address: str, **tls: Any) -> None:
    """A look-up of a name, and a TLS session under it."""
    story.dns(name, address)
    story.tls(name, address, **tls)


def account(address: str, date: str = "2026-10-14", name: str = "account.xiaomi.com") -> Recording:
    """One sign-in under a name: 3 kB up, 4 kB down."""
    story = recording(date)
    visit(story, name, address, up=3_000)
    return story


def readable(story: Recording, name: str, address: str, size: int = 600) -> None:
    """An upload in clear: a form of so many bytes."""
    story.dns(name, address)
    story.http(name, address, "/v1/collect", method="POST", body=b"x" * size)


def as_bytes(story: Recording) -> bytes:
    """The capture file's bytes, to be cut or damaged."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "scene.pcapng")
        story.write(path)
        return path.read_bytes()
