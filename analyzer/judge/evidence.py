"""The packets a finding rests on, and a filter that shows them in Wireshark.

A display filter is made from numbers only (addresses, ports, frames): no
captured text can enter it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import nsmallest

from analyzer import limits
from analyzer.model import Evidence, Flow

MOST_ADDRESSES = 100
"""Addresses in a filter; beyond, it names the frames listed instead."""

MOST_PORTS = 5
"""Ports in a filter; with more it selects by address alone."""

MOST_CONVERSATIONS = 50
"""Ports of the handset in a filter that tells conversations with one server apart."""


def evidence(
    flows: Sequence[Flow],
    cleartext: bool = False,
    shared: bool = False,
    crowded: bool = False,
    errors: bool = False,
    shown: Sequence[int] = (),
) -> Evidence:
    """Evidence of all packets of some flows.

    ``frames`` lists where each begins (with ``cleartext``: where its content is
    readable), the earliest first. Where other hosts spoke with the same addresses
    (``shared``) the filter names the handsets' addresses too; where the handsets had
    other conversations with the same ports (``crowded``), also their own ports; where
    the recording has ICMP, whose ``errors`` quote packets, it leaves these out.
    ``shown`` are frames that say more than the beginnings, and take their place.
    """
    frames = set(shown) or {_frame(flow, cleartext) for flow in flows}
    listed = nsmallest(limits.EVIDENCE_FRAMES, frames)
    return Evidence(
        frames=listed,
        frame_count=sum(flow.packets_up + flow.packets_down for flow in flows),
        display_filter=display_filter(flows, listed, shared, crowded, errors),
        first=min((flow.first for flow in flows), default=None),
        last=max((flow.last for flow in flows), default=None),
    )


def _frame(flow: Flow, cleartext: bool) -> int:
    if cleartext and flow.cleartext_frame is not None:
        return flow.cleartext_frame
    return flow.first_frame


def display_filter(
    flows: Sequence[Flow],
    frames: Sequence[int],
    shared: bool = False,
    crowded: bool = False,
    errors: bool = False,
) -> str:
    """``ip.addr in {192.0.2.1, 192.0.2.7} and tcp.port == 443``."""
    servers = {flow.server_ip for flow in flows}
    clients = {flow.client_ip for flow in flows} if shared else set()
    if len(servers) + len(clients) > MOST_ADDRESSES:
        return _in("frame.number", sorted(frames))
    ports, own = _ports(flows), _own_ports(flows) if crowded else ""
    plain = _no_errors(servers) if errors and ports else ""
    return _joined([_hosts(servers), _hosts(clients), ports, own, plain], "and")


def _hosts(addresses: Iterable[str]) -> str:
    """Packets from or to any of the addresses."""
    four = _in("ip.addr", sorted(ip for ip in addresses if ":" not in ip))
    six = _in("ipv6.addr", sorted(ip for ip in addresses if ":" in ip))
    return _joined([four, six], "or")


def _no_errors(addresses: Iterable[str]) -> str:
    """Not the errors that quote packets of these addresses, ports and all."""
    kinds = sorted({"icmpv6" if ":" in address else "icmp" for address in addresses})
    return " and ".join(f"not {kind}" for kind in kinds)


def _ports(flows: Sequence[Flow]) -> str:
    """The ports of the endpoints, where they are few and every flow has one."""
    return _few({(flow.proto, flow.server_port) for flow in flows}, MOST_PORTS)


def _own_ports(flows: Sequence[Flow]) -> str:
    """The ports of the handsets, likewise."""
    return _few({(flow.proto, flow.client_port) for flow in flows}, MOST_CONVERSATIONS)


def _few(ports: set[tuple[str, int | None]], most: int) -> str:
    """Packets from or to any of the ports, if there are at most so many."""
    numbers = {
        proto: sorted(port for p, port in ports if p == proto and port is not None)
        for proto in ("tcp", "udp")
    }
    if sum(map(len, numbers.values())) != len(ports) or len(ports) > most:
        return ""
    return _joined([_in(f"{proto}.port", found) for proto, found in numbers.items()], "or")


def _in(field: str, values: Sequence[str] | Sequence[int]) -> str:
    if len(values) == 1:
        return f"{field} == {values[0]}"
    return f"{field} in {{{', '.join(map(str, values))}}}" if values else ""


def _joined(parts: Sequence[str], word: str) -> str:
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return "".join(parts)
    return f" {word} ".join(f"({part})" if " or " in part else part for part in parts)
