"""One packet under every stack of headers we know: what must reach the same flow."""

from __future__ import annotations

import struct

from tests.capture.forge import MACS, PHONE, PHONE6, SERVER, SERVER6, ethernet, ip, ip6, tcp, udp

INNER = ip(udp())
INNER6 = ip6(udp())
SNAP = b"\xaa\xaa\x03\0\0\0"
ACCESS = bytes.fromhex("020000000001")  # an access point
GATEWAY_MAC, PHONE_MAC = MACS[:6], MACS[6:]


def wifi(
    kind: int = 0x08,
    ways: int = 1,
    *,
    more: bytes = b"",
    body: bytes = SNAP + b"\x08\0" + INNER,
) -> bytes:
    """An 802.11 data frame; ``ways``: 1 to the access point, 2 from it, 3 between two."""
    addresses = {
        0: GATEWAY_MAC + PHONE_MAC + ACCESS,
        1: ACCESS + PHONE_MAC + GATEWAY_MAC,
        2: GATEWAY_MAC + ACCESS + PHONE_MAC,
        3: ACCESS + ACCESS + GATEWAY_MAC,
    }[ways & 3]
    head = bytes([kind, ways]) + b"\0\0" + addresses + b"\0\0"
    return head + (PHONE_MAC if ways & 3 == 3 else b"") + more + body


def radiotap(body: bytes, present: int = 0, fields: bytes = b"") -> bytes:
    """A radiotap header before an 802.11 frame."""
    return struct.pack("<BBHI", 0, 0, 8 + len(fields), present) + fields + body


def mpls(*labels: int, body: bytes = INNER) -> bytes:
    """A stack of labels before a packet."""
    last = len(labels) - 1
    return (
        b"".join(struct.pack("!I", n << 12 | (i == last) << 8 | 64) for i, n in enumerate(labels))
        + body
    )


def vlan(*tags: int, kind: int = 0x8100, body: bytes = INNER, inner: int = 0x0800) -> bytes:
    """Tags before a packet, as they stand behind the Ethernet addresses."""
    kinds = [*[kind] * len(tags), inner]
    return (
        b"".join(struct.pack("!HH", kinds[i], tag) for i, tag in enumerate(tags))
        + struct.pack("!H", inner)
        + body
    )


def ppp(body: bytes) -> bytes:
    """PPP with an HDLC header."""
    return b"\xff\x03" + body


def pppoe(body: bytes, code: int = 0) -> bytes:
    """A PPPoE session frame."""
    return struct.pack("!BBHH", 0x11, code, 5, len(body)) + body


def sll(body: bytes, kind: int = 0x0800) -> bytes:
    """A Linux cooked capture's packet."""
    return struct.pack("!HHH8sH", 4, 1, 6, PHONE_MAC, kind) + body


def sll2(body: bytes, kind: int = 0x0800) -> bytes:
    """The second version's."""
    return struct.pack("!HHIHBB8s", kind, 0, 3, 1, 4, 6, PHONE_MAC) + body


def nflog(body: bytes, family: int = 2, before: bytes = b"") -> bytes:
    """A packet as netfilter logs it: attributes in little-endian."""
    return bytes([family, 0, 0, 0]) + before + struct.pack("<HH", 4 + len(body), 9) + body


def pktap(link: int, body: bytes, size: int = 108) -> bytes:
    """Apple's header before a packet of another link type."""
    return struct.pack("<III", size, 1, link) + bytes(size - 12) + body


def gre(body: bytes, kind: int = 0x0800, flags: int = 0, more: bytes = b"") -> bytes:
    """GRE in IPv4 between two routers."""
    return outer(struct.pack("!HH", flags, kind) + more + body, 47)


def outer(body: bytes, proto: int) -> bytes:
    """IPv4 between two routers."""
    return ip(body, proto, src="198.51.100.1", dst="198.51.100.2")


def outer_udp(body: bytes, port: int) -> bytes:
    """UDP between two routers."""
    return outer(udp(body, (50_000, port)), 17)


def gtp(body: bytes, flags: int = 0x30, more: bytes = b"") -> bytes:
    """GTP-U user data."""
    return outer_udp(struct.pack("!BBHI", flags, 255, len(more + body), 9) + more + body, 2152)


def l2tp(body: bytes, flags: int = 2, length: bytes = b"", more: bytes = b"") -> bytes:
    """A data message of L2TP version 2."""
    ids = b"\0\7\0\x09"
    return outer_udp(struct.pack("!H", flags) + length + ids + more + body, 1701)


def subframe(body: bytes) -> bytes:
    """The first of several frames in one (A-MSDU)."""
    return GATEWAY_MAC + PHONE_MAC + struct.pack("!H", len(body)) + body


E4, E6, FLAGS_AFTER_TSFT = 0x0800, 0x86DD, struct.pack("<QB", 1, 0x20) + b"\0"

# name: (link type, bytes, tunnel as the flow says it)
STACKS: dict[str, tuple[int, bytes, str | None]] = {
    "ethernet": (1, ethernet(INNER), None),
    "802.1Q": (1, MACS + vlan(5), None),
    "802.1ad": (1, MACS + vlan(5, kind=0x88A8), None),
    "QinQ": (1, MACS + vlan(5, 6, kind=0x9100), None),
    "seven tags": (1, MACS + vlan(*range(7)), None),
    "MPLS": (1, ethernet(mpls(16), 0x8847), None),
    "MPLS 3": (1, ethernet(mpls(16, 17, 18), 0x8848), None),
    "MPLS IPv6": (1, ethernet(mpls(16, body=INNER6), 0x8847), None),
    "MPLS Ethernet": (
        1,
        ethernet(mpls(16, 17, body=b"\0\x1a" + ethernet(INNER)[2:]), 0x8847),
        None,
    ),
    "MPLS control word": (1, ethernet(mpls(16, body=bytes(4) + ethernet(INNER)), 0x8847), None),
    "PPPoE": (1, ethernet(pppoe(b"\0\x21" + INNER), 0x8864), None),
    "PPPoE IPv6": (1, ethernet(pppoe(b"\0\x57" + INNER6), 0x8864), None),
    "802.3 SNAP": (1, MACS + struct.pack("!H", 8 + len(INNER)) + SNAP + b"\x08\0" + INNER, None),
    "802.3 LLC": (1, MACS + struct.pack("!H", 3 + len(INNER)) + b"\x06\x06\x03" + INNER, None),
    "LINKTYPE PPPoE": (51, pppoe(b"\x21" + INNER), None),
    "PPP": (9, ppp(b"\0\x21" + INNER), None),
    "PPP compressed": (9, b"\x21" + INNER, None),
    "PPP bare": (9, b"\0\x57" + INNER6, None),
    "PPP HDLC": (50, ppp(b"\x21" + INNER), None),
    "PPP MPLS": (9, ppp(b"\x02\x81" + mpls(16)), None),
    "PPPD": (166, ppp(b"\0\x21" + INNER), None),
    "SLL": (113, sll(INNER), None),
    "SLL IPv6": (113, sll(INNER6, E6), None),
    "SLL tagged": (113, sll(struct.pack("!HH", 5, E4) + INNER, 0x8100), None),
    "SLL2": (276, sll2(INNER), None),
    "SLL2 IPv6": (276, sll2(INNER6, E6), None),
    "raw 12": (12, INNER, None),
    "raw 14": (14, INNER6, None),
    "raw 101": (101, INNER6, None),
    "IPv4": (228, INNER, None),
    "IPv6": (229, INNER6, None),
    "NULL": (0, b"\x02\0\0\0" + INNER, None),
    "NULL big": (0, b"\0\0\0\x02" + INNER, None),
    "LOOP": (108, b"\0\0\0\x02" + INNER, None),
    **{f"NULL IPv6 {n}": (0, bytes([n, 0, 0, 0]) + INNER6, None) for n in (10, 23, 24, 28, 30)},
    "LOOP IPv6": (108, b"\0\0\0\x1e" + INNER6, None),
    "Wi-Fi to": (105, wifi(), None),
    "Wi-Fi from": (105, wifi(ways=2), None),
    "Wi-Fi direct": (105, wifi(ways=0), None),
    "Wi-Fi bridge": (105, wifi(ways=3), None),
    "Wi-Fi QoS": (105, wifi(0x88, more=b"\0\0"), None),
    "Wi-Fi QoS bridge": (105, wifi(0x88, 3, more=b"\0\0"), None),
    "Wi-Fi HT": (105, wifi(0x88, 0x81, more=b"\0\0\0\0\0\0"), None),
    "Wi-Fi A-MSDU": (
        105,
        wifi(0x88, more=b"\x80\0", body=subframe(SNAP + b"\x08\0" + INNER)),
        None,
    ),
    "radiotap": (127, radiotap(wifi()), None),
    "radiotap fields": (127, radiotap(wifi(), 0x0E, bytes(6)), None),
    "radiotap padding": (
        127,
        radiotap(wifi(0x88, more=b"\0\0\0\0"), 3, FLAGS_AFTER_TSFT),
        None,
    ),
    "radiotap words": (
        127,
        radiotap(
            wifi(0x88, more=b"\0\0\0\0"), 0x80000003, struct.pack("<II", 0x20, 0) + FLAGS_AFTER_TSFT
        ),
        None,
    ),
    "radiotap FCS": (127, radiotap(wifi(), 2, b"\x10\0") + b"FCS!", None),
    "Prism": (119, struct.pack("<II", 0x44, 144) + bytes(136) + wifi(), None),
    "Prism big": (119, struct.pack(">II", 0x44, 144) + bytes(136) + wifi(), None),
    "AVS": (163, struct.pack(">II", 0x80211001, 64) + bytes(56) + wifi(), None),
    "NFLOG": (239, nflog(INNER), None),
    "NFLOG IPv6": (
        239,
        nflog(INNER6, 10, struct.pack("<HH4sHH", 8, 1, b"", 5, 2) + b"x\0\0\0"),
        None,
    ),
    "PKTAP Ethernet": (258, pktap(1, ethernet(INNER)), None),
    "PKTAP raw": (149, pktap(12, INNER6), None),
    "PKTAP in PKTAP": (258, pktap(258, pktap(101, INNER)), None),
    "C-HDLC as PPP": (9, b"\x8f\0" + struct.pack("!H", E6) + INNER6, None),
    "C-HDLC": (104, b"\x0f\0" + struct.pack("!H", E4) + INNER, None),
    "frame relay NLPID": (107, b"\x18\x41\x03\xcc" + INNER, None),
    "frame relay IPv6": (107, b"\x18\x41\x03\x8e" + INNER6, None),
    "frame relay SNAP": (107, b"\x18\x41\x03\0\x80\0\0\0\x08\0" + INNER, None),
    "frame relay Cisco": (107, b"\x18\x41\x08\0" + INNER, None),
    "frame relay 4 bytes": (107, b"\x18\x40\x40\x41\x03\xcc" + INNER, None),
    "IPIP": (101, outer(INNER, 4), "ipip"),
    "6in4": (101, outer(INNER6, 41), "6in4"),
    "4in6": (101, ip6(INNER, 4, src="2001:db8:1::1"), "ipip"),
    "GRE": (101, gre(INNER), "gre"),
    "GRE all fields": (101, gre(INNER6, E6, 0xB000, bytes(12)), "gre"),
    "GRE Ethernet": (101, gre(ethernet(INNER), 0x6558), "gre"),
    "GRE PPTP": (101, gre(b"\x21" + INNER, 0x880B, 0x3081, bytes(12)), "gre"),
    "ERSPAN I": (101, gre(ethernet(INNER), 0x88BE), "gre"),
    "ERSPAN II": (101, gre(bytes(8) + ethernet(INNER), 0x88BE, 0x1000, bytes(4)), "gre"),
    "EtherIP": (101, outer(b"\x30\0" + ethernet(INNER), 97), "etherip"),
    "MPLS in IP": (101, outer(mpls(16), 137), "mpls"),
    "Teredo": (101, outer_udp(INNER6, 3544), "teredo"),
    "Teredo origin": (101, outer_udp(bytes(8) + INNER6, 3544), "teredo"),
    "Teredo authentication": (
        101,
        outer_udp(b"\0\1\2\3" + b"idaut" + bytes(9) + bytes(8) + INNER6, 3544),
        "teredo",
    ),
    "GTP-U": (101, gtp(INNER), "gtp-u"),
    "GTP-U sequence": (101, gtp(INNER6, 0x32, bytes(4)), "gtp-u"),
    "GTP-U extension": (101, gtp(INNER, 0x34, b"\0\0\0\x85" + b"\1\x10\0\0"), "gtp-u"),
    "VXLAN": (101, outer_udp(b"\x08\0\0\0\0\0\x05\0" + ethernet(INNER), 4789), "vxlan"),
    "Geneve": (
        101,
        outer_udp(struct.pack("!BBHI", 0, 0, 0x6558, 0) + ethernet(INNER), 6081),
        "geneve",
    ),
    "Geneve options": (
        101,
        outer_udp(struct.pack("!BBHI", 2, 0, E4, 0) + bytes(8) + INNER, 6081),
        "geneve",
    ),
    "L2TP": (101, l2tp(b"\xff\x03\x00\x21" + INNER), "l2tp"),
    "L2TP all fields": (
        101,
        l2tp(b"\x57" + INNER6, 0x4A02, b"\0\x50", b"\0\1\0\2" + b"\0\3" + bytes(3)),
        "l2tp",
    ),
    "AH": (101, ip(struct.pack("!BBHII", 17, 4, 0, 1, 1) + bytes(12) + udp(), 51), None),
    "IPv6 extensions": (
        101,
        ip6(b"\x3c\0" + bytes(6) + b"\x2b\1" + bytes(14) + b"\x11\0" + bytes(6) + udp(), 0),
        None,
    ),
    "IPv6 atomic fragment": (101, ip6(b"\x11\0\0\0\0\0\0\1" + udp(), 44), None),
    "IPv4 options": (101, ip(udp(), first=0x4F, options=bytes(40)), None),
    "no IP length": (1, ethernet(ip(udp(), whole=0)), None),
    "UDP-Lite": (101, ip(udp(), 136), None),
}

TCP_STACK = ethernet(ip(tcp(0x18, 5, 6, b"hello"), 6))


def expected(name: str) -> tuple[str, str, int | None, str, int | None]:
    """The flow the packet of a stack belongs to."""
    six = INNER6[8:40] in STACKS[name][1]
    proto = "136" if name == "UDP-Lite" else "udp"
    ends = (PHONE6, 40_000, SERVER6, 9_999) if six else (PHONE, 40_000, SERVER, 9_999)
    return (proto, *ends)
