"""Names by DNS for flows that said none themselves, and a reason for each that stays nameless.

Rules of this file
- An answer counts only for the host that got it, and only if it came before the flow began.
- A host is its address, or another address of the same link-layer station.
"""

from __future__ import annotations

from bisect import bisect_right

from analyzer import addresses
from analyzer.model import DnsAnswer, Flow, NameSource, WhyNoName

_UNSPOKEN = (NameSource.NONE, NameSource.PAYLOAD)
_NO_HOST = ("0.0.0.0", "::")  # noqa: S104 - a host before it has an address
_Times = dict[tuple[str, str], list[tuple[int, int]]]


def name_flows(flows: list[Flow], answers: list[DnsAnswer]) -> None:
    """Name flows by the DNS answer to their client for their server, nearest before them.

    Changes the flows in place; afterwards each has a name or exactly one reason.
    """
    stations = _stations(flows)
    exact = _index(answers, {})
    by_station = _index(answers, stations)
    hidden = _first_encrypted(flows, stations)
    for flow in flows:
        if flow.name_source in _UNSPOKEN:
            answer = _answer(flow, flow.client_ip, exact, answers) or _answer(
                flow, stations.get(flow.client_ip, flow.client_ip), by_station, answers
            )
            if answer is not None:
                flow.name, flow.name_frame = answer.name, answer.frame
                flow.name_source = NameSource.DNS
        _settle(flow, hidden.get(stations.get(flow.client_ip, flow.client_ip)))


def _stations(flows: list[Flow]) -> dict[str, str]:
    """Client address to the station it sends from: its MAC.

    A station with several addresses of one family may be a router with many
    hosts behind it: its addresses stay apart.
    """
    found: dict[str, set[str]] = {}
    for flow in flows:
        if flow.client_mac and flow.client_ip not in _NO_HOST:
            found.setdefault(flow.client_mac, set()).add(flow.client_ip)
    return {
        address: mac
        for mac, own in found.items()
        if sum(":" not in address for address in own) <= 1
        for address in own
    }


def _index(answers: list[DnsAnswer], stations: dict[str, str]) -> _Times:
    """(asker, address) to the sorted times of its answers and their places in the list."""
    times: _Times = {}
    for place, answer in enumerate(answers):
        asker = stations.get(answer.asker, answer.asker)
        times.setdefault((asker, answer.address), []).append((answer.ts, place))
    for entries in times.values():
        entries.sort()
    return times


def _answer(flow: Flow, asker: str, times: _Times, answers: list[DnsAnswer]) -> DnsAnswer | None:
    """The latest answer that came before the flow began."""
    entries = times.get((asker, flow.server_ip))
    if entries is None:
        return None
    place = bisect_right(entries, (flow.first, len(answers))) - 1
    return answers[entries[place][1]] if place >= 0 else None


def _first_encrypted(flows: list[Flow], stations: dict[str, str]) -> dict[str, int]:
    """Host to the time from which it asked names out of sight."""
    first: dict[str, int] = {}
    for flow in flows:
        if flow.encrypted_dns and not flow.decrypted:
            host = stations.get(flow.client_ip, flow.client_ip)
            first[host] = min(first.get(host, flow.first), flow.first)
    return first


def _settle(flow: Flow, hidden_since: int | None) -> None:
    """Exactly one reason without a name, none with one."""
    if flow.name_source is not NameSource.NONE:
        flow.why_no_name = None
        return
    why = flow.why_no_name
    if why is None and flow.late_start and flow.proto == "tcp":
        why = WhyNoName.STARTED_LATE
    if why in (None, WhyNoName.NOT_PARSED):
        asked = hidden_since is not None and hidden_since <= flow.first
        asked = asked and flow.encrypted_dns is None and _global(flow.server_ip)
        why = WhyNoName.ENCRYPTED_DNS if asked else WhyNoName.NOT_PARSED
    flow.why_no_name = why


def _global(address: str) -> bool:
    """Whether an address is one of the public Internet: others are never looked up there."""
    try:
        return addresses.kind(address) == "public"
    except ValueError:
        return False
