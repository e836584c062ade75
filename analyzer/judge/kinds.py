"""Flows sorted into kinds, so that a rule looks at each kind once.

Where handsets are known only their flows are judged, as only they make
endpoints: what another device did is not held against the phone.

A phone makes thousands of conversations, but few kinds of them: the same
protocol, readability and sort of place. Coarse kinds share all coarse facts
(facts.py); their parts, the fine kinds, also server, name and port. What still
differs (bytes, packets, times) is added up afterwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from analyzer.judge import encryption, facts
from analyzer.judge.policies import Policy
from analyzer.model import Certainty, Endpoint, Flow, NameSource, Result, TlsSeen
from analyzer.record import Record, field

Key = tuple[object, ...]
DomainOf = Callable[[str], str | None]
Service = tuple[str, str, str, int | None]  # who asked, address, protocol, port


class Scene(Record):
    """What all kinds of one capture share."""

    result: Result
    policy: Policy | None
    home: str | None
    endpoints: dict[str, Endpoint]
    requests: Counter[int]  # flow id -> requests seen in clear
    flows: list[Flow]  # those that are judged
    handsets: dict[str, int]  # address -> place of its handset in the result
    domain: DomainOf  # the registrable domain of a name
    with_local_resolver: set[str] = field(default_factory=set)  # clients that ask one
    peers: dict[str, set[str]] = field(default_factory=dict)  # of each address, if several asked
    identified: frozenset[int] = frozenset()  # flows with an identifier of the sheet in clear
    clock_in_doubt: bool = False  # the recording's clock was plainly wrong
    errors: bool = False  # of ICMP, which quote packets of conversations
    talks: Counter[Service] = field(default_factory=Counter)  # judged flows with each
    contacted: set[tuple[int | str, str]] = field(default_factory=set)  # lookups.contacted
    asked: dict[tuple[int, ...], Any] = field(default_factory=dict)  # lookups.look_ups, by flows


class Kind(dict[str, Any]):
    """Flows of one kind as a dict of facts, each found out when first asked for."""

    __slots__ = ("coarse", "endpoint", "flow", "flows", "parts", "scene", "sums")
    flow: Flow  # the first; it stands for all
    flows: list[Flow]  # of a fine kind
    endpoint: Endpoint | None
    scene: Scene
    coarse: Kind | None  # the kind this is a part of
    parts: list[Kind]  # of a coarse kind
    sums: tuple[int, ...]  # of its flows, once groups.py has added them up

    def __init__(self, flows: list[Flow], scene: Scene) -> None:
        self.flow = flows[0]
        self.flows = flows
        self.endpoint = scene.endpoints.get(self.flow.server_ip)
        self.scene = scene
        self.coarse = None
        self.sums = ()

    def part(self, flows: list[Flow]) -> Kind:
        """Some flows of it, as a kind of the same facts."""
        part = Kind(flows, self.scene)
        part.coarse = self.coarse
        return part

    def __missing__(self, name: str) -> Any:
        fact = facts.FACTS[name]
        value = fact.get(self) if fact.fine or self.coarse is None else self.coarse[name]
        self[name] = value
        return value


def scene(result: Result, policy: Policy | None, domain: DomainOf | None = None) -> Scene:
    """The capture as the rules see it.

    ``domain`` knows public suffixes; without it the last two labels count.
    """
    home = result.run.home or (policy.home if policy else None)
    endpoints = {endpoint.ip: endpoint for endpoint in result.endpoints}
    requests = Counter(
        seen.flow_id for seen in result.names if seen.source == "http_host" and not seen.decrypted
    )
    handsets = {ip: place for place, phone in enumerate(result.handsets) for ip in phone.addresses}
    flows = judged(result)
    at = Scene(result, policy, home, endpoints, requests, flows, handsets, domain or _last_two)
    at.with_local_resolver = {
        flow.client_ip
        for flow in flows
        if flow.app_protocol == "dns" and flow.packets_down and _is_private(at, flow.server_ip)
    }
    at.peers = _peers(result.flows)
    at.errors = any(flow.proto in ("icmp", "icmpv6") for flow in result.flows)
    at.clock_in_doubt = encryption.clock_in_doubt(result.flows)
    at.identified = frozenset(
        seen.flow_id for seen in result.identifiers if seen.confirmed and not seen.decrypted
    )
    return at


def _last_two(name: str) -> str | None:
    """What a registrable domain mostly is."""
    labels = name.split(".")[-2:]
    return ".".join(labels) if len(labels) == 2 else None


def judged(result: Result) -> list[Flow]:
    """The flows of the handsets; all, where none is known."""
    ours = {address for phone in result.handsets for address in phone.addresses}
    return [flow for flow in result.flows if flow.client_ip in ours or not ours]


def _peers(flows: list[Flow]) -> dict[str, set[str]]:
    """Who spoke with each address; empty where one host alone began everything."""
    if len({flow.client_ip for flow in flows}) < 2:
        return {}
    found: dict[str, set[str]] = {}
    for one, other in {(flow.client_ip, flow.server_ip) for flow in flows}:
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return found


def kinds(at: Scene) -> list[Kind]:
    """The coarse kinds of a capture; each flow is in one part of one of them."""
    places = {ip: _place_key(endpoint) for ip, endpoint in at.endpoints.items()}
    numbers: dict[Key, int] = {}  # a short name for each sort of place
    short = {ip: numbers.setdefault(key, len(numbers)) for ip, key in places.items()}
    found: dict[Key, Kind] = {}
    for kind in _fine(at):
        first = kind.flow
        at.talks[first.client_ip, first.server_ip, first.proto, first.server_port] += len(
            kind.flows
        )
        key = _coarse_key(kind.flow, at), short.get(kind.flow.server_ip)
        coarse = found.get(key)
        if coarse is None:
            coarse = found[key] = Kind(kind.flows, at)
            coarse.parts = []
        kind.coarse = coarse
        coarse.parts.append(kind)
    return list(found.values())


def _fine(at: Scene) -> Iterable[Kind]:
    found: dict[Key, list[Flow]] = {}
    for flow in at.flows:
        key = _fine_key(flow, at), flow.id in at.identified
        flows = found.get(key)
        if flows is None:
            found[key] = [flow]
        else:
            flows.append(flow)
    return [Kind(flows, at) for flows in found.values()]


def _fine_key(flow: Flow, at: Scene) -> Key:
    """Everything any fact looks at."""
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
        flow.opened_by_client,
        flow.why_no_name,
        flow.content,
        flow.starttls,
        tls and (tls.version, tls.cipher, tls.ech, _certificate_key(flow, tls, at)),
    )


def _certificate_key(flow: Flow, tls: TlsSeen, at: Scene) -> Key | None:
    """What facts look at in a certificate; most conversations show none."""
    if tls.certificate_not_after is None and not tls.certificate_names:
        return None
    return (
        tls.certificate_names,
        tls.certificate_issuer,
        tls.certificate_self_signed,
        encryption.certificate_date(tls, flow.first, at.clock_in_doubt),
        flow.name_source is NameSource.SNI,
    )


def _coarse_key(flow: Flow, at: Scene) -> Key:
    """What coarse facts look at in a flow."""
    tls = flow.tls
    return (
        flow.proto,
        flow.app_protocol,
        flow.encrypted,
        flow.encrypted_dns,
        flow.app,
        flow.late_start,
        flow.opened_by_client,
        flow.why_no_name,
        flow.content,
        flow.starttls,
        tls and (tls.version, tls.cipher, tls.ech),
        flow.app_protocol == "dns" and flow.client_ip in at.with_local_resolver,
        facts.is_group(flow.server_ip),
    )


def _place_key(endpoint: Endpoint) -> Key:
    """What coarse facts look at in an endpoint."""
    place = endpoint.place
    location = place.location
    return (
        location.country,
        location.certainty,
        place.provider,
        place.service,
        place.region,
        endpoint.party,
        bool(endpoint.names),
    )


def _is_private(at: Scene, address: str) -> bool:
    endpoint = at.endpoints.get(address)
    return endpoint is not None and endpoint.place.location.certainty is Certainty.PRIVATE
