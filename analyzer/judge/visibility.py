"""How much could be seen: the ledger every sentence rests on (docs/methodology).

Shares are of all bytes on the wire, so what could not be sorted into flows
(non-IP, undecodable) lowers them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from analyzer.model import Certainty, Flow, Result, Visibility

VPN_PROTOCOLS = frozenset(("wireguard", "openvpn", "ipsec", "isakmp", "ike", "esp", "l2tp", "pptp"))
"""Application protocols that carry other traffic out of sight."""

_ESP = "50"  # IP protocol number: RFC 4303
_IKE_PORTS = (500, 4500)  # RFC 7296 2, RFC 3948
_HOUR = 3_600_000_000_000  # ns
LONGEST_GAP = _HOUR
"""Silence that still counts as recorded: a phone at rest keeps its push connection
alive every half hour or sooner, so an hour without any conversation was most
likely not recorded (a paused recording, or files of different days in one)."""


def visibility(result: Result) -> Visibility:
    """The ledger of a capture; all zero where nothing was recorded."""
    capture, flows = result.capture, result.flows
    all_bytes = max(capture.wire_bytes, sum(flow.bytes_up + flow.bytes_down for flow in flows))
    sure = {endpoint.ip: endpoint.place.location.certainty for endpoint in result.endpoints}
    by_certainty: Counter[Certainty | None] = Counter()
    for flow in flows:
        by_certainty[sure.get(flow.server_ip)] += flow.bytes_up + flow.bytes_down
    opened = [flow for flow in flows if flow.decrypted is not None]
    return Visibility(
        hours=covered(flows) / _HOUR,
        bytes=all_bytes,
        named=_share([flow for flow in flows if flow.name is not None], all_bytes),
        located_by_operator=by_certainty[Certainty.STATED] / all_bytes if all_bytes else 0.0,
        edge=by_certainty[Certainty.EDGE] / all_bytes if all_bytes else 0.0,
        decrypted=_share(opened, all_bytes),
        decrypted_flows=len(opened),
        attributed_to_app=_share([flow for flow in flows if flow.app is not None], all_bytes),
        encrypted_dns_bytes=_bytes(
            [flow for flow in flows if flow.encrypted_dns and not flow.decrypted]
        ),
        ech_flows=sum(1 for flow in flows if flow.tls and flow.tls.ech),
        vpn_bytes=_bytes([flow for flow in flows if _is_vpn(flow)]),
        late_start_flows=sum(1 for flow in flows if flow.late_start),
        unnamed_flows=_unnamed(flows),
    )


def covered(flows: Sequence[Flow]) -> int:
    """Nanoseconds during which conversations were seen, gaps up to an hour closed.

    A file may be a merge of recordings months apart: first to last says nothing.
    """
    total, reached = 0, None
    for first, last in sorted([(flow.first, flow.last) for flow in flows]):
        if reached is None or first - reached > LONGEST_GAP:
            total += max(last - first, 0)
            reached = max(first, last)
        elif last > reached:
            total += last - reached
            reached = last
    return total


def _bytes(flows: list[Flow]) -> int:
    return sum(flow.bytes_up + flow.bytes_down for flow in flows)


def _share(flows: list[Flow], of: int) -> float:
    return _bytes(flows) / of if of else 0.0


def _is_vpn(flow: Flow) -> bool:
    """By protocol; a tunnel we could look into (Flow.tunnel) hides nothing."""
    if flow.app_protocol in VPN_PROTOCOLS or flow.proto == _ESP:
        return True
    return flow.proto == "udp" and flow.server_port in _IKE_PORTS and flow.app_protocol is None


def _unnamed(flows: list[Flow]) -> dict[str, int]:
    """Nameless flows by reason, the most frequent first."""
    why = Counter(str(flow.why_no_name) for flow in flows if flow.why_no_name is not None)
    return dict(sorted(why.items(), key=lambda item: (-item[1], item[0])))
