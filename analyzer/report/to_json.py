"""result.json, schema phonehome/result/1, and the summary for ``--json``.

Strict JSON in UTF-8, one list item a line. Exact text, with two exceptions:
characters a terminal or an editor would act on stand as ``\\u`` escapes (equal
once parsed), and a lone surrogate, which UTF-8 cannot hold, is written out as
the visible text ``\\udcff``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any

from analyzer import limits
from analyzer.model import (
    Anomaly,
    Capture,
    ClaimVerdict,
    Counterexample,
    Coverage,
    Encryption,
    Endpoint,
    Finding,
    Handset,
    IdentifierSeen,
    Location,
    Owner,
    Place,
    PredicateVerdict,
    Result,
    Run,
    Score,
    ScoreCoverage,
    ScorePart,
    Visibility,
)
from analyzer.report.answer import Facts, answer, facts
from analyzer.report.clock import stamp

Json = dict[str, Any]

RESULT = "phonehome/result/1"
SUMMARY = "phonehome/summary/1"

_SURROGATE = re.compile("[\ud800-\udfff]")
_ACTED_ON = re.compile("[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def render(result: Result) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The one file of this format and its bytes in pieces."""
    yield "result.json", encoded(_document(result))


def encoded(document: Json) -> Iterator[bytes]:
    """A document as strict JSON: a key a line, and an item a line in lists of objects."""
    opening = "{\n"
    for key, value in document.items():
        yield _bytes(f'{opening}"{key}": ')
        yield from _items(value) if _is_objects(value) else (_bytes(_dumps(value)),)
        opening = ",\n"
    yield b"\n}\n"


def result_json(result: Result) -> Json:
    """The whole schema, as plain values; flows and names are in the tables."""
    document = _document(result)
    return document | {"endpoints": list(document["endpoints"])}


def _document(result: Result) -> Json:
    """The same with the endpoints, which may be very many, made one by one."""
    return {
        "schema": RESULT,
        "status": str(result.status),
        "run": _run(result.run),
        "capture": _capture(result.capture),
        "visibility": _visibility(result.visibility),
        "handsets": [_handset(h) for h in result.handsets],
        "endpoints": map(_endpoint, result.endpoints),
        "findings": [_finding(f) for f in result.findings],
        "identifiers": [_identifier(i) for i in result.identifiers],
        "claims": [_claim(c) for c in result.claims],
        "score": score_json(result.score),
        "anomalies": [_anomaly(a) for a in result.anomalies],
    }


def summary_json(result: Result) -> Json:
    """The answer in numbers and words, schema phonehome/summary/1."""
    known = facts(result)
    summary = {
        "schema": SUMMARY,
        "status": str(result.status),
        "answer": " ".join(answer(result, known)),
        "home": result.run.home,
        "capture": _capture(result.capture),
        "visibility": _visibility(result.visibility),
        "totals": _totals(known),
        "countries": [
            {"country": g.key, "endpoints": g.endpoints, "bytes_up": g.up, "bytes_down": g.down}
            for g in known.countries
        ],
        "without_country": {g.key: {"endpoints": g.endpoints, "bytes_up": g.up,
                                    "bytes_down": g.down} for g in known.apart},
        "findings": [
            {"id": f.id, "severity": str(f.severity), "title": f.title} for f in result.findings
        ],
        "claims": [
            {"id": c.id, "verdict": str(c.verdict), "sentence": c.sentence} for c in result.claims
        ],
        "score": score_json(result.score),
        "anomalies": [_anomaly(a) for a in result.anomalies],
    }  # fmt: skip
    strict: Json = json.loads(b"".join(encoded(summary)))  # however it is printed then
    return strict


def address_json(place: Place, owner: Owner | None) -> Json:
    """The address part of an endpoint object, as ``where --json`` prints it."""
    operator = place.operator
    return {
        "ip": place.ip,
        "operator": {"asn": operator.asn, "name": operator.name},
        "provider": place.provider,
        "service": place.service,
        "region": place.region,
        "owner": owner
        and {
            "name": owner.name,
            "country": owner.country,
            "domain": owner.domain,
            "category": owner.category,
        },
        "location": _location(place.location),
    }


def _totals(known: Facts) -> Json:
    return {
        "endpoints": known.endpoints,
        "countries": len(known.countries),
        "bytes_up": known.up,
        "bytes_down": known.down,
        "bytes_up_abroad": known.abroad,
        "bytes_up_abroad_single_source": known.abroad_single,
        "local_bytes": known.local_bytes,
        "bytes_up_by_certainty": {str(c): up for c, up in known.sure.items()},
    }


def _run(run: Run) -> Json:
    return {
        "tool": "phonehome",
        "version": run.version,
        "arguments": run.arguments,
        "home": run.home,
        "vantage": run.vantage,
        "quiet_hours": run.quiet_hours,
        "on": run.on,
        "data": [
            {"name": d.name, "publisher": d.publisher, "built": d.built, "licence": d.licence,
             "sha256": d.sha256}
            for d in run.data
        ],
        "rules_sha256": run.rules_sha256,
        "limits": run.limits,
        "keylog": {"name": run.keylog.name, "sha256": run.keylog.sha256} if run.keylog else None,
    }  # fmt: skip


def _capture(capture: Capture) -> Json:
    c = capture.counters
    return {
        "files": [
            {"name": f.name, "sha256": f.sha256, "sha1": f.sha1, "bytes": f.bytes,
             "container": f.container}
            for f in capture.files
        ],
        "packets": capture.packets,
        "first": _time(capture.first),
        "last": _time(capture.last),
        "link_types": capture.link_types,
        "interfaces": [
            {"id": i.id, "name": i.name, "link_type": i.link_type, "link_name": i.link_name,
             "packets": i.packets, "received": i.received, "dropped": i.dropped}
            for i in capture.interfaces
        ],
        "truncated_packets": capture.truncated_packets,
        "bytes_not_read": capture.bytes_not_read,
        "wire_bytes": capture.wire_bytes,
        "counters": {"read": c.read, "in_flows": c.in_flows, "non_ip": c.non_ip,
                     "undecodable": c.undecodable},
    }  # fmt: skip


def _visibility(v: Visibility) -> Json:
    return {name: getattr(v, name) for name in Visibility.__slots__}


def _handset(h: Handset) -> Json:
    return {name: getattr(h, name) for name in Handset.__slots__}


def _anomaly(a: Anomaly) -> Json:
    return {name: getattr(a, name) for name in Anomaly.__slots__}


def _endpoint(e: Endpoint) -> Json:
    address = address_json(e.place, e.owner)
    return {
        **address,
        "ip": e.ip,
        "names": [{"name": n.name, "source": n.source, "frame": n.frame} for n in e.names],
        "ports": e.ports,
        "flows": e.flows,
        "packets_up": e.packets_up,
        "packets_down": e.packets_down,
        "bytes_up": e.bytes_up,
        "bytes_down": e.bytes_down,
        "first": _time(e.first),
        "last": _time(e.last),
        "first_frame": e.first_frame,
        "rtt_frames": e.rtt_frames and list(e.rtt_frames),
        "party": str(e.party),
        "encryption": e.encryption
        and {name: getattr(e.encryption, name) for name in Encryption.__slots__},
    }


def _identifier(i: IdentifierSeen) -> Json:
    return {
        "kind": i.kind,
        "confirmed": i.confirmed,
        "encoding": "-".join(i.stack),
        "masked": i.masked,
        "length": i.length,
        "sha256": i.sha256,
        "flow_id": i.flow_id,
        "first": _time(i.ts),
        "count": i.count,
        "frames": i.frames,
        "chance_hits": i.chance,
        "decrypted": i.decrypted,
    }


def _location(at: Location) -> Json:
    return {
        "country": at.country,
        "certainty": str(at.certainty),
        "statements": [
            {"source": s.source, "country": s.country, "place": s.place, "date": s.date,
             "note": s.note}
            for s in at.statements
        ],
        "rtt_ms": at.rtt_ms,
        "max_km": at.max_km,
        "excluded": at.excluded,
        "sentence": at.sentence,
        "city": at.city,
        "latitude": at.latitude,
        "longitude": at.longitude,
    }  # fmt: skip


def _finding(f: Finding) -> Json:
    e = f.evidence
    return {
        "id": f.id,
        "rule": f.rule,
        "severity": str(f.severity),
        "title": f.title,
        "text": f.text,
        "subject": f.subject,
        "numbers": f.numbers,
        "evidence": {
            "frames": e.frames,
            "frame_count": e.frame_count,
            "display_filter": e.display_filter,
            "first": _time(e.first),
            "last": _time(e.last),
            "file": e.file,
        },
        "caveat": f.caveat,
        "endpoints": f.endpoints[: limits.SCORE_LISTED],
    }


def _claim(c: ClaimVerdict) -> Json:
    return {
        "id": c.id,
        "vendor": c.vendor,
        "quote": c.quote,
        "speaker": c.speaker,
        "said_on": c.said_on,
        "source": c.source,
        "verdict": str(c.verdict),
        "sentence": c.sentence,
        "gap_sentence": c.gap_sentence,
        "coverage": {name: getattr(c.coverage, name) for name in Coverage.__slots__},
        "predicates": [_predicate(p) for p in c.predicates],
        "cannot_show": c.cannot_show,
        "context": c.context,
    }


def _predicate(p: PredicateVerdict) -> Json:
    return {
        "id": p.id,
        "text": p.text,
        "verdict": str(p.verdict),
        "reason": p.reason,
        "endpoints": p.endpoints,
        "tested": p.tested,
        "counterexample_count": p.counterexample_count,
        "counterexamples": [
            {name: getattr(e, name) for name in Counterexample.__slots__} for e in p.counterexamples
        ],
    }


def score_json(s: Score | None) -> Json | None:
    """The score with its parts; null where no rule file says what counts."""
    if s is None:
        return None
    return {
        "total": s.total,
        "sentence": s.sentence,
        "parts": [_part(part) for part in s.parts],
        "coverage": {name: getattr(s.coverage, name) for name in ScoreCoverage.__slots__},
    }


def _part(p: ScorePart) -> Json:
    most = limits.SCORE_LISTED
    return {
        "name": p.name,
        "title": p.title,
        "points": p.points,
        "of": p.of,
        "why": p.why,
        "findings": p.findings[:most],
        "finding_count": len(p.findings),
        "claims": p.claims[:most],
        "endpoints": p.endpoints[:most],
        "endpoint_count": len(p.endpoints),
    }


def _time(ns: int | None) -> str | None:
    """RFC 3339, or None when there is none or its year is beyond four digits."""
    return stamp(ns) or None


def _is_objects(value: object) -> bool:
    if isinstance(value, list):
        return bool(value) and isinstance(value[0], dict)
    return isinstance(value, map)


def _items(objects: Iterable[Json]) -> Iterator[bytes]:
    opening, end = b"[\n", b"[]"
    for item in objects:
        yield opening + _bytes(_dumps(item))
        opening, end = b",\n", b"\n]"
    yield end


def _dumps(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(value), ensure_ascii=False, allow_nan=False)


def _finite(value: Any) -> Any:
    """The value with what JSON has no number for (NaN, infinity) as null."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list) else value


def _bytes(text: str) -> bytes:
    if not text.isascii() or "\x7f" in text:
        text = _SURROGATE.sub(lambda found: f"\\\\u{ord(found[0]):04x}", text)
        text = _ACTED_ON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return text.encode()
