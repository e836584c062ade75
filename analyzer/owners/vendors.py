"""The handset vendors of ``rules/vendors/*.yaml``: loaded, checked, ready to ask.

Rules of this file
- Every problem of every file is reported at once, with file, line and remedy.
- A domain says where names end; its purpose is what the name's longest listed
  domain says it is.
- ``{a,b}`` in a regional pattern stands for each of its words; nothing else is
  special.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from analyzer import yamlfile
from analyzer.errors import DataFileError
from analyzer.owners.labels import clean, is_under, upwards
from analyzer.problems import Problems, nearest, shown
from analyzer.record import Record, field

PURPOSES = frozenset(
    ("account", "ads", "browser", "certificates", "cloud", "connectivity_check", "content", "dns",
     "health", "home", "identity", "location", "mail", "maps", "payment", "push", "relay", "search",
     "store", "support", "system", "telemetry", "time", "update", "weather", "web")
)  # fmt: skip
"""What a vendor's host is for, where that is known; ``system`` where it is not."""

_TEXTS = ("id", "title", "company", "country")
_LISTS = ("brands", "affiliates", "mac_names", "user_agent_marks")
_KEYS = (*_TEXTS, *_LISTS, "domains", "regional", "asns", "sources", "examples")
_MAX_PATTERN_HOSTS = 64


class Vendor(Record, frozen=True):
    """One handset vendor, as its file says."""

    id: str
    title: str
    company: str
    country: str  # ISO 3166-1 alpha-2, of the headquarters
    brands: tuple[str, ...] = ()
    affiliates: tuple[str, ...] = ()  # vendor ids that count as first party too
    domains: dict[str, str] = field(default_factory=dict)  # domain or host -> purpose
    asns: tuple[int, ...] = ()
    mac_names: tuple[str, ...] = ()  # beginnings of names in the MAC registry
    user_agent_marks: tuple[str, ...] = ()
    sources: dict[str, str] = field(default_factory=dict)  # group of facts -> source
    examples: dict[str, tuple[str, ...]] = field(default_factory=dict)  # match, miss
    path: Path = Path()

    def purpose(self, name: str) -> str | None:
        """What a host of this vendor is for; None if the name is not the vendor's."""
        tidy = clean(name)
        found = (self.domains.get(parent) for parent in upwards(tidy)) if tidy else ()
        return next((purpose for purpose in found if purpose), None)


def load(folders: Sequence[Path]) -> dict[str, Vendor]:
    """The vendors of all ``*.yaml`` in the folders, by id, in order of id.

    A file may stand for a folder. A later one's vendor replaces an earlier one of the same
    id. Raises one DataFileError with every problem of every file.
    """
    problems, found = Problems(), {}
    for folder in folders:
        for path in [folder] if folder.is_file() else sorted(folder.glob("*.yaml")):
            try:
                vendor = _vendor(yamlfile.read(path))
            except DataFileError as error:
                problems.take(error)
            else:
                found[vendor.id] = vendor
    _check_affiliates(found, problems)
    problems.stop()
    return dict(sorted(found.items()))


def among(path: Path) -> Path | None:
    """The vendors in what somebody wants checked: a folder, or one file; None: there are none."""
    if path.is_dir():
        inside = path / "vendors"
        return inside if inside.is_dir() else path if path.name == "vendors" else None
    try:
        data = yamlfile.read(path).data
    except DataFileError:
        return None  # told by those who read rules
    return path if isinstance(data, dict) and "id" in data else None


def check(folders: Sequence[Path], known: Path) -> list[str]:
    """What is wrong in the files of some folders, beside vendors that are ``known``."""
    try:
        load([known, *folders] if folders else [])
    except DataFileError as error:
        return str(error).split("\n")
    return []


def expand(pattern: str) -> Iterator[str]:
    """The hosts a pattern with at most one ``{a,b}`` stands for."""
    head, brace, rest = pattern.partition("{")
    if not brace:
        yield pattern
        return
    inside, _, tail = rest.partition("}")
    for word in inside.split(",")[:_MAX_PATTERN_HOSTS]:
        yield head + word.strip() + tail


# ------------------------------------------------------------------ checking


def _vendor(document: yamlfile.Document) -> Vendor:
    """The vendor of one document; DataFileError with all its problems."""
    problems = Problems()
    data = document.data if isinstance(document.data, dict) else {}
    if not data:
        problems.add(document.at(), "no mapping", "the keys of a vendor", "see README.md")
    for key in data:
        if key not in _KEYS:
            problems.add(document.at(key), f"the key '{key}'", "a known key", nearest(key, _KEYS))
    for key in _TEXTS:
        if not isinstance(data.get(key), str) or not data[key]:
            problems.add(document.at(key), f"'{key}' = {shown(data.get(key))}", "text", "write it")
    lists = {key: _texts(document, data, key, problems) for key in _LISTS}
    vendor_id = str(data.get("id"))
    if vendor_id != document.path.stem:
        problems.add(document.at("id"), f"id {shown(vendor_id)}", "the file's own name", "rename")
    vendor = Vendor(
        id=vendor_id,
        title=str(data.get("title")),
        company=str(data.get("company")),
        country=str(data.get("country")),
        brands=lists["brands"],
        affiliates=lists["affiliates"],
        mac_names=lists["mac_names"],
        user_agent_marks=lists["user_agent_marks"],
        domains=_domains(document, data, problems),
        asns=_asns(document, data, problems),
        sources=_sources(document, data, problems),
        examples=_examples(document, data, problems),
        path=document.path,
    )
    _check_country(document, vendor.country, problems)
    _run_examples(document, vendor, problems)
    problems.stop()
    return vendor


def _texts(
    document: yamlfile.Document, data: dict[str, Any], key: str, problems: Problems
) -> tuple[str, ...]:
    value = data.get(key, [])
    if isinstance(value, list) and all(isinstance(v, str) and v for v in value):
        return tuple(value)
    problems.add(document.at(key), f"'{key}' = {shown(value)}", "a list of texts", "quote them")
    return ()


def _asns(document: yamlfile.Document, data: dict[str, Any], problems: Problems) -> tuple[int, ...]:
    value = data.get("asns", [])
    if isinstance(value, list) and all(type(v) is int and 0 < v < 2**32 for v in value):
        return tuple(value)
    problems.add(document.at("asns"), shown(value), "a list of AS numbers", "write [63855]")
    return ()


def _domains(
    document: yamlfile.Document, data: dict[str, Any], problems: Problems
) -> dict[str, str]:
    """``domains`` and the hosts of ``regional``, each with its purpose."""
    listed = data.get("domains")
    if not isinstance(listed, dict) or not listed:
        problems.add(document.at("domains"), shown(listed), "domain: purpose", "list the domains")
        listed = {}
    found: dict[str, str] = {}
    for domain, purpose in listed.items():
        wrong = _wrong_host(domain, purpose)
        if wrong:
            problems.add(document.at("domains", domain), *wrong)
        found[domain] = str(purpose)
    regional = data.get("regional", [])
    for i, row in enumerate(regional if isinstance(regional, list) else [regional]):
        if not isinstance(row, dict) or set(row) != {"pattern", "purpose"}:
            where = document.at("regional", i)
            problems.add(where, shown(row), "{pattern: ..., purpose: ...}", "write both keys")
            continue
        for host in expand(str(row["pattern"])):
            wrong = _wrong_host(host, row["purpose"]) or _stray(host, listed)
            if wrong:
                problems.add(document.at("regional", i), *wrong)
            found[host] = str(row["purpose"])
    return found


def _wrong_host(domain: str, purpose: object) -> tuple[str, str, str] | None:
    """What was found, expected and to do if a row is not right."""
    if clean(domain) != domain or "." not in domain:
        return f"domain {shown(domain)}", "a lower-case host name", "correct it"
    if not isinstance(purpose, str) or purpose not in PURPOSES:
        return f"purpose {shown(purpose)}", "a purpose", nearest(str(purpose), PURPOSES)
    return None


def _stray(host: str, listed: dict[str, Any]) -> tuple[str, str, str] | None:
    if any(is_under(host, domain) for domain in listed):
        return None
    return f"host {shown(host)}", "a host below one of the domains", "list its domain"


def _sources(
    document: yamlfile.Document, data: dict[str, Any], problems: Problems
) -> dict[str, str]:
    """Every group of facts that is filled names its source."""
    value = data.get("sources")
    sources = value if isinstance(value, dict) else {}
    for key in ("domains", "regional", "asns", "mac_names", "user_agent_marks"):
        if data.get(key) and not (isinstance(sources.get(key), str) and sources[key]):
            problems.add(document.at("sources"), f"no source of '{key}'", "one text", "name it")
    return {key: text for key, text in sources.items() if isinstance(text, str)}


def _examples(
    document: yamlfile.Document, data: dict[str, Any], problems: Problems
) -> dict[str, tuple[str, ...]]:
    value = data.get("examples")
    examples = value if isinstance(value, dict) else {}
    if set(examples) != {"match", "miss"}:
        problems.add(document.at("examples"), shown(value), "match and miss", "give both lists")
    return {key: _texts(document, examples, key, problems) for key in ("match", "miss")}


def _run_examples(document: yamlfile.Document, vendor: Vendor, problems: Problems) -> None:
    for kind, wanted in (("match", True), ("miss", False)):
        for name in vendor.examples[kind]:
            if (vendor.purpose(name) is not None) != wanted:
                found = f"{shown(name)} {'misses' if wanted else 'matches'}"
                problems.add(document.at("examples", kind), found, f"a {kind}", "mend the domains")


def _check_country(document: yamlfile.Document, country: str, problems: Problems) -> None:
    if len(country) != 2 or not country.isascii() or not country.isupper():
        problems.add(
            document.at("country"), f"country {shown(country)}", "two capital letters", 'write "CN"'
        )


def _check_affiliates(found: dict[str, Vendor], problems: Problems) -> None:
    for vendor in found.values():
        for other in vendor.affiliates:
            if other not in found:
                where = f"{vendor.path}:1:1"
                problems.add(where, f"affiliate '{other}'", "a vendor id", nearest(other, found))


def marks_in(text: str, marks: Iterable[str]) -> str | None:
    """The first mark that stands in a text at the beginning of a word, or None.

    Host names come in lower case: there a mark of four letters or more counts at
    the beginning of the text, in any case.
    """
    lower = text.islower()
    for mark in marks:
        if lower and len(mark) >= 4 and text.startswith(mark.lower()):
            return mark
        at = text.find(mark)
        while at >= 0:
            if at == 0 or not text[at - 1].isalnum():
                return mark
            at = text.find(mark, at + 1)
    return None
