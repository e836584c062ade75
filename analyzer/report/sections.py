"""The sections of the page, in the order a reader needs them."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.labels import country, in_sentence, provider
from analyzer.model import (
    Certainty,
    ClaimVerdict,
    DataSet,
    Endpoint,
    Finding,
    Party,
    Result,
    Severity,
    Verdict,
)
from analyzer.report import markup, page, pictures
from analyzer.report.answer import Facts, Key, answer, duration, group, length, standing, where
from analyzer.report.claims_said import badge, by_verdict, counts
from analyzer.report.clock import minute, second
from analyzer.report.encryption_said import travelled
from analyzer.report.figures import frames, share, size
from analyzer.report.limits_said import limits_said, shares_said
from analyzer.report.markup import cell, esc, items, number, pairs, paragraph, row, table, tell
from analyzer.report.terminal import by_severity, graded, label, operator
from analyzer.report.words import counted, say
from analyzer.report.world_map import world_map
from analyzer.report.world_table import data_sets

_FINDINGS = 200
_GROUPS = 12
_PRINTED = 300  # rows of the endpoints table on paper; style.css hides the rest
_TEXT = 4_000  # characters of a sentence of ours, which may quote captured text


def the_answer(result: Result, known: Facts) -> str:
    """The answer in one paragraph, its figures, and what else there is to read."""
    *main, last = (esc(sentence, _TEXT) for sentence in answer(result, known))
    lead = paragraph(" ".join(main) or last, "lead") + (paragraph(last) if main else "")
    recorded, between = length(result)
    over = tell("fact.recorded_over", between=between) if between else tell("fact.recorded")
    figures = [
        (tell("fact.sent"), size(known.up)),
        (tell("fact.abroad", home=in_sentence(result.run.home)), size(known.abroad)),
        (tell("fact.received"), size(known.down)),
        (tell("fact.endpoints"), f"{known.endpoints:,}"),
        (tell("fact.countries"), f"{len(known.countries):,}"),
        (over, recorded),
    ]
    if not result.run.home:
        del figures[1]
    shown = pairs("facts", figures) if known.ranking else ""
    return markup.section("answer", lead, shown, items(_brief(result), "brief"))


def sight(result: Result, known: Facts) -> str:
    """On how much every sentence rests, and what could not be seen."""
    lead = tell("sight.lead", bytes=size(result.visibility.bytes), span=duration(result))
    rows = [row(esc(what), f"<td class=n>{esc(part)}") for part, what in shares_said(result)]
    return markup.section(
        "sight",
        paragraph(lead),
        table(tell("page.sight"), ("table.meaning", "#table.share_of_all"), rows, "shares"),
        items(esc(line, _TEXT) for line in limits_said(result)),
    )


def findings(result: Result, known: Facts) -> str:
    """Every finding with what it rests on, the gravest first."""
    if not result.findings:
        return markup.section("findings", paragraph(tell("findings.none")))
    shown = by_severity(result.findings)[:_FINDINGS]
    left = len(result.findings) - len(shown)
    return markup.section(
        "findings",
        paragraph(tell("findings.lead")),
        *map(_finding, shown),
        paragraph(tell("findings.more", n=f"{left:,}")) if left else "",
    )


def where_it_went(result: Result, known: Facts) -> str:
    """Bytes up by country; apart from them what has no country."""
    most = max((g.up for g in [*known.countries, *known.apart]), default=0) or 1
    head = ("table.country", "table.certainty", "#table.up", "#table.share", "#table.endpoints")
    parts = [paragraph(tell("where.none"))]
    if known.countries:
        labels = [
            esc(country(g.key))
            + (f" <small>{tell('where.home')}</small>" if g.key == result.run.home else "")
            for g in known.countries
        ]
        shares = [esc(share(g.up, known.up)) for g in known.countries]
        rows = pictures.countries(known.countries, most, zip(labels, shares, strict=True))
        parts = [paragraph(tell("where.lead")), world_map(result, known),
                 table(tell("page.where"), head, rows, "bars")]  # fmt: skip
    if known.apart:
        labels = [tell(f"where.{g.key}") for g in known.apart]
        shares = [esc(share(g.up, known.up)) for g in known.apart]
        rows = pictures.countries(known.apart, most, zip(labels, shares, strict=True))
        parts += [f"<h3>{tell('where.apart')}</h3>", paragraph(tell("where.apart_lead")),
                  table(tell("where.apart"), ("table.place", *head[1:]), rows, "bars")]  # fmt: skip
    used = [c for c in Certainty if c in known.sure]
    legend = [(f'<i class="key {c}"></i>{c}', tell(f"certainty.{c}")) for c in used]
    return markup.section("where", *parts, pairs("legend", legend))


def who(result: Result, known: Facts) -> str:
    """Owners of names and operators of addresses, never merged."""
    if not known.ranking:
        return ""
    return markup.section(
        "who",
        paragraph(tell("who.lead")),
        _groups("who.owners", "table.owner", known, _owner),
        _groups("who.operators", "table.operator", known, _network),
        _groups("who.parties", "table.party", known, _party),
    )


def when(result: Result, known: Facts) -> str:
    """The timeline."""
    return markup.section("when", paragraph(tell("when.lead")), pictures.timeline(result))


def endpoints(result: Result, known: Facts) -> str:
    """Every public endpoint, one row each."""
    local = counted("addresses", known.local)
    parts = [paragraph(tell("endpoints.lead" if known.ranking else "endpoints.none"))]
    if known.ranking:
        head = ("table.name", "table.place", "table.operator", "table.owner", "#table.up",
                "#table.down", "#table.first")  # fmt: skip
        parts.append(_tools())
        rows = map(_endpoint, known.ranking)
        parts.append(table(tell("page.endpoints"), head, rows, "endpoints"))
        if known.endpoints > _PRINTED:
            parts.append(paragraph(tell("endpoints.print", n=_PRINTED), "printed"))
    if known.local:
        told = tell("endpoints.local", addresses=local, size=size(known.local_bytes))
        parts.append(paragraph(told))
    return markup.section("endpoints", *parts)


def method(result: Result, known: Facts) -> str:
    """How it was done, in plain words."""
    said = [tell(f"method.{i}") for i in range(1, 7)]
    return markup.section("method", *map(paragraph, said), paragraph(tell("method.words")))


def data(result: Result, known: Facts) -> str:
    """Data sets with dates and licences, and the credit they ask for."""
    head = ("data.name", "data.publisher", "data.built", "data.licence")
    rows = [
        row(esc(d.name), cell(esc(d.publisher)), cell(esc(d.built)), cell(esc(d.licence)))
        for d in _data_sets(result, known)
    ]
    used = table(tell("page.data"), head, rows, "data") if rows else paragraph(tell("data.none"))
    on = paragraph(tell("data.on", on=result.run.on)) if result.run.on else ""
    return markup.section("data", on, used, paragraph(page.credit()))


def inputs(result: Result, known: Facts) -> str:
    """What was read, with hashes, and how it was asked."""
    capture, run = result.capture, result.run
    files = [
        row(esc(f.name), number(f"{f.bytes:,}", f.bytes), f"<td><code>{esc(f.sha256)}</code>",
            f"<td><code>{esc(f.sha1)}</code>")
        for f in capture.files
    ]  # fmt: skip
    sets = [
        row(esc(d.name), f"<td><code>{esc(d.sha256)}</code>") for d in _data_sets(result, known)
    ]
    c = capture.counters
    packets = tell("inputs.packets", read=counted("packets", c.read), flows=f"{c.in_flows:,}",
                   other=f"{c.non_ip:,}", bad=f"{c.undecodable:,}")  # fmt: skip
    head = ("inputs.file", "#inputs.bytes", "inputs.sha256", "inputs.sha1")
    asked = " ".join(run.arguments)
    entries = [(tell("inputs.arguments"), f"<code>{esc(asked, _TEXT)}</code>"),
               (tell("inputs.rules"), f"<code>{esc(run.rules_sha256)}</code>")]  # fmt: skip
    return markup.section(
        "inputs",
        paragraph(tell("inputs.lead")),
        table(tell("page.inputs"), head, files, "hashes") if files else "",
        table(tell("inputs.sets"), ("data.name", "inputs.sha256"), sets, "hashes") if sets else "",
        pairs("asked", entries),
        paragraph(packets),
    )


def _data_sets(result: Result, known: Facts) -> list[DataSet]:
    """What the run used, and what the map on this page is made from."""
    return [*result.run.data, *(data_sets() if known.countries else [])]


def _brief(result: Result) -> Iterator[str]:
    """What the vendor said and the findings, a line each, so that both are on the first screen."""
    if result.claims:
        told = _link("claims", say("top.claims", counts=counts(result.claims)))
        yield told + _first_refuted(by_verdict(result.claims)[0])
    if result.findings:
        told = _link("findings", say("top.findings", counts=graded(result.findings)))
        yield told + _gravest(by_severity(result.findings)[0])
    else:
        yield tell("top.no_findings")


def _first_refuted(claim: ClaimVerdict) -> str:
    if claim.verdict is not Verdict.CONTRADICTED:
        return ""
    told = say("claims.first", verdict=badge(claim).capitalize(), quote=claim.quote)
    return f". {esc(told, _TEXT)}"


def _gravest(finding: Finding) -> str:
    """The title; a note need not be told first."""
    if finding.severity is Severity.INFO:
        return ""
    return f". {esc(say('findings.gravest', title=finding.title), _TEXT)}"


def _link(section: str, told: str) -> str:
    """A line whose first words, which are the heading of a section, lead there."""
    heading = say(f"page.{section}")
    return f'<a href="#{section}">{esc(heading)}</a>{esc(told.removeprefix(heading), _TEXT)}'


def _finding(f: Finding) -> str:
    evidence, grade = f.evidence, f.severity
    entries = []
    if evidence.frame_count:
        shown = frames(evidence.frames, evidence.frame_count)
        entries.append((tell("findings.frames"), esc(shown)))
    if first := second(evidence.first):
        last = second(evidence.last)
        key, told = ("between", "span") if last != first else ("at", "moment")
        entries.append((tell(f"findings.{key}"), tell(f"findings.{told}", first=first, last=last)))
    if evidence.display_filter:
        code = f'<code class="filter">{esc(evidence.display_filter, _TEXT)}</code>'
        entries.append((tell("findings.filter"), code))
    if evidence.file:
        entries.append((tell("findings.packets"), f"<code>{esc(evidence.file)}</code>"))
    numbers = pairs("numbers", _numbers(f))
    caveat = f"<b>{tell('findings.caveat')}</b> {esc(f.caveat, _TEXT)}" if f.caveat else ""
    return (
        f'<article class="{grade}"><p class="grade">{tell(f"severity.{grade}")}</p>'
        f"<h3>{esc(f.title)}</h3>{paragraph(esc(f.text, _TEXT))}"
        + (paragraph(caveat, "caveat") if caveat else "")
        + pairs("evidence", entries)
        + (markup.folded(tell("findings.numbers"), numbers) if numbers else "")
        + "</article>"
    )


def _numbers(f: Finding) -> list[tuple[str, str]]:
    """What was counted; what has no value (no owner is known) is left out."""
    return [(esc(k.replace("_", " ")), _value(v)) for k, v in f.numbers.items() if v != ""]


def _value(value: int | float | str) -> str:
    return f"{value:,}" if isinstance(value, int) else esc(str(value))


def _groups(caption: str, head: str, known: Facts, key: Key) -> str:
    """A table of endpoints grouped by a key, the rest in its last row."""
    groups = group(known.ranking, key)
    rows = [
        row(esc(g.key or say("who.unknown")), number(f"{g.endpoints:,}", g.endpoints),
            number(size(g.up), g.up), number(size(g.down), g.down))
        for g in groups[:_GROUPS]
    ]  # fmt: skip
    if rest := groups[_GROUPS:]:
        ends, up, down = (sum(v) for v in zip(*((g.endpoints, g.up, g.down) for g in rest),
                                              strict=True))  # fmt: skip
        rows.append(row(tell("who.more", n=len(rest)), number(f"{ends:,}", ends),
                        number(size(up), up), number(size(down), down)))  # fmt: skip
    columns = (head, "#table.endpoints", "#table.up", "#table.down")
    return f"<h3>{tell(caption)}</h3>" + table(tell(caption), columns, rows, "groups")


def _owner(e: Endpoint) -> str:
    if not e.owner:
        return ""
    seat = country(e.owner.country)
    return f"{e.owner.name} ({seat})" if seat else e.owner.name


def _network(e: Endpoint) -> str:
    return provider(e.place.provider) or e.place.operator.name or ""


def _party(e: Endpoint) -> str:
    return "" if e.party == Party.UNKNOWN else say(f"party.{e.party}")


def _endpoint(e: Endpoint) -> str:
    location = e.place.location
    sure = standing(location)
    under = (esc(e.ip) if e.names else "", travelled(e))
    return row(
        f"{esc(label(e))}<small>{', '.join(filter(None, under))}</small>",
        f"<td>{esc(where(location))}<em class={sure}>{sure}</em>",
        cell(esc(operator(e))),
        cell(esc(e.owner.name) if e.owner else ""),
        number(size(e.bytes_up), e.bytes_up),
        number(size(e.bytes_down), e.bytes_down),
        f"<td class=n>{minute(e.first)}",
    )


def _tools() -> str:
    shown = tell("endpoints.shown", shown="{shown}", all="{all}")  # filled in by the script
    return markup.tools(tell("endpoints.find"), shown, tell("endpoints.all"))
