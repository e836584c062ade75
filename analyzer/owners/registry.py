"""Who a name belongs to, and whose party that is: the door of this room.

Everything is read when it is first asked for: an analysis without MAC addresses
never reads the MAC table. Owners come from the vendor files first, then from the
table of companies; the longest dotted suffix wins across both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from analyzer.errors import DataFileError
from analyzer.model import DataSet, Owner, Party
from analyzer.owners.labels import clean, upwards
from analyzer.owners.macs import Macs
from analyzer.owners.suffixes import Suffixes
from analyzer.owners.vendors import Vendor, load, marks_in
from analyzer.shipped import data_folder

INFRASTRUCTURE = frozenset(
    ("cloud", "cdn", "hosting", "dns", "time", "certificates", "connectivity_check", "network")
)
"""Categories of companies whose names serve others: support, not third party."""

COMMON_GOODS = frozenset(("dns", "time", "certificates", "connectivity_check"))
"""What another handset vendor's host does for everybody: support as well."""

TRACKING = frozenset(("ads", "analytics", "attribution", "crash", "tag-manager", "telemetry"))
"""What is third party whoever made the handset, unless it is the maker's own."""


class Registry:
    """Names, companies, parties, vendors and MAC prefixes."""

    def __init__(self, vendors_folders: Sequence[Path], tables: Path) -> None:
        self._folders = tuple(vendors_folders)
        self._tables = tables
        self._suffixes: Suffixes | None = None
        self._macs: Macs | None = None
        self._vendors: dict[str, Vendor] | None = None
        self._rows: dict[str, str] | None = None
        self._vendor_of: dict[str, str] | None = None
        self._owners: dict[tuple[str, tuple[str, ...]], Owner | None] = {}

    @classmethod
    def open(cls, vendors_folders: Sequence[Path]) -> Registry:
        """A registry over these folders of vendor files and the embedded tables."""
        return cls(vendors_folders, data_folder())

    def domain(self, name: str) -> str | None:
        """The registrable domain (ICANN suffixes); None for addresses and single labels."""
        if self._suffixes is None:
            self._suffixes = Suffixes.read(self._tables / "owners.suffixes.txt")
        return self._suffixes.registrable(name)

    def owner(self, name: str, chain: Sequence[str] = ()) -> Owner | None:
        """The company a name belongs to, or None.

        ``chain`` (CNAMEs behind the name) is asked only when the name itself is not
        known, and only for companies that measure or advertise under customers'
        names: a CDN behind a name does not own it.
        """
        key = (name, tuple(chain))
        if key not in self._owners:
            if len(self._owners) >= Suffixes.KEPT:
                self._owners.clear()
            self._owners[key] = self._find(name, chain)
        return self._owners[key]

    def party(self, names: Sequence[str], vendor: str | None, provider: str | None = None) -> Party:
        """Whose endpoint it is, seen from the handset's vendor (an id of ``vendors``).

        FIRST if any name is the vendor's or an affiliate's. Else THIRD if any name is
        another company's, SUPPORT if the names are those of clouds, CDNs and other
        infrastructure, UNKNOWN if nothing is known of them. ``provider`` runs the
        address; an address alone never makes a party. While the handset's vendor is
        not known, names of handset vendors stay UNKNOWN unless they advertise or
        measure: they may be its own.
        """
        parties = {self._party(name, vendor) for name in names}
        for party in (Party.FIRST, Party.THIRD, Party.SUPPORT):
            if party in parties:
                return party
        return Party.UNKNOWN

    def vendor_of_name(self, name: str) -> str | None:
        """The id of the handset vendor a name belongs to, or None."""
        return self._longest(name)[1]

    def vendor_of_mac(self, mac: str) -> str | None:
        """The MAC registry's name for an address; None if randomised or unknown."""
        if self._macs is None:
            self._macs = Macs.read(self._tables / "mac.bin")
        return self._macs.vendor(mac)

    def vendors(self) -> Mapping[str, Vendor]:
        """The handset vendors by id."""
        if self._vendors is None:
            self._vendors = load(self._folders)
        return self._vendors

    def guess_vendor(self, mac_vendor: str | None, texts: Sequence[str]) -> tuple[str, str] | None:
        """Vendor id and the sentence why, from what a handset says (user agents, DHCP
        texts, host names), else from the MAC registry's name; None where texts
        disagree evenly or nothing is said."""
        heard = self._heard(texts)
        if heard:
            best = max(len(said) for said in heard.values())
            winners = [vendor for vendor, said in heard.items() if len(said) == best]
            if len(winners) > 1:
                return None
            said = heard[winners[0]][0]
            title = self.vendors()[winners[0]].title
            return winners[0], f"It names \u201c{said.strip()}\u201d, a mark of {title}."
        return self._by_maker(mac_vendor)

    def data_sets(self) -> list[DataSet]:
        """The embedded data sets of this room, as their manifest says."""
        import json

        path = self._tables / "manifest-owners.json"
        try:
            rows = json.loads(path.read_text("utf-8"))["data"]
            return [
                DataSet(r["name"], r["publisher"], r["date"], r["licence"], r["sha256"])
                for r in rows
            ]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DataFileError(
                f"{path}: the manifest cannot be read ({error}); install the package again."
            ) from error

    # -------------------------------------------------------------- behind the door

    def _find(self, name: str, chain: Sequence[str]) -> Owner | None:
        found = self._owner_of(name)
        if found is not None:
            return found
        for alias in chain:
            found = self._owner_of(alias)
            if found is not None and found.category in TRACKING:
                return found
        return None

    def _owner_of(self, name: str) -> Owner | None:
        parent, maker, row = self._longest(name)
        if maker is not None:
            vendor = self.vendors()[maker]
            domain = self.domain(parent) or parent
            return Owner(vendor.company, vendor.country, domain, vendor.domains[parent])
        if not row:
            return None
        company, country, category, *_ = row.split("\t")
        return Owner(company, country or None, self.domain(parent) or parent, category or None)

    def _longest(self, name: str) -> tuple[str, str | None, str]:
        """The longest listed suffix of a name, with the vendor's id or the table's row."""
        tidy = clean(name)
        if tidy is None:
            return "", None, ""
        makers, rows = self._makers(), self._table()
        for parent in upwards(tidy):
            if parent in makers:
                return parent, makers[parent], ""
            if parent in rows:
                return parent, None, rows[parent]
        return "", None, ""

    def _makers(self) -> dict[str, str]:
        """Domain -> id of the handset vendor."""
        if self._vendor_of is None:
            self._vendor_of = {d: v.id for v in self.vendors().values() for d in v.domains}
        return self._vendor_of

    def _table(self) -> dict[str, str]:
        """Domain -> the rest of its row (company, country, category, source)."""
        if self._rows is None:
            path = self._tables / "owners.tsv"
            try:
                lines = path.read_text("utf-8").split("\n")
            except (OSError, UnicodeDecodeError) as error:
                raise DataFileError(
                    f"{path}: the table of owners cannot be read ({error}); "
                    "install the package again."
                ) from error
            rows = (line.partition("\t") for line in lines if line and line[0] != "#")
            self._rows = {domain: rest for domain, _, rest in rows}
        return self._rows

    def _party(self, name: str, vendor: str | None) -> Party:
        owner, maker = self.owner(name), self.vendor_of_name(name)
        if owner is None:
            return Party.UNKNOWN
        if maker is None:
            return Party.SUPPORT if owner.category in INFRASTRUCTURE else Party.THIRD
        if vendor is None:
            return Party.THIRD if owner.category in TRACKING else Party.UNKNOWN
        own = self.vendors().get(vendor)
        if maker == vendor or (own is not None and maker in own.affiliates):
            return Party.FIRST
        return Party.SUPPORT if owner.category in COMMON_GOODS else Party.THIRD

    def _heard(self, texts: Sequence[str]) -> dict[str, list[str]]:
        """Vendor id -> its marks, one for each text that bears one."""
        heard: dict[str, list[str]] = {}
        for text in texts:
            for vendor in self.vendors().values():
                mark = marks_in(text, vendor.user_agent_marks)
                if mark is not None:
                    heard.setdefault(vendor.id, []).append(mark)
        return heard

    def _by_maker(self, mac_vendor: str | None) -> tuple[str, str] | None:
        low = (mac_vendor or "").lower()
        for vendor in self.vendors().values():
            if low and any(low.startswith(name.lower()) for name in vendor.mac_names):
                return vendor.id, f"\u201c{mac_vendor}\u201d in the MAC registry is {vendor.title}."
        return None
