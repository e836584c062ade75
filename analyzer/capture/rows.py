"""From the hot room's flow rows to the flows of the model."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from operator import itemgetter
from typing import Any

from analyzer import addresses
from analyzer.model import Flow

TUNNELS = (
    "", "ipip", "6in4", "gre", "teredo", "gtp-u", "vxlan", "geneve", "etherip", "mpls", "l2tp",
)  # fmt: skip
KEPT = 10_000  # address texts remembered
SUMS = ("PACKETS", "BYTES", "PAYLOAD")  # of each side
PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6", 132: "sctp"}  # else the number


class Rows:
    """Reads flow rows by the names of hot.layout()."""

    def __init__(self, layout: dict[str, int]) -> None:
        self._layout = layout
        self._size = layout["ROW"]
        self._a, self._b = layout["A"], layout["B"]
        self._ends = _fields(layout, "PROTO", "VERSION", "A_PORT", "B_PORT", "LATE")
        self._spans = _fields(layout, "FIRST", "LAST", "FIRST_FRAME", "LAST_FRAME")
        self._sums = _fields(layout, *(pair for name in SUMS for pair in (name, name + "+1")))
        self._rest = _fields(layout, "MAC", "MAC+1", "TUNNEL")
        self._trip = _fields(layout, "RTT", "SYN_AGAIN", "SYN_FRAME", "RTT_FRAME")
        self._texts: dict[bytes, str] = {}
        self._macs: dict[int, str] = {}

    def ends(self, rows: array[int], number: int) -> tuple[str, str, int, str, int, bool]:
        """Protocol, address and port of both sides, and whether it began earlier."""
        return self._ends_of(self._row(rows, number))

    def flow(self, rows: array[int], number: int) -> Flow:
        """The flow of row ``number``; its client is the side that opened it."""
        row = self._row(rows, number)
        proto, client, client_port, server, server_port, late = self._ends_of(row)
        first, last, first_frame, last_frame = self._spans(row)
        packets_up, packets_down, bytes_up, bytes_down, payload_up, payload_down = self._sums(row)
        client_mac, server_mac, tunnel = self._rest(row)
        rtt, again, syn_frame, rtt_frame = self._trip(row)
        timed = rtt >= 0 and not again
        return Flow(
            number + 1,
            proto,
            client,
            client_port if client_port >= 0 else None,
            server,
            server_port if server_port >= 0 else None,
            first,
            last,
            first_frame,
            last_frame,
            packets_up,
            packets_down,
            bytes_up,
            bytes_down,
            payload_up,
            payload_down,
            client_mac=self._mac(client_mac),
            server_mac=self._mac(server_mac),
            late_start=late,
            rtt=rtt if timed else None,
            rtt_frames=(syn_frame, rtt_frame) if timed else None,
            tunnel=TUNNELS[tunnel] or None,
        )

    def reply(self, rows: array[int], number: int) -> tuple[int, int] | None:
        """Time and frame of the second side's first packet."""
        at = number * self._layout["ROW"]
        when = rows[at + self._layout["REPLY"]]
        return (when, rows[at + self._layout["REPLY_FRAME"]]) if when >= 0 else None

    def _row(self, rows: array[int], number: int) -> array[int]:
        return rows[number * self._size : (number + 1) * self._size]

    def _ends_of(self, row: array[int]) -> tuple[str, str, int, str, int, bool]:
        proto, version, a_port, b_port, late = self._ends(row)
        a, b = self._address(row, version, self._a), self._address(row, version, self._b)
        return PROTOCOLS.get(proto) or str(proto), a, a_port, b, b_port, late > 0

    def _address(self, row: array[int], version: int, at: int) -> str:
        """Address text; "" in rows that count many conversations together."""
        if not version:
            return ""
        words = row[at + 3 : at + 4] if version == 4 else row[at : at + 4]
        key = words.tobytes()
        text = self._texts.get(key)
        if text is None:
            if len(self._texts) > KEPT:
                self._texts.clear()
            packed = b"".join(word.to_bytes(4, "big") for word in words)
            text = self._texts[key] = addresses.text(packed)
        return text

    def _mac(self, value: int) -> str | None:
        if not value:
            return None
        text = self._macs.get(value)
        if text is None:
            if len(self._macs) > KEPT:
                self._macs.clear()
            text = self._macs[value] = value.to_bytes(6, "big").hex(":")
        return text


def _fields(layout: dict[str, int], *names: str) -> Callable[[array[int]], tuple[Any, ...]]:
    """What takes these fields out of a row; ``NAME+1`` is the one behind."""
    return itemgetter(*(layout[name.removesuffix("+1")] + name.endswith("+1") for name in names))
