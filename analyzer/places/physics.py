"""The round-trip check: a measured time can rule a place out, never in.

docs/methodology.md. Light in fibre covers at most 100 km per millisecond of round
trip (2/3 of c, there and back). An answer that came sooner than light could
go to the claimed place and back was not given there.

Rules of this file
- Exclude only. A long round trip says nothing, a short one picks no country.
- A SYN/ACK may answer an earlier SYN that was not recorded, and then seems quick.
  So where other answers of the address were timed, one of them must have come too
  soon as well; where none were, the sentence says that it rests on one answer.
- Against cities servers stand in, never against borders (China borders India);
  a country is excluded only when every one of its known cities is out of reach.
- Slower speeds than light's make a place "unlikely" in words, nothing more.
- Certainty never rises here: what is left of a dispute is still disputed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..model import Certainty, Location, Place
from ..record import Record, replace
from .gazetteer import Vantage, country_name, distance_km, hosting_cities, nearest

KM_PER_MS = 100.0
"""Of round trip: light in glass, c / 1.5, both ways."""

UNLIKELY_KM_PER_MS = (76.5, 66.6)
"""Of round trip, the rarer one first: 0.51 c and 4/9 c, there and back, which
real paths seldom exceed because cables bend and routers queue."""

LOCAL_MS = 1.0
"""A round trip this short was answered on the phone or in the room (a VPN app,
a proxy, a sandbox), by something standing in for the server: no check."""

CAVEAT = (
    "a carrier's proxy that answers in the server's place would look the same,"
    " so this says where the answer came from, not where the data goes after"
)

_CHECKED = (Certainty.STATED, Certainty.AGREED, Certainty.SINGLE, Certainty.DISPUTED)

RegionPlace = tuple[float, float, str]
"""Latitude, longitude and name of the city of an operator's own region."""


def region_place(place: Place) -> RegionPlace | None:
    """The city of a place's region, for ``check``; None where no list names one."""
    location = place.location
    if location.latitude is None or location.longitude is None:
        return None
    region = f" ({place.provider} {place.region})" if place.provider and place.region else ""
    return location.latitude, location.longitude, f"{location.city or location.country}{region}"


class _Claim(Record, frozen=True):
    """One claimed place: what to call it, and its nearest possible city."""

    country: str
    label: str
    km: float


def check(
    location: Location,
    rtt_ns: int,
    rtt_frames: tuple[int, int] | None,
    flow_id: int | None,
    vantage: Vantage,
    region_place: RegionPlace | None = None,
    capture_note: str = "",
    others: Sequence[int] = (),
) -> Location:
    """A copy of the location with what a round trip of ``rtt_ns`` says of it.

    ``rtt_ms`` and ``max_km`` are always recorded. A claimed place out of reach
    adds a sentence to ``excluded``; when no claimed place is left, certainty
    is ``excluded`` and ``country`` is the one that was ruled out.
    ``region_place`` is the city of a stated region; ``others`` are the times of
    further answers of the address, independent of this one, in ns, the shortest
    first. A ``rtt_ns`` below 1 is no measurement, and changes nothing.
    """
    if rtt_ns < 1:
        return location
    rtt_ms = rtt_ns / 1e6
    measured = replace(location, rtt_ms=round(rtt_ms, 3), max_km=round(rtt_ms * KM_PER_MS, 1))
    if location.certainty not in _CHECKED or rtt_ms < LOCAL_MS:
        return measured
    claims = _claims(location, vantage, region_place)
    seen = _measurement(rtt_ms, rtt_frames, flow_id)
    too_soon = [c for c in claims if _out_of_reach(c, rtt_ms, KM_PER_MS, vantage)]
    if not too_soon:
        return _doubt(measured, claims, seen, rtt_ms, vantage)
    agreeing = [(c, _agreeing(c, others, vantage)) for c in too_soon]
    impossible = [c for c, count in agreeing if count or not others]
    if not impossible:
        return _unsettled(measured, too_soon, seen, others[0])
    why = [
        f"{_reason(c, seen, rtt_ms, vantage)}; {_rests_on(count)}"
        for c, count in agreeing
        if c in impossible
    ]
    note = f" {capture_note}" if capture_note else ""
    measured.excluded = [
        *location.excluded,
        *(f"{reason[0].upper()}{reason[1:]}; {CAVEAT}.{note}" for reason in why),
    ]
    left = _left(location, claims, impossible)
    return _narrowed(measured, why, left) if left else _ruled_out(measured, why)


def _claims(location: Location, vantage: Vantage, region: RegionPlace | None) -> list[_Claim]:
    """Every claimed place that can be measured against, by country code."""
    here = (vantage.latitude, vantage.longitude)
    if region and location.certainty is Certainty.STATED:
        km = distance_km(here, region[:2])
        return [_Claim(location.country or "", region[2], km)]
    return [
        claim
        for country in _countries(location)
        if (claim := _country_claim(country, here, region if country == location.country else None))
    ]


def _countries(location: Location) -> list[str]:
    """The countries claimed: all of a dispute, else the one that was settled on."""
    if location.certainty is Certainty.DISPUTED:
        told = [location.country, *(s.country for s in location.statements)]
    else:
        told = [location.country]
    return sorted({country for country in told if country})


def _country_claim(
    country: str, here: tuple[float, float], region: RegionPlace | None
) -> _Claim | None:
    """The nearest place in a country an answer could come from, if any is known."""
    cities = hosting_cities(country)
    if not cities:
        return None
    city, km = nearest(cities, *here)
    name = city.name
    if region and (to_region := distance_km(here, region[:2])) < km:
        name, km = region[2], to_region
    land = country_name(country)
    return _Claim(
        country, land if name in land else f"{land}, nearest city with servers {name},", km
    )


def _out_of_reach(claim: _Claim, rtt_ms: float, km_per_ms: float, vantage: Vantage) -> bool:
    return rtt_ms * km_per_ms + vantage.uncertainty_km < claim.km


def _measurement(rtt_ms: float, frames: tuple[int, int] | None, flow_id: int | None) -> str:
    """``flow 7 (frames 10 and 12) was answered after 12.0 ms``."""
    flow = "a flow" if flow_id is None else f"flow {flow_id}"
    where = f" (frames {frames[0]} and {frames[1]})" if frames else ""
    return f"{flow}{where} was answered after {rtt_ms:.1f} ms"


def _reason(claim: _Claim, seen: str, rtt_ms: float, vantage: Vantage) -> str:
    """Which place is ruled out and by what; without a full stop."""
    return (
        f"{claim.label} is ruled out: {seen}, in which light in fibre reaches places at most"
        f" {rtt_ms * KM_PER_MS:,.0f} km away; from {vantage.name}"
        f" (known to {vantage.uncertainty_km:.0f} km) it is {claim.km:,.0f} km"
    )


def _agreeing(claim: _Claim, others: Sequence[int], vantage: Vantage) -> int:
    """How many of the other answers came too soon for a place as well."""
    return sum(_out_of_reach(claim, ns / 1e6, KM_PER_MS, vantage) for ns in others)


def _rests_on(agreeing: int) -> str:
    if agreeing:
        answers = "answer" if agreeing == 1 else "answers"
        return f"{agreeing:,} more {answers} of this address came too soon for it as well"
    return (
        "this rests on one answer, as no other could be timed, and would be wrong if that was to"
        " an earlier packet, which was not recorded"
    )


def _left(location: Location, claims: list[_Claim], impossible: list[_Claim]) -> list[str]:
    """The claimed countries that stand, those that cannot be measured among them."""
    if location.certainty is Certainty.STATED:
        return []
    gone = {c.country for c in impossible}
    return [country for country in _countries(location) if country not in gone]


def _ruled_out(location: Location, why: list[str]) -> Location:
    """No claimed place is left; ``country`` stays to say which one was claimed."""
    return replace(
        location,
        certainty=Certainty.EXCLUDED,
        sentence=f"did not answer from where its sources put it: {'; '.join(why)}; {CAVEAT}",
        city=None,
        latitude=None,
        longitude=None,
    )


def _narrowed(location: Location, why: list[str], left: list[str]) -> Location:
    """A dispute some sides of which are out; the rest is not thereby shown."""
    rest = (
        f"time cannot rule out {' and '.join(map(country_name, left))},"
        " which does not show it is the right one"
    )
    sentence = _joined(location.sentence, [*why, rest])
    if location.country in left:
        return replace(location, sentence=sentence)
    return replace(
        location, sentence=sentence, country=None, city=None, latitude=None, longitude=None
    )


def _unsettled(location: Location, claims: list[_Claim], seen: str, next_ns: int) -> Location:
    """The location with why one quick answer among slower ones rules nothing out."""
    named = " and for ".join(claim.label.rstrip(",") for claim in claims)
    told = (
        f"{seen}, too soon for {named}, but the next answer independent of that took"
        f" {next_ns / 1e6:,.1f} ms: the first may have been to an earlier packet, which was not"
        " recorded, and rules nothing out"
    )
    return replace(location, sentence=_joined(location.sentence, [told]))


def _doubt(
    location: Location, claims: list[_Claim], seen: str, rtt_ms: float, vantage: Vantage
) -> Location:
    """The location with a sentence for each claim that is merely unlikely."""
    told = [
        f"{claim.label} is unlikely, though possible: {seen}, and cables seldom carry an answer"
        f" over more than {rtt_ms * speed:,.0f} km in that time ({speed:g} km per ms);"
        f" from {vantage.name} it is {claim.km:,.0f} km"
        for claim in claims
        if (speed := _unlikely_speed(claim, rtt_ms, vantage))
    ]
    return replace(location, sentence=_joined(location.sentence, told)) if told else location


def _unlikely_speed(claim: _Claim, rtt_ms: float, vantage: Vantage) -> float | None:
    """The first of the slower speeds that would not do; None when all do."""
    for speed in UNLIKELY_KM_PER_MS:
        if _out_of_reach(claim, rtt_ms, speed, vantage):
            return speed
    return None


def _joined(sentence: str, more: Iterable[str]) -> str:
    """The ladder's sentence, which has no full stop, carried on."""
    return "; ".join(filter(None, (sentence.rstrip("."), *more)))
