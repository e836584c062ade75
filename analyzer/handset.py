"""Which addresses of a capture are the phone, and how we know.

Rules of this file
- Evidence, never a guess: where nothing tells the handset apart, the answer is [].
- Order of proof: the device sheet; the private side that opens conversations to
  public addresses; what a host says of itself; the opening side of a capture made
  after address translation.
- Resolvers, DHCP servers and gateways are not handsets. Multicast never is.
- One pass over the flows, one over the hints; captured text is capped and cleaned
  before it stands in a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from analyzer import addresses
from analyzer.hosts import SAYINGS, Device, Host, devices_of, hosts_of
from analyzer.model import Flow, Handset, HostHint, NameSource, TlsSeen
from analyzer.useragents import models_of

HANDSETS = 256
"""Handsets named; a recording of one access point hears fewer. The busiest stay."""

QUOTED = 80
"""Characters of a captured text quoted in a sentence or kept as a model."""

PHONE_MARKS = (
    "android", "dalvik", "iphone", "ipad", "miui", "harmonyos", "redmi", "galaxy-",
    "oppo", "realme", "oneplus", "huawei", "honor-", "tecno", "infinix", "pixel-",
)  # fmt: skip
DESKTOP_MARKS = (
    "windows nt", "linux x86_64", "macintosh", "mac os x", "-imac.", "macbook", "cros x86_64",
    "msft 5.0", "dhcpcd", "udhcp",
)  # fmt: skip
ANDROID_PROBE = "mozilla/5.0 (x11; linux x86_64) applewebkit/537.36 (khtml, like gecko) chrome/60."
"""Android's own connectivity check poses as desktop Chrome 60: it tells nothing."""

PHONE_MAKERS = (
    "apple", "samsung", "xiaomi", "huawei", "honor device", "oppo", "vivo", "oneplus", "realme",
    "tecno", "infinix", "itel", "transsion", "motorola", "lenovo mobile", "hmd global", "nokia",
    "sony", "lg electronics", "htc", "zte", "google", "nothing tech", "fairphone", "murata",
)  # fmt: skip
"""Beginnings of names in the MAC registry: handset makers and their radio modules."""

OTHER_MAKERS = (
    "intel corporate", "dell", "hewlett packard", "hp inc", "micro-star", "giga-byte", "asrock",
    "sonos", "raspberry pi", "espressif", "roku", "synology", "qnap", "signify", "philips lighting",
    "routerboard", "ubiquiti", "tp-link", "netgear", "avm ", "canon", "seiko epson", "brother ind",
)  # fmt: skip
"""Makers whose prefixes are on computers, routers and household devices, not phones."""

_HEARD = {
    "user_agent": "user agent",
    "dhcp_vendor_class": "DHCP vendor class",
    "dhcp_hostname": "DHCP host name",
    "mdns_name": "mDNS name",
    "mipush_model": "MiPush greeting",
    "mipush_firmware": "MiPush greeting",
}


def find(
    flows: list[Flow],
    hints: list[HostHint],
    given: list[str],
    mac_vendor: Callable[[str], str | None],
) -> list[Handset]:
    """The handsets of a capture, the busiest first; [] where nothing tells.

    ``flows`` have the opening side as client. ``given`` are the addresses of a
    device sheet (one handset): they win. ``mac_vendor`` answers the registry's
    name for a MAC address, or None.
    """
    devices = devices_of(hosts_of(flows))
    _listen(devices, flows, hints)
    if given:
        return [_given(given, devices, mac_vendor)]
    chosen = _choose(devices, mac_vendor)
    chosen.sort(key=_busiest_first)
    return [_handset(d, mac_vendor) for d in chosen[:HANDSETS]]


def orient(flows: list[Flow], handsets: list[Handset]) -> None:
    """Make the handset the client of every flow where exactly one side is one."""
    ours = {address for handset in handsets for address in handset.addresses}
    for flow in flows:
        if flow.server_ip in ours and flow.client_ip not in ours:
            _turn(flow)


def _turn(flow: Flow) -> None:
    """Swap the sides of a flow; times and frames stay.

    What was timed goes: it was the handset that answered. So do a server's name and
    certificate, which are the handset's own, where the beginning was seen: of datagrams
    the first on record may be an answer.
    """
    flow.rtt = flow.rtt_frames = flow.answer = None
    if flow.proto == "tcp" and not flow.late_start:
        flow.name = flow.name_frame = None
        flow.name_source = NameSource.NONE
        if (tls := flow.tls) is not None:
            flow.tls = TlsSeen(tls.version, tls.cipher, tls.alpn, tls.ja4, tls.ech, tls.resumed)
    flow.client_ip, flow.server_ip = flow.server_ip, flow.client_ip
    flow.client_port, flow.server_port = flow.server_port, flow.client_port
    flow.client_mac, flow.server_mac = flow.server_mac, flow.client_mac
    flow.packets_up, flow.packets_down = flow.packets_down, flow.packets_up
    flow.bytes_up, flow.bytes_down = flow.bytes_down, flow.bytes_up
    flow.payload_up, flow.payload_down = flow.payload_down, flow.payload_up
    flow.bursts = flow.bursts[1], flow.bursts[0]
    flow.opened_by_client = not flow.opened_by_client


def said_by(handset: Handset, flows: list[Flow], hints: list[HostHint]) -> list[str]:
    """What the handset says of itself (user agents, DHCP, mDNS), each text once."""
    ours = set(handset.addresses)
    texts = [
        hint.value
        for hint in hints
        if hint.kind in _HEARD
        and (hint.address in ours or (hint.mac is not None and hint.mac == handset.mac))
    ]
    texts += [
        f.user_agent for f in flows if f.user_agent and f.opened_by_client and f.client_ip in ours
    ]
    return list(dict.fromkeys(texts))[: SAYINGS * 4]


def is_randomised(mac: str) -> bool:
    """Whether a MAC address is locally administered (IEEE 802: bit 0x02 of octet 1)."""
    return len(mac) > 1 and mac[1] in "2367abefABEF"


def _canonical(address: str) -> str:
    """The address as flows write it; a text that is none stays as it is."""
    try:
        return addresses.text(addresses.packed(address.strip()))
    except ValueError:
        return address.strip()


def _listen(devices: list[Device], flows: list[Flow], hints: list[HostHint]) -> None:
    """Give every device what it said of itself."""
    owner = {h.address: d for d in devices for h in d.hosts}
    by_mac = {d.mac: d for d in devices if d.mac}
    for hint in hints:
        if hint.kind == "dhcp_address" and hint.mac and hint.value in owner:
            by_mac.setdefault(hint.mac, owner[hint.value])
    for hint in hints:
        device = by_mac.get(hint.mac or "") or owner.get(hint.address or "")
        if device and hint.kind in _HEARD:
            device.heard(hint.kind, hint.value, hint.frame)
    for flow in flows:
        if flow.user_agent and flow.client_ip in owner:
            owner[flow.client_ip].heard("user_agent", flow.user_agent, flow.first_frame)


# ------------------------------------------------------------------ choice


def _choose(devices: list[Device], mac_vendor: Callable[[str], str | None]) -> list[Device]:
    hosts = [d for d in devices if not d.serves]
    local = [d for d in hosts if d.private]
    inside = [d for d in local if _opens(d) or _is_phone(d, None)]
    if inside:
        inside += [d for d in hosts if not d.private and d.mac and _opens6(d)]
    else:
        inside = _outside(hosts) or [d for d in local if _asks(d)]
    return _without_computers(inside, mac_vendor)


def _without_computers(
    inside: list[Device], mac_vendor: Callable[[str], str | None]
) -> list[Device]:
    """Leave out computers and household devices where a phone is at work, and say so."""
    phones = {d for d in inside if _is_phone(d, mac_vendor)}
    most = max((len(d.opened()) for d in phones), default=0)
    if not most and not any(d.in_talk() for d in phones):
        return inside
    out = {d for d in inside if d not in phones and _is_other(d, mac_vendor, most)}
    left = [d for d in inside if d not in out]
    if out:
        named = [_main(d) for d in sorted(out, key=_busiest_first)]
        min(left, key=_busiest_first).why.append(
            f"Not counted as handsets, for what they say or who made them: {_some(named)}."
        )
    return left


def _busiest_first(device: Device) -> tuple[int, int]:
    return -device.wire_bytes, device.order


def _opens(device: Device) -> bool:
    opened, in_talk = device.opened(), device.in_talk()
    if opened:
        device.why.append(
            f"{_main(device)} is on the private side and opens conversations to "
            f"{_count(opened, 'public address', 'public addresses')}."
        )
    elif in_talk:
        device.why.append(
            f"{_main(device)} is on the private side and exchanges packets with "
            f"{_count(in_talk, 'public address', 'public addresses')}; who opened these "
            "conversations was not recorded."
        )
    return bool(opened or in_talk)


def _opens6(device: Device) -> bool:
    """A neighbour that has only public IPv6 addresses; IPv4 ones are the router's."""
    opened = device.opened()
    if not opened or any(not h.is_six for h in device.hosts):
        return False
    device.why.append(
        f"{_main(device)} has a MAC address of its own on this network and opens "
        f"conversations to {_count(opened, 'public address', 'public addresses')}."
    )
    return True


def _asks(device: Device) -> bool:
    if not any(h.asks_dns for h in device.hosts):
        return False
    device.why.append(f"{_main(device)} asks a resolver for names.")
    return True


def _outside(hosts: list[Device]) -> list[Device]:
    """The handset of a capture without a private side: who opens, who is a phone."""
    openers = [d for d in hosts if not d.private and d.opened()]
    chosen = [d for d in openers if _is_phone(d, None)]
    if not chosen and len(openers) == 1:
        chosen = openers
    if not chosen:
        chosen = [d for d in openers if len(d.opened()) > 1]
    for device in chosen:
        device.why.append(_outside_why(device))
    return chosen


def _outside_why(device: Device) -> str:
    opens = f"opens conversations to {_count(device.opened(), 'address', 'addresses')}"
    if all(h.is_six for h in device.hosts):  # IPv6 is not translated
        return f"{_main(device)} is the side that {opens}."
    return (
        "The capture was made after address translation, or the device has a public address: no "
        f"private one takes part, and {_main(device)} is the side that {opens}. Other devices "
        "may stand behind it."
    )


def _is_phone(device: Device, mac_vendor: Callable[[str], str | None] | None) -> bool:
    if _says(device, PHONE_MARKS):
        return True
    if device.mac is None or mac_vendor is None or _says(device, DESKTOP_MARKS):
        return False
    return _maker(device.mac, mac_vendor).startswith(PHONE_MAKERS)


def _is_other(device: Device, mac_vendor: Callable[[str], str | None], most: int) -> bool:
    """Whether something marks a host that no hint makes a phone as another machine.

    A maker alone does not outweigh more public peers than any phone has (``most``).
    """
    if _says(device, DESKTOP_MARKS):
        return True
    if device.mac is None or len(device.opened()) > most:
        return False
    return _maker(device.mac, mac_vendor).startswith(OTHER_MAKERS)


def _says(device: Device, marks: tuple[str, ...]) -> bool:
    if marks is PHONE_MARKS and any(kind == "mipush_model" for kind, _, _ in device.sayings):
        return True  # only handsets have MiPush
    texts = (text.lower() for _, text, _ in device.sayings)
    return any(
        mark in text for text in texts if not text.startswith(ANDROID_PROBE) for mark in marks
    )


def _is_shared(device: Device) -> bool:
    """Whether programs of a desktop computer speak from a phone's address."""
    agents = [text.lower() for kind, text, _ in device.sayings if kind == "user_agent"]
    own = [text for text in agents if not text.startswith(ANDROID_PROBE)]
    return any(mark in text for text in own for mark in DESKTOP_MARKS)


def _maker(mac: str, mac_vendor: Callable[[str], str | None]) -> str:
    return "" if is_randomised(mac) else (mac_vendor(mac) or "").lower()


# ------------------------------------------------------------------ the answer


def _handset(device: Device, mac_vendor: Callable[[str], str | None]) -> Handset:
    why = [*device.why, *_sharing(device), *_card(device.mac, mac_vendor), *_quotes(device)]
    desktop = _says(device, DESKTOP_MARKS) and not _says(device, PHONE_MARKS)
    if desktop:
        why.append("What it says of itself is what a desktop computer says.")
    elif not _is_phone(device, mac_vendor):
        why.append("Nothing in the capture says what kind of device it is.")
    elif _is_shared(device):
        why.append(
            "Some user agents are a desktop computer's: a browser poses as one, or a computer uses"
            " the handset's connection and is counted with it."
        )
    models = models_of((kind, text) for kind, text, _ in device.sayings)
    return Handset(_listed(device.hosts), device.mac, None, models, why, desktop)


def _given(
    given: list[str], devices: list[Device], mac_vendor: Callable[[str], str | None]
) -> Handset:
    """The handset of a device sheet: its addresses, and what shares their MAC."""
    named = list(dict.fromkeys(_canonical(address) for address in given))
    ours = [d for d in devices if any(h.address in named for h in d.hosts)]
    seen = [h for d in ours for h in d.hosts]
    missing = [a for a in named if a not in {h.address for h in seen}]
    why = [f"The device sheet names {' and '.join(named)}."]
    if missing:
        why.append(f"Not in this capture: {' and '.join(missing)}.")
    macs = {d.mac for d in ours if d.mac}
    whole = Device(seen, macs.pop() if len(macs) == 1 else None, why=why)
    for device in ours:
        for saying in device.sayings:
            whole.heard(*saying)
    handset = _handset(whole, mac_vendor)
    handset.addresses += missing
    return handset


def _listed(hosts: Iterable[Host]) -> list[str]:
    """IPv4 first, then public IPv6, then link-local; each in numeric order."""
    order = sorted(hosts, key=lambda h: (h.is_six, h.kind == "private", h.packed))
    return [h.address for h in order]


def _main(device: Device) -> str:
    """The address a sentence names a device by: IPv4 before IPv6, then the busiest."""
    if len(device.hosts) == 1:
        return device.hosts[0].address
    four = [h for h in device.hosts if not h.is_six]
    wide = four or [h for h in device.hosts if h.kind == "public"] or device.hosts
    return max(wide, key=lambda h: (h.wire_bytes, h.packed)).address


def _count(things: set[str], one: str, many: str) -> str:
    return f"{len(things)} {one if len(things) == 1 else many}"


def _some(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _sharing(device: Device) -> list[str]:
    main = _main(device) if device.hosts else ""
    others = [a for a in _listed(device.hosts) if a != main]
    if not others:
        return []
    listed = _some(others)
    if device.mac:
        return [f"{listed} share{'s' * (len(others) == 1)} the MAC address of {main}."]
    return [f"{listed}: no other IPv6 host of this recording opens conversations."]


def _card(mac: str | None, mac_vendor: Callable[[str], str | None]) -> list[str]:
    if mac is None:
        return []
    if is_randomised(mac):
        return ["Its MAC address is not from a maker's range (randomised or virtual)."]
    maker = mac_vendor(mac)
    return (
        [f"The prefix of its MAC address is registered to {_clean(maker).rstrip('.')}."]
        if maker
        else []
    )


def _quotes(device: Device) -> list[str]:
    telling = [s for s in device.sayings if _is_telling(*s)]
    return [
        f"It calls itself \u201c{_clean(text)}\u201d ({_HEARD[kind]}, frame {frame})."
        for kind, text, frame in (telling or device.sayings)[:3]
    ]


def _is_telling(kind: str, text: str, _: int) -> bool:
    return kind == "mipush_model" or any(mark in text.lower() for mark in PHONE_MARKS)


def _clean(text: str) -> str:
    """Captured text fit for a sentence: printable, on one line, capped."""
    short = text[:QUOTED] + ("\u2026" if len(text) > QUOTED else "")
    return "".join(c if c.isprintable() else "\ufffd" for c in short)
