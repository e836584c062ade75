"""The sentences a lay reader gets about a place; each follows the address as its subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model import Statement

Names = Mapping[str, str]  # country code to English name


def possessive(name: str) -> str:
    """``Amazon's``, ``Yahoo's``, ``Web Werks'``."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def where(country: str | None, city: str | None, names: Names) -> str:
    """City and country in words: ``Mumbai, India``; a city state once."""
    land = names.get(country or "", country or "an unknown country")
    return f"{city}, {land}" if city and city != land else land


def stated(spot: str, provider: str, region: str | None, date: str, note: str) -> str:
    """The operator's own list of the right time says where it stands."""
    inside = f", in {possessive(provider)} region {region}" if region else ""
    aside = f" ({note})" if note else ""
    return f"stands in {spot}{inside}, as {possessive(provider)} own list of {date} states{aside}"


def at_edge(provider: str, service: str | None) -> str:
    """No place can be given."""
    aside = f" ({service})" if service else ""
    return (
        f"was answered at a network edge of {provider}{aside}, the nearest of many; "
        "where the data is stored cannot be seen"
    )


def agreed(spot: str, said: Sequence[Statement]) -> str:
    """Independent sources give the same country."""
    return f"probably stands in {spot}: {listing(said)} agree"


def single(spot: str, said: Sequence[Statement]) -> str:
    """One source only, or several that are not independent of each other."""
    if len(said) == 1:
        return f"stands in {spot} according to one source only, {listing(said)}"
    return f"stands in {spot} according to {listing(said)}, which may not be independent"


def long_apart(spot: str, said: Sequence[Statement], day: str) -> str:
    """Several give the same country, but all of them years from the day."""
    return (
        f"stands in {spot} according to {listing(said)}; "
        f"none is from within three years of {day}, so they count as one source"
    )


def disputed(said: Sequence[Statement], names: Names, why: str = "") -> str:
    """Sources give different countries."""
    answers = [f"{source(s)} says {where(s.country, s.place, names)}" for s in said]
    aside = f"; {why}" if why else ""
    return f"stands where sources disagree: {'; '.join(answers)}{aside}"


def unknown(later: bool = False) -> str:
    """No source has it, or ``later`` ones alone."""
    return f"stands at a place that no source knows{' for that day' if later else ''}"


def private(words: str) -> str:
    """Not an address of the public Internet."""
    return f"is {words}, not a place on the public Internet"


def translator(words: str) -> str:
    """Some address of the public Internet."""
    return f"is {words}; which server is behind it is not known"


def unassigned(words: str) -> str:
    """Nobody's address, whatever a database says."""
    return f"is {words}, as in recordings made anonymous; where it stands is not known"


def source(said: Statement) -> str:
    """A source with its date, and its caveat if it has one."""
    return said.source + (f" of {said.date}" if said.date else "")


def listing(said: Sequence[Statement]) -> str:
    """Sources, with their caveats, as a list in a sentence."""
    every = [source(s) + (f" ({s.note})" if s.note else "") for s in said]
    return every[0] if len(every) == 1 else ", ".join(every[:-1]) + " and " + every[-1]
