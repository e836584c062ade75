"""Whose conversations belong together over time: one handset, one endpoint.

Shared by the tests that look at more than one conversation at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from analyzer.judge.kinds import Scene
from analyzer.model import Flow


class Who(NamedTuple):
    """One handset and one endpoint, by the handset's place in the result or its address."""

    handset: int | str
    endpoint: str  # its name, else its address


def handset_of(at: Scene, address: str) -> int | str:
    """The handset an address belongs to, all of one handset's being the same; else itself."""
    return at.handsets.get(address, address)


def by_endpoint(at: Scene, flows: Iterable[Flow]) -> dict[Who, list[Flow]]:
    """Conversations of each handset with each endpoint, in order of their first packets."""
    found: dict[Who, list[Flow]] = {}
    for flow in sorted(flows, key=lambda flow: (flow.first, flow.id)):
        who = Who(handset_of(at, flow.client_ip), flow.name or flow.server_ip)
        found.setdefault(who, []).append(flow)
    return found


def key(at: Scene, who: Who) -> str:
    """What tells a finding about them apart; the handset only where there are several."""
    if len(at.result.handsets) == 1:
        return who.endpoint
    phone = who.handset
    shown = at.result.handsets[phone].addresses[0] if isinstance(phone, int) else phone
    return f"{who.endpoint} from {shown}"
