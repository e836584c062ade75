"""Handsets of real captures, found through the whole pipeline."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analyzer.model import Handset
from analyzer.pipeline import analyze

PHONES = (
    Path(os.environ.get("PHONEHOME_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    / "captures"
    / "phone"
)


def handsets(name: str) -> list[Handset]:
    path = PHONES / name
    if not path.is_file():
        pytest.skip("no shared captures here")
    return analyze([path]).handsets


@pytest.mark.parametrize(
    ("name", "phones"),
    [
        ("ndpi__KakaoTalk_chat.pcap", {"10.24.82.188": ("xiaomi", "MI 3W")}),
        ("but__example-accuweather.pcapng", {"10.0.2.15": (None, None)}),
        ("but__ma4-WhatsApp1.pcapng",
         {"10.42.0.53": ("transsion", "TECNO-J8"), "10.42.0.99": ("samsung", "SM-A205F")}),
        ("but__ma1-xz1_wa_merged.pcap", {"192.168.12.51": (None, "G8441")}),
        ("pcapdroid__metadata.pcap", {"192.168.1.10": (None, None)}),
        ("ndpi__xiaomi.pcap",
         {"192.168.2.100": ("xiaomi", "Redmi Note 9 Pro"),
          "192.168.247.13": ("xiaomi", "M2010J19SG"), "192.168.93.59": ("xiaomi", "M2101K7BG"),
          "192.168.244.219": ("xiaomi", "Redmi Note 9S"), "10.52.151.160": (None, None)}),
        ("ndpi__instagram.pcap",
         {"192.168.0.103": ("samsung", "GT-I9505"), "192.168.2.17": ("apple", None)}),
        ("ndpi__android.pcap",
         {"192.168.2.16": ("hmd", "Nokia 2.2"), "192.168.2.17": ("apple", None)}),
        ("ndpi__whatsapp_login_call.pcap", {"192.168.2.4": ("apple", None)}),
    ],
)  # fmt: skip
def test_who_is_the_handset(name: str, phones: dict[str, tuple[str | None, str | None]]) -> None:
    found = {
        h.addresses[0]: (h.vendor, h.model_hints[0] if h.model_hints else None)
        for h in handsets(name)
    }
    assert found == phones


def test_a_computer_that_carries_the_traffic_is_shown_as_one() -> None:
    (busiest, phone) = handsets("ndpi__wechat.pcap")
    assert busiest.addresses[0] == "192.168.1.103"
    assert "What it says of itself is what a desktop computer says." in busiest.how_known
    assert (phone.vendor, phone.model_hints) == ("apple", ["iPhone"])


def test_a_phone_has_its_ipv6_addresses_too() -> None:
    first, second = handsets("but__ma4-WhatsApp1.pcapng")
    assert first.addresses[1].startswith("fe80::")
    assert second.addresses[1].startswith("fe80::")


def test_the_host_that_carries_most_is_not_left_out() -> None:
    assert handsets("ndpi__sites.pcapng")[0].addresses == ["192.168.1.128"]
