"""``phonehome reply-pack``: what a vendor is sent to check and answer before publication.

Rules of this file
- Same words and caveats as the report, made from its result.json alone.
- No private data: no address or identifier of a handset, no local network, no
  file name, no content. An address that stands in a sentence becomes a mark;
  the hash of a value is left out, as that of a number can be tried out.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from analyzer.errors import NothingUsable, UsageError
from analyzer.labels import country
from analyzer.model import (
    Certainty,
    Endpoint,
    EndpointName,
    Location,
    Operator,
    Party,
    Place,
    Severity,
    Statement,
    Verdict,
)
from analyzer.report import fits, folder, tables
from analyzer.report.answer import standing, where
from analyzer.report.figures import share, size, span
from analyzer.report.safe import cell, markdown, markdown_code, visible
from analyzer.report.terminal import label, operator
from analyzer.report.words import counted
from analyzer.report.words import say as said
from analyzer.report.words_later import say

Json = dict[str, Any]
COLUMNS = ("name", "names", "address", "country", "certainty", "sources", "provider", "region",
           "asn", "operator", "party", "bytes_up", "bytes_down", "packets_up", "packets_down",
           "first", "last")  # fmt: skip
_SHARES = ("named", "located_by_operator", "edge", "decrypted")
_VERDICTS = [str(verdict) for verdict in Verdict]
_GRAVEST = [str(severity) for severity in reversed(Severity)]
_TOKEN = re.compile(r"[0-9a-fA-F:.]+")
_HASH = r", SHA-256 [0-9a-f]{16}\.\.\."  # as judge/disclosed.py writes it behind a masked value
_EXAMPLES = 20


def write(report: Path, output: Path | None) -> str:
    """Writes the pack, a Markdown file and the table beside it; the sentence to print."""
    path = output or Path(f"{report.resolve().name.removesuffix('.phonehome')}.reply.md")
    table = path.with_suffix(".csv")
    pack = Pack(_result(report))
    for there in (path, table):
        if there.exists():
            raise UsageError(say("reply.there", path=visible(str(there))))
    try:
        for file, text in ((path, pack.markdown(table.name)), (table, pack.csv())):
            file.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        _take_back(path, table)
        why = (error.strerror or "unknown reason").lower()
        raise UsageError(say("reply.unwritten", path=visible(str(file)), why=why)) from error
    return say("reply.written", markdown=visible(str(path)), table=visible(str(table)))


def _take_back(*written: Path) -> None:
    """No half of a pack stays: the next run would take it for one that is there already."""
    for file in written:
        with suppress(OSError):
            file.unlink()


def _result(report: Path) -> Json:
    """The result.json of a finished report, as its schema says."""
    if not folder.stands(report, "result.json"):
        why = "it has no result.json"
    else:
        try:
            result: Json = json.loads((report / "result.json").read_bytes())
            wrong = fits.misfits(result)
            if not wrong:
                return result
            why = f"result.json does not fit its schema ({wrong[0]})"
        except (OSError, ValueError, RecursionError):
            why = "result.json cannot be read"
    raise NothingUsable(say("reply.none", folder=visible(str(report)), why=why))


class Pack:
    """A result, seen from the vendor's side."""

    def __init__(self, result: Json) -> None:
        self._result = result
        self._scrub = _scrubber(result["handsets"])
        public = [row for row in result["endpoints"] if row["location"]["certainty"] != "private"]
        public.sort(key=lambda row: (-row["bytes_up"], -row["bytes_down"], row["ip"]))
        first = [row for row in public if row["party"] == Party.FIRST]
        self._known = bool(first)
        self._rows = first or public
        self._ends = [(row, _endpoint(row)) for row in self._rows]
        self._findings = sorted(
            filter(self._concerns, result["findings"]), key=lambda f: _GRAVEST.index(f["severity"])
        )

    # --------------------------------------------------------------------- text

    def markdown(self, table: str) -> str:
        """The letter; ``table`` is the name of the CSV file beside it."""
        return "\n\n".join(part for part in self._parts(table) if part) + "\n"

    def _parts(self, table: str) -> Iterator[str]:
        vendors = sorted({row["vendor"] for row in self._result["handsets"] if row["vendor"]})
        key = "reply.title_vendor" if vendors else "reply.title"
        yield "# " + self._safe(say(key, vendor=", ".join(vendors)))
        yield self._safe(say("reply.lead"))
        yield "## " + say("reply.recorded")
        yield self._list(self._recorded())
        yield "## " + say("reply.endpoints")
        yield from self._endpoints()
        yield "## " + say("reply.findings")
        if not self._findings:
            yield self._safe(say("reply.findings_none"))
        for finding in self._findings:
            yield from self._finding(finding)
        if self._result["claims"]:
            yield "## " + say("reply.claims")
            yield self._safe(said("claims.lead"))
        for claim in sorted(self._result["claims"], key=lambda c: _VERDICTS.index(c["verdict"])):
            yield from self._claim(claim)
        yield "## " + say("reply.questions")
        asked = [self._safe(question) for question in self._questions()]
        yield "\n".join(f"{n}. {question}" for n, question in enumerate(asked, 1))
        yield "## " + say("reply.check")
        yield self._list(self._checks(table))

    def _recorded(self) -> Iterator[str]:
        run, capture, sight = (self._result[key] for key in ("run", "capture", "visibility"))
        packets = counted("packets", capture["packets"])
        first, last = _second(capture["first"]), _second(capture["last"])
        key = "reply.when" if first and last else "reply.unrecorded"
        yield say(key, first=first, last=last, span=span(sight["hours"]), packets=packets)
        if self._result["status"] != "complete":
            yield say("reply.part")
        if run["home"]:
            yield say("reply.home", home=country(run["home"]))
        yield say("reply.tool", version=run["version"], on=run["on"] or "-")
        for name in filter(sight.get, _SHARES):
            what = said(f"sight.{name}")
            yield say("reply.sight", share=share(sight[name]), what=what[:1].lower() + what[1:])
        yield say("reply.left_out")

    def _endpoints(self) -> Iterator[str]:
        if not self._rows:
            yield self._safe(say("reply.no_endpoints"))
            return
        lead = say("reply.first" if self._known else "reply.all",
                   endpoints=counted("endpoints", len(self._rows)))  # fmt: skip
        yield self._safe(lead)
        head = [said("table.name"), said("table.address"), said("table.place"),
                said("table.certainty"), say("reply.source"), say("reply.operator"),
                say("reply.up"), say("reply.down"), said("table.first"),
                say("reply.last")]  # fmt: skip
        lines = [head, ["---"] * len(head), *(self._row(row, end) for row, end in self._ends)]
        yield "\n".join("| " + " | ".join(line) + " |" for line in lines)
        yield self._safe(say("reply.meaning")) + ":"
        used = {standing(end.place.location) for _, end in self._ends}
        yield self._list(f"{c}: {said(f'certainty.{c}')}" for c in Certainty if c in used)

    def _row(self, row: Json, end: Endpoint) -> list[str]:
        location = end.place.location
        return [
            markdown_code(self._scrub(label(end))) if end.names else "-",
            markdown_code(end.ip), self._safe(where(location)), str(standing(location)),
            self._safe(tables.sources(location)), self._safe(operator(end)), size(end.bytes_up),
            size(end.bytes_down), _second(row["first"]), _second(row["last"]),
        ]  # fmt: skip

    def _finding(self, finding: Json) -> Iterator[str]:
        grade, evidence = said(f"severity.{finding['severity']}"), finding["evidence"]
        yield f"### {self._safe(finding['title'])} ({grade})"
        yield self._safe(finding["text"])
        if evidence["frame_count"] and evidence["first"]:
            frames = counted("frames", evidence["frame_count"])
            first, last = _second(evidence["first"]), _second(evidence["last"])
            yield self._safe(say("reply.evidence", frames=frames, first=first, last=last))
        if finding["caveat"]:
            yield f"*{said('findings.caveat')}* {self._safe(finding['caveat'])}"

    def _claim(self, claim: Json) -> Iterator[str]:
        """A judged claim; whatever of it is there."""
        verdict = said(f"verdict.{claim['verdict']}")
        if claim.get("gap_sentence"):
            verdict = said("verdict.far", verdict=verdict)
        yield f"### {self._safe(str(claim.get('quote', claim['id'])))} ({verdict})"
        source = claim.get("source") and said("claims.source", source=claim["source"])
        who = ", ".join(filter(None, (claim.get("speaker"), claim.get("said_on"))))
        yield self._safe(". ".join(filter(None, (who, source))))
        yield self._safe(str(claim.get("sentence", "")))
        for predicate in claim.get("predicates", ()):
            verdict = said(f"verdict.{predicate['verdict']}")
            text, reason = self._safe(predicate["text"]), self._safe(predicate["reason"])
            yield f"{text} **{verdict}**. {reason}"
            shown = predicate.get("counterexamples", ())[:_EXAMPLES]
            yield self._list(map(_example, shown))
            left = predicate.get("counterexample_count", 0) - len(shown)
            yield said("who.more", n=f"{left:,}") if left > 0 else ""
        for key in ("cannot_show", "context"):
            if claim.get(key):
                yield f"{said(f'claims.{key}')}:\n\n{self._list(claim[key])}"

    def _questions(self) -> Iterator[str]:
        sure = {standing(end.place.location) for _, end in self._ends}
        yield say("reply.ask.right")
        if self._rows:
            yield from (say(f"reply.ask.{key}") for key in ("run", "where"))
        if Certainty.EDGE in sure:
            yield say("reply.ask.edge")
        if self._rows:
            yield from (say(f"reply.ask.{key}") for key in ("what", "choice"))
        if self._findings:
            yield say("reply.ask.findings")
        if self._result["claims"]:
            yield say("reply.ask.claims")
        if self._result["capture"]["last"]:
            yield say("reply.ask.since", last=self._result["capture"]["last"][:10])

    def _checks(self, table: str) -> Iterator[str]:
        yield say("reply.check.table", name=table)
        if self._result["run"]["on"]:
            yield say("reply.check.where", on=self._result["run"]["on"])
        yield say("reply.check.logs")
        if any(finding["evidence"]["file"] for finding in self._findings):
            yield say("reply.check.evidence")
        yield say("reply.check.same")
        yield from self._made_from()

    def _made_from(self) -> Iterator[str]:
        """What the same bytes take: recording, rules and data by their hashes."""
        run = self._result["run"]
        for file in self._result["capture"]["files"]:
            yield say("reply.input", bytes=f"{file['bytes']:,}", sha256=file["sha256"])
        yield say("reply.rules", sha256=run["rules_sha256"])
        for row in run["data"]:
            told = {key: row[key] for key in ("name", "publisher", "built", "sha256")}
            yield say("reply.data", **told)

    def _safe(self, text: str) -> str:
        """Text of the result without what is private, fit for Markdown."""
        return markdown(self._scrub(text))

    def _list(self, lines: Iterable[str]) -> str:
        return "\n".join("- " + self._safe(line) for line in lines)

    def _concerns(self, finding: Json) -> bool:
        """Whether a finding speaks of the endpoints of the table."""
        if not self._known:
            return True
        addresses = {row["ip"] for row in self._rows}
        if addresses.intersection(_TOKEN.findall(finding["evidence"]["display_filter"])):
            return True
        told = {*addresses, *(seen["name"] for row in self._rows for seen in row["names"])}
        begun = {row["first_frame"] for row in self._rows}
        text = f"{finding['subject']} {finding['text']}"
        return bool(begun.intersection(finding["evidence"]["frames"])) or any(
            len(name) > 3 and name in text for name in told
        )

    # -------------------------------------------------------------------- table

    def csv(self) -> str:
        """The endpoints as CSV, safe for a spreadsheet."""
        out = io.StringIO()
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(COLUMNS)
        for row, end in self._ends:
            place, location = end.place, end.place.location
            names = [seen.name for seen in end.names]
            values = (
                names[0] if names else "", " ".join(names), end.ip, location.country or "",
                location.certainty, tables.sources(location), place.provider or "",
                place.region or "", place.operator.asn or "", place.operator.name or "",
                end.party, end.bytes_up, end.bytes_down, end.packets_up, end.packets_down,
                row["first"] or "", row["last"] or "",
            )  # fmt: skip
            lines.writerow([v if isinstance(v, int) else cell(self._scrub(str(v))) for v in values])
        return out.getvalue()


def _endpoint(row: Json) -> Endpoint:
    """An endpoint of result.json as the report's words take it; times stay in the row."""
    at = row["location"]
    said_of = [Statement(s["source"], s["country"], s["place"], s["date"], s["note"])
               for s in at["statements"]]  # fmt: skip
    location = Location(at["country"], Certainty(at["certainty"]), said_of,
                        excluded=at["excluded"], city=at["city"])  # fmt: skip
    announced = Operator(row["operator"]["asn"], row["operator"]["name"])
    place = Place(row["ip"], announced, row["provider"], row["service"], row["region"], location)
    return Endpoint(
        row["ip"], place, [EndpointName(n["name"], n["source"], n["frame"]) for n in row["names"]],
        row["flows"], row["packets_up"], row["packets_down"], row["bytes_up"], row["bytes_down"],
        party=Party(row["party"]),
    )  # fmt: skip


def _example(example: Json) -> str:
    """A counter-example: where and how much."""
    place = country(example.get("country")) or said("who.unknown")
    known = (example.get("name"), example.get("ip"), place, example.get("certainty"))
    told = ", ".join(str(part) for part in known if part)
    return f"{told}, {size(example.get('bytes_up', 0))} {said('table.up').lower()}"


def _scrubber(handsets: Sequence[Json]) -> Callable[[str], str]:
    """A function that puts a mark where a text names a handset's address, and drops hashes."""
    private = {text for row in handsets for text in (*row["addresses"], row["mac"]) if text}
    longest_first = sorted(private, key=lambda text: (-len(text), text))
    pattern = re.compile("|".join([_HASH, *map(_alone, longest_first)]), re.IGNORECASE)
    mark = say("reply.handset")
    return lambda text: pattern.sub(lambda m: "" if m[0].startswith(", SHA") else mark, text)


def _alone(address: str) -> str:
    """A pattern for an address that is not part of a longer one."""
    if ":" in address:
        return rf"(?<![\w:]){re.escape(address)}(?!\w|[.:]\w)"
    return rf"(?<!\d)(?<!\d\.){re.escape(address)}(?!\d|\.\d)"


def _second(stamp: str | None) -> str:
    """For readers: ``2019-10-16 13:04:08``; empty where there is no time."""
    return (stamp or "")[:19].replace("T", " ")
