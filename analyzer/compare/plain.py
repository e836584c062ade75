"""A comparison for a terminal, and as Markdown (compare.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from analyzer.compare import said
from analyzer.compare.words import counted, say
from analyzer.report import words
from analyzer.report.figures import span
from analyzer.report.safe import fit, markdown, markdown_code
from analyzer.report.terminal import wrapped

Json = Mapping[str, Any]
_SHORT = 8  # endpoints of a list on a terminal
_LONG = 50  # and in Markdown


def terminal(document: Json, width: int = 80) -> str:
    """The summary, in lines of at most ``width`` columns and printable characters only."""
    width = max(40, min(width, 110))
    lines = [fit(f"{name.upper()}  {said.title(document[name])}", width).rstrip()
             for name in ("a", "b")]  # fmt: skip
    for each in document["coverage"]:
        lines += ["", *wrapped(each["text"], width)]
    lines += ["", *wrapped(" ".join(said.answer(document)), width)]
    ends = document["endpoints"]
    for name in ("new", "gone"):
        rows = [_short(each, width) for each in ends[name][:_SHORT]]
        lines += _listed(say(f"page.{name}"), rows, len(ends[name]))
    rows = [line for each in ends["changed"][:_SHORT] for line in _changes(each, width)]
    lines += _listed(say("page.changed"), rows, len(ends["changed"]))
    pairs = said.verdicts(document)
    rows = [line for pair in pairs[:_SHORT] for line in wrapped(_pair(pair), width - 2)]
    lines += _listed(say("page.verdicts"), rows, len(pairs))
    return "\n".join(lines)


def _listed(heading: str, rows: Sequence[str], count: int) -> list[str]:
    if not rows:
        return []
    more = [f"  {counted('more', count - _SHORT)}"] if count > _SHORT else []
    return ["", heading, *(f"  {row}" for row in rows), *more]


def _short(each: Json, width: int) -> str:
    name = max(20, width - 44)
    seldom = say("list.seldom") if each["seldom"] else ""
    return (
        f"{fit(each['endpoint'], name)} {fit(said.places(each['places']), 22)}"
        f" {said.up(each):>8} {seldom}"
    ).rstrip()


def _changes(each: Json, width: int) -> Iterator[str]:
    for change in each["changes"]:
        yield from wrapped(f"{each['endpoint']}: {said.change(change)}", width - 2)


def _pair(pair: Json) -> str:
    return f"{pair['claim']}: A {said.verdict(pair['a'])}, B {said.verdict(pair['b'])}"


# ---------------------------------------------------------------- Markdown


def render_markdown(document: Json) -> Iterator[bytes]:
    """compare.md in pieces."""
    for part in _parts(document):
        yield (part + "\n\n").encode()


def _parts(document: Json) -> Iterator[str]:
    a, b = document["a"], document["b"]
    yield "# " + markdown(say("page.title", a=a["name"], b=b["name"]))
    yield "\n".join(
        f"- {name}: {markdown(said.title(side))}" for name, side in (("A", a), ("B", b))
    )
    yield "## " + say("page.coverage")
    yield "\n".join(f"- {markdown(each['text'])}" for each in document["coverage"])
    yield "## " + say("page.answer")
    yield " ".join(map(markdown, said.answer(document)))
    yield from _lists(document)
    yield from _judged(document)
    yield markdown(say("made.lead"))
    yield markdown(say("made.rates"))
    yield markdown(words.say("data.credit") + words.say("data.credit_more"))


def _lists(document: Json) -> Iterator[str]:
    ends, hours = document["endpoints"], {n: span(document[n]["hours"]) for n in ("a", "b")}
    head = ("table.endpoint", "table.owner", "table.place", "table.operator", "table.up",
            "table.expected")  # fmt: skip
    for name in ("new", "gone"):
        yield "## " + say(f"page.{name}")
        yield markdown(say(f"list.lead.{name}", **hours))
        yield from _table(head, map(_alone, ends[name][:_LONG]), len(ends[name]))
    yield "## " + say("page.changed")
    rows = map(_changed, ends["changed"][:_LONG])
    yield from _table(("table.endpoint", "table.change"), rows, len(ends["changed"]))
    yield "## " + say("page.rates")
    if told := said.unrated(document):
        yield markdown(told)
    hourly = ("table.endpoint", "table.a_up", "table.b_up", "table.a_down", "table.b_down")
    rates = said.by_change(ends["rates"])
    yield from _table(hourly, map(_rate, rates[:_LONG]), len(rates))


def _alone(each: Json) -> Sequence[str]:
    shown = (", ".join(each["owners"]), said.places(each["places"]), said.provider_names(each),
             said.up(each), said.expected(each))  # fmt: skip
    return (markdown_code(each["endpoint"]), *map(markdown, shown))


def _changed(each: Json) -> Sequence[str]:
    told = "; ".join(map(said.change, each["changes"]))
    return markdown_code(each["endpoint"]), markdown(told)


def _rate(each: Json) -> Sequence[str]:
    found = each["bytes"]
    rates = ("a_up_per_hour", "b_up_per_hour", "a_down_per_hour", "b_down_per_hour")
    return (markdown_code(each["endpoint"]), *(said.hourly(found[name]) for name in rates))


def _judged(document: Json) -> Iterator[str]:
    yield "## " + say("page.verdicts")
    pairs = said.verdicts(document)
    rows = [(markdown_code(p["claim"]), said.verdict(p["a"]), said.verdict(p["b"])) for p in pairs]
    yield from _table(("table.claim", "table.a", "table.b"), rows[:_LONG], len(rows))
    yield "## " + say("page.findings")
    found = document["findings"]
    told = [(markdown(each["title"]), markdown_code(each["subject"]), markdown(each["severity"]),
             say(f"findings.{name}", a=each.get("severity_a"), b=each["severity"]))
            for name in ("new", "gone", "changed") for each in found[name]]  # fmt: skip
    head = ("table.finding", "table.endpoint", "table.severity", "table.where")
    yield from _table(head, told[:_LONG], len(told))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], count: int) -> Iterator[str]:
    """A table of cells that are Markdown already, and how many more there are."""
    lines = [[say(key) for key in head], ["---"] * len(head), *rows]
    if len(lines) == 2:
        yield say("list.none")
        return
    yield "\n".join("| " + " | ".join(line) + " |" for line in lines)
    if count > _LONG:
        yield say("list.more", n=f"{count - _LONG:,}")
