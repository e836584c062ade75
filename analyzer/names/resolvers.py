"""Public resolvers that can be asked out of sight, by name and by address.

Sources: the operators' own set-up pages. A name matches itself and, where the
operator gives each customer a name of its own, anything below it. An address
alone proves encrypted DNS only together with TLS or QUIC and no other name.
"""

from __future__ import annotations

NAMES = frozenset(
    """
    dns.google dns.google.com dns64.dns.google 8888.google cloudflare-dns.com
    one.one.one.one 1dot1dot1dot1.cloudflare-dns.com mozilla.cloudflare-dns.com
    chrome.cloudflare-dns.com security.cloudflare-dns.com family.cloudflare-dns.com
    dns.quad9.net dns9.quad9.net dns10.quad9.net dns11.quad9.net doh.opendns.com
    doh.familyshield.opendns.com dns.adguard.com dns.adguard-dns.com
    family.adguard-dns.com unfiltered.adguard-dns.com dns-unfiltered.adguard.com
    dns-family.adguard.com d.adguard-dns.com dns.nextdns.io firefox.dns.nextdns.io
    chromium.dns.nextdns.io doh.cleanbrowsing.org doh.xfinity.com doh.dns.apple.com
    doh.dns.apple.com.v.aaplimg.com dns.alidns.com doh.pub dot.pub dns.pub doh.360.cn
    dot.360.cn doh.dnspod.cn doh.apad.pro dns.sb doh.sb doh.dns.sb dns.mullvad.net
    doh.mullvad.net dns.controld.com freedns.controld.com doh.libredns.gr
    doh.applied-privacy.net odvr.nic.cz dns.switch.ch doh.tiar.app dns.twnic.tw
    public.dns.iij.jp doh.quickline.ch dns.digitale-gesellschaft.ch doh.seby.io
    commons.host doh.crypto.sx dns0.eu zero.dns0.eu open.dns0.eu doh.mtnl.in
    dns.brahma.world basic.rethinkdns.com sky.rethinkdns.com max.rethinkdns.com
    odoh.cloudflare-dns.com
    """.split()  # noqa: SIM905 - a table to read, not a literal
)

BELOW = (".dns.nextdns.io", ".cloudflare-gateway.com", ".d.adguard-dns.com", ".dns.controld.com")
"""Operators that give each customer a name of its own."""

ADDRESSES = frozenset(
    """
    8.8.8.8 8.8.4.4 2001:4860:4860::8888 2001:4860:4860::8844
    1.1.1.1 1.0.0.1 1.1.1.2 1.0.0.2 1.1.1.3 1.0.0.3
    2606:4700:4700::1111 2606:4700:4700::1001 2606:4700:4700::1112 2606:4700:4700::1002
    9.9.9.9 149.112.112.112 9.9.9.10 9.9.9.11 2620:fe::fe 2620:fe::9
    208.67.222.222 208.67.220.220 94.140.14.14 94.140.15.15
    223.5.5.5 223.6.6.6 2400:3200::1 2400:3200:baba::1 1.12.12.12 120.53.53.53
    """.split()  # noqa: SIM905 - a table to read, not a literal
)

HTTPDNS = ("203.107.1.", "119.29.29.", "119.28.28.", "203.107.0.")
"""Alibaba's and Tencent's look-ups over plain HTTP: first bytes of the address text."""


def is_encrypted_resolver(name: str | None, address: str) -> bool:
    """Whether a TLS or QUIC server is a known resolver, by its name, else by its address."""
    if name is None:
        return address in ADDRESSES
    return name in NAMES or name.endswith(BELOW)
