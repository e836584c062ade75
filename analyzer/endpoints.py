"""From flows to endpoints: the remote addresses the handsets talked to."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from analyzer.model import Endpoint, EndpointName, Flow, Handset, NameSource, Place

NO_HANDSET = (
    "which address is the handset could not be told; the side that opened a conversation"
    " counts as the handset's"
)
OTHER_FLOWS = (
    "conversations without a handset on either side are in flows.csv, and in no endpoint or finding"
)
PROXY = (
    "these conversations were with a proxy, which answers in the servers' place: its address has"
    " none of the names they ask for, and no vendor's sentence is judged by them"
)

TWICE = (
    "conversations of one handset stand here again as another's, as where address translation is"
    " recorded on both of its sides: they count twice, so name the handset in a device sheet"
    " (addresses, --device)"
)
AT_ONCE = 100_000_000
"""ns. A packet is on both sides of a translator within far less."""


def recorded_twice(flows: list[Flow], handsets: list[Handset]) -> int:
    """Conversations of a handset that are another's as well: alike in server, bytes and time."""
    phone_of = {address: n for n, phone in enumerate(handsets) for address in phone.addresses}
    last: dict[tuple[str, int | None, int, int], Flow] = {}
    count = 0
    for flow in flows if len(handsets) > 1 else ():
        if flow.proto != "tcp" or flow.client_ip not in phone_of or not flow.payload_up:
            continue
        key = flow.server_ip, flow.server_port, flow.payload_up, flow.payload_down
        before, last[key] = last.get(key), flow
        if before and abs(flow.first - before.first) < AT_ONCE:
            count += phone_of[before.client_ip] != phone_of[flow.client_ip]
    return count


def gather(
    flows: list[Flow], handsets: list[Handset], proxied: Collection[int] = ()
) -> list[Endpoint]:
    """One endpoint per remote address, most bytes first.

    Where handsets are known only their flows count: what another device of the
    same network did is not held against the phone. ``proxied`` are ids of flows with a
    proxy: the names in them are of servers elsewhere.
    """
    ours = {address for phone in handsets for address in phone.addresses}
    by_address: dict[str, list[Flow]] = {}
    for flow in flows:
        if flow.server_ip and (not ours or flow.client_ip in ours):
            by_address.setdefault(flow.server_ip, []).append(flow)
    found = [_endpoint(ip, own, proxied) for ip, own in by_address.items()]
    found.sort(key=lambda endpoint: (-endpoint.bytes_up - endpoint.bytes_down, endpoint.ip))
    return found


def _endpoint(ip: str, flows: list[Flow], proxied: Collection[int]) -> Endpoint:
    timed = [(flow.rtt, flow.id, flow.rtt_frames) for flow in flows if flow.rtt is not None]
    rtt, rtt_flow, rtt_frames = min(timed) if timed else (None, None, None)
    return Endpoint(
        ip=ip,
        place=Place(ip),
        names=_names(flow for flow in flows if flow.id not in proxied),
        flows=len(flows),
        packets_up=sum(flow.packets_up for flow in flows),
        packets_down=sum(flow.packets_down for flow in flows),
        bytes_up=sum(flow.bytes_up for flow in flows),
        bytes_down=sum(flow.bytes_down for flow in flows),
        first=min(flow.first for flow in flows),
        last=max(flow.last for flow in flows),
        first_frame=min(flow.first_frame for flow in flows),
        rtt=rtt,
        rtt_flow=rtt_flow,
        rtt_frames=rtt_frames,
        ports=_ports(flows),
        flow_ids=[flow.id for flow in flows],
    )


def _names(flows: Iterable[Flow]) -> list[EndpointName]:
    """Each name once, with the first frame that shows it; most bytes first."""
    weight: dict[str, int] = {}
    first: dict[str, EndpointName] = {}
    for flow in flows:
        if flow.name is None or flow.name_source == NameSource.NONE:
            continue
        frame = flow.name_frame or flow.first_frame
        weight[flow.name] = weight.get(flow.name, 0) + flow.bytes
        known = first.get(flow.name)
        if known is None or frame < known.frame:
            first[flow.name] = EndpointName(flow.name, flow.name_source.value, frame)
    return sorted(first.values(), key=lambda seen: (-weight[seen.name], seen.name))


def _ports(flows: Iterable[Flow]) -> list[str]:
    seen = {(flow.server_port, flow.proto) for flow in flows if flow.server_port is not None}
    return [f"{port}/{proto}" for port, proto in sorted(seen)]
