"""What handsets say of themselves: heard by the right one, quoted, and what it makes of them."""

from __future__ import annotations

import pytest

from analyzer.handset import said_by
from analyzer.model import HostHint
from tests.test_handset import (
    DESKTOP,
    LAPTOP,
    LAPTOP_MAC,
    PHONE,
    PHONE_MAC,
    REDMI,
    ROUTER,
    WEB,
    addresses,
    agent,
    flow,
    found,
)

V6, WEB6 = "2001:db8::20", "2001:db8:ffff::1"
RANDOM_MAC = "02:00:00:00:00:09"
NOTHING = "Nothing in the capture says what kind of device it is."


def test_the_user_agent_of_a_conversation_is_quoted_with_its_frame() -> None:
    (phone,) = found([flow(PHONE, WEB, user_agent=REDMI, first_frame=12, client_mac=None)])
    quote = f"It calls itself “{REDMI}” (user agent, frame 12)."
    assert quote in phone.how_known
    assert (phone.desktop, phone.model_hints) == (False, ["Redmi Note 9 Pro"])
    assert NOTHING not in phone.how_known


def test_what_says_nothing_is_neither_phone_nor_desktop() -> None:
    (one,) = found([flow(PHONE, WEB, client_mac=None)])
    assert one.desktop is False
    assert one.how_known[-1] == NOTHING


def test_what_says_that_it_is_a_desktop_computer_is_one() -> None:
    (one,) = found([flow(PHONE, WEB, user_agent=DESKTOP)])
    assert one.desktop is True
    assert "What it says of itself is what a desktop computer says." in one.how_known
    (both,) = found([flow(PHONE, WEB, user_agent=DESKTOP)], (agent(PHONE, REDMI),))
    assert both.desktop is False


@pytest.mark.parametrize(("kind", "phone"), [("mipush_model", True), ("mipush_firmware", False)])
def test_only_handsets_greet_with_a_model(kind: str, phone: bool) -> None:
    hint = HostHint(kind, "M2003J6A1I", 5, PHONE)
    (one,) = found([flow(PHONE, WEB, client_mac=None)], (hint,))
    assert (NOTHING in one.how_known) is not phone
    assert "It calls itself “M2003J6A1I” (MiPush greeting, frame 5)." in one.how_known


def test_what_tells_is_quoted_before_what_does_not() -> None:
    hints = (
        *(agent(PHONE, f"app/{number}") for number in range(4)),
        HostHint("mipush_model", "M2003J6A1I", 5, PHONE),
        agent(PHONE, REDMI),
    )
    (one,) = found([flow(PHONE, WEB, client_mac=None)], hints)
    quotes = [line.split("”")[0] for line in one.how_known if line.startswith("It calls")]
    assert quotes == ["It calls itself “M2003J6A1I", f"It calls itself “{REDMI}"]
    (plain,) = found([flow(PHONE, WEB, client_mac=None)], hints[:4])
    assert sum(line.startswith("It calls") for line in plain.how_known) == 3


def test_a_name_said_with_a_mac_is_of_the_address_that_dhcp_gave_it() -> None:
    """Conversations without a link layer, as beyond a router, have no MAC of their own."""
    flows = [flow(PHONE, WEB, client_mac=None), flow(LAPTOP, WEB, client_mac=None)]
    name = HostHint("dhcp_hostname", "Redmi-Note", 3, None, PHONE_MAC)
    lease = HostHint("dhcp_address", PHONE, 2, None, PHONE_MAC)
    elsewhere = HostHint("dhcp_address", "192.168.1.99", 2, None, PHONE_MAC)
    quote = "It calls itself “Redmi-Note” (DHCP host name, frame 3)."
    told = {one.addresses[0]: quote in one.how_known for one in found(flows, (lease, name))}
    assert told == {PHONE: True, LAPTOP: False}
    for hints in ((name,), (elsewhere, name), (replace_kind(lease), name)):
        assert not any(quote in one.how_known for one in found(flows, hints))


def replace_kind(hint: HostHint) -> HostHint:
    return HostHint("dhcp_hostname", hint.value, hint.frame, hint.address, hint.mac)


def test_a_neighbour_with_ipv6_alone_is_a_handset_beside_one() -> None:
    flows = [flow(PHONE, WEB), flow(V6, WEB6, client_mac=RANDOM_MAC)]
    assert addresses(found(flows)) == [[PHONE], [V6]]
    assert found(flows)[1].how_known[0] == (
        f"{V6} has a MAC address of its own on this network and opens conversations to"
        " 1 public address."
    )
    without_mac = [flows[0], flow(V6, WEB6, client_mac=None)]
    assert [PHONE] in addresses(found(without_mac))
    assert [V6] not in addresses(found(without_mac))


def test_a_public_ipv4_address_beside_handsets_is_the_routers() -> None:
    flows = [flow(PHONE, WEB), flow("203.0.113.99", "198.51.100.4", client_mac=RANDOM_MAC)]
    assert addresses(found(flows)) == [[PHONE]]


def test_what_a_handset_says_is_each_text_once_and_its_own() -> None:
    (phone,) = found([flow(PHONE, WEB)])
    flows = [flow(PHONE, WEB, user_agent="a"), flow(LAPTOP, WEB, user_agent="b")]
    hints = [
        agent(PHONE, "a"), agent(LAPTOP, "c"), HostHint("dhcp_hostname", "d", 1, None, PHONE_MAC),
        HostHint("dhcp_hostname", "e", 1, None, LAPTOP_MAC),
        HostHint("dhcp_address", "f", 1, PHONE),
    ]  # fmt: skip
    assert said_by(phone, flows, hints) == ["a", "d"]
    phone.mac = None
    assert said_by(phone, flows, [HostHint("dhcp_hostname", "g", 1, ROUTER, None)]) == ["a"]


def test_who_has_no_address_yet_says_nothing_for_anybody() -> None:
    assert found([flow("0.0.0.0", WEB, user_agent=REDMI)]) == []


@pytest.mark.parametrize(
    ("more", "share"),
    [
        ((V6,), f"{V6} shares the MAC address of {PHONE}."),
        ((V6, "fe80::20"), f"{V6}, fe80::20 share the MAC address of {PHONE}."),
    ],
)
def test_addresses_of_one_link_layer_are_one_handset(more: tuple[str, ...], share: str) -> None:
    flows = [flow(address, WEB6, client_mac=PHONE_MAC) for address in more]
    (phone,) = found([flow(PHONE, WEB), *flows])
    assert phone.addresses == [PHONE, *more]
    assert share in phone.how_known
