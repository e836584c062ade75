"""Tests a rule may ask for with ``test:`` beside its conditions: what counting cannot say.

A test looks at one group (all flows a rule selected, parted by its ``group_by``)
and hands back what it found in it, each a finding of its own. The table says in
which file a test stands, what it must be given, and what it adds to a finding.

Rules of this file
- Every parameter stands in the rule file, none has a value here.
- A test is imported when the first group is put to it, and not before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from analyzer.judge import units
from analyzer.judge.checks import Keys, Sheet

if TYPE_CHECKING:
    from analyzer.judge.groups import Group
    from analyzer.model import Flow


class Tested(NamedTuple):
    """One thing a test found in a group."""

    key: str  # joins the finding's id; "" where there is one at most
    flows: list[Flow]  # those the finding rests on
    numbers: Mapping[str, int | float | str] = {}  # join the finding's
    words: Mapping[str, str] = {}  # for the sentences; "subject" replaces the group's own
    frames: Sequence[int] = ()  # that show it; none: where the flows begin


class Parameter(NamedTuple):
    """What a test must be given."""

    kind: str  # number (with a unit or without), texts
    what: str
    known: Callable[[], Sequence[str]] = tuple  # the texts there are; none: any


class Test(NamedTuple):
    """A test as rules see it; its function is ``name`` in ``analyzer/judge/<file>.py``."""

    file: str
    what: str
    parameters: Mapping[str, Parameter]
    numbers: Mapping[str, str]  # what it counts, for ``raised`` and the reader
    words: Mapping[str, str]  # what it adds to words.PLACEHOLDERS


class Chosen(NamedTuple):
    """A test with the parameters a rule gives it."""

    name: str
    parameters: Mapping[str, Any]

    def run(self, group: Group) -> list[Tested]:
        """What the test finds in a group."""
        found: list[Tested] = _function(self.name)(group, self.parameters)
        return found


def _function(name: str) -> Callable[[Group, Mapping[str, Any]], list[Tested]]:
    module = import_module(f"analyzer.judge.{TESTS[name].file}")
    function: Callable[[Group, Mapping[str, Any]], list[Tested]] = getattr(module, name)
    return function


_UP_DOWN = {
    "up": "payload bytes sent, as '1.2 MB'",
    "down": "payload bytes received",
}
_ENCODED = {
    "names": Parameter("number", "distinct names below one domain, at least"),
    "length": Parameter("number", "bytes left of the domain in each of them, at least"),
}
_ENCODED_NUMBERS = {
    "encoded_names": "distinct names that look encoded",
    "encoded_bytes": "bytes left of the domain in all of them",
    "longest": "bytes left of the domain in the longest",
    "evenness": "entropy of these bytes over that of random ones of the same alphabet, 0 to 1",
    "variety": "share of different ones among all runs of five bytes, 0 to 1",
}
_ENCODED_WORDS = {
    "encoded_names": "how many names, as '120 names'",
    "encoded_bytes": "bytes they could carry, as '4.2 kB'",
    "longest": "bytes left of the domain in the longest, as '180 characters'",
}
_IDENTIFIERS = {
    "kinds": Parameter(
        "texts", "imei, email ... of judge/disclosed.py, or any", lambda: _identifiers()
    ),
    "found_by": Parameter(
        "texts",
        "sheet (planted), hash (planted, seen as a hash alone), looks, or protocol (has a place)",
        lambda: ("sheet", "hash", "looks", "protocol"),
    ),
    "apart": Parameter(
        "texts",
        "a finding for each kind, destination or both",
        lambda: ("kind", "destination"),
    ),
}
_IDENTIFIERS_NUMBERS = {
    "identifiers": "distinct values",
    "sightings": "times one was seen",
    "chance_hits": "times one would be found by chance in as much random text; not of words",
}
_IDENTIFIERS_WORDS = {
    "to": "where they went, as 'to Xiaomi' or 'to an address under a name of Xiaomi'",
    "kinds": "what they are, as 'IMEI' or 'hash (md5) of an IMEI'",
    "what": "the same as 'an IMEI'",
    "values": "masked, with length and the beginning of their SHA-256",
    "ways": "how they were written, as 'base64-imei'",
    "times": "how often, as 'once' or '3 times'",
    "shown": "number of the first frame that holds one",
}
_PERIODIC = {
    "gaps": Parameter("number", "gaps between contacts, at least"),
    "merge": Parameter("number", "beginnings closer than this are one contact"),
    "period": Parameter("number", "median gap, at least"),
    "spread": Parameter("number", "median deviation from it, at most this share of it"),
    "p_value": Parameter("number", "chance of it in random contacts, at most"),
}
_PERIODIC_NUMBERS = {
    "gaps": "gaps between contacts",
    "period_s": "median gap in seconds",
    "spread_s": "median absolute deviation from it, in seconds",
    "bowley_skew": "asymmetry of the gaps, -1 to 1",
    "p_value": "share of random series as regular, times the series tested",
    "series_tested": "series with enough gaps to be tested",
}
_PERIODIC_WORDS = {
    "contacts": "how often, as '10 times'",
    "period": "the median gap, as '5 min'",
    "spread": "median deviation from it, as '4 s'",
    "hours": "from the first contact to the last, as '2 h 5 min'",
    "bulk": "where much came each time, that a film loaded in pieces looks the same; else nothing",
}

TESTS: dict[str, Test] = {
    "upload_heavy": Test(
        "uploads",
        "much more payload sent than received, in all or in single conversations",
        {
            "payload_up": Parameter("number", "payload bytes sent, at least"),
            "ratio": Parameter("number", "times what was received, at least"),
        },
        {"ratio": "payload bytes sent for each one received"},
        _UP_DOWN,
    ),
    "idle_upload": Test(
        "uploads",
        "payload sent in conversations that lie within the device sheet's quiet hours",
        {
            "payload_up": Parameter("number", "payload bytes sent, at least"),
            "ratio": Parameter("number", "times what was received, at least"),
        },
        {"ratio": "payload bytes sent for each one received"},
        {**_UP_DOWN, "hours": "the quiet hours, as '01:00-06:00'"},
    ),
    "periodic": Test(
        "periodic",
        "contacts of one handset with one endpoint, at intervals too regular for chance",
        _PERIODIC,
        _PERIODIC_NUMBERS,
        _PERIODIC_WORDS,
    ),
    "periodic_within": Test(
        "periodic",
        "the same of what a handset sends within one conversation after ten seconds of silence",
        _PERIODIC,
        _PERIODIC_NUMBERS,
        _PERIODIC_WORDS,
    ),
    "encoded_names": Test(
        "tunnel",
        "many distinct long names below one domain, evenly spelled, that led to no conversation",
        {
            **_ENCODED,
            "bytes": Parameter("number", "bytes left of the domain in all of them, at least"),
            "hosts": Parameter("number", "share of such names that were contacted, at most"),
            "evenness": Parameter("number", "how evenly they are spelled, 0 to 1, at least"),
            "variety": Parameter("number", "how little they repeat themselves, 0 to 1, at least"),
        },
        _ENCODED_NUMBERS,
        _ENCODED_WORDS,
    ),
    "odd_names": Test(
        "tunnel",
        "long names with characters no host name has, that led to no conversation",
        {**_ENCODED, "most": Parameter("number", "and at most; more are another rule's business")},
        _ENCODED_NUMBERS,
        _ENCODED_WORDS,
    ),
    "identifiers": Test(
        "disclosed",
        "identifiers in clear content that left the handset",
        _IDENTIFIERS,
        _IDENTIFIERS_NUMBERS,
        _IDENTIFIERS_WORDS,
    ),
    "identifiers_inside": Test(
        "disclosed",
        "identifiers in content that was encrypted on the way and read with keys",
        _IDENTIFIERS,
        _IDENTIFIERS_NUMBERS,
        _IDENTIFIERS_WORDS,
    ),
    "never_contacted": Test(
        "unused",
        "names looked up and answered that no conversation followed",
        {
            "names": Parameter("number", "such names, at least"),
            "margin": Parameter("number", "answered so long before the recording ended"),
        },
        {"names_asked": "names looked up", "names_unused": "those not contacted"},
        {"count": "how many, as '3 names'", "unused": "the names, in order of their look-ups"},
    ),
}
"""Every test, by the name rules use."""


# ---------------------------------------------------------------- reading


def chosen(sheet: Sheet, keys: Keys) -> Chosen | None:
    """The one test that a rule names, with all its parameters; problems are noted."""
    names = [name for name in sheet.mapping(keys, TESTS) if name in TESTS]
    if len(names) != 1:
        fix = "name one, and write a second rule for the other"
        sheet.wrong(keys, f"{len(names)} tests", "one of " + ", ".join(TESTS), fix)
        return None
    (name,) = names
    known = TESTS[name].parameters
    given = sheet.mapping((*keys, name), known, known)
    read = {
        key: READERS[known[key].kind](sheet, (*keys, name, key), known[key])
        for key in given
        if key in known
    }
    return Chosen(name, read)


def _number(sheet: Sheet, keys: Keys, parameter: Parameter) -> float:
    return sheet.made(keys, units.quantity, 0.0)


def _texts(sheet: Sheet, keys: Keys, parameter: Parameter) -> tuple[str, ...]:
    known = parameter.known()
    return tuple(sheet.each(keys, lambda item: sheet.choice(item, known)) if known
                 else sheet.texts(keys))  # fmt: skip


def _identifiers() -> tuple[str, ...]:
    from analyzer.judge.disclosed import KINDS

    return ("any", *KINDS)


READERS: dict[str, Callable[[Sheet, Keys, Parameter], Any]] = {"number": _number, "texts": _texts}
