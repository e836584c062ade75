"""join: names by DNS, to the right host and never from the future; one reason for the rest."""

from __future__ import annotations

import pytest
from names_forge import PHONE, SERVER, flow

from analyzer.model import DnsAnswer, Flow, NameSource, WhyNoName
from analyzer.names.join import name_flows

V6 = "2001:db8::20"


def answer(name: str, ts: int, asker: str = PHONE, address: str = SERVER) -> DnsAnswer:
    return DnsAnswer(ts, ts, asker, name, address)


def joined(subject: Flow, *answers: DnsAnswer, others: tuple[Flow, ...] = ()) -> Flow:
    name_flows([subject, *others], list(answers))
    return subject


def test_the_latest_answer_before_the_flow() -> None:
    done = joined(
        flow(first=1_000, why_no_name=WhyNoName.NO_SNI),
        answer("late.example", 1_001), answer("old.example", 10), answer("new.example", 1_000),
    )  # fmt: skip
    assert (done.name, done.name_source, done.name_frame) == ("new.example", "dns", 1_000)
    assert done.why_no_name is None


def test_answers_in_any_order() -> None:
    assert joined(flow(), answer("new.example", 900), answer("old.example", 10)).name == (
        "new.example"
    )


def test_never_from_the_future_or_to_another_host() -> None:
    done = joined(flow(), answer("late.example", 1_001), answer("other.example", 5, "192.168.7.99"))
    assert (done.name, done.why_no_name) == (None, WhyNoName.NOT_PARSED)


def test_a_name_of_its_own_stays_and_a_payload_name_gives_way() -> None:
    said = flow(name="sni.example", name_source=NameSource.SNI, name_frame=3)
    assert joined(said, answer("dns.example", 1)).name == "sni.example"
    payload = flow(name="p.example", name_source=NameSource.PAYLOAD, name_frame=3)
    assert joined(payload, answer("dns.example", 1)).name == "dns.example"


def test_the_same_handset_over_its_other_family() -> None:
    mac = "02:00:00:00:00:07"
    over6 = flow(client_ip=V6, server_ip="2001:db8:5::1", client_mac=mac)
    lookup = flow(id=2, client_mac=mac)
    seen = answer("six.example", 1, PHONE, "2001:db8:5::1")
    assert joined(over6, seen, others=(lookup,)).name == "six.example"


def test_what_the_address_itself_was_told_goes_before_what_its_station_was() -> None:
    own, other = flow(client_mac="02:00:00:00:00:07"), flow(client_ip=V6)
    other.client_mac = own.client_mac
    told = (answer("own.example", 5), answer("other.example", 9, V6))
    assert joined(own, *told, others=(other,)).name == "own.example"


def test_hosts_behind_one_router_stay_apart() -> None:
    mac = "02:00:00:00:00:07"
    others = (flow(id=2, client_mac=mac), flow(id=3, client_ip="192.168.7.21", client_mac=mac))
    subject = flow(client_ip="192.168.7.21", client_mac=mac)
    assert joined(subject, answer("a.example", 1), others=others).name is None


def test_hosts_without_a_link_layer_address_are_no_one_station() -> None:
    lookup = flow(id=2, client_mac=None)
    over6 = flow(client_ip=V6, server_ip="2001:db8:5::1", client_mac=None)
    seen = answer("six.example", 1, PHONE, "2001:db8:5::1")
    assert joined(over6, seen, others=(lookup,)).name is None


def test_a_host_before_it_has_an_address_is_no_second_host() -> None:
    mac = "02:00:00:00:00:07"
    others = (flow(id=2, client_ip="0.0.0.0", client_mac=mac), flow(id=3, client_mac=mac))
    over6 = flow(client_ip=V6, server_ip="2001:db8:5::1", client_mac=mac)
    seen = answer("six.example", 1, PHONE, "2001:db8:5::1")
    assert joined(over6, seen, others=others).name == "six.example"


@pytest.mark.parametrize("unset", ["0.0.0.0", "::"])
def test_what_has_no_address_yet_is_not_named(unset: str) -> None:
    mac = "02:00:00:00:00:07"
    done = joined(flow(client_ip=unset, client_mac=mac), answer("a.example", 1),
                  others=(flow(id=2, client_mac=mac),))  # fmt: skip
    assert done.name is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, WhyNoName.ENCRYPTED_DNS),
        ({"why_no_name": WhyNoName.NOT_PARSED}, WhyNoName.ENCRYPTED_DNS),
        ({"why_no_name": WhyNoName.NO_SNI}, WhyNoName.NO_SNI),
        ({"why_no_name": WhyNoName.ECH}, WhyNoName.ECH),
        ({"late_start": True}, WhyNoName.STARTED_LATE),
        ({"late_start": True, "proto": "udp"}, WhyNoName.ENCRYPTED_DNS),
        ({"late_start": True, "why_no_name": WhyNoName.NO_SNI}, WhyNoName.NO_SNI),
        ({"first": 500}, WhyNoName.ENCRYPTED_DNS),
        ({"first": 499}, WhyNoName.NOT_PARSED),
        ({"first": 400}, WhyNoName.NOT_PARSED),
        ({"encrypted_dns": "doh"}, WhyNoName.NOT_PARSED),
        ({"server_ip": "192.168.7.1"}, WhyNoName.NOT_PARSED),
        ({"server_ip": "239.255.255.250", "proto": "udp"}, WhyNoName.NOT_PARSED),
        ({"server_ip": "255.255.255.255"}, WhyNoName.NOT_PARSED),
        ({"server_ip": "fe80::1"}, WhyNoName.NOT_PARSED),
        ({"server_ip": "ff02::fb"}, WhyNoName.NOT_PARSED),
        ({"proto": "icmp", "client_port": None, "server_port": None}, WhyNoName.ENCRYPTED_DNS),
    ],
)
def test_reasons(changes: dict[str, object], why: WhyNoName) -> None:
    hidden = flow(id=2, first=500, encrypted_dns="dot", name="r", name_source=NameSource.SNI)
    later = flow(id=3, first=1_500, encrypted_dns="dot", name="r", name_source=NameSource.SNI)
    assert joined(flow(**changes), others=(hidden, later)).why_no_name is why


def test_names_asked_for_where_keys_opened_the_look_ups_are_not_hidden() -> None:
    opened = flow(id=2, first=500, encrypted_dns="dot", decrypted="dns")
    assert joined(flow(), others=(opened,)).why_no_name is WhyNoName.NOT_PARSED
