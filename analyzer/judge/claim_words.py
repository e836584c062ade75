"""The sentences of a claim's verdict.

Rules of this file
- Said is what this capture shows; no verdict speaks of what was not seen.
- The day of the claim and the day of the recording stand in every verdict; over
  a year between them is said in words and shapes the verdict's own sentence.
- Captured names enter as one cleaned line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyzer import labels
from analyzer.judge import units, words
from analyzer.judge.demands import OPEN, Day, Demand, Facts
from analyzer.model import Certainty, Coverage, Endpoint, Flow, Handset, Verdict

NOTHING_FIRST = "no answered conversation under a name of the vendor was seen"
NOTHING_SEEN = "no answered conversation of the kind it speaks of was seen"
_HEADS = {
    Verdict.CONTRADICTED: "Contradicted by this capture",
    Verdict.CONSISTENT: "Consistent with this capture",
    Verdict.NOT_TESTABLE: "Not testable here",
}
_YEAR = 366  # days
_MONTH = 30.44
_NAMED = 2  # counter-examples a sentence names


# ------------------------------------------------------------------ verdicts


def verdict(found: Verdict, why: str, far_from: str) -> str:
    """The first sentence; ``far_from``: the recording's day if the claim is of another time."""
    why = why or "nothing that was seen speaks against it"
    if far_from and found is not Verdict.NOT_TESTABLE:
        return f"{_HEADS[found]}, if it is read as speaking of {far_from[:4]}: {why}."
    return f"{_HEADS[found]}: {why}."


def coverage(found: Verdict, rests_on: Coverage) -> str:
    """On how much of the traffic the verdict rests."""
    addresses = units.counted(rests_on.endpoints, "address", "addresses")
    head = "Seen were" if found is Verdict.NOT_TESTABLE else "It rests on"
    head = "Seen was" if head == "Seen were" and rests_on.endpoints == 1 else head
    whose = "its" if rests_on.endpoints == 1 else "their"
    return (
        f"{head} {addresses} in {_hours(rests_on.hours)} of recording; of {whose}"
        f" {units.size(rests_on.bytes)}, {_share(rests_on.placed)} have a place that is stated"
        " or agreed on."
    )


def guessed(phones: Sequence[Handset]) -> str:
    """That nobody gave the vendor."""
    vendors = units.joined(sorted({str(phone.vendor) for phone in phones}))
    return f"That the handset is by {vendors} was guessed from its traffic; --vendor settles it."


def dates(said_on: str, recorded: str) -> str:
    """When it was said and when the recording was made."""
    parts = [f"said in {said_on}" if len(said_on) < 10 else f"said on {said_on}"] if said_on else []
    parts += [f"recorded on {recorded}"] if recorded else []
    return sentence(", ".join(parts)) if parts else ""


def gap(said_on: str, recorded: str) -> str:
    """The distance in time where it is over a year, else nothing."""
    if not said_on or not recorded:
        return ""
    first, last = _period(said_on)
    day_recorded = days(recorded)
    apart, order = day_recorded - last, "before"
    if day_recorded < first:
        apart, order = first - day_recorded, "after"
    if apart <= _YEAR:
        return ""
    when = f"in {said_on}" if len(said_on) < 10 else f"on {said_on}"
    return (
        f"It was said {when}, {_span(apart)} {order} the recording of {recorded}: a capture of"
        f" {recorded[:4]} neither supports nor refutes a sentence of {said_on[:4]}."
    )


# ---------------------------------------------------- why a claim is not testable


def no_handset(vendor: str) -> str:
    """No handset of the vendor is in the recording."""
    if vendor == "any":
        return "the vendor of the handset is not known; give it with --vendor"
    return f"no handset in this recording is known to be by the vendor '{vendor}'"


def no_home(country: str) -> str:
    """The claim is about users of a country, and none was given."""
    users = f"users in {labels.in_sentence(country)}"
    return f"it speaks of {users}; say with --home where the user of the handset lives"


def other_users(country: str, home: str) -> str:
    """The claim is about users of another country."""
    named = labels.in_sentence(country)
    return f"it speaks of users in {named}, and this one lives in {labels.in_sentence(home)}"


def too_early(holds_from: str) -> str:
    """The recording is from before the time the claim speaks of."""
    return f"it speaks of the time from {holds_from} on, and the recording is from before"


def too_few(endpoints: int, least: int) -> str:
    """Fewer addresses than the claim file asks for."""
    seen = units.counted(endpoints, "address was", "addresses were")
    return f"only {seen} seen; the claim's file asks for {least}"


# ---------------------------------------------------------------- predicates


def against(texts: Sequence[str], count: int) -> str:
    """What speaks against a predicate."""
    more = count - _NAMED
    listed = [*texts[:_NAMED], *([f"{more:,} more like these"] if more > 0 else [])]
    return sentence("; ".join(listed) or "an endpoint does not meet it")


def met(endpoints: int, tested: float, left: Mapping[str, float], total: float) -> str:
    """That everything testable meets a predicate, and what was not testable."""
    what = "address it could be tested on meets" if endpoints == 1 else "addresses it could be"
    what += "" if endpoints == 1 else " tested on meet"
    head = "The one" if endpoints == 1 else f"All {endpoints:,}"
    rest = f" It could not be tested on the rest: {_open(left, total)}." if left else ""
    return f"{head} {what} it, with {_share(tested)} of the bytes.{rest}"


def left_open(left: Mapping[str, float], total: float) -> str:
    """Why too little could be tested."""
    return sentence(f"of the bytes it speaks of, {_open(left, total)}")


def never(why: str, shows: Demand | None, tested: tuple[int, int] | None, day: Day) -> str:
    """Why no traffic decides a predicate, and what the recording shows beside it."""
    if shows is None or tested is None:
        return sentence(why)
    met_by, of = tested
    if not of:
        return sentence(why) + " No address was seen whose place is stated or agreed on."
    of_them = units.counted(of, "address", "addresses")
    standing = "stands" if met_by == 1 else "stand"
    place = units.joined(_values(shows, day))
    return (
        f"{sentence(why)} Seen here: of {of_them} whose place is stated or agreed on,"
        f" {met_by:,} {standing} in {place}."
    )


def counterexample(
    demand: Demand, facts: Facts, endpoint: Endpoint, flow: Flow, frame: int, day: Day
) -> str:
    """What one endpoint does instead, as a clause."""
    who = f"{words.clean(flow.name)} ({endpoint.ip}" if flow.name else f"{endpoint.ip} ("
    who += f", frame {frame})" if flow.name else f"frame {frame})"
    return f"{who} {_instead(demand, facts, endpoint, day)}"


def _instead(demand: Demand, facts: Facts, endpoint: Endpoint, day: Day) -> str:
    place = endpoint.place
    if demand.fact == "country":
        return f"stands in {labels.in_sentence(place.location.country)}, {_basis(endpoint)}"
    if demand.fact == "region":
        return f"stands in the region {place.region}, {_basis(endpoint)}"
    if demand.fact == "provider":
        return _other_operator(demand, endpoint, day)
    if demand.fact == "encrypted":
        spoken = facts["app_protocol"]
        protocol = labels.protocol(str(spoken)) if spoken else "data"
        return f"exchanged readable content ({words.clean(protocol)})"
    if demand.fact == "identifier_in_clear":
        return "was sent an identifier of the device sheet readable on the way"
    if demand.fact == "tls_version":
        return f"agreed on {words.clean(str(facts['tls_version']))}"
    if demand.fact == "cipher_fault":
        return f"agreed on the cipher suite {words.clean(str(facts['cipher']))}"
    owner = endpoint.owner.name if endpoint.owner else "another company"
    return f"belongs to {words.clean(owner)}"


def _basis(endpoint: Endpoint) -> str:
    location = endpoint.place.location
    if location.certainty is not Certainty.STATED:
        return "as independent sources agree"
    said = next((s for s in location.statements if s.country == location.country), None)
    if said is None:
        return "as the operator’s own list states"
    return f"as {said.source} states" + (f" ({said.date})" if said.date else "")


def _other_operator(demand: Demand, endpoint: Endpoint, day: Day) -> str:
    place = endpoint.place
    runs = labels.provider(place.provider) or place.operator.name or "another operator"
    if demand.excluded:
        return f"is operated by {words.clean(runs)}"
    lists = [
        f"{labels.provider(name)}’s list{f' of {day.lists[name]}' if day.lists.get(name) else ''}"
        for name in sorted(demand.values)
    ]
    return f"is not on {units.joined(lists)}; its network is operated by {words.clean(runs)}"


def _values(demand: Demand, day: Day) -> list[str]:
    values = {day.home or ""} if demand.values == {"home"} else demand.values
    if demand.fact == "country":
        return sorted(labels.in_sentence(value) for value in values)
    return sorted(values)


# --------------------------------------------------------------------- parts


def sentence(text: str) -> str:
    """A clause as a sentence, which starts with a capital unless a name begins it."""
    starts_plain = text[:1].islower() and "." not in text.split(" ")[0]
    return (text[:1].upper() + text[1:] if starts_plain else text) + ("" if _ends(text) else ".")


def clause(reasons: Sequence[str]) -> str:
    """Sentences as one clause: the first and, if it differs, the second."""
    first, *others = list(dict.fromkeys(reasons))
    text = first if not others else f"{first.rstrip('.')}; {others[0]}"
    text = text.rstrip(".")
    opening = text.split(" ")[0]
    plain = opening in ("The", "All", "Of", "No", "An", "A")
    return text[:1].lower() + text[1:] if plain else text


def _ends(text: str) -> bool:
    return text.endswith((".", "!", "?"))


def _open(left: Mapping[str, float], total: float) -> str:
    ranked = sorted(left, key=lambda why: (-left[why], why))
    return units.joined([f"{_share(left[why] / (total or 1))} {OPEN[why]}" for why in ranked])


def _share(part: float) -> str:
    if 0 < part < 0.01:
        return "under 1%"
    return "over 99%" if 0.99 < part < 1 else f"{part:.0%}"


def _hours(hours: float) -> str:
    if hours >= 1:
        return f"{hours:,.1f} hours"
    minutes = round(hours * 60)
    return units.counted(minutes, "minute", "minutes") if minutes else "less than a minute"


def _span(count: int) -> str:
    """``2 years and 6 months`` for so many days."""
    months = round(count / _MONTH)
    years, months = divmod(months, 12)
    parts = [units.counted(years, "year", "years")] if years else []
    return units.joined(parts + ([units.counted(months, "month", "months")] if months else []))


def days(date: str) -> int:
    """The number of a day, counted from year 1; of a year or month its first day."""
    from datetime import date as calendar

    return calendar.fromisoformat(date + "-01-01"[len(date) - 4 :]).toordinal()


def _period(date: str) -> tuple[int, int]:
    """First and last day of a year, a month or a day."""
    first = days(date)
    return first, first + {4: 365, 7: 30}.get(len(date), 0)


def day(ns: int | None) -> str:
    """The UTC day of a time, YYYY-MM-DD; empty where there is none."""
    from datetime import date as calendar

    number = 719_163 + (ns // 86_400_000_000_000 if ns is not None else -1 << 40)
    return calendar.fromordinal(number).isoformat() if 0 < number <= 3_652_059 else ""
