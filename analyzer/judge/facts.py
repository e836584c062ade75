"""The facts a rule may ask about a kind of flow: the vocabulary of ``when``.

Rules of this file
- A fact that is not known is None; a condition on it is neither met nor
  missed (conditions.py).
- Where flows.csv or endpoints.csv has a column, the fact bears its name.
- A fact that many flows share is coarse: kinds.py sorts flows by all of them
  at once, so a new coarse fact of a flow or a place goes into its keys too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from analyzer import labels
from analyzer.judge import encryption
from analyzer.model import Certainty, Endpoint, Party, WhyNoName

if TYPE_CHECKING:
    from analyzer.judge.kinds import Kind

_SURE = (Certainty.STATED, Certainty.AGREED, Certainty.SINGLE)


class Fact(NamedTuple):
    """One thing to ask about."""

    what: str  # for the reader of `rules show` and of an error
    get: Callable[[Kind], Any]
    type: str = "text"  # text, flag, number, name, address, country
    values: tuple[str, ...] = ()  # all there are, when they are few
    fine: bool = False  # differs from endpoint to endpoint


def _country(kind: Kind) -> str | None:
    """Only of a place that somebody vouches for alone or in agreement."""
    location = _location(kind)
    return location.country if location and location.certainty in _SURE else None


def _location(kind: Kind) -> Any:
    return kind.endpoint.place.location if kind.endpoint else None


def _certainty(kind: Kind) -> str | None:
    location = _location(kind)
    return str(location.certainty) if location else None


def _at_home(kind: Kind) -> bool | None:
    country, home = kind["country"], kind.scene.home
    return None if country is None or home is None else country == home


def _public(kind: Kind) -> bool | None:
    if kind.endpoint is None:
        return None
    return kind["certainty"] != Certainty.PRIVATE and not is_group(kind.flow.server_ip)


def is_group(address: str) -> bool:
    """Multicast and broadcast: 224.0.0.0/3 and ff00::/8 hold no single server."""
    if ":" in address:
        return address.startswith("ff") and address.find(":") == 4
    return int(address.partition(".")[0]) >= 224


def _tls_version(kind: Kind) -> str | None:
    """The version both sides agreed on; an offer alone is not one."""
    tls = kind.flow.tls
    return tls.version if tls and tls.cipher is not None else None


def _cipher(kind: Kind) -> str | None:
    return kind.flow.tls.cipher if kind.flow.tls else None


def _certificate_date(kind: Kind) -> str | None:
    return encryption.certificate_date(kind.flow.tls, kind.flow.first, kind.scene.clock_in_doubt)


def _resolver(kind: Kind) -> str | None:
    if kind.flow.app_protocol != "dns":
        return None
    return "beside_local" if kind.flow.client_ip in kind.scene.with_local_resolver else "only"


def _operator(kind: Kind) -> str | None:
    return operator(kind.endpoint) if kind.endpoint else None


def operator(endpoint: Endpoint) -> str | None:
    """Who runs an address: the provider, else the network that announces it."""
    place = endpoint.place
    return labels.provider(place.provider) or place.operator.name


def _mismatch(kind: Kind) -> str | None:
    """The sentence of the endpoint's that speaks of this name (places/region_names.py)."""
    if kind.endpoint is None or kind.flow.name is None:
        return None
    said = kind.endpoint.name_mismatches
    return next(
        (text for text in said if text.startswith(f"The name {kind.flow.name} says ")), None
    )


def _of_place(name: str) -> Callable[[Kind], Any]:
    return lambda kind: getattr(kind.endpoint.place, name) if kind.endpoint else None


def _of_owner(name: str) -> Callable[[Kind], Any]:
    return lambda kind: (
        getattr(kind.endpoint.owner, name) if kind.endpoint and kind.endpoint.owner else None
    )


def _of_policy(ask: str) -> Callable[[Kind], Any]:
    return lambda kind: getattr(kind.scene.policy, ask)(kind) if kind.scene.policy else None


FACTS: dict[str, Fact] = {
    "proto": Fact("tcp, udp, icmp ... or the protocol's number", lambda k: k.flow.proto),
    "server_ip": Fact("address of the endpoint", lambda k: k.flow.server_ip, "address", fine=True),
    "server_port": Fact("its port", lambda k: k.flow.server_port, "number", fine=True),
    "client_ip": Fact("address of the handset", lambda k: k.flow.client_ip, "address", fine=True),
    "name": Fact("name the endpoint was reached under", lambda k: k.flow.name, "name", fine=True),
    "why_no_name": Fact(
        "why there is none", lambda k: k.flow.why_no_name, values=tuple(map(str, WhyNoName))
    ),
    "app": Fact("app on the handset, when the capture says it", lambda k: k.flow.app),
    "app_protocol": Fact("http, dns, tls ...", lambda k: k.flow.app_protocol),
    "encrypted": Fact(
        "whether its content is",
        lambda k: k.flow.encrypted,
        values=("yes", "no", "mixed", "unknown"),
    ),
    "identifier_in_clear": Fact(
        "an identifier of the device sheet was found in what could be read of it",
        lambda k: k.flow.id in k.scene.identified or None,
        "flag",
        fine=True,
    ),
    "encrypted_dns": Fact(
        "way of asking a resolver out of sight",
        lambda k: k.flow.encrypted_dns,
        values=("dot", "doh", "doq"),
    ),
    "tls_version": Fact("TLS version both sides agreed on", _tls_version),
    "cipher": Fact("cipher suite both sides agreed on", _cipher),
    "cipher_fault": Fact(
        "its worst weakness",
        lambda k: encryption.cipher_fault(_cipher(k)),
        values=encryption.CIPHER_FAULTS,
    ),
    "forward_secrecy": Fact(
        "a key that leaks later would not open it",
        lambda k: encryption.forward_secret(_cipher(k)),
        "flag",
    ),
    "certificate_date": Fact(
        "the server's certificate on the day of the conversation",
        _certificate_date,
        values=encryption.CERTIFICATE_DATES,
        fine=True,
    ),
    "certificate_self_signed": Fact(
        "it names itself as its issuer, and its own key verifies its signature",
        lambda k: k.flow.tls and k.flow.tls.certificate_self_signed,
        "flag",
        fine=True,
    ),
    "certificate_own_issuer": Fact(
        "issuer and subject are the same in it, whoever signed it",
        lambda k: encryption.own_issuer(k.flow.tls),
        "flag",
        fine=True,
    ),
    "certificate_fits": Fact(
        "it lists the name that was asked for",
        lambda k: encryption.certificate_fits(k.flow),
        "flag",
        fine=True,
    ),
    "certificate_issuer": Fact(
        "who issued it, by its own words",
        lambda k: k.flow.tls and k.flow.tls.certificate_issuer,
        fine=True,
    ),
    "starttls": Fact(
        "a readable beginning's change to TLS",
        lambda k: k.flow.starttls,
        values=("offered", "asked", "taken", "declined"),
    ),
    "content": Fact(
        "what its clear bytes look like; of HTTP its bodies",
        lambda k: k.flow.content,
        values=("readable", "encoded", "compressed", "random", "unknown"),
    ),
    "ech": Fact(
        "the encrypted-name extension is there", lambda k: k.flow.tls and k.flow.tls.ech, "flag"
    ),
    "late_start": Fact("it began before the recording", lambda k: k.flow.late_start, "flag"),
    "opened": Fact(
        "the handset opened it, not the other side", lambda k: k.flow.opened_by_client, "flag"
    ),
    "country": Fact("country of the endpoint, unless disputed", _country, "country"),
    "certainty": Fact("how sure its place is", _certainty, values=tuple(map(str, Certainty))),
    "home": Fact("the home country, where one was given", lambda k: k.scene.home, "country"),
    "at_home": Fact("it stands in the home country", _at_home, "flag"),
    "public": Fact("it is an address of the public Internet", _public, "flag"),
    "named": Fact(
        "a name was seen for the address, in this conversation or another",
        lambda k: bool(k.endpoint.names) if k.endpoint else None,
        "flag",
    ),
    "name_mismatch": Fact(
        "what the name says of its region, where the address stands elsewhere",
        _mismatch,
        fine=True,
    ),
    "operator": Fact("who runs the address: provider or network", _operator, fine=True),
    "provider": Fact("cloud or delivery network that runs it", _of_place("provider")),
    "service": Fact("the provider's service", _of_place("service")),
    "region": Fact("the provider's own code of the region", _of_place("region")),
    "asn": Fact(
        "number of the network",
        lambda k: k.endpoint and k.endpoint.place.operator.asn,
        "number",
        fine=True,
    ),
    "owner": Fact("company that owns the name", _of_owner("name"), fine=True),
    "owner_country": Fact(
        "its headquarters' country, never a location", _of_owner("country"), "country", fine=True
    ),
    "category": Fact("what the owner's domain is for", _of_owner("category"), fine=True),
    "party": Fact(
        "vendor, support or third",
        lambda k: k.endpoint and str(k.endpoint.party),
        values=tuple(map(str, Party)),
    ),
    "resolver": Fact(
        "DNS: the handset also asks a resolver of its network, or only this one",
        _resolver,
        values=("beside_local", "only"),
    ),
    "expected": Fact("the policy lists the endpoint", _of_policy("expects"), "flag", fine=True),
    "allowed": Fact("the policy allows its place and operator", _of_policy("allows"), "flag"),
}
"""Every fact, by the name rules use."""
