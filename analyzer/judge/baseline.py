"""An expected-endpoints list written from a capture, for its user to edit.

Captured names are hostile: only what looks like a domain stands as a name, all
else is listed by address.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from analyzer.judge import units, words
from analyzer.judge.facts import is_group
from analyzer.judge.kinds import judged
from analyzer.judge.networks import is_domain
from analyzer.model import Certainty, Endpoint, Flow, Result

HEAD = """\
# Endpoints seen in {source}, as a policy to edit:
# strike what you do not expect, shorten names to the domain you trust (a name
# covers every name below it), then: phonehome analyze CAPTURE --policy THIS-FILE
# What is seen later and is not on this list becomes a finding.
policy: baseline
title: Endpoints of a baseline recording
why: Everything a known-good recording talked to; anything else is news.
endpoints:
"""


def baseline(result: Result) -> str:
    """The YAML text of a policy that expects the public endpoints of a capture."""
    public = {endpoint.ip: endpoint for endpoint in result.endpoints if _is_public(endpoint)}
    named: dict[str, list[Flow]] = {}
    bare: dict[str, list[Flow]] = {}
    for flow in judged(result):
        if flow.server_ip in public:
            name = flow.name.lower().rstrip(".") if flow.name else ""
            if name and name.isascii() and is_domain(name):
                named.setdefault(name, []).append(flow)
            elif not _has_name(public[flow.server_ip]):
                bare.setdefault(flow.server_ip, []).append(flow)
    sources = [json.dumps(words.clean(file.name)) for file in result.capture.files]
    head = HEAD.replace("{source}", units.joined(sources) or "a recording")
    entries = [*_entries("name", named), *_entries("address", bare)]
    return head + "".join(entries) if entries else head.rstrip("\n") + " []\n"


def _is_public(endpoint: Endpoint) -> bool:
    return endpoint.place.location.certainty is not Certainty.PRIVATE and not is_group(endpoint.ip)


def _has_name(endpoint: Endpoint) -> bool:
    """A nameless flow to an address known by name is expected with that name."""
    return any(name.name.isascii() and is_domain(name.name) for name in endpoint.names)


def _entries(key: str, found: dict[str, list[Flow]]) -> Iterable[str]:
    for value in sorted(found):
        flows = found[value]
        up = units.size(sum(flow.bytes_up for flow in flows))
        times = units.counted(len(flows), "conversation", "conversations")
        yield f"  - {key}: {json.dumps(value)}  # {times}, {up} up\n    ports: {_ports(flows)}\n"


def _ports(flows: list[Flow]) -> str:
    """``[443/tcp, 443/udp]``; ``[]``, which is any, where a flow has none."""
    ports = {(flow.server_port, flow.proto) for flow in flows}
    if any(port is None or proto not in ("tcp", "udp", "sctp") for port, proto in ports):
        return "[]"
    return "[" + ", ".join(f"{port}/{proto}" for port, proto in sorted(ports)) + "]"
