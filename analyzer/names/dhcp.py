"""Listens to DHCP (RFC 2131, 2132): what a host calls itself and which address it gets."""

from __future__ import annotations

from analyzer import addresses
from analyzer.model import HostHint, NameSeen
from analyzer.names.dns_ear import ENDLESS
from analyzer.names.talk import Deaf, Talk
from analyzer.names.text import clean, host

_COOKIE = b"\x63\x82\x53\x63"
_HOST_NAME, _REQUESTED, _VENDOR_CLASS = 12, 50, 60


def is_dhcp(data: bytes) -> bool:
    """BOOTP request or reply with DHCP's cookie."""
    return len(data) >= 240 and data[0] in (1, 2) and data[236:240] == _COOKIE


class DhcpEar(Deaf):
    """Every message of one flow."""

    __slots__ = ("talk",)

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        talk.protocol = "dhcp"
        talk.encrypted = "no"
        talk.wants[:] = [ENDLESS, ENDLESS]

    def datagram(self, side: int, data: bytes, frame: int, ts: int, cut: bool) -> None:
        """One message."""
        if not is_dhcp(data):
            return
        self.talk.clear(frame)
        options = _options(data)
        mac = data[28:34].hex(":") if data[1] == 1 and data[2] == 6 else None
        address = _address(data[16:20]) or _address(data[12:16])
        if data[0] == 1:
            address = _address(options.get(_REQUESTED, b"")) or address
            self._introduce(options, mac, address, frame, ts)
        if address and mac:
            self.talk.heard.hint(HostHint("dhcp_address", address, frame, address, mac))

    def _introduce(
        self, options: dict[int, bytes], mac: str | None, address: str | None, frame: int, ts: int
    ) -> None:
        heard = self.talk.heard
        name = host(options.get(_HOST_NAME, b"").rstrip(b"\0"))
        vendor = clean(options.get(_VENDOR_CLASS, b"").rstrip(b"\0"))
        if name:
            heard.hint(HostHint("dhcp_hostname", name, frame, address, mac))
            row = NameSeen(frame, ts, self.talk.start.id, "dhcp", name, address, f"host name {mac}")
            heard.name(row)
        if vendor:
            heard.hint(HostHint("dhcp_vendor_class", vendor, frame, address, mac))


def _address(raw: bytes) -> str | None:
    return addresses.text(raw) if len(raw) == 4 and any(raw) else None


def _options(data: bytes) -> dict[int, bytes]:
    """Option number to value; parts of a long option are joined (RFC 3396)."""
    options: dict[int, bytes] = {}
    at, size = 240, len(data)
    while at + 1 < size and data[at] != 255:
        if data[at] == 0:
            at += 1
            continue
        stop = at + 2 + data[at + 1]
        if stop > size:
            break
        options[data[at]] = options.get(data[at], b"") + data[at + 2 : stop]
        at = stop
    return options
