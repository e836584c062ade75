"""Place, owner and party of each endpoint: what the rooms say, put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analyzer.model import (
    Anomaly,
    Certainty,
    DnsAnswer,
    Endpoint,
    Flow,
    Handset,
    HostHint,
    Party,
)
from analyzer.owners.registry import Registry
from analyzer.places.atlas import Atlas
from analyzer.places.gazetteer import Vantage

TRANSLATED = "ipv4only.arpa"
"""A name that has an IPv6 address only where a network translates to IPv4 (RFC 7050)."""

_PARTIES = (Party.FIRST, Party.THIRD, Party.SUPPORT, Party.UNKNOWN)  # the telling ones first


def name_vendors(
    handsets: Iterable[Handset],
    given: str | None,
    flows: list[Flow],
    hints: list[HostHint],
    registry: Registry,
) -> None:
    """The vendor of each handset: as given, else as the handset itself gives away."""
    from analyzer.handset import said_by

    for phone in handsets:
        phone.vendor = given
        if given:
            continue
        maker = registry.vendor_of_mac(phone.mac) if phone.mac else None
        guess = registry.guess_vendor(maker, said_by(phone, flows, hints))
        if guess:
            phone.vendor = guess[0]
            phone.how_known.append(guess[1])


def attribute(
    endpoints: Iterable[Endpoint],
    flows: list[Flow],
    handsets: list[Handset],
    answers: Iterable[DnsAnswer],
    given_vendor: str | None,
    atlas: Atlas,
    registry: Registry,
) -> None:
    """Fills place, owner, party and name mismatches of the endpoints."""
    from analyzer.places.region_names import compare

    answers = list(answers)
    atlas.know_translator(a.address for a in answers if a.name == TRANSLATED)
    chains = {(a.address, a.name): a.chain for a in answers if a.chain}
    vendor_of = {ip: phone.vendor for phone in handsets for ip in phone.addresses}
    for endpoint in endpoints:
        place = endpoint.place = atlas.place(endpoint.ip)
        names = [seen.name for seen in endpoint.names]
        owners = (registry.owner(name, chains.get((endpoint.ip, name), ())) for name in names)
        endpoint.owner = next((owner for owner in owners if owner), None)
        clients = {flows[number - 1].client_ip for number in endpoint.flow_ids}
        vendors = {vendor_of.get(ip, given_vendor) for ip in clients}
        parties = {registry.party(names, vendor, place.provider) for vendor in vendors}
        endpoint.party = next(party for party in _PARTIES if party in parties)
        endpoint.name_mismatches = [text for name in names if (text := compare(name, place))]


JUMPING_CLOCK = (
    "The clock of this recording runs backwards in places, so a time that looks too short may be"
    " the clock's doing."
)


OUT_OF_PLACE = (
    "the measured times rule out the places of {out:,} of {placed:,} addresses: more likely than"
    " that so many sources err, this was not recorded at {vantage} (--at), or something on the way"
    " answers for the servers; do not rely on what is ruled out here"
)
MANY = 5
"""Places ruled out, when they are most of all, that speak against the place of the recording:
country databases err for 5 to 14% of cloud addresses (docs/methodology.md)."""

APART = 1_000_000_000
"""ns. Handshakes begun closer together may have lost their first SYN together, as it is sent again
after a second (RFC 6298 section 2): they are no check on each other."""


def check_round_trips(
    endpoints: Iterable[Endpoint], flows: Sequence[Flow], vantage: Vantage, jumping: bool
) -> list[Anomaly]:
    """Lets measured round trips rule out places they cannot have come from.

    ``jumping``: the recording's clock runs backwards; each exclusion says so.
    What comes back says where they rule out so much that they are in doubt themselves.
    """
    from analyzer.places import physics

    placed = ruled_out = 0
    for endpoint in endpoints:
        if endpoint.rtt is not None:
            placed += endpoint.place.location.country is not None
            endpoint.place.location = physics.check(
                endpoint.place.location,
                endpoint.rtt,
                endpoint.rtt_frames,
                endpoint.rtt_flow,
                vantage,
                physics.region_place(endpoint.place),
                JUMPING_CLOCK if jumping else "",
                _other_answers(endpoint, flows),
            )
            ruled_out += endpoint.place.location.certainty is Certainty.EXCLUDED
    if ruled_out < MANY or 2 * ruled_out <= placed:
        return []
    effect = OUT_OF_PLACE.format(out=ruled_out, placed=placed, vantage=vantage.name)
    return [Anomaly("recording_place", 1, effect=effect)]


def _other_answers(endpoint: Endpoint, flows: Sequence[Flow]) -> list[int]:
    """How long the address took for other answers than its quickest handshake, in ns.

    Those of other handshakes, and those to the first bytes sent in any conversation.
    """
    quickest = flows[(endpoint.rtt_flow or 1) - 1].first
    timed = [flow for number in endpoint.flow_ids if (flow := flows[number - 1]).rtt is not None]
    handshakes = [flow.rtt for flow in timed if abs(flow.first - quickest) >= APART]
    return sorted(ns for ns in (*handshakes, *(flow.answer for flow in timed)) if ns is not None)
