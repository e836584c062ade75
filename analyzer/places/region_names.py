"""What a host name says about where its server stands.

``tracking.india.miui.com`` names India, ``oss-ap-southeast-1.aliyuncs.com`` a
region of its operator. The tables (data/tables/region_names.tsv,
region_codes.tsv, made by hand) hold which words mean this under whose domains,
each with its source and an example that is a test; the region codes of the
clouds that publish range lists come from regions.tsv.

Rules of this file
- A word counts only under the domains it is listed for, as a whole label or
  between dashes; ``-in-`` means India for one vendor and nothing elsewhere.
- A region code names a place; a vendor's label names the handsets a host is
  for. Both are the owner's words, not measurements, and sentences say which.
- Only countries are compared, and never with an edge or a disputed place.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from ..data.tsv import read
from ..model import Certainty, Place, Statement
from ..shipped import data_folder
from .gazetteer import country_name

LONGEST_HOST = 253  # characters, RFC 1035 2.3.4 as text; longer is no host name

EUROPE = (
    *("AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI"),
    *("FR", "GB", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU"),
    *("LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"),
)
"""What "eu" may mean in a vendor's label: EEA, Switzerland, United Kingdom."""

_ENGLISH_BEFORE = {"in": ("sign", "log", "check", "opt", "plug", "built", "buy")}
"""Words that make a token English: ``sign-in`` is not India."""

_LABEL_NOTE = (
    "Such a label says whom a host is meant for and is its owner's choice;"
    " it need not promise where the host stands."
)
_CODE_NOTE = "The code is part of the name its operator gives to servers of that region."


class NameRegion(NamedTuple):
    """What a name says: in one of ``countries``, or with ``outside`` in none."""

    token: str
    countries: tuple[str, ...]  # ISO 3166-1 alpha-2
    outside: bool
    domain: str  # under which the token has this meaning
    provider: str | None  # of a region code: aws, gcp, ...
    region: str | None
    meaning: str
    source: str

    def allows(self, country: str) -> bool:
        """Whether a server in this country is what the name says."""
        return (country in self.countries) is not self.outside

    @property
    def said(self) -> str:
        """The countries in words: ``India (IN)``, ``a place outside …``, ``Europe``."""
        if self.countries == EUROPE:
            return "Europe"
        joined = " or ".join(map(country_name, self.countries))
        return f"a place outside {joined}" if self.outside else joined


class _Rule(NamedTuple):
    """One row: where below a domain a token may stand, and what it says."""

    reach: int  # labels next to the domain that are looked at
    where: str  # label | prefix | suffix | part: of such a label
    found: NameRegion


def name_region(host: str) -> NameRegion | None:
    """What the host name says about its region; None when it says nothing.

    Of several tokens the one nearest to the domain counts, then the longest.
    """
    if len(host) > LONGEST_HOST:
        return None
    labels = host.lower().rstrip(".").split(".")
    for start in range(1, len(labels)):
        domain = ".".join(labels[start:])
        if domain in _rows():
            return _nearest(_rules(domain), labels[:start])
    return None


def compare(host: str, place: Place) -> str | None:
    """The mismatch between a name and its address's country, as a sentence.

    None when they agree, when the name says nothing, and when the place is
    not known well enough to compare (edge, disputed, excluded, unknown).
    """
    country = place.location.country
    says = name_region(host)
    if says is None or country is None or says.allows(country) or _same_region(says, place):
        return None
    how = _how_known(place)
    if how is None:
        return None
    note = _CODE_NOTE if says.region else _LABEL_NOTE
    return (
        f"The name {host} says {says.said} (“{says.token}” under {says.domain}: {says.meaning};"
        f" {says.source}), the address {place.ip} stands in {_standing(place)} {how}. {note}"
    )


def _nearest(rules: tuple[_Rule, ...], above: list[str]) -> NameRegion | None:
    for distance, label in enumerate(reversed(above), 1):
        hits = [
            rule
            for rule in rules
            if rule.found.token in label  # cheap, and seldom so
            and distance <= rule.reach
            and _stands(rule.found.token, rule.where, label)
        ]
        if hits:
            return max(hits, key=lambda rule: len(rule.found.token)).found
    return None


def _stands(token: str, where: str, label: str) -> bool:
    """Whether the token stands in the label at the place its rule wants."""
    if label == token:
        return True
    if where == "label":
        return False
    if any(f"-{word}-{token}-" in f"-{label}-" for word in _ENGLISH_BEFORE.get(token, ())):
        return False
    start, end = label.startswith(token + "-"), label.endswith("-" + token)
    within = where == "part" and f"-{token}-" in label
    return within or (start and where != "suffix") or (end and where != "prefix")


def _same_region(says: NameRegion, place: Place) -> bool:
    """An operator's region reaches beyond its country: AWS ap-southeast-1-bkk-1."""
    here = place.region or ""
    return (
        says.region is not None and says.provider == place.provider and here.startswith(says.region)
    )


def _how_known(place: Place) -> str | None:
    """``as AWS ip-ranges.json of 2017-08-03 states``; None if not well enough."""
    location = place.location
    told = [s for s in location.statements if s.country == location.country]
    named = " and ".join(_dated(s) for s in told) or "its source"
    if location.certainty is Certainty.STATED:
        return f"as {_dated(told[0]) if told else 'its operator'} states"
    if location.certainty is Certainty.AGREED:
        return f"as {named} agree"
    if location.certainty is Certainty.SINGLE:
        return f"according to one source only, {named}, which may be wrong"
    return None


def _standing(place: Place) -> str:
    """``Mumbai, India (IN), aws ap-south-1,`` as far as it is known."""
    location = place.location
    land = country_name(location.country or "")
    city = f"{location.city}, " if location.city and location.city not in land else ""
    region = f", {place.provider} {place.region}," if place.provider and place.region else ""
    return f"{city}{land}{region}"


def _dated(statement: Statement) -> str:
    return f"{statement.source} of {statement.date}" if statement.date else statement.source


@cache
def _rows() -> dict[str, list[list[str]]]:
    """Domain to the table's rows about it."""
    rows: dict[str, list[list[str]]] = {}
    for fields in read(data_folder() / "region_names.tsv"):
        rows.setdefault(fields[0], []).append(fields)
    return rows


@cache
def _rules(domain: str) -> tuple[_Rule, ...]:
    """The rules of a domain of the table; one without any keeps its parent's away."""
    return tuple(rule for fields in _rows()[domain] for rule in _expanded(*fields[:7]))


def _expanded(
    domain: str, reach: str, where: str, token: str, says: str, meaning: str, source: str
) -> list[_Rule]:
    """The rules of one row: one, one for each code of ``@provider``, or none."""
    if token == "-":  # noqa: S105 (not a password: "no token counts here")
        return []
    if not token.startswith("@"):
        countries = EUROPE if says == "EUROPE" else tuple(says.removeprefix("!").split(","))
        outside = says.startswith("!")
        found = NameRegion(token, countries, outside, domain, None, None, meaning, source)
        return [_Rule(int(reach), where, found)]
    provider = token[1:]
    return [
        _Rule(
            int(reach),
            where,
            NameRegion(code, countries, False, domain, provider, code, f"region {city}", source),
        )
        for code, countries, city in _codes()[provider]
    ]


@cache
def _codes() -> dict[str, list[tuple[str, tuple[str, ...], str]]]:
    """Provider to (region code, countries, place) of each of its regions."""
    codes: dict[str, list[tuple[str, tuple[str, ...], str]]] = {}
    for provider, code, _, city, country, *_ in read(data_folder() / "regions.tsv"):
        codes.setdefault(provider, []).append((code, (country,), city))
    for provider, code, countries, city in read(data_folder() / "region_codes.tsv"):
        codes.setdefault(provider, []).append((code, tuple(countries.split(",")), city))
    return codes
