"""Policies: which places, operators and endpoints somebody allows or expects.

Rules of this file
- A list that is not there allows everything; a list that is there allows only
  what it names.
- What is not known breaks no policy: an edge or a disputed place is neither
  allowed nor forbidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analyzer.errors import UsageError
from analyzer.judge import checks, networks
from analyzer.judge.checks import Keys, Sheet
from analyzer.problems import Problems, nearest
from analyzer.yamlfile import Document, read

if TYPE_CHECKING:
    from analyzer.judge.kinds import Kind

KEYS = (
    "policy", "title", "home", "allowed", "endpoints", "why", "source", "said_on", "speaker",
    "quote", "cannot_show",
)  # fmt: skip
ALLOWED = {"countries": "country", "providers": "provider", "regions": "region"}
"""Lists of a policy, and the fact each one speaks of."""


class Expected(NamedTuple):
    """One entry of a list of expected endpoints."""

    name: str | None = None  # and every name below it
    network: networks.Network | None = None
    ports: frozenset[str] = frozenset()  # "443/tcp"; empty: any

    def covers(self, names: Sequence[str], address: str, port: str) -> bool:
        """Whether an endpoint under these names, with this address and port, is meant."""
        if self.ports and port not in self.ports:
            return False
        if self.network is not None:
            return self.network.holds(address)
        return any(networks.under(name, (self.name or "",)) for name in names)


class Policy(NamedTuple):
    """What a policy file says."""

    id: str
    title: str
    path: Path
    home: str | None = None
    allowed: Mapping[str, frozenset[str]] = {}  # by fact
    endpoints: tuple[Expected, ...] | None = None  # None: the policy lists none
    why: str = ""
    source: str = ""
    quote: str = ""
    speaker: str = ""
    said_on: str = ""
    cannot_show: tuple[str, ...] = ()

    def allows(self, kind: Kind) -> bool | None:
        """Whether place and operator are allowed; None where it cannot be known."""
        answer: bool | None = True if self.allowed else None
        for fact, values in self.allowed.items():
            if kind[fact] is None:
                answer = None
            elif kind[fact] not in values:
                return False
        return answer

    def expects(self, kind: Kind) -> bool | None:
        """Whether the endpoint is on the list; None where the policy has no list."""
        if self.endpoints is None:
            return None
        flow, endpoint = kind.flow, kind.endpoint
        names = [flow.name] if flow.name else [n.name for n in endpoint.names] if endpoint else []
        port = f"{flow.server_port}/{flow.proto}"
        return any(entry.covers(names, flow.server_ip, port) for entry in self.endpoints)


def load_policy(id_or_path: str, folders: Sequence[Path]) -> Policy:
    """The policy of that id in the rules folders, or in the file of that path.

    UsageError if there is none, DataFileError with all its problems if it is wrong.
    """
    path = _path(id_or_path, folders)
    problems = Problems()
    policy = parse(read(path), problems)
    problems.stop()
    return policy


def files(folders: Sequence[Path]) -> list[Path]:
    """The policy files of rules folders; a later folder's come last."""
    found = [sorted((folder / "policies").glob("*.yaml")) for folder in folders]
    return [path for paths in found for path in paths]


def parse(document: Document, problems: Problems) -> Policy:
    """The policy of a document; what is wrong is noted."""
    sheet = Sheet(document, problems)
    data = sheet.mapping((), KEYS, ("policy", "title", "why"))
    if "allowed" not in data and "endpoints" not in data:
        sheet.wrong((), "nothing allowed or expected", "'allowed' or 'endpoints'", "add one")
    return Policy(
        id=sheet.made(("policy",), checks.identifier, "unnamed"),
        title=sheet.sentence(("title",)),
        path=document.path,
        home=sheet.made(("home",), checks.country, "") if "home" in data else None,
        allowed=_allowed(sheet) if "allowed" in data else {},
        endpoints=_endpoints(sheet) if "endpoints" in data else None,
        cannot_show=tuple(sheet.texts(("cannot_show",))),
        **{key: sheet.text((key,)) for key in ("why", "source", "quote", "speaker", "said_on")},
    )


def _allowed(sheet: Sheet) -> dict[str, frozenset[str]]:
    lists = sheet.mapping(("allowed",), ALLOWED)
    if not lists:
        sheet.wrong(("allowed",), "no list", "'countries', 'providers' or 'regions'", "add one")
    return {
        fact: frozenset(_values(sheet, ("allowed", name)))
        for name, fact in ALLOWED.items()
        if name in lists
    }


def _values(sheet: Sheet, keys: Keys) -> list[str]:
    if keys[-1] == "countries":
        return sheet.each(keys, lambda item: sheet.made(item, checks.country, ""))
    return sheet.texts(keys)


def _endpoints(sheet: Sheet) -> tuple[Expected, ...]:
    return tuple(sheet.each(("endpoints",), lambda keys: _expected(sheet, keys)))


def _expected(sheet: Sheet, keys: Keys) -> Expected:
    """``example.com``, ``203.0.113.0/24``, or a mapping with name or address, and ports."""
    value = sheet.value(keys)
    if isinstance(value, str):
        return sheet.made(keys, _entry, Expected())
    known = sheet.mapping(keys, ("name", "address", "ports", "note"))
    given = [key for key in ("name", "address") if key in known]
    if len(given) != 1:
        sheet.wrong(keys, f"{len(given)} of name and address", "one of the two", "keep one")
        return Expected()
    entry = sheet.made((*keys, given[0]), _entry, Expected())
    ports = sheet.each((*keys, "ports"), lambda item: sheet.made(item, _port, ""))
    return Expected(entry.name, entry.network, frozenset(ports))


def _entry(value: object) -> Expected:
    text = value if isinstance(value, str) else ""
    if ":" in text or "/" in text or text.replace(".", "").isdigit():
        return Expected(network=networks.network(text))
    if not networks.is_domain(text):
        raise ValueError("a domain such as example.com or a range such as 203.0.113.0/24")
    return Expected(name=text.lower().rstrip("."))


def _port(value: object) -> str:
    """``443`` is ``443/tcp``; ``443/udp`` is itself."""
    number, _, proto = str(value).partition("/")
    known = proto in ("", "tcp", "udp", "sctp")
    if known and number.isascii() and number.isdigit() and int(number[:6]) < 65_536:
        return f"{number}/{proto or 'tcp'}"
    raise ValueError("a port such as 443/tcp")


def _path(id_or_path: str, folders: Sequence[Path]) -> Path:
    if id_or_path.endswith((".yaml", ".yml")) or "/" in id_or_path:
        return Path(id_or_path)
    shipped = {path.stem: path for path in files(folders)}
    if id_or_path not in shipped:
        remedy = nearest(id_or_path, shipped)
        raise UsageError(f"There is no policy '{id_or_path}' and no such file; {remedy}")
    return shipped[id_or_path]
