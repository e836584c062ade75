"""What the flows tell of each host: which addresses are one machine, who opens, who serves.

Rules of this file
- Facts only; which machine is the handset is handset.py's to say.
- One pass over the flows; memory grows with addresses, not with packets.
- Addresses behind one MAC are one machine only where that MAC is no gateway's.
"""

from __future__ import annotations

from itertools import pairwise

from analyzer import addresses
from analyzer.model import Flow
from analyzer.record import Record, field

SAYINGS = 16
"""Texts kept per host: a phone has a dozen user agents worth telling apart."""

_SERVICE_PORTS = frozenset((1935, 3478, 5222, 5223, 5228, 8080, 8443, 8883))
"""Ports above 1023 that servers listen on and phones turn to."""


class Host(Record):
    """What the flows tell of one address."""

    address: str
    kind: str  # as addresses.kind says
    order: int  # id of the first flow
    first: int
    last: int
    mac: str | None = None
    wire_bytes: int = 0
    opened: set[str] = field(default_factory=set)  # public peers it turned to
    in_talk: set[str] = field(default_factory=set)  # public peers, opener unknown
    reached: bool = False  # somebody opened a conversation to it
    asks_dns: bool = False
    serves: bool = False  # answers DNS or DHCP

    @property
    def is_six(self) -> bool:
        return ":" in self.address

    @property
    def packed(self) -> bytes:
        return addresses.packed(self.address)


class Device(Record):
    """Addresses that belong to one machine."""

    hosts: list[Host]
    mac: str | None
    sayings: list[tuple[str, str, int]] = field(default_factory=list)  # kind, text, frame
    why: list[str] = field(default_factory=list)

    __eq__ = object.__eq__  # each is equal to itself alone, and may stand in sets
    __hash__ = object.__hash__

    def heard(self, kind: str, text: str, frame: int) -> None:
        """Keep a text the device said of itself, once."""
        known = self.sayings
        if len(known) < SAYINGS and not any(s[0] == kind and s[1] == text for s in known):
            known.append((kind, text, frame))

    @property
    def order(self) -> int:
        return min(h.order for h in self.hosts)

    @property
    def wire_bytes(self) -> int:
        return sum(h.wire_bytes for h in self.hosts)

    @property
    def private(self) -> bool:
        return any(h.kind == "private" for h in self.hosts)

    @property
    def serves(self) -> bool:
        return any(h.serves for h in self.hosts)

    def opened(self) -> set[str]:
        """Public addresses it turned to."""
        if len(self.hosts) == 1:
            return self.hosts[0].opened
        return set().union(*(h.opened for h in self.hosts))

    def in_talk(self) -> set[str]:
        """Public addresses it exchanged packets with, whoever began."""
        return set().union(*(h.in_talk for h in self.hosts))


def hosts_of(flows: list[Flow]) -> dict[str, Host]:
    """Every address of the flows, with what they tell of it."""
    hosts: dict[str, Host] = {}
    for flow in flows:
        if not flow.client_ip:  # conversations counted together have no addresses
            continue
        client = _host(hosts, flow.client_ip, flow.client_mac, flow)
        server = _host(hosts, flow.server_ip, flow.server_mac, flow)
        if client and server:
            _weigh(flow, client, server)
        if client and flow.client_port == 67 and flow.proto == "udp":
            client.serves = True  # a DHCP server speaks from 67 (RFC 2131, 4.1)
    return hosts


def _host(hosts: dict[str, Host], address: str, mac: str | None, flow: Flow) -> Host | None:
    host = hosts.get(address)
    if host is None:
        host = Host(address, addresses.kind(address), flow.id, flow.first, flow.last)
        hosts[address] = host
    host.wire_bytes += flow.bytes_up + flow.bytes_down
    if flow.first < host.first:
        host.first = flow.first
    if flow.last > host.last:
        host.last = flow.last
    if mac and not host.mac:
        host.mac = mac
    return None if host.kind == "none" else host


def _weigh(flow: Flow, client: Host, server: Host) -> None:
    """Note who opened this conversation, and who serves."""
    if flow.proto in ("icmp", "icmpv6"):
        return  # errors travel against the conversation they tell of
    if flow.proto == "udp" and flow.server_port in (53, 67) and flow.packets_down:
        server.serves = True
    if flow.server_port == 53:
        client.asks_dns = True
    direction = _direction(flow)
    if direction < 0:
        client, server = server, client
    if direction == 0:
        _talk(client, server)
        _talk(server, client)
        return
    server.reached = True
    if server.kind == "public":
        client.opened.add(server.address)
    elif client.kind == "public" and flow.proto != "tcp":
        server.in_talk.add(client.address)  # calls come in over UDP


def _talk(one: Host, other: Host) -> None:
    if other.kind == "public":
        one.in_talk.add(other.address)


def _direction(flow: Flow) -> int:
    """1: the client opened it; -1: the server did; 0: nothing tells."""
    if flow.proto == "tcp" and not flow.late_start:
        return 1
    client, server = _is_service(flow.client_port), _is_service(flow.server_port)
    if client != server:
        return -1 if client else 1
    return 0 if flow.late_start else 1


def _is_service(port: int | None) -> bool:
    return port is not None and (port < 1024 or port in _SERVICE_PORTS)


def devices_of(hosts: dict[str, Host]) -> list[Device]:
    """Addresses grouped by MAC where a MAC is one machine's, else one by one."""
    by_mac: dict[str, list[Host]] = {}
    loners: dict[str, list[Host]] = {}
    for host in hosts.values():
        if host.kind == "none":
            continue
        if host.mac and host.mac != "00:00:00:00:00:00":
            by_mac.setdefault(host.mac, []).append(host)
        else:
            loners.setdefault(_alone(host), []).append(host)
    devices = []
    for mac, group in by_mac.items():
        if _is_one_machine(group):
            devices.append(Device(group, mac))
        else:
            for host in group:
                loners.setdefault(_alone(host), []).append(host)
    devices += [Device(group, None) for group in loners.values()]
    _join_families(devices)
    return devices


def _alone(host: Host) -> str:
    """The key of a host without a MAC of its own: IPv6 hosts share their /64."""
    if host.is_six and host.kind == "public":
        return host.packed[:8].hex()
    return host.address


def _is_one_machine(group: list[Host]) -> bool:
    """Whether the addresses behind one MAC can be one host's, not a gateway's."""
    if len(group) == 1:
        return True
    four = [h for h in group if not h.is_six and not h.address.startswith("169.254.")]
    four.sort(key=lambda h: (h.first, h.last))
    overlap = any(a.last >= b.first for a, b in pairwise(four))
    strangers = [h for h in group if h.kind == "public" and h.reached and not h.opened]
    outside = sum(h.kind == "public" for h in four)
    return not overlap and outside < 2 and not strangers


def _join_families(devices: list[Device]) -> None:
    """One IPv4 and one IPv6 host, both without MAC (a phone's own recording): one phone."""
    bare = [d for d in devices if d.mac is None and d.opened()]
    four = [d for d in bare if not d.hosts[0].is_six and d.private]
    six = [d for d in bare if d.hosts[0].is_six and not d.private]
    if len(four) == len(six) == 1:
        four[0].hosts += six[0].hosts
        devices.remove(six[0])
