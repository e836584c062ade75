"""The summary for a terminal: one screen, printable characters only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from analyzer.labels import country, provider
from analyzer.model import (
    Certainty,
    ClaimVerdict,
    Endpoint,
    Finding,
    Location,
    Result,
    Severity,
    Status,
    Verdict,
)
from analyzer.report import score_said
from analyzer.report.answer import KNOWN, Facts, answer, facts, standing
from analyzer.report.claims_said import by_verdict, counts
from analyzer.report.clock import second
from analyzer.report.figures import share, short
from analyzer.report.limits_said import why_not_whole
from analyzer.report.safe import columns, fit, visible
from analyzer.report.words import counted, say

Paint = Callable[[str, str], str]

SEVERITIES = (Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO)
_LINES = 24
_COUNTRY = 13  # columns of the country: United States
_NARROWEST, _WIDEST = 40, 110
_HANDSETS = 2  # named in the first line
_MOST_FINDINGS = 3
_MOST_CLAIMS = 5
_MOST_UNTESTED = 1  # of these the ones not testable: destinations say more
_ROOMY = 70  # columns that leave some of a quote beside when it was said
_VERDICT_STYLE = {
    Verdict.CONTRADICTED: "warn",
    Verdict.CONSISTENT: "strong",
    Verdict.NOT_TESTABLE: "weak",
}
_COLOURS = {
    Severity.HIGH: "1;31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
    Severity.INFO: "2",
    "strong": "1",
    "weak": "2",
    "warn": "1;33",
}


def terminal(result: Result, folder: Path | None, *, width: int = 80, colour: bool = False) -> str:
    """The summary as lines of at most ``width`` columns, 24 of them where it can be."""
    width = max(_NARROWEST, min(width, _WIDEST))
    paint = _painter(colour)
    known = facts(result)
    head = [paint("weak", fit(_title(result), width).rstrip()), ""]
    head += [paint("strong", line) for line in wrapped(" ".join(answer(result, known)), width)]
    if known.countries and not result.run.home:
        head += wrapped(say("top.home"), width)
    tail = [
        *_claims(result, width, paint),
        *_findings(result, width, paint),
        *_sight(result, known, width),
    ]
    tail += [paint("warn", line) for line in wrapped(status_line(result), width)]
    if folder is not None:
        tail.append(_path(folder))
    room = _LINES - len(head) - len(tail) - 2
    middle = _top(known, max(room, 3 if result.claims else 4), width, paint)
    return "\n".join([*head, *middle, "", *tail])


def wrapped(text: str, width: int) -> list[str]:
    """Visible text in lines of at most ``width`` columns; a long word is cut."""
    lines: list[str] = []
    for word in visible(text).split():
        if columns(word) > width:
            word = fit(word, width).rstrip()
        if lines and columns(lines[-1]) + 1 + columns(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines


def status_line(result: Result) -> str:
    """Why a result is not complete; empty when it is."""
    if result.status == Status.COMPLETE:
        return ""
    key = "top.failed" if result.status == Status.FAILED else "top.status"
    return say(key, why=why_not_whole(result, 2))


def file_names(result: Result) -> str:
    """The names of the inputs, without their folders."""
    names = [f.name.replace("\\", "/").rsplit("/", 1)[-1] for f in result.capture.files]
    return names[0] + (f" (+{len(names) - 1})" if len(names) > 1 else "") if names else "-"


def label(endpoint: Endpoint) -> str:
    """The name an endpoint is best known by, else its address."""
    return endpoint.names[0].name if endpoint.names else endpoint.ip


def operator(endpoint: Endpoint) -> str:
    """Provider and region, else the network's name."""
    place = endpoint.place
    if place.provider:
        return f"{provider(place.provider)} {place.region or ''}".strip()
    return place.operator.name or (f"AS{place.operator.asn}" if place.operator.asn else "")


def _painter(colour: bool) -> Paint:
    """A function (style, text) -> text; plain unless colour is wanted."""

    def paint(style: str, text: str) -> str:
        return f"\x1b[{_COLOURS[style]}m{text}\x1b[0m" if colour and text else text

    return paint


def _title(result: Result) -> str:
    first, last = second(result.capture.first), second(result.capture.last)
    when = f"{first} - {last[11:] if last[:10] == first[:10] else last} UTC" if first else ""
    named = [
        " ".join(filter(None, (h.vendor, h.addresses[0] if h.addresses else h.mac)))
        for h in result.handsets[:_HANDSETS]
    ]
    left = len(result.handsets) - len(named)
    handsets = ", ".join(named) + (f" (+{left})" if left else "")
    return " · ".join(filter(None, (file_names(result), when, handsets)))


def _top(known: Facts, lines: int, width: int, paint: Paint) -> list[str]:
    """The table of destinations in at most ``lines`` lines, its head included."""
    if not known.ranking:
        return []
    wide = width >= 72
    name = width - (59 if wide else 39)
    head = [fit(say("top.destination"), name), fit(say("top.country"), _COUNTRY)]
    head += [fit(say("top.certainty"), 9)] + ([fit(say("top.operator"), 19)] if wide else [])
    head += [f"{say('top.up'):>6}", f"{say('top.down'):>6}"]
    shown = known.ranking[: lines - 1]
    if len(shown) < len(known.ranking):
        shown = shown[:-1]
    rows = [paint("weak", " ".join(head))]
    rows += [" ".join(_cells(e, name, wide)) for e in shown]
    if len(shown) < len(known.ranking):
        rows.append(paint("weak", counted("more", len(known.ranking) - len(shown))))
    return ["", *rows]


def _cells(e: Endpoint, name: int, wide: bool) -> list[str]:
    location = e.place.location
    cells = [
        _tail(label(e), name),
        fit(_where(location), _COUNTRY),
        fit(str(standing(location)), 9),
    ]
    cells += [fit(operator(e), 19)] if wide else []
    return [*cells, f"{short(e.bytes_up):>6}", f"{short(e.bytes_down):>6}"]


def _tail(name: str, width: int) -> str:
    """A host name cut at its start: who it belongs to stands at its end."""
    name = visible(name)
    if columns(name) <= width:
        return fit(name, width)
    name = name[-width:]
    while columns(name) > width - 1:
        name = name[1:]
    return "…" + name + " " * (width - 1 - columns(name))


def _where(location: Location) -> str:
    """The country, or its code where that is too long; a dash when there is none."""
    certainty = standing(location)
    if certainty in KNOWN:
        name = country(location.country)
        return name if columns(visible(name)) <= _COUNTRY else location.country or ""
    if certainty == Certainty.DISPUTED:
        return "/".join(dict.fromkeys(s.country for s in location.statements if s.country))
    return "-"


def _said_on(claim: ClaimVerdict, room: int) -> str:
    """When it was said, and if there is room whether that is over a year from the recording."""
    if not claim.said_on:
        return ""
    key = "top.claim_far" if claim.gap_sentence and room >= _ROOMY else "top.claim_said"
    return say(key, said_on=fit(claim.said_on, 10).rstrip())


def _claims(result: Result, width: int, paint: Paint) -> list[str]:
    """Verdicts counted, and one line a claim: verdict, quote."""
    if not result.claims:
        return []
    lines = wrapped(say("top.claims", counts=counts(result.claims)), width)
    tested = [c for c in result.claims if c.verdict is not Verdict.NOT_TESTABLE]
    shown = by_verdict(result.claims)[: min(_MOST_CLAIMS, len(tested) + _MOST_UNTESTED)]
    for claim in shown:
        mark = paint(_VERDICT_STYLE[claim.verdict], fit(say(f"verdict.short.{claim.verdict}"), 12))
        said_on = _said_on(claim, width)
        quote = fit(f"“{claim.quote}”", width - 15 - columns(said_on)).rstrip()
        lines.append(f"  {mark} {quote}{said_on}")
    left = len(result.claims) - len(shown)
    return lines + ([paint("weak", "  " + counted("more", left))] if left else [])


def _findings(result: Result, width: int, paint: Paint) -> list[str]:
    """Counts by severity, the score, and the gravest titles."""
    score = score_said.short(result.score)
    if not result.findings:
        return wrapped(" ".join(filter(None, (say("top.no_findings"), score))), width)
    told = say("top.findings", counts=graded(result.findings))
    lines = wrapped(" ".join(filter(None, (told, score))), width)
    for finding in by_severity(result.findings)[: _MOST_FINDINGS - bool(result.claims)]:
        mark = paint(finding.severity, fit(say(f"severity.{finding.severity}"), 6))
        lines.append(f"  {mark} {fit(finding.title, width - 9).rstrip()}")
    return lines


def graded(findings: list[Finding]) -> str:
    """``1 high, 3 low``."""
    found = [(sum(f.severity == s for f in findings), s) for s in SEVERITIES]
    return ", ".join(f"{n} {say(f'severity.{s}')}" for n, s in found if n)


def by_severity(findings: list[Finding]) -> list[Finding]:
    """The gravest first; within a severity as judged."""
    return sorted(findings, key=lambda f: SEVERITIES.index(f.severity))


def _sight(result: Result, known: Facts, width: int) -> list[str]:
    sight = result.visibility
    if not known.ranking:
        return []
    shares = {
        "named": share(sight.named),
        "operator": share(sight.located_by_operator),
        "edge": share(sight.edge),
    }
    key = "sight.line_opened" if sight.decrypted else "sight.line"
    return wrapped(say(key, **shares, opened=share(sight.decrypted)), width)


def _path(folder: Path) -> str:
    """Where the report is; a path is never cut, so it can be copied."""
    page = folder / "report.html"
    return visible(say("top.report", path=page if page.exists() else folder))
