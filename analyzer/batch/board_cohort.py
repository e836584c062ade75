"""What handsets of a vendor have in common, and what only one firmware shows.

Rules of this file
- A handset is what a device sheet names; captures of no named handset are left out, and said.
- An endpoint is a name (an address where none was heard) or, apart from that, an owner.
- Counts are of handsets, exact for every endpoint counted at all; how many endpoints are is
  bounded, and said where it was not enough.
- "One firmware only" is said where a vendor has handsets with at least two known firmwares
  and every handset that showed the endpoint has a known one.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from analyzer import limits
from analyzer.report.tables import Columns, Row

Json = Mapping[str, Any]

MOST = 100_000
"""Endpoints and owners counted in a batch: some 50 MB."""

_KINDS = ("owner", "name", "address")

COLUMNS: Columns = {
    "vendor": "text", "kind": "text", "endpoint": "text", "owner": "text", "devices": "int",
    "of_devices": "int", "firmwares": "int?", "of_firmwares": "int", "only_firmware": "text",
    "only_firmware_devices": "int?", "common": "text",
}  # fmt: skip


class Seen(NamedTuple):
    """An endpoint in a cohort."""

    kind: str  # name, address or owner
    endpoint: str
    owner: str | None
    devices: int  # that showed it
    firmware: str | None  # the only one it was seen with; None: several, or not known
    firmwares: int | None  # None: a handset of unknown firmware showed it


@dataclass(slots=True)
class Cohort:
    """The handsets of one vendor."""

    vendor: str | None
    units: dict[tuple[str, str | None], int] = field(default_factory=dict)  # handset, firmware
    seen: dict[tuple[str, str], array[int]] = field(default_factory=dict)  # -> units, repeats too
    owners: dict[str, str] = field(default_factory=dict)  # of names and addresses

    @property
    def devices(self) -> int:
        """Handsets, whatever firmware they had."""
        return len({device for device, _ in self.units})

    @property
    def firmwares(self) -> Counter[str]:
        """Known firmware -> handsets with it."""
        return Counter(firmware for _, firmware in self.units if firmware)

    @property
    def unsaid(self) -> int:
        """Handsets with a recording that does not say the firmware."""
        return sum(firmware is None for _, firmware in self.units)

    def all(self) -> Iterator[Seen]:
        """Every endpoint counted, in alphabetical order."""
        units = list(self.units)
        for (kind, endpoint), numbers in sorted(self.seen.items()):
            met = [units[n] for n in set(numbers)]
            known = {firmware for _, firmware in met}
            whole = None not in known
            only = next(iter(known)) if len(known) == 1 and whole else None
            yield Seen(kind, endpoint, self.owners.get(endpoint) if kind != "owner" else None,
                       len({device for device, _ in met}),
                       only, len(known) if whole else None)  # fmt: skip

    def common(self) -> Iterator[Seen]:
        """Endpoints all handsets showed; none where there is one handset only."""
        devices = self.devices
        return (each for each in self.all() if each.devices == devices > 1)

    def only(self) -> list[Seen]:
        """Endpoints seen with one firmware only, on most handsets first."""
        if len(self.firmwares) < 2:
            return []
        found = (each for each in self.all() if each.firmware)
        return sorted(found, key=lambda e: (-e.devices, _KINDS.index(e.kind), e.endpoint))


@dataclass(slots=True)
class Cohorts:
    """All vendors of a batch."""

    vendors: dict[str | None, Cohort] = field(default_factory=dict)
    nobody: int = 0  # captures of no named handset
    capped: int = 0  # captures whose record may lack endpoints
    counted: int = 0
    left_out: bool = False  # there were more endpoints than are counted

    def add(self, record: Json) -> None:
        """Count one capture in that was analysed."""
        device = record.get("device") or {}
        if not device.get("id"):
            self.nobody += 1
            return
        vendor = device.get("vendor") or None
        cohort = self.vendors.setdefault(vendor, Cohort(vendor))
        unit = (str(device["id"]), firmware_of(device))
        number = cohort.units.setdefault(unit, len(cohort.units))
        ends = record.get("endpoints") or ()
        self.capped += len(ends) >= limits.RECORD_ENDPOINTS
        for each in ends:
            if each.get("certainty") != "private":
                self._count(cohort, number, each)

    def _count(self, cohort: Cohort, number: int, each: Json) -> None:
        name, owner = each.get("name"), each.get("owner")
        shown = str(name or each.get("ip"))
        keys = [("name" if name else "address", shown)]
        if owner:
            keys.append(("owner", str(owner)))
        for key in keys:
            known = cohort.seen.get(key)
            if known is None:
                if self.counted >= MOST:
                    self.left_out = True
                    continue
                self.counted += 1
                known = cohort.seen[key] = array("I")
            if not known or known[-1] != number:
                known.append(number)
        if owner and keys[0] in cohort.seen:
            there = cohort.owners.setdefault(shown, str(owner))
            if owner < there:  # whatever order they come in
                cohort.owners[shown] = str(owner)

    def ranked(self) -> list[Cohort]:
        """Vendors with most handsets first."""
        return sorted(self.vendors.values(), key=lambda c: (-c.devices, c.vendor or ""))

    def rows(self) -> Iterator[Row]:
        """Rows of cohorts.csv."""
        for cohort in self.ranked():
            devices, firmwares = cohort.devices, cohort.firmwares
            for each in cohort.all():
                only = each.firmware if len(firmwares) > 1 else None
                yield [cohort.vendor, each.kind, each.endpoint, each.owner, each.devices, devices,
                       each.firmwares, len(firmwares), only, firmwares[only] if only else None,
                       "yes" if each.devices == devices > 1 else "no"]  # fmt: skip


def firmware_of(device: Json) -> str | None:
    """A firmware as it is told apart from others: with its model, where that is known."""
    firmware, model = device.get("firmware"), device.get("model")
    if not firmware:
        return None
    return f"{model}, {firmware}" if model else str(firmware)


def shown(found: Iterable[Seen], most: int) -> tuple[list[Seen], int]:
    """The first ones, and how many more there are."""
    first: list[Seen] = []
    more = 0
    for each in found:
        if len(first) < most:
            first.append(each)
        else:
            more += 1
    return first, more
