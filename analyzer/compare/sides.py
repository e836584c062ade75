"""One side of a comparison: a report, a handset of a batch, or a whole batch.

Rules of this file
- Folders may be damaged or forged: sizes are looked at first, schemas checked, and what is
  wrong is one sentence.
- Results are read one at a time; what is kept grows with endpoints, not with recordings.
- Nothing of the local network takes part.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analyzer.batch.record import SCHEMA
from analyzer.compare.ends import End, Json, Key, Spot, at_of, sureness
from analyzer.compare.words import say
from analyzer.errors import NothingUsable, UsageError
from analyzer.model import Severity, Verdict
from analyzer.report import fits
from analyzer.report.figures import size
from analyzer.report.safe import visible
from analyzer.report.to_json import RESULT

MOST = 200_000
"""Endpoints of one side: some 200 MB."""

NEEDED = ("status", "run", "capture", "visibility", "endpoints", "findings", "claims")
"""Parts of a result without which "not seen" would only mean "not there to read"."""

VERDICTS = tuple(map(str, Verdict))  # the one that says most first
GRADES = tuple(map(str, Severity))
SUMS = ("hours", "bytes", "encrypted_dns_bytes", "ech_flows", "vpn_bytes", "decrypted_flows")
_LARGEST = 512 * 1024 * 1024  # of a result: some thousand bytes an endpoint or finding
_LARGEST_RECORD = 16 * 1024 * 1024
_COUNTABLE = 10**18
Domain = Callable[[str], str | None]


@dataclass(slots=True)
class Side:
    """What one side shows."""

    name: str
    kind: str  # capture, device, batch
    captures: int = 0
    incomplete: int = 0
    failed: int = 0
    sums: dict[str, float] = field(default_factory=lambda: dict.fromkeys(SUMS, 0))
    named_bytes: float = 0.0
    first: str | None = None
    last: str | None = None
    homes: set[str | None] = field(default_factory=set)
    days: set[str] = field(default_factory=set)
    versions: set[str] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)
    data: set[tuple[str, str]] = field(default_factory=set)
    up: int = 0  # to the Internet
    down: int = 0
    by_place: dict[Spot, int] = field(default_factory=dict)  # bytes up
    ends: dict[Key, End] = field(default_factory=dict)
    addresses: dict[str, set[Key]] = field(default_factory=dict)
    findings: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    far: set[str] = field(default_factory=set)  # claims of over a year from a recording
    scores: list[int] = field(default_factory=list)
    score: Json | None = None  # of the recording with the most to see
    full: bool = False  # endpoints were left out
    _best: tuple[Any, ...] = ()

    @property
    def hours(self) -> float:
        """Hours recorded."""
        return self.sums["hours"]

    @property
    def named(self) -> float:
        """Share of the bytes with a name."""
        return self.named_bytes / self.sums["bytes"] if self.sums["bytes"] else 0.0

    def add(self, result: Json, domain: Domain) -> None:
        """Count one result in."""
        run, seen = result.get("run") or {}, result.get("visibility") or {}
        self.captures += 1
        self.incomplete += result.get("status") != "complete"
        for name in SUMS:
            self.sums[name] += amount(seen.get(name))
        self.named_bytes += amount(seen.get("named")) * amount(seen.get("bytes"))
        self._run(run, result.get("capture") or {})
        for endpoint in result.get("endpoints") or ():
            if (endpoint.get("location") or {}).get("certainty") != "private":
                self._endpoint(endpoint, domain)
        for finding in result.get("findings") or ():
            key = (str(finding.get("rule")), str(finding.get("subject")))
            told = (str(finding.get("severity")), str(finding.get("title")))
            self.findings[key] = max(told, self.findings.get(key, told), key=_grave)
        for claim in result.get("claims") or ():
            self._claim(str(claim.get("id")), str(claim.get("verdict")))
            self.far |= {str(claim.get("id"))} if claim.get("gap_sentence") else set()
        self._score(result, seen)

    def _run(self, run: Json, capture: Json) -> None:
        self.homes.add(run.get("home"))
        self.versions.add(str(run.get("version")))
        self.rules.add(str(run.get("rules_sha256")))
        self.days |= {run["on"]} if run.get("on") else set()
        self.data |= {(str(d.get("name")), str(d.get("sha256"))) for d in run.get("data") or ()}
        times = [t for t in (self.first, self.last, capture.get("first"), capture.get("last")) if t]
        self.first, self.last = min(times, default=None), max(times, default=None)

    def _endpoint(self, endpoint: Json, domain: Domain) -> None:
        ip, at = str(endpoint.get("ip")), at_of(endpoint)
        up, down = int(amount(endpoint.get("bytes_up"))), int(amount(endpoint.get("bytes_down")))
        self.up += up
        self.down += down
        self.by_place[at.spot] = self.by_place.get(at.spot, 0) + up
        names = endpoint.get("names") or ()
        heard = {_tidy(str(n.get("name"))): n for n in reversed(names)}
        first = _tidy(str(names[0].get("name"))) if names else None
        for text in sorted(heard) or [ip]:
            end = self._end(Key("name" if heard else "address", text))
            if end is None:
                continue
            if end.last_capture != self.captures:
                end.captures, end.last_capture = end.captures + 1, self.captures
            known = end.at.get(ip)
            end.at[ip] = min(at, known, key=lambda a: sureness(a.spot)) if known else at
            self.addresses.setdefault(ip, set()).add(end.key)
            end.parties.add(str(endpoint.get("party")))
            if owner := (endpoint.get("owner") or {}).get("name") if text in (first, ip) else None:
                end.owners.add(str(owner))
            if heard and not end.seen:
                end.seen = (str(heard[text].get("source")), int(heard[text].get("frame") or 0))
                end.domain = domain(text)
            if text in (first, ip):
                end.shares = False
                end.up, end.down = end.up + up, end.down + down
                end.flows += int(amount(endpoint.get("flows")))

    def _end(self, key: Key) -> End | None:
        found = self.ends.get(key)
        if found is None:
            if len(self.ends) >= MOST:
                self.full = True
                return None
            found = self.ends[key] = End(key, shares=True)
        return found

    def _claim(self, name: str, verdict: str) -> None:
        """The verdict that says most: one recording is enough to contradict."""
        if verdict in VERDICTS:
            both = (verdict, self.claims.get(name, verdict))
            self.claims[name] = min(both, key=VERDICTS.index)

    def _score(self, result: Json, seen: Json) -> None:
        score = result.get("score") or {}
        if score.get("total") is None or amount(score["total"]) != score["total"]:
            return
        self.scores.append(score["total"])
        files = (result.get("capture") or {}).get("files") or ()
        judged = sum(part.get("points") is not None for part in score.get("parts") or ())
        order = (result.get("status") != "complete", -judged, -amount(seen.get("hours")),
                 -amount(seen.get("bytes")), [str(f.get("sha256")) for f in files])  # fmt: skip
        if not self._best or order < self._best:
            self._best, self.score = order, score


def side(folder: Path, device: str | None = None) -> Side:
    """The report, handset or batch in a folder.

    ``device``: the id of a handset of a batch. NothingUsable where there is
    none or it cannot be read, UsageError for a handset that is not there.
    """
    from analyzer import shipped
    from analyzer.owners.registry import Registry

    domain = Registry.open([shipped.rules_folder() / "vendors"]).domain
    if (folder / "result.json").is_file():
        if device is not None:
            told = {"folder": visible(str(folder)), "device": visible(device)}
            raise UsageError(say("error.not_batch", **told))
        found = Side(_name(folder), "capture")
        found.add(result_of(folder / "result.json"), domain)
        return found
    if not (folder / "captures").is_dir():
        raise NothingUsable(say("error.none", folder=visible(str(folder))))
    return _batch(folder, device, domain)


def _batch(folder: Path, device: str | None, domain: Domain) -> Side:
    found = Side(device if device is not None else _name(folder),
                 "batch" if device is None else "device")  # fmt: skip
    known: set[str] = set()
    for place, record in _records(folder):
        said = record.get("device")
        whose = str(said["id"]) if isinstance(said, dict) and said.get("id") else None
        known |= {whose} if whose else set()
        if device is not None and whose != device:
            continue
        if record.get("status") == "failed":
            found.failed += 1
        else:
            found.add(result_of(place / "result.json"), domain)
    if not found.captures:
        raise _nobody(folder, device, known)
    return found


def _nobody(folder: Path, device: str | None, known: set[str]) -> Exception:
    told = {"folder": visible(str(folder))}
    if device is None:
        return NothingUsable(say("error.empty", **told))
    names = ", ".join(visible(name) for name in sorted(known)[:12])
    there = say("error.known", names=names) if names else say("error.known_none")
    return UsageError(say("error.device", **told, device=visible(device), known=there))


def _records(folder: Path) -> Iterator[tuple[Path, Json]]:
    """The sealed results of a batch: folder and record."""
    for place in sorted((folder / "captures").iterdir()):
        if (place / "record.json").is_file():
            yield place, _document(place / "record.json", SCHEMA, _LARGEST_RECORD)


def result_of(path: Path) -> Json:
    """A result.json that fits its schema, also one of an earlier version of the tool."""
    result = _document(path, RESULT, _LARGEST)
    if problems := fits.misfits(result, older=True):
        raise _unreadable(path, say("error.misfit", where=visible(problems[0])))
    if lacking := [name for name in NEEDED if name not in result]:
        raise _unreadable(path, say("error.lacks", names=", ".join(lacking)))
    return result


def _document(path: Path, schema: str, largest: int) -> Json:
    try:
        if (length := path.stat().st_size) > largest:
            raise _unreadable(path, say("error.large", size=size(length)))
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise _unreadable(path, visible(error.strerror or "unknown reason").lower()) from error
    except (ValueError, RecursionError):
        raise _unreadable(path, say("error.json")) from None
    if not isinstance(document, dict) or document.get("schema") != schema:
        found = document.get("schema") if isinstance(document, dict) else None
        told = {"file": visible(str(path)), "found": visible(str(found)[:80]), "known": schema}
        raise NothingUsable(say("error.version", **told))
    return document


def _unreadable(path: Path, why: str) -> NothingUsable:
    return NothingUsable(say("error.unreadable", file=visible(str(path)), why=why))


def amount(value: Any) -> float:
    """A number that can be counted with; 0 for any other, as a forger may write it."""
    known = isinstance(value, int | float) and 0 <= value < _COUNTABLE
    return value if known else 0


def _tidy(name: str) -> str:
    """Names are the same in any case and with or without a last dot."""
    return name.lower().removesuffix(".")


def _grave(told: tuple[str, str]) -> tuple[int, str]:
    return (GRADES.index(told[0]) if told[0] in GRADES else -1, told[1])


def _name(folder: Path) -> str:
    return folder.name or folder.resolve().name
