"""Writes small MMDB files (MaxMind DB format 2.0) for tests: a trie of bits over a data section."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.addresses import packed

MARKER = b"\xab\xcd\xefMaxMind.com"


def mmdb(kind: str, networks: Mapping[str, Mapping[str, Any]], epoch: int = 1_780_272_000) -> bytes:
    """A database of ``kind`` with a record for each prefix; IPv4 lies under ::/96."""
    nodes: list[list[int | None]] = [[None, None]]
    data = bytearray()
    leaves: list[tuple[int, int, int]] = []  # node, side, offset in data
    for prefix, record in networks.items():
        address, _, length = prefix.partition("/")
        raw = packed(address)
        bits = f"{int.from_bytes(raw, 'big'):0{8 * len(raw)}b}"[: int(length)]
        bits = bits if len(raw) == 16 else "0" * 96 + bits
        leaves.append((*_walk(nodes, bits), len(data)))
        data += _value(record)
    count = len(nodes)
    pointers = {(node, side): count + 16 + offset for node, side, offset in leaves}
    tree = b"".join(
        (pointers.get((number, side), count if child is None else child)).to_bytes(4, "big")
        for number, node in enumerate(nodes)
        for side, child in enumerate(node)
    )
    meta = {
        "node_count": count, "record_size": 32, "ip_version": 6, "database_type": kind,
        "languages": [], "binary_format_major_version": 2, "binary_format_minor_version": 0,
        "build_epoch": epoch, "description": {"en": kind},
    }  # fmt: skip
    return tree + bytes(16) + bytes(data) + MARKER + _map(meta)


def _walk(nodes: list[list[int | None]], bits: str) -> tuple[int, int]:
    at = 0
    for bit in bits[:-1]:
        child = nodes[at][int(bit)]
        if child is None:
            child = nodes[at][int(bit)] = len(nodes)
            nodes.append([None, None])
        at = child
    return at, int(bits[-1])


def _value(value: Any) -> bytes:
    if isinstance(value, str):
        raw = value.encode()
        return _control(2, len(raw)) + raw
    if isinstance(value, int):
        return _number(6, value)
    if isinstance(value, Mapping):
        return _map(value)
    return _control(11, len(value)) + b"".join(map(_value, value))


def _map(value: Mapping[str, Any]) -> bytes:
    types = {"build_epoch": 9, "node_count": 6, "record_size": 5, "ip_version": 5}
    types |= {"binary_format_major_version": 5, "binary_format_minor_version": 5}
    items = (
        _value(key) + (_number(types[key], item) if key in types else _value(item))
        for key, item in value.items()
    )
    return _control(7, len(value)) + b"".join(items)


def _number(kind: int, value: int) -> bytes:
    raw = value.to_bytes(8, "big").lstrip(b"\0")
    return _control(kind, len(raw)) + raw


def _control(kind: int, size: int) -> bytes:
    extended = bytes([kind - 7]) if kind > 7 else b""
    first = 0 if kind > 7 else kind << 5
    if size < 29:
        return bytes([first | size]) + extended
    return bytes([first | 29]) + extended + bytes([size - 29])
