"""Forged recordings of a vendor's handset, for claims to be held against."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from forged_results import HANDSET, RULES
from forged_results import endpoint as bare_endpoint
from forged_results import flow as bare_flow

from analyzer import model as m
from analyzer.judge import claim_files, claim_sight, claims

DAY = 86_400 * 10**9
VENDORS = {"miui.com": "xiaomi", "xiaomi.com": "xiaomi", "heytap.com": "oppo",
           "vivo.com": "vivo", "handset.example": "demo"}  # fmt: skip
PURPOSES = {"connect": "connectivity_check", "account": "account", "tracking": "telemetry",
            "update": "update", "ads": "ads"}  # fmt: skip


def vendor_of(name: str) -> str | None:
    return next((id for domain, id in VENDORS.items() if name.endswith("." + domain)), None)


def purpose_of(name: str) -> str | None:
    return PURPOSES.get(name.partition(".")[0], "system")


def known(list_date: str = "", given: bool = True) -> claim_sight.Known:
    """As the pipeline gives it; AWS's list is of the recording's own day unless said."""
    return claim_sight.Known(vendor_of, purpose_of, {"aws": list_date} if list_date else {}, given)


def seen(
    ip: str, name: str | None, certainty: str, country: str | None = None, **more: Any
) -> tuple[m.Endpoint, m.Flow]:
    """An endpoint of 600 bytes up, 4,000 down, and its one conversation."""
    place = {key: more.pop(key) for key in ("provider", "region", "operator") if key in more}
    party = more.pop("party", "first" if name and vendor_of(name) else "third")
    statements = more.pop("statements", [])
    end = bare_endpoint(ip, certainty, country, **place)
    end.party = m.Party(party)
    end.place.location.statements = statements
    number = int(ip.rpartition(".")[2])
    if name:
        end.names = [m.EndpointName(name, "sni", number * 10 + 1)]
    tls = m.TlsSeen("TLS 1.3", "TLS_AES_128_GCM_SHA256")
    conversation = {"name": name, "name_frame": number * 10 + 1, "tls": tls, "payload_up": 2_000}
    return end, bare_flow(number, ip, **{**conversation, **more})


def recording(
    *parts: tuple[m.Endpoint, m.Flow],
    on: str = "2017-10-01",
    vendor: str | None = "xiaomi",
    home: str | None = "IN",
) -> m.Result:
    """A recording of one handset, an hour long."""
    at = (date.fromisoformat(on).toordinal() - date(1970, 1, 1).toordinal()) * DAY
    flows = [flow for _, flow in parts]
    for number, flow in enumerate(flows, 1):
        flow.id = number
    endpoints = {end.ip: end for end, _ in parts}
    return m.Result(
        m.Status.COMPLETE,
        m.Run("0", home=home, on=on),
        m.Capture(first=at, last=at + 3_600 * 10**9),
        m.Visibility(hours=1.0),
        handsets=[m.Handset([HANDSET], vendor=vendor)],
        endpoints=list(endpoints.values()),
        flows=flows,
    )


def judged(
    id: str, result: m.Result, list_date: str | None = None, given: bool = True
) -> m.ClaimVerdict:
    """The verdict of one shipped claim."""
    claim = claim_files.choose([id], [RULES])
    at = known(result.run.on or "" if list_date is None else list_date, given)
    (verdict,) = claims.judge_claims(result, claim, at)
    return verdict


def texts(verdict: m.ClaimVerdict) -> list[str]:
    """Every sentence of ours in a verdict."""
    return [
        verdict.sentence,
        verdict.gap_sentence,
        *verdict.cannot_show,
        *verdict.context,
        *(text for p in verdict.predicates for text in (p.text, p.reason)),
        *(example.text for p in verdict.predicates for example in p.counterexamples),
    ]


def write(folder: Path, text: str, name: str = "a") -> Path:
    """A claim file in a rules folder."""
    path = folder / "claims" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path
