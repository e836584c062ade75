"""``phonehome where``: everything known of one address, or who a name belongs to.

Rules of this file
- Passive: a name is never looked up in the DNS. What it shows is the company
  the name belongs to; where it leads is for an address to say.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from analyzer import labels
from analyzer.addresses import packed, text
from analyzer.errors import UsageError
from analyzer.model import Certainty, Location, Owner, Place
from analyzer.places.atlas import Atlas
from analyzer.places.networks import Providers
from analyzer.report.safe import visible
from analyzer.report.to_json import address_json
from analyzer.shipped import data_folder

__all__ = ["Atlas", "as_json_line", "as_text", "explain"]

Found = dict[str, Any]
OwnerLookup = Callable[[str], Owner | None]

NOT_LOOKED_UP = (
    "is a name; phonehome contacts nobody, so it does not look up the addresses behind it: "
    "give an address to learn where it stands"
)

_MEANING = {
    "stated": "the operator itself says so",
    "agreed": "independent sources agree",
    "single": "one source only, or several that do not confirm each other",
    "disputed": "sources differ, all are shown",
    "edge": "no country can be given",
    "unknown": "no source knows it",
    "private": "not an address of the public Internet",
}


def explain(argument: str, atlas: Atlas, owner_lookup: OwnerLookup | None = None) -> Found:
    """The address part of an endpoint object for an address or a name.

    For a name ``ip`` is null, ``name`` stands beside it, and only the owner is
    filled, by ``owner_lookup``. UsageError if the argument is neither.
    """
    try:
        ip = text(packed(argument))
    except ValueError:
        name = _name(argument)
        nowhere = Location(None, Certainty.UNKNOWN, sentence=NOT_LOOKED_UP)
        owner = owner_lookup(name) if owner_lookup else None
        found = address_json(Place("", location=nowhere), owner)
        return found | {"ip": None, "name": name}
    return address_json(atlas.place(ip), None)


def as_json_line(found: Found) -> str:
    """One line of JSON Lines, without its newline."""
    return json.dumps(found, ensure_ascii=True, separators=(", ", ": "))


def as_text(found: Found) -> str:
    """The same for people, source by source; ends with a newline."""
    location = found["location"]
    subject = found["ip"] or found["name"]
    lines = [f"{subject} {location['sentence']}.", ""]
    rows = [*_who(found), *_how_sure(location)]
    lines += [f"  {label:<12}{value}" for label, value in rows]
    if location["statements"]:
        lines += ["", "  What each source says:"]
        lines += [f"    {_statement(said)}" for said in location["statements"]]
    return "\n".join(visible(line) for line in lines) + "\n"


def _name(argument: str) -> str:
    """The argument as a lower-case domain name; UsageError if it cannot be one."""
    name = argument.rstrip(".").lower()
    parts = name.split(".")
    good = all(
        0 < len(part) < 64 and part.replace("-", "").replace("_", "").isalnum() for part in parts
    )
    if len(parts) < 2 or len(name) > 253 or not good or parts[-1].isdigit():
        raise UsageError(
            f"“{visible(argument[:80])}” is neither an IP address nor a domain name; "
            "give one such as 13.126.0.1 or data.mistat.india.xiaomi.com"
        )
    return name


def _who(found: Found) -> list[tuple[str, str]]:
    rows = []
    if found["owner"]:
        owner = found["owner"]
        home = f", headquarters in {labels.country(owner['country'])}" if owner["country"] else ""
        rows.append(("Owner", f"{owner['name']}{home}"))
    elif found["ip"] is None:
        rows.append(("Owner", "not known"))
    if found["provider"]:
        providers = Providers(data_folder() / "providers.tsv")
        service = f", service {found['service']}" if found["service"] else ""
        region = f", region {found['region']}" if found["region"] else ""
        rows.append(("Run by", f"{providers.name(found['provider'])}{service}{region}"))
    operator = found["operator"]
    if operator["asn"] is not None:
        name = operator["name"] or "a network without a name"
        rows.append(
            ("Network", f"{name} (AS{operator['asn']}; who carries it, not where it stands)")
        )
    return rows


def _how_sure(location: Found) -> list[tuple[str, str]]:
    certainty = location["certainty"]
    if not location["statements"] and certainty == "unknown":
        return []
    return [("Certainty", f"{certainty}: {_MEANING.get(certainty, '')}".rstrip(": "))]


def _statement(said: Found) -> str:
    date = f", {said['date']}" if said["date"] else ""
    country = labels.country(said["country"]) if said["country"] else ""
    spot = ", ".join(part for part in (said["place"], country) if part)
    if said["place"] == country:
        spot = country
    note = f"({said['note']})" if said["note"] and spot else said["note"]
    return f"{said['source']}{date}: {' '.join(part for part in (spot, note) if part)}".rstrip(": ")
