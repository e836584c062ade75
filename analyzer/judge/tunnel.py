"""Names that carry content: look-ups whose labels look like encoded bytes.

Rules of this file
- Counted are distinct names that led to no conversation: a name that was
  looked up and then contacted served its purpose. Where many below a domain
  did, its long names are those of hosts, and the others are none the less.
- What may carry content is the part left of the registrable domain, in bytes on
  the wire; dots do not count.
- Evenness is the entropy of these bytes over that of as many equally likely
  ones of the same alphabet. The entropy is corrected for their number
  (Miller and Madow 1955: + (k - 1) / 2n nats), since few bytes always look
  less random than they are.
- Variety is how many of all runs of ``RUN`` bytes differ. Names made of words
  use their letters evenly enough, but repeat the words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log
from typing import Any

from analyzer.judge import units
from analyzer.judge.groups import Group
from analyzer.judge.lookups import LookUp, contacted, look_ups, was_followed
from analyzer.judge.tests_registry import Tested

Found = dict[tuple[int | str, str], list[tuple[LookUp, list[int]]]]
RUN = 5
_HOST = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_")


def encoded_names(group: Group, parameters: Mapping[str, Any]) -> list[Tested]:
    """Domains below which many distinct long names were asked for that look encoded."""
    found = _by_domain(group, parameters["length"], parameters["hosts"])
    return [
        _tested(group, domain, parts)
        for (_, domain), parts in found.items()
        if len(parts) >= parameters["names"]
        and _bytes(parts) >= parameters["bytes"]
        and evenness([part for _, part in parts]) >= parameters["evenness"]
        and variety([part for _, part in parts]) >= parameters["variety"]
    ]


def odd_names(group: Group, parameters: Mapping[str, Any]) -> list[Tested]:
    """Domains below which names were asked for that hold bytes no host name has."""
    found = []
    for (_, domain), parts in _by_domain(group, parameters["length"]).items():
        odd = [(one, part) for one, part in parts if not _HOST.issuperset(part)]
        if max(1, parameters["names"]) <= len(odd) <= parameters["most"]:
            found.append(_tested(group, domain, odd))
    return found


def _by_domain(group: Group, least: float, hosts: float = 1.0) -> Found:
    """Long names without a conversation, by handset and domain, with their encoded part.

    Domains are left out below which more than ``hosts`` of such names led to one.
    """
    at = group.scene
    met = contacted(at)
    found: Found = {}
    followed: Counter[tuple[int | str, str]] = Counter()
    for asker, one in look_ups(at, group.flows).items():
        if len(one.name) < least:
            continue
        domain, part = split(one.name, at.domain)
        if len(part) < least or not domain:
            continue
        if was_followed(asker, one, met):
            followed[asker[0], domain] += 1
        else:
            found.setdefault((asker[0], domain), []).append((one, part))
    return {
        key: parts
        for key, parts in found.items()
        if followed[key] <= hosts * (followed[key] + len(parts))
    }


def split(name: str, domain_of: Any) -> tuple[str, list[int]]:
    """(registrable domain, bytes left of it without dots); no domain for reverse look-ups."""
    labels = name.split(".")
    last = len(labels)
    while last and last > len(labels) - 4 and _HOST.issuperset(labels[last - 1].encode()):
        last -= 1
    tail = ".".join(labels[last:])
    domain = domain_of(tail) or ".".join(labels[-2:] if len(labels) - last > 1 else ())
    if not domain or domain.endswith((".arpa", ".local")):
        return "", []
    left = name.removesuffix(domain)
    return domain, [byte for label in left.split(".") for byte in wire(label)]


def wire(label: str) -> list[int]:
    """The bytes of a label that is written with ``\\DDD`` for what cannot be printed."""
    if label.isascii() and "\\" not in label:
        return list(label.encode())
    found, at = [], 0
    while at < len(label):
        digits = label[at + 1 : at + 4]
        escaped = label[at] == "\\" and len(digits) == 3 and digits.isdecimal()
        found.append(int(digits) & 255 if escaped else ord(label[at]) & 255)
        at += 4 if escaped else 1
    return found


def evenness(parts: Sequence[Sequence[int]]) -> float:
    """How evenly bytes are used, 0 to 1: 1 is as even as chance allows."""
    counts = Counter(byte for part in parts for byte in part)
    total, kinds = sum(counts.values()), len(counts)
    if kinds < 2:
        return 0.0
    entropy = -sum(n / total * log(n / total) for n in counts.values())
    return min(1.0, (entropy + (kinds - 1) / (2 * total)) / log(kinds))


def variety(parts: Sequence[Sequence[int]]) -> float:
    """How many of the runs of five bytes are different ones, 0 to 1."""
    runs = [tuple(part[at : at + RUN]) for part in parts for at in range(len(part) - RUN + 1)]
    return len(set(runs)) / len(runs) if runs else 0.0


def _bytes(parts: Sequence[tuple[LookUp, list[int]]]) -> int:
    return sum(len(part) for _, part in parts)


def _tested(group: Group, domain: str, parts: Sequence[tuple[LookUp, list[int]]]) -> Tested:
    ids = {flow for one, _ in parts for flow in one.flows}
    size = _bytes(parts)
    numbers = {
        "encoded_names": len(parts),
        "encoded_bytes": size,
        "longest": max(len(part) for _, part in parts),
        "evenness": round(evenness([part for _, part in parts]), 3),
        "variety": round(variety([part for _, part in parts]), 3),
    }
    words = {
        "subject": domain,
        "encoded_names": units.counted(len(parts), "name", "names"),
        "encoded_bytes": units.size(size),
        "longest": units.counted(int(numbers["longest"]), "character", "characters"),
    }
    frames = sorted({frame for one, _ in parts for frame in one.asked})
    return Tested(domain, [f for f in group.flows if f.id in ids], numbers, words, frames)
