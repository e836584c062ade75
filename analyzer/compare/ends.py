"""What one side of a comparison shows of one endpoint, a name or a nameless address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Json = Mapping[str, Any]

FIRM = ("stated", "agreed")
KNOWN = (*FIRM, "single")


class Spot(NamedTuple):
    """Where an address stands: a country only with a certainty that gives one."""

    country: str | None
    certainty: str


class Key(NamedTuple):
    """An endpoint: names first, then addresses."""

    kind: str  # name, address
    text: str


@dataclass(slots=True)
class At:
    """What is said of one address."""

    spot: Spot
    provider: str | None
    region: str | None


@dataclass(slots=True)
class End:
    """An endpoint on one side, over all its recordings."""

    key: Key
    at: dict[str, At] = field(default_factory=dict)  # by address; the best known of several
    owners: set[str] = field(default_factory=set)
    domain: str | None = None
    parties: set[str] = field(default_factory=set)
    captures: int = 0
    last_capture: int = 0  # the number of the last one counted
    flows: int = 0
    up: int = 0
    down: int = 0
    shares: bool = False  # only the second name of addresses: its bytes stand with the first
    seen: tuple[str, int] | None = None  # source and frame of the name, in the first recording

    @property
    def countries(self) -> frozenset[str]:
        """Countries anyone names for its addresses."""
        return frozenset(at.spot.country for at in self.at.values() if at.spot.country)

    @property
    def firm(self) -> bool:
        """Is every address at a place that is stated or agreed?"""
        return bool(self.at) and all(
            at.spot.country and at.spot.certainty in FIRM for at in self.at.values()
        )

    @property
    def spots(self) -> list[Spot]:
        """What is said of its addresses, each once, the surest first."""
        return sorted({at.spot for at in self.at.values()}, key=sureness)

    def values(self, name: str) -> frozenset[str]:
        """Known providers, or regions, of its addresses."""
        found = (getattr(at, name) for at in self.at.values())
        return frozenset(str(each) for each in found if each)


def sureness(spot: Spot) -> tuple[int, str, str]:
    """Sorts the surest first."""
    rank = KNOWN.index(spot.certainty) if spot.certainty in KNOWN else len(KNOWN)
    return rank, spot.country or "~", spot.certainty


def spot_of(endpoint: Json) -> Spot:
    """Where an endpoint of result.json stands; what is ruled out is no country."""
    location = endpoint.get("location") or {}
    certainty, country = str(location.get("certainty") or "unknown"), location.get("country")
    if certainty in KNOWN:
        return Spot(str(country), certainty) if country else Spot(None, "unknown")
    return Spot(None, certainty)


def at_of(endpoint: Json) -> At:
    """What result.json says of an address."""
    return At(spot_of(endpoint), endpoint.get("provider"), endpoint.get("region"))
