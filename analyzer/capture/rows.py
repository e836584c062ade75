"""From the hot room's flow rows to the flows of the model."""

from __future__ import annotations

from array import array

from analyzer import addresses
from analyzer.model import Flow

TUNNELS = ("", "ipip", "6in4", "gre", "teredo", "gtp-u", "vxlan", "geneve", "etherip", "mpls")
KEPT = 10_000  # address texts remembered
PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6", 132: "sctp"}


class Rows:
    """Reads flow rows by the names of hot.layout()."""

    def __init__(self, layout: dict[str, int]) -> None:
        self._layout = layout
        self._texts: dict[bytes, str] = {}
        self._macs: dict[int, str] = {}

    def ends(self, rows: array[int], number: int) -> tuple[str, str, int, str, int, bool]:
        """Protocol, address and port of both sides, and whether it began earlier."""
        at = number * self._layout["ROW"]
        layout = self._layout
        return (
            protocol(rows[at + layout["PROTO"]]),
            self._address(rows, at, layout["A"]),
            rows[at + layout["A_PORT"]],
            self._address(rows, at, layout["B"]),
            rows[at + layout["B_PORT"]],
            bool(rows[at + layout["LATE"]]),
        )

    def flow(self, rows: array[int], number: int) -> Flow:
        """The flow of row ``number``; its client is the side that opened it."""
        layout = self._layout
        size = layout["ROW"]
        row = rows[number * size : (number + 1) * size]
        proto, client, client_port, server, server_port, late = self.ends(row, 0)
        packets, octets, payload = layout["PACKETS"], layout["BYTES"], layout["PAYLOAD"]
        mac = layout["MAC"]
        timed = row[layout["RTT"]] >= 0 and not row[layout["SYN_AGAIN"]]
        return Flow(
            id=number + 1,
            proto=proto,
            client_ip=client,
            client_port=client_port if client_port >= 0 else None,
            server_ip=server,
            server_port=server_port if server_port >= 0 else None,
            first=row[layout["FIRST"]],
            last=row[layout["LAST"]],
            first_frame=row[layout["FIRST_FRAME"]],
            last_frame=row[layout["LAST_FRAME"]],
            packets_up=row[packets],
            packets_down=row[packets + 1],
            bytes_up=row[octets],
            bytes_down=row[octets + 1],
            payload_up=row[payload],
            payload_down=row[payload + 1],
            client_mac=self._mac(row[mac]),
            server_mac=self._mac(row[mac + 1]),
            late_start=late,
            tcp_state=self._tcp_state(row) if proto == "tcp" and client else None,
            rtt=row[layout["RTT"]] if timed else None,
            rtt_frames=(row[layout["SYN_FRAME"]], row[layout["RTT_FRAME"]]) if timed else None,
            tunnel=TUNNELS[row[layout["TUNNEL"]]] or None,
        )

    def reply(self, rows: array[int], number: int) -> tuple[int, int] | None:
        """Time and frame of the second side's first packet."""
        at = number * self._layout["ROW"]
        when = rows[at + self._layout["REPLY"]]
        return (when, rows[at + self._layout["REPLY_FRAME"]]) if when >= 0 else None

    def _address(self, rows: array[int], at: int, field: int) -> str:
        """Address text; "" in rows that count many conversations together."""
        version = rows[at + self._layout["VERSION"]]
        if version == 4:
            word = rows[at + field + 3]
            return f"{word >> 24}.{word >> 16 & 255}.{word >> 8 & 255}.{word & 255}"
        if version == 0:
            return ""
        words = rows[at + field : at + field + 4].tobytes()
        text = self._texts.get(words)
        if text is None:
            if len(self._texts) > KEPT:
                self._texts.clear()
            packed = b"".join(w.to_bytes(4, "big") for w in rows[at + field : at + field + 4])
            text = self._texts[words] = addresses.text(packed)
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

    def _tcp_state(self, row: array[int]) -> str:
        layout = self._layout
        flags = layout["FLAGS"]
        up, down = row[flags], row[flags + 1]
        syn, fin, rst, ack = layout["SYN"], layout["FIN"], layout["RST"], layout["ACK"]
        if (up | down) & rst:
            return "reset"
        if up & fin and down & fin:
            return "closed"
        if not up & syn and not down & syn:
            return "midstream"
        return "established" if down & syn and up & ack else "syn_sent"


def protocol(number: int) -> str:
    """tcp, udp, icmp, icmpv6, sctp, else the number (IANA protocol numbers)."""
    return PROTOCOLS.get(number) or str(number)
