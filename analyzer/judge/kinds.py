"""Flows sorted into kinds, so that a rule looks at each kind once.

A phone makes thousands of conversations, but few kinds of them: same server,
same name, same protocol, same readability. No rule tells flows of one kind
apart; what differs (bytes, packets, times) is added up afterwards.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from analyzer.judge import facts
from analyzer.judge.policies import Policy
from analyzer.model import Certainty, Endpoint, Flow, Result


@dataclass(slots=True)
class Scene:
    """What all kinds of one capture share."""

    result: Result
    policy: Policy | None
    home: str | None
    endpoints: dict[str, Endpoint]
    requests: Counter[int]  # flow id -> requests seen in clear
    with_local_resolver: set[str] = field(default_factory=set)  # clients that ask one


class Kind(dict[str, Any]):
    """Flows of one kind as a dict of facts, each found out when first asked for."""

    __slots__ = ("endpoint", "flow", "flows", "scene")
    flow: Flow  # the first; it stands for all
    flows: list[Flow]
    endpoint: Endpoint | None
    scene: Scene

    def __init__(self, flow: Flow, endpoint: Endpoint | None, scene: Scene) -> None:
        super().__init__()
        self.flow = flow
        self.flows = [flow]
        self.endpoint = endpoint
        self.scene = scene

    def __missing__(self, name: str) -> Any:
        value = self[name] = facts.FACTS[name].get(self)
        return value


def scene(result: Result, policy: Policy | None) -> Scene:
    """The capture as the rules see it."""
    home = result.run.home or (policy.home if policy else None)
    endpoints = {endpoint.ip: endpoint for endpoint in result.endpoints}
    requests = Counter(seen.flow_id for seen in result.names if seen.source == "http_host")
    at = Scene(result, policy, home, endpoints, requests)
    at.with_local_resolver = {
        flow.client_ip
        for flow in result.flows
        if flow.app_protocol == "dns" and flow.packets_down and _is_private(at, flow.server_ip)
    }
    return at


def kinds(at: Scene) -> list[Kind]:
    """Every flow in exactly one kind, in the order of their first flows."""
    found: dict[tuple[object, ...], Kind] = {}
    for flow in at.result.flows:
        key = _key(flow)
        kind = found.get(key)
        if kind is None:
            found[key] = Kind(flow, at.endpoints.get(flow.server_ip), at)
        else:
            kind.flows.append(flow)
    return list(found.values())


def _key(flow: Flow) -> tuple[object, ...]:
    """Everything the facts of facts.py look at."""
    tls = flow.tls
    return (
        flow.server_ip,
        flow.server_port,
        flow.proto,
        flow.name,
        flow.client_ip,
        flow.app_protocol,
        flow.encrypted,
        flow.encrypted_dns,
        flow.app,
        flow.late_start,
        flow.why_no_name,
        tls and (tls.version, tls.cipher is None, tls.ech),
    )


def _is_private(at: Scene, address: str) -> bool:
    endpoint = at.endpoints.get(address)
    return endpoint is not None and endpoint.place.location.certainty is Certainty.PRIVATE
