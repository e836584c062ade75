"""The four tables: their columns and their rows, before any format.

A row is a list of plain values in the order of its table's columns; ``None``
is "not known". Kinds of columns: ``text`` (may hold captured text), ``int``
(``int?`` may be unknown), ``time`` (int nanoseconds), ``float``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from analyzer.model import Endpoint, Location, Result

Row = list[Any]
Columns = dict[str, str]


def _columns(spec: str) -> Columns:
    """``"a b:int"`` -> {"a": "text", "b": "int"}."""
    parts = (word.partition(":") for word in spec.split())
    return {name: kind or "text" for name, _, kind in parts}


FLOWS = _columns(
    "flow_id:int proto client_ip client_port:int? server_ip server_port:int? first:time last:time"
    " packets_up:int packets_down:int bytes_up:int bytes_down:int payload_up:int payload_down:int"
    " rtt_ms:float name name_source why_no_name app app_protocol tls_version ja4 encrypted"
    " country certainty provider region asn:int? party decrypted"
)
ENDPOINTS = _columns(
    "ip name names flows:int ports packets_up:int packets_down:int bytes_up:int bytes_down:int"
    " first:time last:time first_frame:int asn:int? operator provider service region party"
    " owner owner_country country certainty city sources rtt_ms:float max_km:float excluded"
    " transport weak certificate"
)
NAMES = _columns("frame:int ts:time flow_id:int source name address detail")
FINDINGS = _columns(
    "id rule severity title text subject numbers frames frame_count:int display_filter"
    " first:time last:time file caveat"
)


def flow_rows(result: Result) -> Iterator[Row]:
    """One row a flow, joined to its server's endpoint (none: those cells are empty)."""
    ends = {e.ip: _end(e) for e in result.endpoints}
    nobody: Row = [None] * 6
    for f in result.flows:
        tls = f.tls
        yield [
            f.id, f.proto, f.client_ip, f.client_port, f.server_ip, f.server_port, f.first, f.last,
            f.packets_up, f.packets_down, f.bytes_up, f.bytes_down, f.payload_up, f.payload_down,
            milliseconds(f.rtt), f.name, f.name_source._value_,
            f.why_no_name._value_ if f.why_no_name else None, f.app, f.app_protocol,
            tls.version if tls else None, tls.ja4 if tls else None, f.encrypted,
            *ends.get(f.server_ip, nobody), f.decrypted,
        ]  # fmt: skip


def endpoint_rows(result: Result) -> Iterator[Row]:
    """One row an endpoint, in the order of the result."""
    for e in result.endpoints:
        place, owner, location = e.place, e.owner, e.place.location
        yield [
            e.ip, e.names[0].name if e.names else None, " ".join(n.name for n in e.names), e.flows,
            " ".join(e.ports), e.packets_up, e.packets_down, e.bytes_up, e.bytes_down,
            e.first, e.last, e.first_frame, place.operator.asn, place.operator.name,
            place.provider, place.service, place.region, str(e.party),
            owner.name if owner else None, owner.country if owner else None,
            location.country, str(location.certainty), location.city, sources(location),
            location.rtt_ms, location.max_km, " ".join(location.excluded),
            *_encryption(e),
        ]  # fmt: skip


def _encryption(e: Endpoint) -> Row:
    """What its conversations went in, the best first, what is weak, the worst certificate."""
    if e.encryption is None:
        return [None] * 3
    seen = e.encryption
    return ["; ".join(seen.transport), " ".join(seen.weak), seen.certificate]


def name_rows(result: Result) -> Iterator[Row]:
    """One row a sighting of a name."""
    for n in result.names:
        told = [*(["decrypted"] if n.decrypted else []), *([n.detail] if n.detail else [])]
        yield [n.frame, n.ts, n.flow_id, n.source, n.name, n.address, ": ".join(told)]


def finding_rows(result: Result) -> Iterator[Row]:
    """One row a finding; ``numbers`` is JSON, ``frames`` are joined by spaces."""
    for f in result.findings:
        evidence = f.evidence
        yield [
            f.id, f.rule, str(f.severity), f.title, f.text, f.subject,
            json.dumps(f.numbers, ensure_ascii=False), " ".join(map(str, evidence.frames)),
            evidence.frame_count, evidence.display_filter, evidence.first, evidence.last,
            evidence.file, f.caveat,
        ]  # fmt: skip


TABLES: dict[str, tuple[Columns, Callable[[Result], Iterator[Row]]]] = {
    "flows": (FLOWS, flow_rows),
    "endpoints": (ENDPOINTS, endpoint_rows),
    "names": (NAMES, name_rows),
    "findings": (FINDINGS, finding_rows),
}


def milliseconds(ns: int | None) -> float | None:
    """Milliseconds to the microsecond."""
    return None if ns is None else round(ns / 1_000_000, 3)


def sources(location: Location) -> str:
    """What each source says, as one text: ``AWS list (2019-07-19): SG Singapore; ...``."""
    return "; ".join(
        f"{s.source}{f' ({s.date})' if s.date else ''}:"
        f" {' '.join(filter(None, (s.country, s.place))) or '-'}"
        for s in location.statements
    )


def _end(e: Endpoint) -> Row:
    place = e.place
    location = place.location
    return [
        location.country, str(location.certainty), place.provider, place.region,
        place.operator.asn, str(e.party),
    ]  # fmt: skip
