"""Identifiers of a group as findings: what went where, how it was written, what it is shown as."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from analyzer.judge import units, words
from analyzer.judge.commonplace import WORDY
from analyzer.judge.facts import operator
from analyzer.judge.groups import Group
from analyzer.judge.identifier_pool import HASHES
from analyzer.judge.tests_registry import Tested
from analyzer.model import Flow, IdentifierSeen

KINDS = {
    "imei": "IMEI", "imsi": "IMSI", "iccid": "SIM card number", "phone": "phone number",
    "serial": "serial number", "android_id": "Android ID", "advertising_id": "advertising ID",
    "wifi_mac": "Wi-Fi MAC address", "bluetooth_mac": "Bluetooth MAC address",
    "mac": "MAC address", "email": "e-mail address", "ssid": "network name (SSID)",
    "bssid": "address of an access point (BSSID)", "name": "name", "position": "position",
    "contacts": "contact", "password": "user name and password", "file": "file",
    "model": "model", "build": "build", "carrier": "carrier", "network": "kind of network",
    "locale": "language", "device_hash": "device hash",
}  # fmt: skip
"""What each kind is called in a sentence."""

BY_PROTOCOL = frozenset(
    ("password", "file", "model", "build", "carrier", "network", "locale", "device_hash")
)
"""Kinds that a protocol has a place for: neither planted nor guessed from looks."""

SHOWN = 3
"""Values and ways of writing named in a sentence; all are counted."""


class One(NamedTuple):
    """What stands at one place of a finding's numbers: a sighting and its flow."""

    flow: Flow
    seen: IdentifierSeen


def identifiers(group: Group, parameters: Mapping[str, Any]) -> list[Tested]:
    """The identifiers in a group's clear content, parted by kind and destination as asked."""
    return _found(group, parameters, decrypted=False)


def identifiers_inside(group: Group, parameters: Mapping[str, Any]) -> list[Tested]:
    """The same of content that was encrypted on the way and read with keys."""
    return _found(group, parameters, decrypted=True)


def _found(group: Group, parameters: Mapping[str, Any], decrypted: bool) -> list[Tested]:
    flows = {flow.id: flow for flow in group.flows}
    parts: dict[tuple[str, ...], list[One]] = {}
    for seen in group.scene.result.identifiers:
        if seen.decrypted is not decrypted or seen.flow_id not in flows:
            continue
        if _is_asked_for(seen, parameters):
            one = One(flows[seen.flow_id], seen)
            key = tuple(_APART[what](group, one) for what in parameters["apart"])
            parts.setdefault(key, []).append(one)
    asked = parameters["found_by"]
    parts = {
        key: part
        for key, part in parts.items()
        if not part[0].seen.confirmed or _shown(part) in asked
    }
    return [_tested(group, key, part) for key, part in sorted(parts.items())]


def _is_asked_for(seen: IdentifierSeen, parameters: Mapping[str, Any]) -> bool:
    kinds, asked = parameters["kinds"], set(parameters["found_by"])
    by = {"sheet", "hash"} if seen.confirmed else {found_by(seen)}
    return bool(by & asked) and ("any" in kinds or seen.kind in kinds)


def _shown(part: Sequence[One]) -> str:
    """``hash`` where no value of the sheet was readable itself, else ``sheet``."""
    return "hash" if all(_hashes(one.seen) for one in part) else "sheet"


def _hashes(seen: IdentifierSeen) -> list[str]:
    return [way for way in seen.stack if way in HASHES]


def found_by(seen: IdentifierSeen) -> str:
    """``sheet`` for a planted value, hashed or not, else ``protocol`` or ``looks``."""
    if seen.confirmed:
        return "sheet"
    return "protocol" if seen.kind in BY_PROTOCOL else "looks"


def way(seen: IdentifierSeen) -> str:
    """``base64-sha1-imei``: how it was written, outermost first."""
    return "-".join(seen.stack)


def _destination(group: Group, one: One) -> str:
    """The owner of the endpoint, else the name it was reached under, else its address."""
    endpoint = group.endpoints.get(one.flow.server_ip)
    owner = endpoint.owner.name if endpoint and endpoint.owner else None
    return words.clean(owner or one.flow.name or one.flow.server_ip)


def _to(group: Group, part: Sequence[One]) -> str:
    """``to Xiaomi``; of an address that somebody else runs only the name is Xiaomi's."""
    found = dict.fromkeys((_destination(group, one), _runs_it(group, one)) for one in part)
    lent = {name for name, own in found if not own}
    said = _distinct(name for name, _ in found)
    return "to " + units.joined(
        [f"an address under a name of {name}" if name in lent else name for name in said]
    )


def _runs_it(group: Group, one: One) -> bool:
    """Whether the owner of the name runs the address, too; where no owner is known, yes."""
    endpoint = group.endpoints.get(one.flow.server_ip)
    if endpoint is None or endpoint.owner is None:
        return True
    owner, runs = endpoint.owner.name.lower(), (operator(endpoint) or "").lower()
    return bool(runs) and (owner.split()[0] in runs or runs.split()[0] in owner)


_APART = {"kind": lambda group, one: str(one.seen.kind), "destination": _destination}


def _tested(group: Group, key: tuple[str, ...], part: Sequence[One]) -> Tested:
    seen = [one.seen for one in part]
    flows = {one.flow.id: one.flow for one in part}
    frames = sorted({frame for each in seen for frame in each.frames or [each.frame]})
    values = {(each.sha256, each.masked): each for each in seen}
    count = sum(each.count for each in seen)
    ways = _distinct(way(each) for each in seen)
    kinds = _distinct(KINDS.get(each.kind, each.kind) for each in seen)
    called = kinds
    if _shown(part) == "hash":
        hashes = ", ".join(_distinct(name for each in seen for name in _hashes(each)))
        called = [f"hash ({hashes}) of {_article(kind)}" for kind in kinds]
    said = {
        "subject": units.joined(_distinct(_destination(group, one) for one in part)),
        "to": _to(group, part),
        "kinds": units.joined(called, len(KINDS)),
        "what": _article(units.joined(called, len(KINDS))),
        "values": units.joined([_value(each) for each in values.values()], SHOWN),
        "ways": units.joined(ways, SHOWN),
        "times": "once" if count == 1 else units.counted(count, "time", "times"),
        "shown": str(frames[0]),
    }
    numbers: dict[str, int | float | str] = {
        "identifiers": len(values),
        "sightings": count,
        "kinds": ", ".join(kinds),
        "encodings": ", ".join(ways),
        "masked": ", ".join(each.masked for each in list(values.values())[:SHOWN]),
        "length": max(each.length for each in seen),
        "sha256": ", ".join([digest for digest, _ in values][:SHOWN]),
    }
    if not any(each.kind in WORDY for each in seen):
        numbers["chance_hits"] = max(each.chance for each in seen)
    return Tested("-".join(key), list(flows.values()), numbers, said, frames)


def _article(noun: str) -> str:
    return f"an {noun}" if noun[:1].lower() in "aeio" else f"a {noun}"


def _value(seen: IdentifierSeen) -> str:
    digest = f", SHA-256 {seen.sha256[:16]}..." if seen.sha256 else ""
    return f"{seen.masked} ({seen.length} characters{digest})"


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
