"""The flows one finding is about, added up: numbers, operators, owners, names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from analyzer import labels
from analyzer.judge import words
from analyzer.judge.kinds import Kind, Scene
from analyzer.model import Certainty, Endpoint, Flow


@dataclass(slots=True)
class Group:
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
        return all(self.numbers[name] >= amount for name, amount in least.items())


def bytes_up(kinds: list[Kind]) -> int:
    """Bytes up of some fine kinds."""
    return sum(flow.bytes_up for kind in kinds for flow in kind.flows)


def _numbers(group: Group) -> dict[str, int]:
    """The numbers of rules.NUMBERS."""
    flows, requests = group.flows, group.scene.requests
    return {
        "flows": len(flows),
        "endpoints": len(group.endpoints),
        "packets": sum([flow.packets_up + flow.packets_down for flow in flows]),
        "bytes_up": sum([flow.bytes_up for flow in flows]),
        "bytes_down": sum([flow.bytes_down for flow in flows]),
        "payload_up": sum([flow.payload_up for flow in flows]),
        "payload_down": sum([flow.payload_down for flow in flows]),
        "requests": sum([requests[flow.id] for flow in flows]) if requests else 0,
    }


def certainties(group: Group) -> dict[str, int]:
    """How many addresses have a place of each certainty, the surest first."""
    found = Counter(
        endpoint.place.location.certainty for endpoint in group.endpoints.values() if endpoint
    )
    return {str(certainty): found[certainty] for certainty in Certainty if found[certainty]}


def operators(group: Group) -> list[tuple[str, int]]:
    """Who runs the addresses, with how many each, most first."""
    return _tally(group, _operator)


def owners(group: Group) -> list[tuple[str, int]]:
    """Who owns the names the addresses were reached under."""
    return _tally(group, lambda endpoint: endpoint.owner.name if endpoint.owner else None)


def names(group: Group) -> list[str]:
    """Names contacted, most bytes up first."""
    up: Counter[str] = Counter()
    for kind in group.kinds:
        if kind.flow.name:
            up[kind.flow.name] += sum([flow.bytes_up for flow in kind.flows])
    return [words.clean(name) for name in sorted(up, key=lambda name: (-up[name], name))]


def values(group: Group, fact: str) -> list[str]:
    """The known values of a fact in a group, in order."""
    found = {kind[fact] for kind in group.kinds}
    return sorted(words.clean(str(value)) for value in found if value is not None)


def _tally(group: Group, what: Callable[[Endpoint], str | None]) -> list[tuple[str, int]]:
    found = Counter(what(endpoint) for endpoint in group.endpoints.values() if endpoint)
    named = [(words.clean(name), count) for name, count in found.items() if name]
    return sorted(named, key=lambda item: (-item[1], item[0]))


def _operator(endpoint: Endpoint) -> str | None:
    """The provider, else the network that announces the address."""
    place = endpoint.place
    return labels.provider(place.provider) or place.operator.name
