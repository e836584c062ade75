"""Which conversations were with a proxy: what answers is the proxy, wherever the names lead."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.model import Flow, NameSeen


def proxied(names: Sequence[NameSeen], flows: Sequence[Flow]) -> set[int]:
    """Ids of the flows that ask a proxy to pass something on: CONNECT, or a whole URL
    (RFC 9112 3.2.2 and 3.2.3).

    Servers take whole URLs, too, and some programs send them: where the URL names the
    address asked, or a look-up gave that very address for the name, nobody stands between.
    """
    asking = [seen for seen in names if seen.source == "http_host" and not seen.decrypted]
    found = {seen.flow_id for seen in asking if seen.detail.startswith("CONNECT ")}
    whole = [seen for seen in asking if _is_whole(seen.detail.partition(" ")[2])]
    if whole:
        address = {flow.id: flow.server_ip for flow in flows}
        told = {(seen.name, seen.address) for seen in names if seen.source == "dns"}
        for seen in whole:
            ip = address[seen.flow_id]
            if seen.name != ip and (seen.name, ip) not in told:
                found.add(seen.flow_id)
    return found


def _is_whole(target: str) -> bool:
    return target[:8].lower().startswith(("http://", "https://"))
