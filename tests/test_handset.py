"""Which addresses are the phone: forged flows, each with one thing that decides."""

from __future__ import annotations

import copy
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer import handset
from analyzer.handset import find, is_randomised, orient, said_by
from analyzer.model import Flow, Handset, HostHint
from analyzer.record import replace

PHONE, LAPTOP, ROUTER = "192.168.1.20", "192.168.1.30", "192.168.1.1"
PHONE_MAC, LAPTOP_MAC, ROUTER_MAC = "60:ab:67:00:00:01", "3c:a9:f4:00:00:02", "a4:2b:b0:00:00:03"
MAKERS = {
    PHONE_MAC: "Xiaomi Communications Co Ltd",
    LAPTOP_MAC: "Intel Corporate",
    ROUTER_MAC: "TP-Link Systems Inc.",
}
WEB = "203.0.113.10"
REDMI = "Dalvik/2.1.0 (Linux; U; Android 10; Redmi Note 9 Pro MIUI/V12.0.3.0.QJZMIXM)"
DESKTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"


def flow(client: str, server: str, **more: object) -> Flow:
    values: dict[str, object] = {
        "id": 1, "proto": "tcp", "client_port": 40000, "server_port": 443,
        "first": 0, "last": 9, "first_frame": 1, "last_frame": 9, "packets_up": 5,
        "packets_down": 4, "bytes_up": 500, "bytes_down": 900, "payload_up": 200,
        "payload_down": 600, "client_mac": MAC.get(client),
        "server_mac": MAC.get(server, ROUTER_MAC),
    }  # fmt: skip
    values.update(more)
    return Flow(client_ip=client, server_ip=server, **values)  # type: ignore[arg-type]


MAC = {PHONE: PHONE_MAC, LAPTOP: LAPTOP_MAC, ROUTER: ROUTER_MAC}


def found(
    flows: list[Flow], hints: tuple[HostHint, ...] = (), given: tuple[str, ...] = ()
) -> list[Handset]:
    numbered = [replace(f, id=i) for i, f in enumerate(flows, 1)]
    return find(numbered, list(hints), list(given), MAKERS.get)


def addresses(handsets: list[Handset]) -> list[list[str]]:
    return [h.addresses for h in handsets]


def agent(address: str, text: str) -> HostHint:
    return HostHint("user_agent", text, 7, address)


class TestTheSideThatOpens:
    def test_private_address_that_opens_to_public_ones(self) -> None:
        (phone,) = found([flow(PHONE, WEB), flow(PHONE, "198.51.100.4")])
        assert (phone.addresses, phone.mac) == ([PHONE], PHONE_MAC)
        assert phone.how_known[0] == (
            f"{PHONE} is on the private side and opens conversations to 2 public addresses."
        )
        assert "registered to Xiaomi Communications Co Ltd." in phone.how_known[1]

    def test_carrier_and_464xlat_addresses_are_private(self) -> None:
        for address in ("100.64.7.7", "192.0.0.4", "10.9.8.7", "172.31.0.5", "169.254.3.3"):
            assert addresses(found([flow(address, WEB)])) == [[address]]

    def test_172_32_and_100_128_are_public(self) -> None:
        for address in ("172.32.0.5", "100.128.0.1", "192.0.1.4"):
            (one,) = found([flow(address, WEB)])
            assert "translation" in one.how_known[0]

    def test_a_capture_that_began_late_counts_as_talk(self) -> None:
        (phone,) = found([flow(WEB, PHONE, client_port=50001, server_port=40001, late_start=True)])
        assert phone.addresses == [PHONE]
        assert "who opened these conversations was not recorded" in phone.how_known[0]

    def test_a_server_speaking_first_from_its_port_is_no_client(self) -> None:
        late = flow(WEB, PHONE, client_port=5222, server_port=39180, late_start=True)
        (phone,) = found([late])
        assert phone.addresses == [PHONE]
        assert "opens conversations to 1 public address." in phone.how_known[0]

    def test_a_private_server_reached_from_outside_is_no_handset(self) -> None:
        assert found([flow(WEB, PHONE)]) == []

    def test_two_private_hosts_alone_tell_nothing(self) -> None:
        assert found([flow(PHONE, LAPTOP)]) == []

    def test_nothing_gives_nothing(self) -> None:
        assert found([]) == []

    def test_icmp_errors_open_nothing(self) -> None:
        assert found([flow(PHONE, WEB, proto="icmp", client_port=None, server_port=None)]) == []


class TestOthersOnTheNetwork:
    def test_resolver_gateway_and_dhcp_server_are_left_out(self) -> None:
        flows = [
            flow(PHONE, ROUTER, proto="udp", server_port=53),
            flow(ROUTER, WEB),
            flow("192.168.1.2", "255.255.255.255", proto="udp", client_port=67, server_port=68),
            flow("192.168.1.2", WEB, client_mac=None),
            flow(PHONE, WEB),
        ]
        assert addresses(found(flows)) == [[PHONE]]

    def test_multicast_and_broadcast_are_nobody(self) -> None:
        flows = [
            flow("0.0.0.0", "255.255.255.255", proto="udp", client_port=68, server_port=67),
            flow("::", "ff02::16", proto="icmpv6", client_port=None, server_port=None),
            flow(PHONE, "224.0.0.251", proto="udp", client_port=5353, server_port=5353),
        ]
        assert found(flows) == []

    def test_several_handsets_busiest_first(self) -> None:
        flows = [flow(PHONE, WEB), flow("192.168.1.21", WEB, client_mac=None, bytes_up=9_000)]
        assert addresses(found(flows)) == [["192.168.1.21"], [PHONE]]

    def test_a_desktop_is_left_out_beside_a_phone_and_named(self) -> None:
        flows = [flow(PHONE, WEB), flow("192.168.1.40", WEB, client_mac=None, bytes_up=9_000)]
        (phone,) = found(flows, (agent("192.168.1.40", DESKTOP), agent(PHONE, REDMI)))
        assert phone.addresses == [PHONE]
        assert any(s.endswith("who made them: 192.168.1.40.") for s in phone.how_known)

    def test_a_desktop_alone_stays_and_is_called_one(self) -> None:
        (one,) = found([flow(PHONE, WEB, client_mac=None)], (agent(PHONE, DESKTOP),))
        assert one.how_known[-1] == "What it says of itself is what a desktop computer says."
        assert one.desktop

    def test_a_phone_is_no_desktop_whatever_else_it_says(self) -> None:
        (one,) = found([flow(PHONE, WEB)], (agent(PHONE, DESKTOP), agent(PHONE, REDMI)))
        assert not one.desktop

    def test_android_posing_as_desktop_chrome_is_no_desktop(self) -> None:
        probe = (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/60.0.3112.32 Safari/537.36"
        )
        flows = [flow(PHONE, WEB, client_mac=None), flow("192.168.1.21", WEB, client_mac=None)]
        both = found(flows, (agent(PHONE, REDMI), agent("192.168.1.21", probe)))
        assert sorted(h.addresses[0] for h in both) == [PHONE, "192.168.1.21"]

    def test_a_computer_makers_card_counts_only_against_a_busier_phone(self) -> None:
        idle = [flow(PHONE, WEB), flow(LAPTOP, WEB)]
        assert addresses(found(idle)) == [[PHONE]]
        busy = [*idle, flow(LAPTOP, "198.51.100.9")]
        assert sorted(a for h in found(busy) for a in h.addresses) == [PHONE, LAPTOP]


class TestOneDeviceManyAddresses:
    SIX, PRIVACY, LOCAL = "2001:db8:1:2:62ab:67ff:fe00:1", "2001:db8:1:2:9::7", "fe80::1:2"

    def test_mac_joins_ipv4_ipv6_and_link_local(self) -> None:
        flows = [
            flow(PHONE, WEB),
            flow(self.SIX, "2001:db8:ff::5", client_mac=PHONE_MAC),
            flow(self.PRIVACY, "2001:db8:ff::6", client_mac=PHONE_MAC),
            flow(self.LOCAL, "ff02::fb", proto="udp", client_mac=PHONE_MAC, server_port=5353),
        ]
        (phone,) = found(flows)
        assert phone.addresses == [PHONE, self.PRIVACY, self.SIX, self.LOCAL]
        assert any("share the MAC address of" in why for why in phone.how_known)

    def test_a_gateways_mac_joins_nothing(self) -> None:
        flows = [flow(PHONE, WEB), flow(PHONE, "2.3.4.5"), flow(ROUTER, PHONE)]
        assert addresses(found(flows)) == [[PHONE]]

    def test_one_mac_for_all_is_no_machine(self) -> None:
        core = {"client_mac": ROUTER_MAC, "server_mac": ROUTER_MAC}
        flows = [flow("10.0.0.1", WEB, **core), flow("10.0.0.2", WEB, **core)]
        assert sorted(addresses(found(flows))) == [["10.0.0.1"], ["10.0.0.2"]]

    def test_a_new_lease_is_the_same_phone(self) -> None:
        flows = [
            flow(PHONE, WEB, first=0, last=10),
            flow("192.168.9.5", WEB, client_mac=PHONE_MAC, first=20, last=30),
        ]
        assert addresses(found(flows)) == [[PHONE, "192.168.9.5"]]

    def test_without_macs_the_one_ipv6_side_is_the_same_phone(self) -> None:
        bare = {"client_mac": None, "server_mac": None}
        flows = [flow("10.1.1.1", WEB, **bare), flow(self.SIX, "2001:db8:ff::5", **bare)]
        (phone,) = found(flows)
        assert phone.addresses == ["10.1.1.1", self.SIX]
        assert phone.how_known[1] == (
            f"{self.SIX}: no other IPv6 host of this recording opens conversations."
        )

    def test_randomised_macs_name_no_maker(self) -> None:
        (phone,) = found([flow(PHONE, WEB, client_mac="da:a1:19:00:00:01")])
        assert phone.mac == "da:a1:19:00:00:01"
        assert "not from a maker's range" in phone.how_known[1]
        assert [is_randomised(m) for m in ("02:00:00:00:00:00", "00:02:00:00:00:00")] == [
            True,
            False,
        ]


class TestOutsideTheNetwork:
    def test_after_translation_the_opening_side_is_taken_and_said(self) -> None:
        flows = [flow("198.51.100.7", WEB), flow("198.51.100.7", "203.0.113.99")]
        (one,) = found(flows)
        assert one.addresses == ["198.51.100.7"]
        assert one.how_known[0] == (
            "The capture was made after address translation, or the device has a public address: "
            "no private one takes part, and 198.51.100.7 is the side that opens conversations to "
            "2 addresses. Other devices may stand behind it."
        )

    def test_many_openers_of_one_conversation_each_tell_nothing(self) -> None:
        assert found([flow(f"198.51.100.{i}", WEB) for i in range(1, 6)]) == []

    def test_phone_user_agents_decide_among_public_openers(self) -> None:
        flows = [flow("198.51.100.7", WEB), flow("198.51.100.8", WEB)]
        assert addresses(found(flows, (agent("198.51.100.8", REDMI),))) == [["198.51.100.8"]]

    def test_ipv6_alone_is_not_called_translated(self) -> None:
        (one,) = found([flow("2001:db8::5", "2001:db8:ff::5", client_mac=None, server_mac=None)])
        assert one.how_known[0] == (
            "2001:db8::5 is the side that opens conversations to 1 address."
        )


class TestDeviceSheet:
    def test_given_addresses_win_over_everything(self) -> None:
        flows = [flow(PHONE, WEB), flow(LAPTOP, WEB)]
        (one,) = found(flows, (agent(PHONE, REDMI),), (LAPTOP,))
        assert (one.addresses, one.mac) == ([LAPTOP], LAPTOP_MAC)
        assert one.how_known[0] == f"The device sheet names {LAPTOP}."

    def test_what_shares_the_mac_comes_along(self) -> None:
        flows = [flow(PHONE, WEB), flow("fe80::9", "ff02::fb", proto="udp", client_mac=PHONE_MAC)]
        (one,) = found(flows, given=(PHONE,))
        assert one.addresses == [PHONE, "fe80::9"]

    def test_an_address_that_is_not_there_is_said(self) -> None:
        (one,) = found([flow(PHONE, WEB)], given=("2001:0DB8:0:0::5",))
        assert one.addresses == ["2001:db8::5"]
        assert "Not in this capture: 2001:db8::5." in one.how_known


class TestHints:
    def test_dhcp_tells_by_mac(self) -> None:
        hints = (
            HostHint("dhcp_address", PHONE, 1, PHONE, PHONE_MAC),
            HostHint("dhcp_vendor_class", "android-dhcp-10", 1, None, PHONE_MAC),
            HostHint("dhcp_hostname", "Redmi-Note-9-Pro", 1, None, PHONE_MAC),
        )
        (phone,) = found([flow(PHONE, WEB)], hints)
        assert phone.model_hints == ["Redmi-Note-9-Pro"]
        assert "\u201candroid-dhcp-10\u201d (DHCP vendor class, frame 1)" in " ".join(
            phone.how_known
        )

    def test_mipush_says_model(self) -> None:
        (phone,) = found([flow(PHONE, WEB)], (HostHint("mipush_model", "M2101K7BG", 3, PHONE),))
        assert phone.model_hints == ["M2101K7BG"]

    def test_said_by_collects_texts_once(self) -> None:
        flows = [flow(PHONE, WEB, user_agent=REDMI), flow(LAPTOP, WEB, user_agent=DESKTOP)]
        phone = Handset([PHONE], PHONE_MAC)
        assert said_by(phone, flows, [agent(PHONE, REDMI)]) == [REDMI]

    def test_captured_text_is_cleaned_and_capped(self) -> None:
        nasty = "Android \x1b[31m\u202e" + "a" * 5_000
        (phone,) = found([flow(PHONE, WEB)], (agent(PHONE, nasty),))
        (quote,) = [why for why in phone.how_known if "calls itself" in why]
        assert len(quote) < 150
        assert quote.isprintable()


class TestOrient:
    def test_a_flow_opened_by_the_server_is_turned_whole(self) -> None:
        one = flow(WEB, PHONE, client_port=5000, server_port=6000, client_mac="a", server_mac="b")
        before = copy.copy(one)
        orient([one], [Handset([PHONE])])
        assert (one.client_ip, one.client_port, one.client_mac) == (PHONE, 6000, "b")
        assert (one.server_ip, one.server_port, one.server_mac) == (WEB, 5000, "a")
        assert (one.packets_up, one.packets_down) == (before.packets_down, before.packets_up)
        assert (one.bytes_up, one.bytes_down) == (before.bytes_down, before.bytes_up)
        assert (one.payload_up, one.payload_down) == (before.payload_down, before.payload_up)
        assert one.opened_by_client is False

    @pytest.mark.parametrize(
        ("proto", "late", "name"),
        [("tcp", False, None), ("tcp", True, "a.example"), ("udp", False, "a.example")],
    )
    def test_the_handset_s_own_name_is_not_the_caller_s(
        self, proto: str, late: bool, name: str | None
    ) -> None:
        """Of datagrams the answer may have been recorded first."""
        one = flow(WEB, PHONE, proto=proto, late_start=late, name="a.example")
        orient([one], [Handset([PHONE])])
        assert one.name == name

    def test_two_handsets_or_none_stay(self) -> None:
        for phones in ([], [Handset([PHONE, LAPTOP])]):
            one = flow(LAPTOP, PHONE)
            orient([one], phones)
            assert (one.client_ip, one.opened_by_client) == (LAPTOP, True)

    @given(st.lists(st.sampled_from([PHONE, LAPTOP, WEB, "fe80::1"]), min_size=2, max_size=8))
    def test_turning_keeps_totals_and_is_done_once(self, hosts: list[str]) -> None:
        flows = [flow(a, b) for a, b in pairwise(hosts)]
        total = sum(f.bytes for f in flows)
        phones = [Handset([PHONE])]
        orient(flows, phones)
        once = copy.deepcopy(flows)
        orient(flows, phones)
        assert flows == once
        assert sum(f.bytes for f in flows) == total
        assert all(f.server_ip != PHONE or f.client_ip == PHONE for f in flows)


ADDRESSES = [PHONE, LAPTOP, ROUTER, WEB, "198.51.100.7", "fe80::1", "2001:db8::1", "ff02::1", "::"]


@given(
    st.lists(
        st.builds(
            lambda c, s, p, sp, late, mac: flow(
                c, s, proto=p, server_port=sp, late_start=late, client_mac=mac
            ),
            st.sampled_from(ADDRESSES),
            st.sampled_from(ADDRESSES),
            st.sampled_from(["tcp", "udp", "icmp", "50"]),
            st.sampled_from([53, 67, 443, 40001]),
            st.booleans(),
            st.sampled_from([None, "", PHONE_MAC, ROUTER_MAC, "zz"]),
        ),
        max_size=12,
    ),
    st.lists(st.builds(agent, st.sampled_from(ADDRESSES), st.text(max_size=40)), max_size=4),
)
def test_any_flows_give_distinct_real_addresses(flows: list[Flow], hints: list[HostHint]) -> None:
    handsets = found(flows, tuple(hints))
    listed = [a for h in handsets for a in h.addresses]
    assert len(listed) == len(set(listed))
    assert not {"ff02::1", "::"} & set(listed)
    assert all(h.how_known for h in handsets)
    assert all(len(h.how_known) < 12 for h in handsets)


def test_many_hosts_are_capped() -> None:
    flows = [flow(f"10.0.{i // 250}.{i % 250 + 1}", WEB, client_mac=None) for i in range(400)]
    assert len(found(flows)) == handset.HANDSETS
