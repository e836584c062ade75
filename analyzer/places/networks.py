"""Who runs an address: the network that announces it, and the company behind it.

Rules of this file
- A network is not a place: nothing here gives a country to an address.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from ..data.operators import Operators
from ..data.table import Finder, open_table
from ..data.tsv import read
from ..model import Operator


class Provider(NamedTuple):
    """A company that runs networks (a row of providers.tsv)."""

    id: str
    name: str
    kind: str  # listed cloud edge worldwide hoster carrier
    country: str | None  # the country a domestic carrier or hoster serves


class Network(NamedTuple):
    """The network of an address: who announces it and, if known, whose it is."""

    operator: Operator
    provider: Provider | None = None


NO_NETWORK = Network(Operator(None, None))


class Providers:
    """The hand-made table of providers, by id and by ASN."""

    def __init__(self, path: Path) -> None:
        self.by_id: dict[str, Provider] = {}
        self.by_asn: dict[int, Provider] = {}
        for name_id, name, _, kind, country, asns in read(path):
            provider = Provider(name_id, name, kind, country or None)
            self.by_id.setdefault(name_id, provider)
            self.by_asn.update(dict.fromkeys(map(int, asns.split()), provider))

    def name(self, provider: str) -> str:
        """The company's name, or the id itself where the table has no row."""
        known = self.by_id.get(provider)
        return known.name if known else provider


class Networks:
    """The embedded ASN tables."""

    def __init__(self, folder: Path, providers: Providers) -> None:
        self._folder = folder
        self._providers = providers
        self._operators = Operators((folder / "operators.tbl").read_bytes())
        self._networks: dict[int, Network] = {0: NO_NETWORK}

    def finder(self, family: int) -> Finder:
        """From a key to the number of the network that announces it; 0 for none."""
        return open_table(self._folder / f"asn{family}.tbl").find

    def network(self, number: int) -> Network:
        """The network behind a number."""
        found = self._networks.get(number)
        if found is None:
            asn, name = self._operators[number]
            found = Network(Operator(asn, name), self._providers.by_asn.get(asn))
            self._networks[number] = found
        return found
