"""Link types by number: their names, and what their packets begin with.

Numbers and names: tcpdump.org/linktypes.html. A new link type is one row here
and, where its header is new, one function in hot.py (CONTRIBUTING.md says where it is named).
"""

from __future__ import annotations

# number: (name, key of the first header in hot.layout(); None: cannot be decoded)
LINK_TYPES: dict[int, tuple[str, str | None]] = {
    0: ("NULL", "NULL"),
    1: ("ETHERNET", "ETHERNET"),
    9: ("PPP", "PPP"),
    12: ("RAW", "IP_ANY"),  # DLT_RAW of most systems, written to files by some
    14: ("RAW", "IP_ANY"),  # the same of OpenBSD
    50: ("PPP_HDLC", "PPP"),
    51: ("PPP_ETHER", "PPPOE"),
    101: ("RAW", "IP_ANY"),
    104: ("C_HDLC", "CHDLC"),
    105: ("IEEE802_11", "WIFI"),
    107: ("FRELAY", "FRAME_RELAY"),
    108: ("LOOP", "NULL"),
    113: ("LINUX_SLL", "SLL"),
    119: ("IEEE802_11_PRISM", "PRISM"),
    127: ("IEEE802_11_RADIOTAP", "RADIOTAP"),
    149: ("USER2", "PKTAP"),  # Apple wrote PKTAP under this number first
    163: ("IEEE802_11_AVS", "AVS"),
    166: ("PPP_PPPD", "PPP"),
    228: ("IPV4", "IP4"),
    229: ("IPV6", "IP6"),
    239: ("NFLOG", "NFLOG"),
    258: ("PKTAP", "PKTAP"),
    276: ("LINUX_SLL2", "SLL2"),
    # known by name only: no Internet traffic of a phone, or none we can decode
    3: ("AX25", None),
    6: ("IEEE802_5", None),
    10: ("FDDI", None),
    143: ("DOCSIS", None),
    187: ("BLUETOOTH_HCI_H4", None),
    189: ("USB_LINUX", None),
    192: ("PPI", None),
    195: ("IEEE802_15_4_WITHFCS", None),
    201: ("BLUETOOTH_HCI_H4_WITH_PHDR", None),
    220: ("USB_LINUX_MMAPPED", None),
    227: ("CAN_SOCKETCAN", None),
    230: ("IEEE802_15_4_NOFCS", None),
    249: ("USBPCAP", None),
    251: ("BLUETOOTH_LE_LL", None),
    253: ("NETLINK", None),
    256: ("BLUETOOTH_LE_LL_WITH_PHDR", None),
    265: ("IEEE802_15_4_TAP", None),
}


def name_of(link_type: int) -> str:
    """The registered name, or the number where there is none known here."""
    row = LINK_TYPES.get(link_type)
    return row[0] if row else f"link type {link_type}"


def kinds(layout: dict[str, int]) -> list[int]:
    """For each number up to the largest, the code of its first header; 0: none."""
    table = [0] * (max(LINK_TYPES) + 1)
    for number, (_, header) in LINK_TYPES.items():
        if header:
            table[number] = layout[header]
    return table
