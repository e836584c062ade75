"""`phonehome claims list|show|check`: what claims there are, in plain text."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from analyzer.judge import claim_files
from analyzer.judge.catalogue import check_document, page
from analyzer.judge.checks import read_or_note
from analyzer.judge.claim_files import Claim
from analyzer.problems import Problems, nearest, shown
from analyzer.yamlfile import Document

_QUOTE = 60
_NO_CLAIM = ("no claim", "a claim file", "'claim: id'")


def listing(folders: Sequence[Path]) -> str:
    """Every claim, one a line: id, day it was said, and the start of the quote."""
    claims = claim_files.load(folders)
    width = max((len(claim.id) for claim in claims), default=0)
    return "".join(f"{c.id:{width}}  {c.said_on or '-':10}  {_short(c.quote)}\n" for c in claims)


def show(id: str, folders: Sequence[Path]) -> str:
    """One claim in words; UsageError if there is none of that id."""
    (claim,) = claim_files.choose([id], folders)
    return page(
        ("Claim", claim.id),
        ("Vendor", claim.vendor),
        ("Quote", claim.quote),
        ("Said by", ", ".join(filter(None, (claim.speaker, claim.said_on)))),
        ("Source", claim.source),
        ("Means", claim.means),
        ("Speaks of", _speaks_of(claim)),
        ("Predicates", [f"{p.id}: {p.text}{_undecided(p.never)}" for p in claim.predicates]),
        ("Consistent only with", _least(claim)),
        ("Traffic cannot show", list(claim.cannot_show)),
        ("Background", list(claim.context)),
        ("File", str(claim.path)),
    )


def check(paths: Sequence[Path], vendors: Collection[str] = ()) -> list[str]:
    """What is wrong in claim files, or in all of such folders.

    ``vendors`` are the ids of those that are known, if that is to be checked: a claim of
    another vendor is held against no handset. Lines "path:line:column: found; expected
    ...; fix: ..."; none if all is well.
    """
    problems = Problems()
    for path in paths:
        found = _files(path) if path.is_dir() else [path]
        if not found:
            fix = "put claims into claims/"
            problems.add(f"{path}:1:1", "no claim file", "at least one *.yaml", fix)
        for file in found:
            document = read_or_note(file, problems)
            check_document(document, problems, _NO_CLAIM)
            _check_vendor(document, vendors, problems)
    return problems.lines


def _check_vendor(document: Document, vendors: Collection[str], problems: Problems) -> None:
    vendor = document.data.get("vendor") if isinstance(document.data, dict) else None
    if vendors and isinstance(vendor, str) and vendor not in (*vendors, claim_files.ANY):
        found = f"the vendor {shown(vendor)}"
        problems.add(document.at("vendor"), found, "an id of vendors/", nearest(vendor, vendors))


def _files(folder: Path) -> list[Path]:
    return claim_files.files([folder]) or sorted(folder.glob("*.yaml"))


def _short(quote: str) -> str:
    return quote if len(quote) <= _QUOTE else quote[: _QUOTE - 3].rstrip() + "..."


def _undecided(never: str) -> str:
    return f" (no traffic decides it: {never})" if never else ""


def _speaks_of(claim: Claim) -> list[str]:
    users = [f"users in {claim.users_in}"] if claim.users_in else []
    return users + ([f"the time from {claim.holds_from} on"] if claim.holds_from else [])


def _least(claim: Claim) -> str:
    return f"{claim.least_endpoints} address or more, testable on {claim.least_share:.0%} of bytes"
