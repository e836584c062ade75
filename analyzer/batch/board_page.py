"""scoreboard.html: one offline file in the look of report.html, piece by piece.

Rules of this file
- Captured text passes ``esc`` and stands in no attribute; links are made from keys alone.
- Scores of differing coverage never stand in one order: sorting by score keeps their groups.
- What is cut is said, with the file that has it all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analyzer.batch import board_sections as more
from analyzer.batch.board_survey import SHOWN, Claim, Survey
from analyzer.batch.board_table import findings, judged, length, place, score, when
from analyzer.batch.board_words import TEXT, counted, plural, say, tell
from analyzer.labels import in_sentence
from analyzer.report import markup, page
from analyzer.report.figures import share, size, span
from analyzer.report.markup import esc, pairs, paragraph, row
from analyzer.report.words import joined

_NAMED = 3
CONTENTS = ("answer", "reading", "devices", "captures", "claims", "cohorts", "failed", "made")


def render(found: Survey, settings: Mapping[str, Any]) -> Iterator[bytes]:
    """The page in pieces."""
    for part in _parts(found, settings):
        yield part.encode()


def _parts(found: Survey, settings: Mapping[str, Any]) -> Iterator[str]:
    title = say("page.title", captures=counted("captures", found.captures))
    yield page.opening(title, "board.css")
    yield _head(title, found)
    yield "<main>\n"
    yield _answer(found)
    yield more.reading(found)
    yield from _devices(found)
    yield from _captures(found)
    yield more.claims(found)
    yield more.cohorts(found.cohorts)
    yield more.failed(found)
    yield more.made(settings)
    yield "</main>\n"
    made = tell("page.footer", version=settings.get("version") or "")
    yield page.closing(f"{made} {page.credit()}")


def _head(title: str, found: Survey) -> str:
    there = {"failed": found.statuses["failed"], "captures": found.first.all}
    links = "".join(
        f'<li><a href="#{name}">{tell(f"page.{name}")}</a>'
        for name in CONTENTS
        if there.get(name, True)
    )
    return (
        f'<header><p class="kicker">{tell("page.kicker")}</p><h1>{esc(title, 160)}</h1></header>'
        f'<nav aria-label="{tell("page.contents")}"><ol>{links}</ol></nav>\n'
    )


# ------------------------------------------------------------------ the answer


def _answer(found: Survey) -> str:
    main, *rest = sentences(found)
    facts = [
        (tell("fact.captures"), f"{found.captures:,}"),
        (tell("fact.devices"), f"{len(found.devices):,}"),
        (tell("fact.hours"), _length(found.hours)),
        (tell("fact.sent"), size(found.split.public)),
        (tell("fact.outside"), size(found.split.outside or 0)),
        (_against(found), f"{len(found.contradicted):,}"),
    ]
    if found.split.outside is None:
        del facts[4]
    lead = paragraph(esc(main, 4_000), "lead") + paragraph(esc(" ".join(rest), 8_000))
    return more.section("answer", lead, pairs("facts", facts) if found.captures else "")


def _against(found: Survey) -> str:
    """What the number of contradicted claims counts; those of another time are told apart."""
    far = sum(c.captures["contradicted"] == c.far["contradicted"] for c in found.contradicted)
    note = f" ({say('row.far', n=far)})" if far else ""
    return tell("fact.contradicted") + esc(note)


def _length(hours: Sequence[float]) -> str:
    """All hours together; none where nothing was read."""
    return span(sum(sorted(hours))) if hours else say("fact.none")


def sentences(found: Survey) -> list[str]:
    """The answer in sentences: what came in, whose it is, what left home, what was said."""
    waiting = [plural("answer.waiting", found.waiting)] if found.waiting else []
    if not found.captures:
        return waiting or [say("answer.none")]
    came_in = " ".join([_came_in(found), *waiting])
    return [came_in, *_whose(found), *_left(found), *_claims(found)]


def _came_in(found: Survey) -> str:
    counts = {name: f"{found.statuses[name]:,}" for name in ("complete", "incomplete", "failed")}
    whole = counted("captures", found.captures)
    told = {**counts, "captures": whole[:1].upper() + whole[1:]}
    if not found.reasons:
        return say("answer.in", **told)
    reasons = joined([_reason(name, n) for name, n in sorted(found.reasons.items())])
    return say("answer.in_why", **told, reasons=reasons)


def _reason(name: str, n: int) -> str:
    key = f"reason.{name}"
    return say(key if key in TEXT else "reason.other", n=f"{n:,}")


def _whose(found: Survey) -> Iterator[str]:
    if found.more_names:
        yield plural("answer.twice", found.more_names)
    if found.shared:
        yield plural("answer.shared", found.shared)
    if found.devices:
        captures = counted("captures", found.captures - found.nobody)
        vendors = found.vendors_of_devices
        yield say(
            "answer.of" if vendors else "answer.of_devices",
            captures=captures[:1].upper() + captures[1:],
            devices=counted("devices", len(found.devices)),
            vendors=counted("vendors", len(vendors)),
        )
    if found.nobody:
        one, _, many = say("answer.nobody").partition("|")
        captures = counted("captures", found.nobody)
        told = one if found.nobody == 1 else many
        yield told.format(captures=captures[:1].upper() + captures[1:])


def _left(found: Survey) -> Iterator[str]:
    split = found.split
    if split.outside is None:
        yield say("answer.homeless")
        return
    ranked = sorted(split.abroad.items(), key=lambda e: (-e[1], e[0]))
    named = [f"{in_sentence(country)} {size(up)}" for country, up in ranked[:_NAMED]]
    if rest := ranked[_NAMED:]:
        named.append(f"{counted('others', len(rest))} {size(sum(up for _, up in rest))}")
    yield say(
        "answer.left" if ranked else "answer.none_left",
        sent=size(found.homed_up), outside=size(split.outside),
        share=share(split.outside, found.homed_up), named=joined(named),
    )  # fmt: skip


def _claims(found: Survey) -> Iterator[str]:
    if not found.claims:
        return
    against, claims = found.contradicted, counted("claims", len(found.claims))
    yield say("answer.claims" if against else "answer.claims_none", claims=claims,
              count=plural("answer.contradicted", len(against)), named=_some(against))  # fmt: skip
    if far := [claim for claim in against if claim.far["contradicted"]]:
        yield say("answer.claims_far", named=_some(far))


def _some(claims: list[Claim]) -> str:
    """The first few, by their ids."""
    named = [claim.id for claim in claims[:_NAMED]]
    if rest := len(claims) - len(named):
        named.append(counted("others", rest))
    return joined(named)


# --------------------------------------------------------- handsets, recordings


def _devices(found: Survey) -> Iterator[str]:
    if not found.devices:
        yield more.section("devices", paragraph(tell("devices.none")))
        return
    head = ("table.device", "#table.score", "table.where", "#table.up", "table.claims",
            "table.findings", "table.captures")  # fmt: skip
    rows = (_device(each, found) for each in found.first_devices.rows())
    yield from _table("devices", head, rows, found.first_devices.all)


def _captures(found: Survey) -> Iterator[str]:
    if not found.first.all:
        return
    head = ("table.capture", "#table.score", "table.where", "#table.up", "table.claims",
            "table.findings", "table.recorded")  # fmt: skip
    rows = (_capture(each, found) for each in found.first.rows())
    yield from _table("captures", head, rows, found.first.all)


def _table(name: str, head: tuple[str, ...], rows: Iterator[str], count: int) -> Iterator[str]:
    """A section with a table that can be searched, row after row."""
    yield f'<section id="{name}"><h2>{tell(f"page.{name}")}</h2>'
    yield paragraph(tell(f"{name}.lead"))
    shown = min(count, SHOWN)
    if shown < count:
        yield paragraph(tell(f"{name}.more", shown=f"{shown:,}", all=f"{count:,}"))
    yield more.tools(name)
    opening, closing = markup.table(
        tell(f"page.{name}"), head, ["\0"], "endpoints board", tell
    ).split("\0")
    yield opening
    yield from rows
    yield closing
    if shown > more.PRINTED:
        yield paragraph(tell("find.print"), "printed")
    yield "</section>\n"


def _device(each: Mapping[str, Any], found: Survey) -> str:
    who = [each["vendor"], each["model"], each["firmware"]]
    small = esc(", ".join(str(w) for w in who if w))
    told = esc(counted("captures", each["captures"]))
    less = [say(f"row.{n}", n=each[n]) for n in ("incomplete", "failed") if each[n]]
    part = f"<small>{esc(', '.join(less))}</small>" if less else ""
    name = esc(str(each["device"]))
    note = f"<small>{tell('row.vendors')}</small>" if each["vendors_differ"] else ""
    return row(f"{name}<small>{small}</small>{note}", score(each, found), *place(each),
               judged(each), findings(each), f"<td>{told}{length(each)}{part}")  # fmt: skip


def _capture(each: Mapping[str, Any], found: Survey) -> str:
    name = esc(str(each["names"] or each["key"]))
    if each["report"]:
        name = f'<a href="{each["report"]}">{name}</a>'
    who = [each["device"], each["vendor"], each["model"], each["firmware"]]
    small = esc(", ".join(str(w) for w in who if w))
    return row(f"{name}<small>{small}</small>", score(each, found), *place(each),
               judged(each), findings(each), when(each))  # fmt: skip
