"""What a comparison comes to in sentences: the same on every page and on the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from analyzer.compare.match import SHORTEST
from analyzer.compare.words import counted, say
from analyzer.labels import country, provider
from analyzer.report.figures import size, span
from analyzer.report.words import joined

Json = Mapping[str, Any]
_NAMED = 3
_PLACES = 3


def title(side: Json) -> str:
    """A side in one line."""
    told = {"span": span(side["hours"]), "bytes": size(side["bytes"])}
    captures = counted("captures", side["captures"])
    return say(f"side.{side['kind']}", name=side["name"], captures=captures, **told)


def answer(document: Json) -> list[str]:
    """The answer in sentences. What was not seen comes with the hours."""
    return [*_endpoints(document), *_moved(document), _rates(document), *score(document),
            *_verdicts(document)]  # fmt: skip


def _endpoints(document: Json) -> Iterator[str]:
    ends = document["endpoints"]
    both, new, gone = (counted("endpoints", n) for n in (
        ends["both"], len(ends["new"]), len(ends["gone"])))  # fmt: skip
    yield say("answer.endpoints", both=both, new=new, gone=gone)
    hours = {name: span(document[name]["hours"]) for name in ("a", "b")}
    for name in ("gone", "new"):
        seldom = sum(each["seldom"] for each in ends[name])
        there = "a" if name == "gone" else "b"
        if ends[name] and document[there]["hours"] < SHORTEST:
            yield say("answer.brief", side=there.upper())
        elif seldom:
            yield say(f"answer.{name}", n=f"{seldom:,}", **hours)
    if ends["a_by_address"] or ends["b_by_address"]:
        counts = {name: f"{ends[f'{name}_by_address']:,}" for name in ("a", "b")}
        yield say("answer.by_address", **counts)


def _moved(document: Json) -> Iterator[str]:
    moved = [
        each["endpoint"]
        for each in document["endpoints"]["changed"]
        for change in each["changes"]
        if (change["what"], change["kind"]) == ("country", "moved")
    ]
    if not moved:
        yield say("answer.unmoved")
        return
    yield say("answer.moved", names=joined(_first(moved, _NAMED)))


def _first(words: list[str], most: int) -> list[str]:
    """The first so many, and how many others there are."""
    rest = len(words) - most
    return [*words[:most], counted("others", rest)] if rest > 0 else words


def unrated(document: Json) -> str:
    """Which sides were recorded too briefly for bytes an hour; empty where none was."""
    sides = [n.upper() for n in ("a", "b") if document["rates"][f"{n}_up_per_hour"] is None]
    return say("answer.unrated", sides=joined(sides)) if sides else ""


def _rates(document: Json) -> str:
    if told := unrated(document):
        return told
    a, b = (document["rates"][f"{name}_up_per_hour"] for name in ("a", "b"))
    spans = {f"{name}_span": span(document[name]["hours"]) for name in ("a", "b")}
    return say("answer.rates", a=size(round(a)), b=size(round(b)), **spans)


def score(document: Json) -> list[str]:
    """Both scores, with why they cannot be ranked where they cannot."""
    found = document["score"]
    if found["a"] is None or found["b"] is None:
        return [say("score.none", side=name.upper()) for name in ("a", "b") if not found[name]]
    a, b = found["a"]["total"], found["b"]["total"]
    key = "score.apart" if found["why"] else "score.same" if a == b else "score.change"
    told = [say(key, a=a, b=b, why=found["why"])]
    if max(found["a"]["captures"], found["b"]["captures"]) > 1:
        ends = {f"{name}_{end}": found[name][end] for name in ("a", "b") for end in ("low", "high")}
        told.append(say("score.of", **ends))
    return told


def _verdicts(document: Json) -> Iterator[str]:
    changed = [pair["claim"] for pair in document["claims"]["changed"]]
    if changed:
        claims = joined(_first(changed, _NAMED))
        yield say("answer.verdicts", n=counted("claims", len(changed)), claims=claims)
    else:
        yield say("answer.verdicts_same")
    if alone := len(document["claims"]["one_side"]):
        yield say("answer.verdicts_alone", n=counted("claims", alone))
    if far := len(document["claims"]["far"]):
        yield say("answer.verdicts_far", n=counted("claims", far))


def verdicts(document: Json) -> list[Json]:
    """Claims whose verdicts differ, then those held against one side only."""
    return [*document["claims"]["changed"], *document["claims"]["one_side"]]


def places(found: Iterable[Json]) -> str:
    """``Singapore (stated), at a network edge``."""
    words = _first([place(each) for each in found], _PLACES)
    return ", ".join(words) or say("place.none")


def place(each: Json) -> str:
    """A place with its certainty."""
    if each["country"]:
        return say("place.sure", country=country(each["country"]), certainty=each["certainty"])
    key = f"place.{each['certainty']}"
    return say(key if each["certainty"] in ("edge", "disputed", "excluded") else "place.unknown")


def change(each: Json) -> str:
    """What differs of an endpoint, as a clause."""
    shown: Callable[[Any], str] = _SHOWN.get(each["what"], ", ".join)
    return say(f"change.{each['what']}.{each['kind']}", a=shown(each["a"]), b=shown(each["b"]))


def _providers(found: Iterable[str]) -> str:
    return ", ".join(map(provider, found))


_SHOWN: Mapping[str, Callable[[Any], str]] = {"country": places, "provider": _providers}


def provider_names(each: Json) -> str:
    """The providers of an endpoint."""
    return _providers(each["providers"])


def expected(each: Json) -> str:
    """How many conversations the other side could expect; empty where that is not known."""
    if each["expected_flows"] is None:
        return say("list.shared") if each["bytes_up"] is None else ""
    count = say("expected.some", n=f"{each['expected_flows']:.1f}")
    return f"{count}: {say('list.seldom')}" if each["seldom"] else count


def verdict(value: str | None) -> str:
    """A verdict in words."""
    return say(f"verdict.{value or 'none'}")


def up(each: Json) -> str:
    """Bytes sent; empty where they stand with another name."""
    return "" if each["bytes_up"] is None else size(each["bytes_up"])


def hourly(value: float | None) -> str:
    """Bytes an hour."""
    return say("rate.none") if value is None else size(round(value))


def by_change(rates: Iterable[Json]) -> list[Json]:
    """Endpoints whose bytes an hour changed most first."""

    def moved(each: Json) -> float:
        found = each["bytes"]
        a, b = (float(found[f"{name}_up_per_hour"] or 0) for name in ("a", "b"))
        return abs(b - a)

    return sorted(rates, key=lambda each: (-moved(each), each["endpoint"]))
