"""Sections of the scoreboard beside its tables: how to read it, claims, cohorts, failures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from analyzer import limits
from analyzer.batch.board_cohort import MOST, Cohort, Cohorts, Seen, shown
from analyzer.batch.board_rows import VERDICTS
from analyzer.batch.board_survey import Claim, Survey
from analyzer.batch.board_table import COLOURS, KINDS, kinds
from analyzer.batch.board_words import counted, plural, say, tell
from analyzer.report import markup
from analyzer.report.markup import cell, esc, items, number, pairs, paragraph, row, table

PRINTED = 300  # rows of a long table on paper; style.css hides the rest
_CLAIMS = 200
_GROUPS = 52
_VENDORS = 20
_ENDPOINTS = 40


def section(name: str, *parts: str) -> str:
    """A section of the page with its heading; empty without any part."""
    body = "".join(parts)
    return body and f'<section id="{name}"><h2>{tell(f"page.{name}")}</h2>{body}</section>\n'


def tools(name: str) -> str:
    """Search field and counter of a table."""
    told = tell("find.shown", shown="{shown}", all="{all}")  # filled in by the script
    return markup.tools(tell(f"find.{name}"), told, tell("find.all"))


def reading(found: Survey) -> str:
    """What score, letters and bars mean."""
    keys = {kind for kind, _ in kinds(found.split)}
    if any(each.homes_differ for each in found.devices.values()):
        keys.add("placed")  # in the bars of those handsets alone
    bars = [(f'<i class="key {kind}"></i>{tell(f"key.{kind}")}', tell(f"bar.{kind}"))
            for kind in KINDS if kind in keys]  # fmt: skip
    legend = pairs("legend", bars)
    return section("reading", *_scores(found),
                   f"<h3>{tell('reading.bars')}</h3>{legend}" if bars else "")  # fmt: skip


def _scores(found: Survey) -> Iterable[str]:
    scores = found.scores_of()
    if not scores:
        yield paragraph(tell("reading.no_score"))
        return
    yield paragraph(tell("reading.score"))
    yield paragraph(tell("reading.groups" if len(scores) > 1 else "reading.one_group"))
    if found.devices:
        yield paragraph(tell("reading.device"))
    rows = [
        row(f'<b class="letter">{group.letter}</b>', cell(esc(group.label)),
            number(f"{len(all_):,}", len(all_)), number(between(all_), all_[-1]))
        for group, all_ in list(scores.items())[:_GROUPS]
    ]  # fmt: skip
    head = ("table.group", "table.meaning", "#table.captures", "#table.scores")
    title = tell("reading.groups_head")
    yield f"<h3>{title}</h3>" + table(title, head, rows, "letters", tell)
    if rest := scores.keys() - set(list(scores)[:_GROUPS]):
        yield paragraph(tell("reading.groups_more", n=len(rest)))
    names = [(f'<i class="key p{i % COLOURS}"></i>{i}. {esc(title)}', _of(of))
             for i, (title, of) in enumerate(found.parts.values(), 1)]  # fmt: skip
    yield (
        f"<h3>{tell('reading.parts')}</h3>"
        + paragraph(tell("reading.parts_lead"))
        + pairs("legend parts", names)
    )


def between(scores: Sequence[int]) -> str:
    """``31 to 69``; one score where both ends are the same."""
    low, high = scores[0], scores[-1]
    return f"{low}" if low == high else say("cover.between", low=low, high=high)


def _of(points: float) -> str:
    return tell("reading.of", of=f"{points:g}")


def claims(found: Survey) -> str:
    """What became of each claim, in recordings and in handsets."""
    if not found.claims:
        return section("claims", paragraph(tell("claims.none")))
    ranked = sorted(found.claims.values(), key=lambda c: (
        -c.captures["contradicted"], -c.captures["consistent"], c.id))  # fmt: skip
    head = ("table.claim", "table.vendor", *(f"#table.{name}" for name in VERDICTS), "#table.far")
    rows = map(_claim, ranked[:_CLAIMS])
    told = [paragraph(tell("claims.lead")), paragraph(tell("claims.columns")),
            table(tell("page.claims"), head, rows, "tally", tell)]  # fmt: skip
    if len(ranked) > _CLAIMS:
        told.append(paragraph(tell("claims.more", shown=_CLAIMS, all=f"{len(ranked):,}")))
    return section("claims", *told)


def _claim(claim: Claim) -> str:
    counts = [number(f"{claim.captures[v]:,} / {claim.devices[v]:,}", claim.captures[v])
              for v in VERDICTS]  # fmt: skip
    far = claim.far.total()
    return row(esc(claim.id), cell(esc(claim.vendor)), *counts, number(f"{far:,}", far))


def cohorts(found: Cohorts) -> str:
    """Each vendor's handsets beside one another."""
    there = [cohort for cohort in found.ranked() if cohort.devices > 1]
    notes = []
    if found.nobody:
        notes.append(plural("cohorts.nobody", found.nobody))
    if found.capped:
        notes.append(
            say(
                "cohorts.capped",
                captures=counted("captures", found.capped),
                n=limits.RECORD_ENDPOINTS,
            )
        )
    if found.left_out:
        notes.append(say("cohorts.full", n=f"{MOST:,}"))
    if not there:
        return section("cohorts", paragraph(tell("cohorts.none")), items(map(esc, notes)))
    parts = [
        paragraph(tell("cohorts.lead")),
        items(map(esc, notes)),
        *map(_cohort, there[:_VENDORS]),
    ]
    if (rest := len(there) - _VENDORS) > 0:
        parts.append(paragraph(tell("cohorts.vendors_more", n=rest)))
    return section("cohorts", *parts)


def _cohort(cohort: Cohort) -> str:
    devices, firmwares = counted("devices", cohort.devices), cohort.firmwares
    known = (plural("cohorts.firmwares", len(firmwares)) if firmwares
             else say("cohorts.firmwares_none"))  # fmt: skip
    title = say("cohorts.vendor", vendor=cohort.vendor or say("cohorts.unknown"), devices=devices,
                firmwares=known)  # fmt: skip
    common, more = shown(cohort.common(), _ENDPOINTS)
    parts = [f"<h3>{esc(title)}</h3>", f"<h4>{tell('cohorts.common', devices=devices)}</h4>"]
    if common:
        head = ("table.endpoint", "table.owner")
        rows = (row(_endpoint(e), cell(esc(e.owner or ""))) for e in common)
        parts += [table(esc(title), head, rows, "groups", tell), _more(more)]
    else:
        parts.append(paragraph(tell("cohorts.common_none", devices=devices)))
    return "".join([*parts, f"<h4>{tell('cohorts.only')}</h4>", *_only(cohort, title)])


def _only(cohort: Cohort, title: str) -> Iterable[str]:
    """What one firmware alone shows, and on how many handsets."""
    firmwares = cohort.firmwares
    if len(firmwares) < 2:
        yield paragraph(tell("cohorts.one_firmware"))
        return
    every_one = cohort.only()
    several = [each for each in every_one if each.devices > 1]
    only, more = shown(several, _ENDPOINTS)
    if not only:
        yield paragraph(tell("cohorts.only_none"))
    else:
        head = ("table.endpoint", "table.firmware", "#table.of_firmware", "#table.other")
        every = cohort.devices
        rows = [
            row(_endpoint(e), cell(esc(str(e.firmware))),
                number(tell("cohorts.of", n=e.devices, all=firmwares[str(e.firmware)]), e.devices),
                number(tell("cohorts.of", n=0, all=every - firmwares[str(e.firmware)]), 0))
            for e in only
        ]  # fmt: skip
        yield table(esc(title), head, rows, "tally", tell) + _more(more)
    if single := len(every_one) - len(several):
        yield paragraph(esc(plural("cohorts.single", single)))
    if cohort.unsaid:
        told = say("cohorts.firmware_unsaid", devices=counted("devices", cohort.unsaid))
        yield paragraph(esc(told))


def _endpoint(each: Seen) -> str:
    return f"{esc(each.endpoint)}<small>{tell(f'cohorts.{each.kind}')}</small>"


def _more(n: int) -> str:
    return paragraph(tell("cohorts.more", n=f"{n:,}")) if n else ""


def failed(found: Survey) -> str:
    """What was not analysed, and why."""
    if not found.failed.all:
        return ""
    rows = [row(esc(str(each["names"] or each["key"])), cell(esc(str(each["reason"] or ""))),
                cell(esc(str(each["why"] or "")))) for each in found.failed.rows()]  # fmt: skip
    head = ("table.capture", "table.reason", "table.why")
    left = found.failed.all - len(rows)
    return section("failed", paragraph(tell("failed.lead")),
                   table(tell("page.failed"), head, rows, "groups", tell),
                   paragraph(tell("failed.more", n=f"{left:,}")) if left else "")  # fmt: skip


def made(settings: Mapping[str, Any]) -> str:
    """Version, rules, data and options, as the batch's settings say them."""
    entries = [(esc(str(name).replace("_", " ")), f"<code>{esc(_plain(value), 4_000)}</code>")
               for name, value in settings.items() if value not in (None, "", [], {})]  # fmt: skip
    return section("made", paragraph(tell("made.lead")), pairs("asked", entries))


def _plain(value: Any) -> str:
    if isinstance(value, str | int | float):
        return str(value)
    import json

    return json.dumps(value, ensure_ascii=False, sort_keys=True)
