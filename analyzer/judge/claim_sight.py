"""Which traffic of a capture a claim is held against, and what is known of it.

Rules of this file
- First-party is an answered conversation of a vendor's own handset under one of
  the vendor's own names. Without a name, or without an answer of at least a byte, it
  speaks for nobody; nor does a name of another company of the same group.
- Nor does an answer that may be somebody else's: of a proxy; of the network, as a
  hotel's portal answers in any server's place; or, where only a look-up gives the
  name, of an address that serves others too.
- An operator's list may deny an address only for recordings of the same year.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from analyzer.judge import claim_words
from analyzer.judge.kinds import Kind, kinds, scene
from analyzer.model import Endpoint, Flow, NameSource, Party, Result
from analyzer.proxied import proxied

YEAR = 366  # days


class Known(NamedTuple):
    """What other rooms know of names and lists; without it, what the endpoints say."""

    vendor_of: Callable[[str], str | None] | None = None  # id of the vendor whose name it is
    purpose_of: Callable[[str], str | None] | None = None  # what the name is for
    list_dates: Mapping[str, str] = MappingProxyType({})  # provider -> its list used
    vendor_given: bool = True  # by the user; else it was guessed from the traffic


class Seen(NamedTuple):
    """Conversations of one kind, as facts and counts; flows and endpoint if they are real."""

    facts: Mapping[str, Any]
    first: bool  # the vendor's own
    ip: str
    bytes: int
    payload_up: int
    flows: Sequence[Flow] = ()
    endpoint: Endpoint | None = None


class _Facts(dict[str, Any]):
    """A kind's facts, with some that are better known for its very name."""

    def __init__(self, kind: Kind, own: Mapping[str, Any]) -> None:
        super().__init__(own)
        self.kind = kind

    def __missing__(self, name: str) -> Any:
        value = self[name] = self.kind[name]
        return value


def traffic(result: Result, known: Known, wide: bool) -> dict[str, list[Seen]]:
    """Answered conversations by the address of their handset; the vendor's own unless ``wide``."""
    vendor_of = {ip: phone.vendor for phone in result.handsets for ip in phone.addresses}
    with_proxy = proxied(result.names, result.flows)
    every = [kind for coarse in kinds(scene(result, None)) for kind in coarse.parts]
    portals = {kind.flow.server_ip for kind in every if _shows_a_portal(kind)}
    found: dict[str, list[Seen]] = {}
    for kind in every:
        client = kind.flow.client_ip
        vendor = None if kind.flow.server_ip in portals else vendor_of.get(client)
        first = _is_own(kind, vendor, known)
        flows = [flow for flow in kind.flows if flow.payload_down and flow.id not in with_proxy]
        if first and _serves_others(kind, known):
            flows = [flow for flow in flows if flow.name_source is not NameSource.DNS]
        if flows and kind.endpoint and (first or wide):
            one = _of_kind(kind, kind.endpoint, flows, first, known)
            found.setdefault(client, []).append(one)
    return found


def _is_own(kind: Kind, vendor: str | None, known: Known) -> bool:
    """Whether a conversation bears a name of the handset's own vendor."""
    name = kind.flow.name
    if name is None or vendor is None or _is_open_check(kind, name, known):
        return False
    if known.vendor_of:
        return known.vendor_of(name) == vendor
    return kind.endpoint is not None and kind.endpoint.party == Party.FIRST


def _is_open_check(kind: Kind, name: str, known: Known) -> bool:
    """Whether it is a check in clear for a portal: the network is meant to answer it."""
    purpose = known.purpose_of(name) if known.purpose_of else kind["category"]
    return purpose == "connectivity_check" and kind["encrypted"] in ("no", "mixed")


def _shows_a_portal(kind: Kind) -> bool:
    """Whether an address answers under a name with another's certificate: whoever it is answers
    there under its other names, too, and hides its certificate in TLS 1.3."""
    return kind["certificate_fits"] is False


def _serves_others(kind: Kind, known: Known) -> bool:
    """Whether the address was also reached under names of somebody else."""
    of, names = known.vendor_of, kind.endpoint.names if kind.endpoint else ()
    own = of(kind.flow.name) if of and kind.flow.name else None
    return of is not None and any(of(seen.name) != own for seen in names)


def _of_kind(kind: Kind, endpoint: Endpoint, flows: list[Flow], first: bool, known: Known) -> Seen:
    name = kind.flow.name
    own: dict[str, Any] = {}
    if known.vendor_of and name is not None:
        own["party"] = str(Party.FIRST) if first else _others(endpoint.party)
    if known.purpose_of and name is not None:
        own["category"] = known.purpose_of(name)
    if kind["encrypted"] in ("no", "mixed") and not any(f.cleartext_frame for f in flows):
        own["encrypted"] = "unknown"  # no frame shows it
    size = sum(flow.bytes for flow in flows)
    up = sum(flow.payload_up for flow in flows)
    return Seen(_Facts(kind, own), first, endpoint.ip, size, up, flows, endpoint)


def _others(party: Party) -> str:
    """The party of a name that is not the vendor's, on an address that may serve both."""
    return str(Party.UNKNOWN if party == Party.FIRST else party)


def lists_of_the_time(result: Result, known: Known) -> dict[str, str]:
    """The operators' lists that may say an address is not theirs: of the same year."""
    on = result.run.on or claim_words.day(result.capture.first)
    near = {}
    for provider, date in known.list_dates.items():
        if on and abs(claim_words.days(date) - claim_words.days(on)) <= YEAR:
            near[provider] = date
    return near
