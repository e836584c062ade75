"""On how much a report rests, in sentences: the same for every format."""

from __future__ import annotations

from analyzer.model import Anomaly, Result
from analyzer.report.answer import duration
from analyzer.report.figures import share, size
from analyzer.report.words import CATALOGUE, TEXT, counted, say, sentence

_REMEDIES = {
    "not_a_capture": "remedy.not_a_capture",
    "cut_short": "remedy.whole",
    "damaged_record": "remedy.whole",
    "unreadable": "remedy.whole",
}
"""Kinds of damage that leave nothing to read, worst first, and what to do about them."""

_DAMAGE = (*_REMEDIES, "file_changed")
"""Kinds that make a result incomplete."""

_HINDERS = (
    *_DAMAGE, "bad_header", "cut_header", "nested_too_deep", "unknown_link_type",
    "wifi_encrypted", "unknown_interface",
)  # fmt: skip
"""Kinds for which packets stay unread; the clock, say, is no reason for that."""

_SHARES = ("named", "located_by_operator", "edge")
_SELDOM = ("decrypted", "attributed_to_app")
"""Told where there is something to tell."""


def shares_said(result: Result) -> list[tuple[str, str]]:
    """(share of all bytes, what it is the share of), in a fixed order."""
    sight = result.visibility
    told = (*_SHARES, *(name for name in _SELDOM if getattr(sight, name)))
    return [(share(getattr(sight, name)), say(f"sight.{name}")) for name in told]


def limits_said(result: Result) -> list[str]:
    """What hides what, what is missing, and what was odd in the input."""
    sight, capture = result.visibility, result.capture
    lines = [say("limit.time", span=duration(result))]
    if sight.encrypted_dns_bytes:
        lines.append(say("limit.encrypted_dns", size=size(sight.encrypted_dns_bytes)))
    if sight.ech_flows:
        lines.append(say("limit.ech", flows=counted("flows", sight.ech_flows)))
    if sight.decrypted_flows:
        lines.append(CATALOGUE.plural("limit.decrypted", sight.decrypted_flows))
    if sight.vpn_bytes:
        lines.append(say("limit.vpn", size=size(sight.vpn_bytes)))
    if sight.late_start_flows:
        lines.append(CATALOGUE.plural("limit.late", sight.late_start_flows))
    if unnamed := sum(sight.unnamed_flows.values()):
        why = "; ".join(f"{reason(r)} ({n:,})" for r, n in sight.unnamed_flows.items() if n)
        lines.append(sentence(say("limit.unnamed", flows=counted("flows", unnamed), why=why)))
    if capture.truncated_packets:
        lines.append(CATALOGUE.plural("limit.cut", capture.truncated_packets))
    if capture.bytes_not_read:
        lines.append(say("limit.not_read", size=size(capture.bytes_not_read)))
    if not result.run.vantage:
        lines.append(say("limit.round_trip"))
    elif capture.vpn_recording:
        lines.append(say("limit.round_trip_vpn"))
    if old := [a.effect for a in result.anomalies if a.kind == "data_age"]:
        lines.append(say("limit.data_age", sources="; ".join(old)))
    return lines + [_anomaly(a) for a in result.anomalies if a.kind != "data_age"]


def why_not_whole(result: Result, most: int) -> str:
    """Up to ``most`` sentences on what could not be read."""
    odd = [a for a in result.anomalies if a.kind in _HINDERS]
    reasons = [a for a in odd if a.kind in _DAMAGE] or odd
    told = " ".join(sentence(a.effect or a.kind) for a in reasons[:most])
    return told or sentence(say("nothing.no_ip"))


def nothing_usable(result: Result) -> str:
    """Why nothing could be used: what, at which byte, and what to do; one sentence."""
    odd = [a for a in result.anomalies if a.kind in _HINDERS]
    found = {a.kind for a in odd}
    remedy = next((text for kind, text in _REMEDIES.items() if kind in found), "remedy.no_ip")
    reasons = "; ".join(map(_where, odd)) or say("nothing.no_ip")
    return say("nothing.usable", reasons=reasons, remedy=say(remedy))


def _where(a: Anomaly) -> str:
    """What is odd and at which byte of the unpacked file; of what is no capture that is no news."""
    if a.offset is None or a.kind == "not_a_capture":
        return a.effect
    return say("nothing.at", effect=a.effect, offset=f"{a.offset:,}")


def reason(code: str) -> str:
    """Why a conversation has no name, in words; an unknown code as it is."""
    key = f"why.{code}"
    return say(key) if key in TEXT else code


def _anomaly(a: Anomaly) -> str:
    """What is odd, how often if more than once, and where if that is known."""
    seen = [counted("times", a.count)] if a.count != 1 else []
    if a.first_frame is not None:
        seen.append(say("limit.at_frame", frame=a.first_frame))
    if a.offset is not None:
        seen.append(say("limit.at_offset", offset=a.offset))
    effect = sentence(a.effect or a.kind.replace("_", " "))
    return say("limit.anomaly", effect=effect, seen=", ".join(seen)) if seen else effect
