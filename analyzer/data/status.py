"""``phonehome data status``: which data sets there are, how old, whose, where.

What is embedded stands in data/tables/manifest.json (and manifest-owners.json
and manifest-map.json), what was fetched in sources.json of the user's folder.
A file put there by hand is judged with too, and so is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import DataFileError
from ..model import DataSet
from ..shipped import data_folder
from .files import KEPT
from .store import read_sources

STALE_DAYS = 183
"""Half a year: by then some per cent of a cloud's prefixes have moved."""

MANIFESTS = ("manifest.json", "manifest-owners.json", "manifest-map.json")


@dataclass(slots=True, frozen=True)
class Row:
    """One data set; a text is empty and a number None where nothing is known."""

    name: str
    publisher: str
    origin: str  # "embedded" | "fetched"
    date: str  # of the data, YYYY-MM-DD or YYYY-MM
    licence: str
    source: str  # package and version, or address it was fetched from
    fetched: str  # YYYY-MM-DD, empty for embedded ones
    path: str
    sha256: str
    rows: int | None
    present: bool  # the file is where it should be


def rows(folder: Path, tables: Path | None = None) -> list[Row]:
    """Embedded data sets, then fetched ones, each in the order of their names."""
    embedded = _embedded(tables or data_folder())
    return sorted(embedded, key=_order) + sorted(_fetched(folder), key=_order)


def as_text(folder: Path, on: str, tables: Path | None = None) -> str:
    """A table for people; ages are those on the day ``on`` (YYYY-MM-DD)."""
    shipped = tables or data_folder()
    told = rows(folder, shipped)
    lines: list[str] = []
    for origin, heading in (
        ("embedded", f"Embedded in this installation ({shipped}), usable offline:"),
        ("fetched", f"Fetched into {folder}:"),
    ):
        found = [row for row in told if row.origin == origin]
        lines += ["", heading] if lines else [heading]
        lines += _columns([_cells(row, on) for row in found]) or ["  nothing yet"]
    lines += ["", "“phonehome data update” fetches today's from the publishers themselves."]
    return "\n".join(lines) + "\n"


def as_json(folder: Path, on: str, tables: Path | None = None) -> str:
    """The same as one JSON object: ``on``, ``folder`` and ``data_sets``."""
    told = [asdict(row) | {"age_days": age_days(row.date, on)} for row in rows(folder, tables)]
    whole = {"on": on, "folder": str(folder), "data_sets": told}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def stale(data_sets: Iterable[DataSet], capture_date: str) -> list[str]:
    """A sentence for each data set over six months older than the capture."""
    sentences = []
    for data in sorted(data_sets, key=lambda data: (data.name, data.built)):
        age = age_days(data.built, capture_date)
        if age is not None and age > STALE_DAYS:
            sentences.append(
                f"{data.name} ({data.publisher}) is of {data.built}, {_in_words(age)} older than"
                " the capture: addresses may have moved since; “phonehome data update” brings"
                " newer data."
            )
    return sentences


def age_days(built: str, on: str) -> int | None:
    """Days from the data's date to ``on``, negative if it is newer; None if unknown.

    A date without a day is the end of its month: no data set is called older
    than it is.
    """
    start, end = _day(built), _day(on)
    return (end - start).days if start and end else None


def _day(text: str) -> date | None:
    try:
        if len(text) == 7:
            month = date.fromisoformat(text + "-01")
            following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
            return date.fromordinal(following.toordinal() - 1)
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _embedded(tables: Path) -> list[Row]:
    found = []
    for name in MANIFESTS:
        path = tables / name
        if path.exists():
            found += [_embedded_row(entry, path) for entry in _manifest(path)]
    return found


def _manifest(path: Path) -> list[dict[str, Any]]:
    """The entries of a manifest: a list, or an object that holds one list of them."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataFileError(f"{path} cannot be read; reinstall phonehome") from error
    if isinstance(told, dict):
        told = next((value for value in told.values() if isinstance(value, list)), [])
    return [entry for entry in told if isinstance(entry, dict)]


def _embedded_row(entry: dict[str, Any], manifest: Path) -> Row:
    package = " ".join(_text(entry, key) for key in ("package", "version")).strip()
    return Row(
        name=_text(entry, "name"),
        publisher=_text(entry, "publisher"),
        origin="embedded",
        date=_text(entry, "date"),
        licence=_text(entry, "licence"),
        source=package,
        fetched="",
        path=str(manifest.parent),
        sha256=_text(entry, "sha256"),
        rows=_number(entry, "rows"),
        present=True,
    )


def _fetched(folder: Path) -> list[Row]:
    found = []
    for name, facts in read_sources(folder).items():
        path = folder / Path(_text(facts, "file")).name
        urls = facts.get("urls")
        found.append(
            Row(
                name=name,
                publisher=_text(facts, "publisher"),
                origin="fetched",
                date=_text(facts, "date"),
                licence=_text(facts, "licence"),
                source=" ".join(map(str, urls)) if isinstance(urls, list) else "",
                fetched=_text(facts, "fetched"),
                path=str(path),
                sha256=_text(facts, "sha256"),
                rows=_number(facts, "rows"),
                present=path.is_file(),
            )
        )
    told = {row.path for row in found}
    return found + [_by_hand(folder / name) for name in KEPT if _only_lies(folder / name, told)]


def _only_lies(path: Path, told: set[str]) -> bool:
    """Is the file there though nothing fetched it?"""
    return str(path) not in told and path.is_file()


def _by_hand(path: Path) -> Row:
    return Row(path.name, "", "fetched", "", "", "", "", str(path), "", None, present=True)


def _cells(row: Row, on: str) -> tuple[str, ...]:
    age = age_days(row.date, on)
    old = "" if age is None else f"{_in_words(age)} old" if age > 0 else "new"
    where = row.source if row.origin == "embedded" else Path(row.path).name
    if not row.present:
        where += " (file is missing: fetch it again)"
    elif row.origin == "fetched" and not row.fetched:
        where += " (put there by hand, and used)"
    return row.name, row.publisher, row.date or "no date", old, row.licence, where


def _in_words(days: int) -> str:
    """``12 days``, ``7 months``, ``3 years``: rounded down."""
    for size, word in ((365, "year"), (30, "month"), (1, "day")):
        count = days // size
        if count >= (2 if size > 1 else 0):
            return f"{count} {word}{'' if count == 1 else 's'}"
    return "0 days"


def _columns(cells: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  "
        + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _order(row: Row) -> tuple[str, str]:
    return row.name.casefold(), row.date


def _text(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    return "" if value is None else "".join(c for c in str(value) if c.isprintable())


def _number(entry: dict[str, Any], key: str) -> int | None:
    value = entry.get(key)
    return value if isinstance(value, int) else None
