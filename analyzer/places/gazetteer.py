"""Cities a recording can be made in and servers can stand in.

The table (data/tables/cities.tsv, made by hand) holds the capitals of the
world and the cities with cloud regions, network edges or large hosting.

Rules of this file
- A name is compared without case, accents and punctuation.
- Never guess between two cities of one name: ask for "City, CC".
- Distances are great circles on a sphere (within 0.6 % of the ellipsoid).
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

from ..data.tsv import read
from ..errors import UsageError
from ..shipped import data_folder

EARTH_KM = 6371.0088  # mean radius, IUGG
CITY_KM = 25.0  # how far from its centre a handset "in" a city may be
COORDINATES_KM = 1.0  # how exact given coordinates are taken to be
NEAR_KM = 50.0  # coordinates this near a city are shown with its name
_LONGEST_NAME = 100  # characters of the user's text repeated in an error

# Letters that canonical decomposition leaves whole.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe", "-": " "}
    | dict.fromkeys(".,'`\u2018\u2019")
)


class City(NamedTuple):
    """One row of the table; degrees north and east, to 0.01 (about 1 km)."""

    name: str
    country: str  # ISO 3166-1 alpha-2
    latitude: float
    longitude: float
    kind: str  # hosting | capital | both
    aliases: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name a reader sees: ``Mumbai, IN``."""
        return f"{self.name}, {self.country}"


class Vantage(NamedTuple):
    """Where the recording was made, and how exactly that is known."""

    name: str
    latitude: float
    longitude: float
    uncertainty_km: float


def locate(text: str) -> Vantage:
    """The vantage for ``--at``: a city, ``City, CC`` or ``LAT,LON``.

    UsageError when the name is unknown (with the nearest known ones) or
    belongs to several cities, or when coordinates are out of range.
    """
    pair = _coordinates(text)
    if pair:
        return _at_coordinates(text, *pair)
    city = _find(text)
    return Vantage(city.label, city.latitude, city.longitude, CITY_KM)


def hosting_cities(country: str) -> list[City]:
    """The cities of a country servers are known to stand in, else its capitals.

    Empty for a country or territory that is not in the table.
    """
    return list(_by_country().get(country, ()))


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance in km between two (latitude, longitude) in degrees."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*a, *b))
    h = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, h)))


def nearest(cities: list[City], latitude: float, longitude: float) -> tuple[City, float]:
    """The city nearest to a point, and the km to it; ValueError if there is none."""
    here = (latitude, longitude)
    measured = [(distance_km(here, (c.latitude, c.longitude)), c.label, c) for c in cities]
    km, _, city = min(measured, key=lambda row: row[:2])
    return city, km


@cache
def cities() -> tuple[City, ...]:
    """The whole table, in its order."""
    return tuple(_city(*fields) for fields in read(data_folder() / "cities.tsv"))


def country_name(code: str) -> str:
    """``India (IN)``; the bare code where no name is known."""
    name = _country_names().get(code)
    return f"{name} ({code})" if name else code


def country(text: str) -> str:
    """The code of a country as ISO 3166-1 has it; UsageError where it has no such country."""
    code = text.upper()
    names = _country_names()
    if code in names:
        return code
    meant = next((c for c, name in names.items() if name.casefold() == text.casefold()), None)
    hint = {"UK": "GB", "EL": "GR"}.get(code, meant)
    remedy = f"write {hint} for {names[hint]}" if hint else "give two letters such as IN"
    raise UsageError(f"“{text}” is not the code of a country (ISO 3166-1 alpha-2); {remedy}.")


@cache
def _country_names() -> dict[str, str]:
    return {code: name for code, name, *_ in read(data_folder() / "countries.tsv")}


def _city(name: str, country: str, latitude: str, longitude: str, kind: str, also: str) -> City:
    aliases = tuple(also.split(",")) if also else ()
    return City(name, country, float(latitude), float(longitude), kind, aliases)


@cache
def _by_country() -> dict[str, tuple[City, ...]]:
    """Country to its hosting cities, or to its capitals where none is known."""
    hosting: dict[str, list[City]] = {}
    capitals: dict[str, list[City]] = {}
    for city in cities():
        kinds = capitals if city.kind == "capital" else hosting
        kinds.setdefault(city.country, []).append(city)
    return {country: tuple(found) for country, found in (capitals | hosting).items()}


def fold(name: str) -> str:
    """A name as it is compared: no case, accents, dots, apostrophes or dashes."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(letters.translate(_LETTERS).split())


def _find(text: str) -> City:
    """The one city a text names, by name or alias, with or without ``, CC``."""
    name, _, country = text.rpartition(",")
    found = _named(fold(text)) or _named(fold(name), country.strip().upper())
    if not found:
        raise UsageError(_unknown(text, fold(name or text)))
    if len(found) > 1:
        names = " or ".join(f"“{city.label}”" for city in found)
        raise UsageError(f"--at {text.strip()!r} names more than one city: write {names}.")
    return found[0]


def _named(wanted: str, country: str | None = None) -> list[City]:
    return [
        city
        for city in cities()
        if country in (None, city.country) and wanted in map(fold, (city.name, *city.aliases))
    ]


def _unknown(text: str, wanted: str) -> str:
    from difflib import get_close_matches

    names = {fold(name): city.label for city in cities() for name in (city.name, *city.aliases)}
    close = get_close_matches(wanted[:_LONGEST_NAME], names, n=3, cutoff=0.6)
    hint = f" Nearest known: {'; '.join(dict.fromkeys(names[c] for c in close))}." if close else ""
    return (
        f"--at {text.strip()[:_LONGEST_NAME]!r} is not a city in the gazetteer.{hint}"
        " Give a known city or capital as “City” or “City, CC”, or coordinates as LAT,LON."
    )


def _coordinates(text: str) -> tuple[float, float] | None:
    """The two numbers of ``LAT,LON``; None when the text is not of that form."""
    latitude, comma, longitude = text.partition(",")
    try:
        pair = float(latitude), float(longitude)
    except ValueError:
        return None
    return pair if comma else None


def _at_coordinates(text: str, latitude: float, longitude: float) -> Vantage:
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # also refuses NaN
        raise UsageError(
            f"--at {text.strip()[:_LONGEST_NAME]!r}: latitude goes from -90 to 90,"
            " longitude from -180 to 180, in degrees, in this order."
        )
    city, km = nearest(list(cities()), latitude, longitude)
    near = f" (near {city.label})" if km <= NEAR_KM else ""
    return Vantage(f"{latitude:g}, {longitude:g}{near}", latitude, longitude, COORDINATES_KM)
