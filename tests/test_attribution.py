"""Whose an endpoint is: what the rooms say is put together, and nothing mixed up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from analyzer import model as m
from analyzer.attribution import attribute, check_round_trips, name_vendors
from analyzer.places.gazetteer import locate

PHONE, OTHER = "192.168.7.20", "192.168.7.21"
SERVER = "203.0.113.80"
SECOND = 10**9


def flow(number: int, client: str = PHONE, **more: Any) -> m.Flow:
    values: dict[str, Any] = {
        "id": number, "proto": "tcp", "client_ip": client, "client_port": 40_000,
        "server_ip": SERVER, "server_port": 443, "first": number * SECOND, "last": number * SECOND,
        "first_frame": number, "last_frame": number,
        **dict.fromkeys(("packets_up", "packets_down", "bytes_up", "bytes_down"), 1),
        **dict.fromkeys(("payload_up", "payload_down"), 1),
    }  # fmt: skip
    return m.Flow(**{**values, **more})


class Names:
    """A registry of three names; asked for owners it says the chain it was given, too."""

    OF = {"api.maker.example": "Maker", "cdn.example": "Cdn"}  # noqa: RUF012

    def owner(self, name: str, chain: tuple[str, ...] = ()) -> m.Owner | None:
        company = self.OF.get(name)
        return m.Owner("/".join((company, *chain))) if company else None

    def party(self, names: list[str], vendor: str | None, provider: str | None) -> m.Party:
        if "api.maker.example" in names:
            return m.Party.FIRST if vendor == "maker" else m.Party.THIRD
        return m.Party.SUPPORT if "cdn.example" in names else m.Party.UNKNOWN

    def vendor_of_mac(self, mac: str) -> str:
        return f"the maker of {mac}"

    def guess_vendor(self, maker: str | None, said: list[str]) -> tuple[str, str] | None:
        return ("maker", f"{maker}, {said}") if maker or said else None


class Everywhere:
    """An atlas in which every address stands in Amazon's region of Singapore."""

    def place(self, ip: str) -> m.Place:
        location = m.Location("SG", m.Certainty.STATED)
        return m.Place(ip, provider="aws", region="ap-southeast-1", location=location)

    def know_translator(self, addresses: Iterable[str]) -> None:
        """Nothing is translated here."""


def attributed(
    *names: str,
    handsets: dict[str, str | None] | None = None,
    clients: tuple[str, ...] = (PHONE,),
    answers: tuple[m.DnsAnswer, ...] = (),
    given: str | None = None,
) -> m.Endpoint:
    seen = [m.EndpointName(name, "sni", 1) for name in names]
    end = m.Endpoint(SERVER, m.Place(SERVER), seen, flow_ids=[*range(2, len(clients) + 2)])
    flows = [flow(1, "192.168.7.99"), *(flow(i, ip) for i, ip in enumerate(clients, 2))]
    phones = [m.Handset([ip], vendor=vendor) for ip, vendor in (handsets or {}).items()]
    rooms: Any = (Everywhere(), Names())
    attribute([end], flows, phones, answers, given, *rooms)
    return end


def test_an_endpoint_gets_its_place_owner_and_party() -> None:
    end = attributed("api.maker.example", handsets={PHONE: "maker"})
    assert (end.place.location.country, end.place.provider) == ("SG", "aws")
    assert (end.owner, end.party) == (m.Owner("Maker"), m.Party.FIRST)
    assert end.name_mismatches == []


def test_the_first_name_that_is_known_says_whose_it_is() -> None:
    assert attributed("who.example", "cdn.example", "api.maker.example").owner == m.Owner("Cdn")
    assert attributed("who.example").owner is None


def test_a_chain_counts_for_the_name_and_address_it_was_told_for() -> None:
    def answer(name: str, address: str, *chain: str) -> m.DnsAnswer:
        return m.DnsAnswer(1, 1, PHONE, name, address, chain)

    told = (
        answer("cdn.example", SERVER, "edge.example"),
        answer("cdn.example", SERVER),  # the same again, without
        answer("cdn.example", "203.0.113.81", "elsewhere.example"),
        answer("who.example", SERVER, "other.example"),
    )
    assert attributed("cdn.example", answers=told).owner == m.Owner("Cdn/edge.example")


@pytest.mark.parametrize(
    ("handsets", "clients", "given", "party"),
    [
        ({PHONE: "maker"}, (PHONE,), None, m.Party.FIRST),
        ({PHONE: "other"}, (PHONE,), None, m.Party.THIRD),
        ({PHONE: "maker", OTHER: "other"}, (PHONE, OTHER), None, m.Party.FIRST),
        ({PHONE: "maker", OTHER: "other"}, (OTHER,), None, m.Party.THIRD),
        ({PHONE: "other"}, (OTHER,), "maker", m.Party.FIRST),  # no handset: as given
        ({PHONE: "other"}, (PHONE,), "maker", m.Party.THIRD),
    ],
)
def test_the_party_is_that_of_the_handsets_that_talked_to_it(
    handsets: dict[str, str | None], clients: tuple[str, ...], given: str | None, party: m.Party
) -> None:
    end = attributed("api.maker.example", handsets=handsets, clients=clients, given=given)
    assert end.party is party


@pytest.mark.parametrize(
    ("name", "party"), [("cdn.example", m.Party.SUPPORT), ("who.example", m.Party.UNKNOWN)]
)
def test_other_parties_stay_what_they_are(name: str, party: m.Party) -> None:
    assert attributed(name, handsets={PHONE: "maker"}).party is party


def test_a_name_of_another_region_is_a_mismatch() -> None:
    end = attributed("who.example", "x.eu-west-1.amazonaws.com")
    (said,) = end.name_mismatches
    assert said.startswith("The name x.eu-west-1.amazonaws.com says ")
    assert f"the address {SERVER} stands in" in said


# ------------------------------------------------------------------ vendors


def vendor(given: str | None, mac: str | None, *agents: str) -> m.Handset:
    phone = m.Handset([PHONE], mac)
    registry: Any = Names()
    flows = [flow(i, user_agent=agent) for i, agent in enumerate(agents, 1)]
    name_vendors([phone], given, flows, [], registry)
    return phone


def test_the_vendor_is_the_one_given() -> None:
    phone = vendor("other", "02:00:00:00:00:07", "Maker 7")
    assert (phone.vendor, phone.how_known) == ("other", [])


def test_else_the_one_the_handset_gives_away() -> None:
    phone = vendor(None, "02:00:00:00:00:07", "Maker 7")
    assert phone.vendor == "maker"
    assert phone.how_known == ["the maker of 02:00:00:00:00:07, ['Maker 7']"]
    assert vendor(None, None, "Maker 7").how_known == ["None, ['Maker 7']"]


def test_else_nobody_knows() -> None:
    phone = vendor(None, None)
    assert (phone.vendor, phone.how_known) == (None, [])


# -------------------------------------------------------------- round trips


def timed(*flows: m.Flow, quickest: int = 1, jumping: bool = False) -> m.Location:
    """An endpoint of Singapore, seen from Mumbai, answered after 12 ms in its quickest flow."""
    place = m.Place(SERVER, location=m.Location("SG", m.Certainty.SINGLE, sentence="stands"))
    ids = [flow.id for flow in flows]
    end = m.Endpoint(SERVER, place, rtt=12_000_000, rtt_flow=quickest, flow_ids=ids)
    assert check_round_trips([end], flows, locate("Mumbai"), jumping) == []
    return end.place.location


def test_handshakes_begun_a_second_apart_check_each_other() -> None:
    quick = flow(1, rtt=12_000_000)
    slow = flow(2, rtt=150_000_000)  # a second later
    assert timed(quick).certainty is m.Certainty.EXCLUDED
    assert timed(quick, slow).certainty is m.Certainty.SINGLE
    assert "took 150.0 ms" in timed(quick, slow).sentence
    slow.first -= 1
    assert timed(quick, slow).certainty is m.Certainty.EXCLUDED


def excluded(quick: int, slow: int, nowhere: int = 0) -> list[m.Anomaly]:
    """What is said where so many of Singapore's addresses answered Mumbai sooner than light."""
    ends = []
    for number, rtt in enumerate([12_000_000] * quick + [150_000_000] * (slow + nowhere)):
        country = "SG" if number < quick + slow else None
        location = m.Location(country, m.Certainty.SINGLE if country else m.Certainty.UNKNOWN)
        place = m.Place(f"203.0.113.{number}", location=location)
        ends.append(m.Endpoint(place.ip, place, rtt=rtt, rtt_flow=1))
    return check_round_trips(ends, [flow(1)], locate("Mumbai"), jumping=False)


@pytest.mark.parametrize(
    ("quick", "slow", "nowhere", "doubted"),
    [
        (4, 0, 0, 0),
        (5, 0, 0, 1),
        (5, 4, 0, 1),
        (5, 5, 0, 0),
        (5, 4, 9, 1),
        (6, 5, 0, 1),
        (0, 9, 0, 0),
    ],
)
def test_where_most_places_are_ruled_out_the_place_of_the_recording_is_in_doubt(
    quick: int, slow: int, nowhere: int, doubted: int
) -> None:
    said = excluded(quick, slow, nowhere)
    assert [(anomaly.kind, anomaly.count) for anomaly in said] == [("recording_place", 1)] * doubted
    for anomaly in said:
        assert anomaly.effect.startswith(
            f"the measured times rule out the places of {quick} of {quick + slow} addresses: "
        )


def test_the_quickest_flow_is_the_one_that_is_checked() -> None:
    slow, quick = flow(1, rtt=150_000_000), flow(2, rtt=12_000_000)
    assert timed(slow, quick, quickest=2).certainty is m.Certainty.SINGLE
    slow.first = quick.first - 1
    assert timed(slow, quick, quickest=2).certainty is m.Certainty.EXCLUDED


def test_flows_of_other_addresses_check_nothing() -> None:
    quick, slow = flow(1, rtt=12_000_000), flow(2, rtt=150_000_000)
    place = m.Place(SERVER, location=m.Location("SG", m.Certainty.SINGLE))
    end = m.Endpoint(SERVER, place, rtt=12_000_000, rtt_flow=1, flow_ids=[1])
    check_round_trips([end], [quick, slow], locate("Mumbai"), jumping=False)
    assert end.place.location.certainty is m.Certainty.EXCLUDED


def test_answers_to_what_was_sent_check_it_too() -> None:
    slow = flow(1, rtt=12_000_000, answer=150_000_000)
    assert timed(slow).certainty is m.Certainty.SINGLE
    quick = flow(1, rtt=12_000_000, answer=13_000_000)
    assert "1 more answer of this address" in timed(quick).excluded[0]


def test_a_clock_that_jumps_is_told_with_each_exclusion() -> None:
    quick = flow(1, rtt=12_000_000)
    assert "clock" not in timed(quick).excluded[0]
    assert timed(quick, jumping=True).excluded[0].endswith("may be the clock's doing.")
