"""The record of one recording of a batch: a line of the scoreboard, sealed beside its report.

Schema ``phonehome/record/1``. Nothing in it tells when, where or how fast it
was made: every engine writes the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from analyzer import limits
from analyzer.batch.task import Settings, Task

if TYPE_CHECKING:
    from analyzer.model import Endpoint, Result

Record = dict[str, Any]

SCHEMA = "phonehome/record/1"
REASONS = {
    "killed": "a worker died twice while it analysed this recording, the second time with nothing"
    " beside it",
    "memory": "it needed more memory than --memory allows",
    "timeout": "it took longer than --timeout allows, also with nothing beside it",
    "malformed": "it is no capture, or is damaged before its first packet",
    "nothing_usable": "it was read, and no packet in it is IP",
    "error": "it could not be analysed",
}
"""Reason of a failure -> sentence, where nothing better is known."""
LIMITED = ("killed", "memory", "timeout")
_DAMAGE = ("not_a_capture", "cut_short", "damaged_record", "unreadable", "file_changed")
_SHEET = ("id", "vendor", "model", "firmware", "home", "place")


def of(result: Result, task: Task, formats: Sequence[str] = ("html",)) -> Record:
    """What the scoreboard needs of a result whose report has these formats."""
    from analyzer.report import result_json

    document = result_json(result)
    capture, visibility = result.capture, result.visibility
    failed = str(result.status) == "failed"
    reason = ("nothing_usable" if capture.packets else "malformed") if failed else None
    return {
        **_head(task, vendor=_vendor(result), home=result.run.home, place=result.run.vantage),
        "status": str(result.status),
        "reason": reason,
        "why": _why(result, reason),
        "first": document["capture"]["first"],
        "last": document["capture"]["last"],
        "hours": visibility.hours,
        "bytes": visibility.bytes,
        "bytes_up": sum(endpoint.bytes_up for endpoint in result.endpoints),
        "bytes_down": sum(endpoint.bytes_down for endpoint in result.endpoints),
        "visibility": document["visibility"],
        "score": document["score"],
        "verdicts": [
            {
                "claim": claim.id,
                "vendor": claim.vendor,
                "verdict": str(claim.verdict),
                "far": bool(claim.gap_sentence),
            }
            for claim in result.claims
        ],
        "countries": _countries(result.endpoints),
        "endpoints": [_endpoint(endpoint) for endpoint in _largest(result.endpoints)],
        "findings": dict(sorted(Counter(str(f.severity) for f in result.findings).items())),
        "handsets": len(result.handsets),
        "report": f"captures/{task.key}/{'report.html' if 'html' in formats else 'result.json'}",
        "limits": None,
    }


def failed(task: Task, reason: str, why: str = "", settings: Settings | None = None) -> Record:
    """The record of a recording of which there is no result."""
    return {
        **_head(task),
        "status": "failed",
        "reason": reason,
        "why": why or REASONS[reason],
        "first": None,
        "last": None,
        "hours": 0.0,
        "bytes": 0,
        "bytes_up": 0,
        "bytes_down": 0,
        "visibility": None,
        "score": None,
        "verdicts": [],
        "countries": [],
        "endpoints": [],
        "findings": {},
        "handsets": 0,
        "report": None,
        "limits": settings.limits() if settings and reason in LIMITED else None,
    }


def _head(task: Task, **known: str | None) -> Record:
    """What every record begins with; of its handset what is ``known``, else what its sheet says."""
    return {
        "schema": SCHEMA,
        "key": task.key,
        "names": sorted(task.names),
        "files": [
            {"name": part.name, "sha256": part.sha256, "bytes": part.bytes} for part in task.parts
        ],
        "device": {name: task.device.get(name) for name in _SHEET} | known,
    }


def _vendor(result: Result) -> str | None:
    """The vendor the run was asked to judge, else the only one the capture showed."""
    for word in result.run.arguments:
        if word.startswith("--vendor="):
            return word.removeprefix("--vendor=")
    shown = {handset.vendor for handset in result.handsets if handset.vendor}
    return min(shown) if len(shown) == 1 else None


def _why(result: Result, reason: str | None) -> str:
    """One sentence on what is missing; empty where nothing is."""
    if str(result.status) == "complete":
        return ""
    damage = [odd.effect for odd in result.anomalies if odd.kind in _DAMAGE and odd.effect]
    others = [odd.effect for odd in result.anomalies if odd.kind == "unknown_link_type"]
    return "; ".join(damage or others) or REASONS[reason or "error"]


def _countries(endpoints: Iterable[Endpoint]) -> list[Record]:
    """Bytes by place and how sure it is, most sent first."""
    sums: dict[tuple[str | None, str], list[int]] = {}
    for endpoint in endpoints:
        at = endpoint.place.location
        row = sums.setdefault((at.country, str(at.certainty)), [0, 0, 0])
        for i, more in enumerate((1, endpoint.bytes_up, endpoint.bytes_down)):
            row[i] += more
    found = [
        {"country": country, "certainty": certainty, "endpoints": n, "bytes_up": up,
         "bytes_down": down}
        for (country, certainty), (n, up, down) in sums.items()
    ]  # fmt: skip
    return sorted(found, key=lambda r: (-r["bytes_up"], r["country"] or "~", r["certainty"]))


def _largest(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    by_bytes = sorted(endpoints, key=lambda e: (-(e.bytes_up + e.bytes_down), e.ip))
    return by_bytes[: limits.RECORD_ENDPOINTS]


def _endpoint(endpoint: Endpoint) -> Record:
    place = endpoint.place
    return {
        "ip": endpoint.ip,
        "name": endpoint.names[0].name if endpoint.names else None,
        "owner": endpoint.owner.name if endpoint.owner else None,
        "country": place.location.country,
        "certainty": str(place.location.certainty),
        "provider": place.provider,
        "region": place.region,
        "party": str(endpoint.party),
        "bytes_up": endpoint.bytes_up,
        "bytes_down": endpoint.bytes_down,
    }
