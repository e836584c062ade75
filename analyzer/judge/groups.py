"""The flows one finding is about, added up: numbers, operators, owners, names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

from analyzer.judge import words
from analyzer.judge.facts import operator
from analyzer.judge.kinds import Kind, Scene
from analyzer.model import Certainty, Endpoint, Flow
from analyzer.record import Record, field

LOOKUPS = frozenset(("dns", "mdns", "llmnr", "httpdns", "ntp"))
"""Protocols that only ask for names or for the time; so do ``encrypted_dns`` flows."""

PING = 64
"""Payload bytes of a packet of ICMP, up to which it may be a ping as programs send it: 56."""

COMBINED = 1_000
"""Combinations of handset, address and port looked at to see whether a filter tells them apart."""


class Group(Record):
    """Fine kinds that belong to one finding."""

    key: str  # what they have in common, "" where it is only the rule
    scene: Scene
    kinds: list[Kind]
    flows: list[Flow] = field(default_factory=list)
    endpoints: dict[str, Endpoint | None] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def total(self) -> Group:
        """Itself, with flows, endpoints and numbers filled in."""
        self.flows = [flow for kind in self.kinds for flow in kind.flows]
        self.endpoints = {kind.flow.server_ip: kind.endpoint for kind in self.kinds}
        self.numbers = _numbers(self)
        return self

    def reaches(self, least: Mapping[str, float]) -> bool:
        """Whether every number named is large enough."""
        return reached(self.numbers, least)


def reached(numbers: Mapping[str, Any], least: Mapping[str, float]) -> bool:
    """Whether every number named is there and large enough."""
    return all(numbers.get(name, 0) >= amount for name, amount in least.items())


def narrowed(group: Group, flows: Sequence[Flow]) -> Group:
    """The part of a group that some of its flows make."""
    wanted = {flow.id for flow in flows}
    if len(wanted) == len(group.flows):
        return group
    parts = ((kind, [flow for flow in kind.flows if flow.id in wanted]) for kind in group.kinds)
    return Group(group.key, group.scene, [kind.part(some) for kind, some in parts if some]).total()


def bytes_up(kinds: list[Kind]) -> int:
    """Bytes up of some fine kinds."""
    return sum([_sums(kind)[2] for kind in kinds])


def _numbers(group: Group) -> dict[str, int]:
    """The numbers of rules.NUMBERS."""
    sums = [_sums(kind) for kind in group.kinds]
    flows, packets, up, down, payload_up, payload_down, content_up, requests = map(
        sum, zip(*sums, strict=True)
    )
    asking = [each for kind, each in zip(group.kinds, sums, strict=True) if is_lookup(kind.flow)]
    return {
        "flows": flows,
        "endpoints": len(group.endpoints),
        "packets": packets,
        "bytes_up": up,
        "bytes_down": down,
        "payload_up": payload_up,
        "payload_down": payload_down,
        "lookups_up": sum([each[2] for each in asking]),
        "content_up": content_up,
        "requests": requests,
    }


def _sums(kind: Kind) -> tuple[int, ...]:
    """Flows, packets, bytes up and down, payload up and down, content up, requests of a kind."""
    if not kind.sums:
        flows, requests = kind.flows, kind.scene.requests
        kind.sums = (
            len(flows),
            sum([flow.packets_up + flow.packets_down for flow in flows]),
            sum([flow.bytes_up for flow in flows]),
            sum([flow.bytes_down for flow in flows]),
            sum([flow.payload_up for flow in flows]),
            sum([flow.payload_down for flow in flows]),
            sum([flow.payload_up for flow in flows if has_content(flow)]),
            sum([requests[flow.id] for flow in flows]) if requests else 0,
        )
    return kind.sums


def is_lookup(flow: Flow) -> bool:
    """Whether it only asks for names or for the time."""
    return flow.app_protocol in LOOKUPS or flow.encrypted_dns is not None


def has_content(flow: Flow) -> bool:
    """Whether what it sends is content: no look-ups; and of ICMP neither errors, which quote
    packets and are not answered, nor pings of the usual size. More than that may be a tunnel."""
    if flow.proto in ("icmp", "icmpv6"):
        answered = flow.opened_by_client and flow.payload_down > 0
        return answered and flow.payload_up > PING * flow.packets_up
    return not is_lookup(flow)


def clients(group: Group) -> set[str]:
    """The handsets' addresses that take part."""
    return {kind.flow.client_ip for kind in group.kinds}


def handsets(group: Group) -> list[str]:
    """The handsets that take part, each by its first address; none if none is known."""
    known, phones = group.scene.handsets, group.scene.result.handsets
    places = {known[address] for address in clients(group) if address in known}
    return [phones[place].addresses[0] for place in sorted(places)]


def is_shared(group: Group) -> bool:
    """Whether some other host of the recording spoke with these addresses too."""
    peers, ours = group.scene.peers, clients(group)
    return any(not peers.get(address, ours) <= ours for address in group.endpoints)


def is_crowded(group: Group) -> bool:
    """Whether these handsets had other conversations with these addresses at these ports."""
    ports = {(kind.flow.proto, kind.flow.server_port) for kind in group.kinds}
    who, talks = clients(group), group.scene.talks
    if len(who) * len(group.endpoints) * len(ports) > COMBINED:
        return False  # no filter could tell so many apart
    services = product(who, group.endpoints, ports)
    return sum(talks[client, server, *port] for client, server, port in services) > len(group.flows)


def certainties(group: Group) -> dict[str, int]:
    """How many addresses have a place of each certainty, the surest first."""
    found = Counter(
        endpoint.place.location.certainty for endpoint in group.endpoints.values() if endpoint
    )
    return {str(certainty): found[certainty] for certainty in Certainty if found[certainty]}


def operators(group: Group) -> list[tuple[str, int]]:
    """Who runs the addresses, with how many each, most first."""
    return _tally(group, operator)


def addresses(group: Group) -> list[str]:
    """The addresses of the endpoints, most bytes up first."""
    up: Counter[str] = Counter()
    for kind in group.kinds:
        up[kind.flow.server_ip] += _sums(kind)[2]
    return sorted(up, key=lambda address: (-up[address], address))


def places(group: Group) -> dict[Certainty, list[str]]:
    """Countries by how sure they are, for certainties that name none an empty list."""
    found: dict[Certainty, set[str]] = {}
    for endpoint in group.endpoints.values():
        if endpoint is not None:
            location = endpoint.place.location
            named = {location.country} if location.country else set()
            found.setdefault(location.certainty, set()).update(named)
    return {sure: sorted(found[sure]) for sure in Certainty if sure in found}


def owners(group: Group) -> list[tuple[str, int]]:
    """Who owns the names the addresses were reached under."""
    return _tally(group, lambda endpoint: endpoint.owner.name if endpoint.owner else None)


def names(group: Group) -> list[str]:
    """Names contacted, most bytes up first."""
    up: Counter[str] = Counter()
    for kind in group.kinds:
        if kind.flow.name:
            up[kind.flow.name] += _sums(kind)[2]
    return [words.clean(name) for name in sorted(up, key=lambda name: (-up[name], name))]


def values(group: Group, fact: str) -> list[str]:
    """The known values of a fact in a group, in order."""
    found = {kind[fact] for kind in group.kinds}
    return sorted(words.clean(str(value)) for value in found if value is not None)


def _tally(group: Group, what: Callable[[Endpoint], str | None]) -> list[tuple[str, int]]:
    found = Counter(what(endpoint) for endpoint in group.endpoints.values() if endpoint)
    named = [(words.clean(name), count) for name, count in found.items() if name]
    return sorted(named, key=lambda item: (-item[1], item[0]))
