"""``phonehome verify``: do report, evidence, inputs, data and rules still belong together?

Rules of this file
- Nothing is taken on trust: a manifest may be forged, so only plain names of
  files inside the folder are opened, and sizes are looked at first.
- What matches is counted, what does not is said one by one.
- That all matches says that nothing was changed since; not who wrote it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analyzer import provenance, shipped
from analyzer.capture import commented, packets, source
from analyzer.errors import NothingUsable, PhonehomeError
from analyzer.model import Packet
from analyzer.report import evidence, fits, folder
from analyzer.report.safe import visible
from analyzer.report.to_json import RESULT
from analyzer.report.words import say as say_whole
from analyzer.report.words_later import say

Json = dict[str, Any]
MATCHES, DIFFERS, MISSING = "matches", "differs", "missing"
_SHOWN = 12  # frames or names in one sentence


@dataclass(slots=True)
class Outcome:
    """What was compared: sentences to show, and how many things differ or are missing."""

    lines: list[str] = field(default_factory=list)
    differs: int = 0
    missing: int = 0

    def take(self, key: str, found: Sequence[tuple[str, str]]) -> None:
        """Counts one kind of thing; ``found``: (state, sentence; empty where it matches)."""
        states = [state for state, _ in found]
        self.differs += states.count(DIFFERS)
        self.missing += states.count(MISSING)
        ok = states.count(MATCHES)
        self.lines.append(
            say(key, ok=ok, all=len(found)) if found else say(key.split("_")[0] + "_none")
        )
        self.lines += [f"  {text}" for _, text in found if text]


def verify(
    report: Path, inputs: Sequence[Path] = (), rules: Sequence[Path] = (), data: Path | None = None
) -> Outcome:
    """Compares a report folder with itself, its inputs and this installation.

    ``inputs``: files, or folders in which to look for them by name. ``rules``: folders
    of own rules. ``data``: where fetched data sets are. NothingUsable where
    there is no report.
    """
    manifest = folder.manifest(report)
    if manifest is None:
        raise NothingUsable(say("verify.none", folder=visible(str(report))))
    outcome = Outcome()
    outcome.take("verify.files", list(_files(report, manifest)))
    result, problems = _result(report, manifest)
    outcome.take("verify.result", problems)
    found = [_input(entry, report, inputs) for entry in _objects(manifest, "inputs")]
    outcome.take("verify.inputs", [(state, text) for state, text, _ in found])
    paths = [path for state, _, path in found if path and state == MATCHES]
    whole = paths if len(paths) == len(found) else []
    key = "verify.evidence_beside" if whole else "verify.evidence"
    outcome.take(key, list(_evidence(report, result, whole)))
    outcome.take("verify.data", list(_data_sets(result, manifest, rules, data)))
    outcome.take("verify.rules", [_rules(manifest, rules)])
    if unlisted := _unlisted(report, manifest):
        outcome.lines.append(say("file.unlisted", names=", ".join(unlisted)))
    same = not outcome.differs and not outcome.missing
    key = "verify.same" if same else "verify.not_same"
    outcome.lines.append(say(key, differs=outcome.differs, missing=outcome.missing))
    return outcome


# ------------------------------------------------------------------ the folder


def _objects(document: Json, key: str) -> list[Json]:
    """The objects of a list that may be anything."""
    items = document.get(key)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _files(report: Path, manifest: Json) -> Iterator[tuple[str, str]]:
    for entry in _objects(manifest, "files"):
        name = entry.get("name")
        if not isinstance(name, str) or not folder.plain(name):
            yield DIFFERS, say("file.odd", name=visible(str(name)[:200]))
        elif not folder.stands(report, name):
            yield MISSING, say("file.missing", name=name)
        elif folder.measured(report, name)["sha256"] != entry.get("sha256"):
            yield DIFFERS, say("file.differs", name=name)
        else:
            yield MATCHES, ""


def _unlisted(report: Path, manifest: Json) -> list[str]:
    """Files of the folder and of evidence/ that the manifest does not list."""
    listed = {str(entry.get("name")) for entry in _objects(manifest, "files")}
    there = [*report.iterdir(), *(report / "evidence").glob("*")]
    names = (path.relative_to(report).as_posix() for path in there if not path.is_dir())
    other = sorted(visible(name) for name in names if name not in {*listed, "manifest.json"})
    return [*other[:_SHOWN], f"… ({len(other) - _SHOWN})"] if len(other) > _SHOWN else other


def _result(report: Path, manifest: Json) -> tuple[Json, list[tuple[str, str]]]:
    """result.json (empty where it cannot be used), and whether something is wrong with it."""
    if not folder.stands(report, "result.json"):
        return {}, [(MISSING, say("result.missing"))]
    try:
        result = json.loads((report / "result.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}, [(DIFFERS, say("result.unreadable"))]
    if not isinstance(result, dict) or result.get("schema") != RESULT:
        found = visible(str(result.get("schema"))[:80]) if isinstance(result, dict) else "-"
        return {}, [(DIFFERS, say("result.version", found=found, known=RESULT))]
    problems = [(DIFFERS, say("result.misfit", where=where)) for where in fits.misfits(result)]
    if problems:
        return {}, problems
    apart = [what for what, told, listed in _both(result, manifest) if told != listed]
    problems = [(DIFFERS, say("result.apart", what=what)) for what in apart]
    return result, problems or [(MATCHES, "")]


def _both(result: Json, manifest: Json) -> Iterator[tuple[str, object, object]]:
    """What result.json and the manifest both say."""
    run = result["run"]
    keys = ("name", "bytes", "sha256", "sha1")
    inputs = [{key: file[key] for key in keys} for file in result["capture"]["files"]]
    sets = [{key: row[key] for key in ("name", "built", "sha256")} for row in run["data"]]
    yield "versions", run["version"], manifest.get("version")
    yield "inputs", inputs, manifest.get("inputs")
    yield "data sets", sets, manifest.get("data")
    yield "rules", run["rules_sha256"], manifest.get("rules_sha256")


# ---------------------------------------------------------------------- inputs


def _input(entry: Json, report: Path, given: Sequence[Path]) -> tuple[str, str, Path | None]:
    """Whether an input is there and the same; the path of one that is."""
    name = str(entry.get("name"))
    differs = ""
    for path in _candidates(name, report, given):
        try:
            raw = source.RawFile(path)
            raw.close()
            sha256, _ = raw.digests.finish()
        except (PhonehomeError, OSError):
            differs = differs or say("input.unreadable", path=visible(str(path)))
            continue
        if sha256 == entry.get("sha256"):
            return MATCHES, "", path
        if path.name == name or len(given) == 1:
            differs = say("input.differs", path=visible(str(path)), name=visible(name))
    if differs:
        return DIFFERS, differs, None
    return MISSING, say("input.missing", name=visible(name)), None


def _candidates(name: str, report: Path, given: Sequence[Path]) -> list[Path]:
    """Files that may be the input: those given with its name, the only one given, one beside."""
    plain = Path(name).name == name and name not in ("", "..")
    named = [path / name for path in given if path.is_dir() and plain]
    files = [path for path in given if not path.is_dir()]
    named += [path for path in files if path.name == name]
    beside = [report.resolve().parent / name, report / name] if plain else []
    return [path for path in [*named, *files, *beside] if path.is_file()]


# -------------------------------------------------------------------- evidence


def _evidence(report: Path, result: Json, inputs: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Each evidence file against its finding, and against the recording if that is there."""
    findings = [f for f in result.get("findings", ()) if f["evidence"]["file"] is not None]
    files = [_file(report, finding["evidence"]["file"]) for finding in findings]
    asked = {number for file in files if file for number in file.packets}
    original = {p.frame: p for p in evidence.hold(packets.read(inputs, asked))}
    for finding, file in zip(findings, files, strict=True):
        yield _one_file(report, finding, file, original)


@dataclass(slots=True)
class _File:
    """An evidence file: what it says of itself, and its packets by their original number."""

    about: str
    packets: dict[int, tuple[Packet, list[str]]]


def _file(report: Path, name: str) -> _File | None:
    """None where there is no such file, or one that is not ours."""
    if not folder.stands(report, name):
        return None
    try:
        about, held = commented.read(report / name)
        return _File(about, {_number(comments): (packet, comments) for packet, comments in held})
    except (ValueError, OSError, PhonehomeError):
        return None


def _number(comments: list[str]) -> int:
    """A packet's number in the recording, from its last comment; ValueError if it has none."""
    words = comments[-1].split(" ", 2) if comments else []
    if len(words) < 3 or words[0] != "frame" or len(words[1]) > 18:
        raise ValueError("a packet without its number")
    return int(words[1])


def _one_file(
    report: Path, finding: Json, file: _File | None, original: dict[int, Packet]
) -> tuple[str, str]:
    told = {"name": visible(finding["evidence"]["file"]), "id": visible(finding["id"])}
    if file is None:
        there = folder.stands(report, finding["evidence"]["file"])
        state = (DIFFERS, "packets.unreadable") if there else (MISSING, "packets.missing")
        return state[0], say(state[1], **told)
    serves = f"; serves finding {told['id']}"
    if not all(comments[0].endswith(serves) for _, comments in file.packets.values()):
        return DIFFERS, say("packets.finding", **told)
    lacking = [number for number in finding["evidence"]["frames"] if number not in file.packets]
    if lacking and say_whole("evidence.whole").format(count="") in file.about:
        return DIFFERS, say("packets.frames", **told, frames=_some(lacking))
    other = [
        number
        for number, (packet, _) in file.packets.items()
        if number in original and _what(packet) != _what(original[number])
    ]
    if other:
        return DIFFERS, say("packets.differ", **told, frames=_some(other))
    return MATCHES, ""


def _what(packet: Packet) -> tuple[int, int, int, bytes]:
    """What a packet and its copy have in common."""
    return packet.ts, packet.link_type, packet.wire, packet.data


def _some(numbers: Sequence[int]) -> str:
    more = ", …" if len(numbers) > _SHOWN else ""
    return ", ".join(map(str, numbers[:_SHOWN])) + more


# --------------------------------------------------------------- data and rules


def _data_sets(
    result: Json, manifest: Json, rules: Sequence[Path], data: Path | None
) -> Iterator[tuple[str, str]]:
    """Each data set of the run against those of this installation."""
    from analyzer.owners.registry import Registry
    from analyzer.places.atlas import Atlas

    on = result["run"]["on"] if result else None
    registry = Registry.open([folder / "vendors" for folder in (shipped.rules_folder(), *rules)])
    here = [*Atlas.open(on, user_data=data).data_sets(), *registry.data_sets()]
    digests, built = {row.sha256 for row in here}, {row.name: row.built for row in here}
    for row in _objects(manifest, "data"):
        name = visible(str(row.get("name")))
        if row.get("sha256") in digests:
            yield MATCHES, ""
        elif row.get("name") in built:
            there = visible(str(row.get("built")))
            told = {"name": name, "there": there, "here": built[str(row["name"])]}
            yield DIFFERS, say("data.differs", **told)
        else:
            yield MISSING, say("data.missing", name=name)


def _rules(manifest: Json, rules: Sequence[Path]) -> tuple[str, str]:
    here = provenance.rules_sha256([shipped.rules_folder(), *rules])
    if manifest.get("rules_sha256") == here:
        return MATCHES, ""
    return DIFFERS, say("rules.differ")
