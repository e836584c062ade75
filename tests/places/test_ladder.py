"""The ladder: what wins, what only counts, and what is never a place."""

from __future__ import annotations

import pytest

from analyzer.data.lists import Listing
from analyzer.model import Certainty
from analyzer.places.clouds import Listed
from analyzer.places.databases import Opinion, Source
from analyzer.places.edges import Anycast
from analyzer.places.ladder import Evidence, Ladder
from analyzer.places.networks import Provider
from analyzer.places.regions import Region

NAMES = {"SG": "Singapore", "TH": "Thailand", "IN": "India", "US": "United States"}
DBIP, MAXMIND = (
    Source("DB-IP Lite", "DB-IP", "2026-06-01"),
    Source("GeoLite2", "MaxMind", "2026-06-02"),
)
COPY = Source("copy", "nobody", None, independent=False)
AMAZON = Provider("aws", "Amazon", "listed", None)
SINGAPORE = Region("aws", "ap-southeast-1", "Singapore", "SG", 1.35, 103.82, "2010-04-28")
LISTED = Listed(Listing("aws", "ap-southeast-1", "EC2", False), "2026-10-26", True, "", False)
LADDER = Ladder(NAMES, {"aws": AMAZON}, None)


def opinion(source: Source, country: str) -> Opinion:
    return Opinion(source, country)


def network(kind: str) -> Provider:
    return Provider("net", "Net", kind, None)


@pytest.mark.parametrize(
    ("opinions", "certainty", "country"),
    [
        ((), Certainty.UNKNOWN, None),
        ((opinion(DBIP, "SG"),), Certainty.SINGLE, "SG"),
        ((opinion(DBIP, "SG"), opinion(MAXMIND, "SG")), Certainty.AGREED, "SG"),
        ((opinion(DBIP, "SG"), opinion(DBIP, "SG")), Certainty.SINGLE, "SG"),
        ((opinion(DBIP, "SG"), opinion(COPY, "SG")), Certainty.SINGLE, "SG"),
        ((opinion(DBIP, "SG"), opinion(COPY, "TH")), Certainty.DISPUTED, None),
        ((opinion(DBIP, "SG"), opinion(MAXMIND, "TH")), Certainty.DISPUTED, None),
    ],
)
def test_databases(
    opinions: tuple[Opinion, ...], certainty: Certainty, country: str | None
) -> None:
    found = LADDER.judge(Evidence(network("hoster"), opinions))
    assert (found.certainty, found.country) == (certainty, country)
    assert len(found.statements) == len(opinions)


def test_the_operators_list_outranks_databases() -> None:
    seen = Evidence(AMAZON, (opinion(DBIP, "US"), opinion(MAXMIND, "US")), None, LISTED, SINGAPORE)
    found = LADDER.judge(seen)
    assert (found.certainty, found.country, found.city) == (Certainty.STATED, "SG", "Singapore")
    assert [s.country for s in found.statements] == ["SG", "US", "US"]
    assert found.sentence == (
        "stands in Singapore, in Amazon's region ap-southeast-1, "
        "as Amazon's own list of 2026-10-26 states"
    )


def test_a_coarse_list_is_disputed_where_the_region_has_zones_abroad() -> None:
    seen = Evidence(
        AMAZON,
        (opinion(DBIP, "TH"),),
        None,
        LISTED._replace(coarse=True),
        SINGAPORE,
        zones_abroad=True,
    )
    found = LADDER.judge(seen)
    assert (found.certainty, found.country) == (Certainty.DISPUTED, None)
    assert found.sentence == (
        "stands where sources disagree: Amazon ip-ranges.json of 2026-10-26 says Singapore; DB-IP"
        " Lite of 2026-06-01 says Thailand; the list does not tell the region's Local Zones in"
        " other countries apart, as the one that 'phonehome data update' brings does"
    )
    assert [s.note for s in found.statements] == ["", ""]
    for plain in (seen._replace(zones_abroad=False), seen._replace(listed=LISTED)):
        assert LADDER.judge(plain).certainty is Certainty.STATED
    assert Evidence(None).zones_abroad is False
    same = LADDER.judge(seen._replace(opinions=(opinion(DBIP, "SG"),)))
    assert same.certainty is Certainty.STATED


def test_a_list_out_of_its_time_is_one_voice() -> None:
    weak = LISTED._replace(firm=False, note="2 years before 2024-09-05")
    alone = Evidence(AMAZON, (), None, weak, SINGAPORE)
    assert LADDER.judge(alone).certainty is Certainty.SINGLE
    agreed = LADDER.judge(alone._replace(opinions=(opinion(DBIP, "SG"),)))
    assert (agreed.certainty, agreed.city, agreed.latitude) == (Certainty.AGREED, "Singapore", 1.35)
    assert "2 years before" in agreed.sentence
    assert (
        LADDER.judge(alone._replace(opinions=(opinion(DBIP, "TH"),))).certainty
        is Certainty.DISPUTED
    )


def test_coordinates_are_those_of_a_region_in_the_city_that_is_said() -> None:
    weak = LISTED._replace(firm=False, note="")
    jurong = opinion(DBIP, "SG")._replace(city="Jurong")
    found = LADDER.judge(Evidence(AMAZON, (jurong,), None, weak, SINGAPORE))
    assert (found.certainty, found.city) == (Certainty.AGREED, None)
    assert (found.latitude, found.longitude) == (None, None)


@pytest.mark.parametrize(
    ("on", "note"),
    [
        ("2025-06-01", ""),  # 365 days
        ("2025-05-31", ""),
        ("2025-05-30", "12 months after 2025-05-30"),
        ("2027-06-02", ""),
        ("2027-06-03", "12 months before 2027-06-03"),
    ],
)
def test_a_database_says_when_it_is_over_a_year_away(on: str, note: str) -> None:
    found = Ladder(NAMES, {}, on).judge(Evidence(network("hoster"), (opinion(DBIP, "SG"),)))
    assert found.statements[0].note == note
    edge = Ladder(NAMES, {}, on).judge(Evidence(network("edge"), (opinion(DBIP, "SG"),)))
    unused = "not used: the address answers from the nearest of many places"
    assert edge.statements[1].note == (f"{unused}; {note}" if note else unused)


MUMBAI = Region("aws", "ap-south-1", "Mumbai", "IN", 19.08, 72.88, "2016-06-27")
OF_2017 = Listed(Listing("aws", "ap-south-1", "EC2", False), "2017-08-03", False, "far", False)


@pytest.mark.parametrize(
    ("on", "opened", "certainty"),
    [
        ("1900-01-01", "2016-06-27", Certainty.UNKNOWN),
        ("2016-06-26", "2016-06-27", Certainty.UNKNOWN),
        ("2016-06-26", "2016-07", Certainty.UNKNOWN),
        ("2016-06-27", "2016-06-27", Certainty.AGREED),
        ("2016-06-26", "2016-06", Certainty.AGREED),  # perhaps opened by then
        ("2016-06-26", "2016", Certainty.AGREED),
        ("2016-06-26", None, Certainty.AGREED),
    ],
)
def test_a_region_that_had_not_opened_says_nothing_of_the_day(
    on: str, opened: str | None, certainty: Certainty
) -> None:
    region = MUMBAI._replace(opened=opened)
    seen = Evidence(AMAZON, (opinion(DBIP, "IN"),), None, OF_2017, region)
    found = Ladder(NAMES, {"aws": AMAZON}, on).judge(seen)
    assert found.certainty is certainty
    assert [s.country for s in found.statements] == ["IN", "IN"]  # shown all the same
    if certainty is Certainty.UNKNOWN:
        assert (found.country, found.latitude) == (None, None)
        assert found.sentence == "stands at a place that no source knows for that day"
        when = f"{'in' if opened == '2016-07' else 'on'} {opened}"
        note = f"not used: the region it is listed in opened {when}, after the capture"
        assert {s.note for s in found.statements} == {note}


def test_what_has_no_country_is_no_side_of_a_dispute_and_no_word_of_another_day() -> None:
    registered = Opinion(Source("plevin network", "plevin", None), None, None, 64500, "Net", "US")
    seen = Evidence(network("hoster"), (registered, opinion(DBIP, "SG"), opinion(MAXMIND, "TH")))
    assert LADDER.judge(seen).sentence == (
        "stands where sources disagree: DB-IP Lite of 2026-06-01 says Singapore; "
        "GeoLite2 of 2026-06-02 says Thailand"
    )
    found = Ladder(NAMES, {}, "2015-06-01").judge(seen._replace(later="2017-08-03"))
    assert found.sentence == "stands at a place that no source knows for that day"
    cloud = "not used: by 2017-08-03 the address was a cloud's, which it was not on 2015-06-01"
    assert [s.note for s in found.statements] == [
        "registered in US; a registration is no location", cloud, cloud,
    ]  # fmt: skip


def test_a_database_of_the_day_speaks_whatever_opened_later() -> None:
    early = opinion(Source("GeoLite2", "MaxMind", "2015-05-01"), "US")
    seen = Evidence(AMAZON, (early, opinion(DBIP, "IN")), None, OF_2017, MUMBAI)
    found = Ladder(NAMES, {"aws": AMAZON}, "2015-06-01").judge(seen)
    assert (found.certainty, found.country) == (Certainty.SINGLE, "US")
    assert found.sentence.startswith("stands in United States according to one source only")


def test_what_the_operator_stated_at_the_time_stands_before_the_opening() -> None:
    seen = Evidence(AMAZON, (), None, OF_2017._replace(firm=True, date="2016-06-01"), MUMBAI)
    found = Ladder(NAMES, {"aws": AMAZON}, "2016-06-02").judge(seen)
    assert found.certainty is Certainty.STATED
    assert "opened on 2016-06-27, after the capture" in found.sentence


@pytest.mark.parametrize(
    ("on", "certainty"),
    [("2014-08-02", Certainty.SINGLE), ("2014-08-03", Certainty.AGREED), (None, Certainty.AGREED)],
)
def test_sources_that_are_all_years_away_do_not_agree(on: str | None, certainty: Certainty) -> None:
    weak = LISTED._replace(firm=False, date="2017-08-03", note="")
    seen = Evidence(AMAZON, (opinion(DBIP, "SG"),), None, weak, SINGAPORE)
    found = Ladder(NAMES, {"aws": AMAZON}, on).judge(seen)
    assert (found.certainty, found.country) == (certainty, "SG")
    far = "none is from within three years of 2014-08-02, so they count as one source"
    assert (far in found.sentence) == (certainty is Certainty.SINGLE)


def test_a_source_of_a_later_holder_is_no_second_voice() -> None:
    """Of two databases one was made after the address came to a cloud."""
    early = opinion(Source("GeoLite2", "MaxMind", "2015-05-01"), "US")
    seen = Evidence(network("hoster"), (early, opinion(DBIP, "US")), later="2017-08-03")
    found = Ladder(NAMES, {}, "2015-06-01").judge(seen)
    assert (found.certainty, found.country) == (Certainty.SINGLE, "US")
    found = Ladder(NAMES, {}, "2015-05-01").judge(seen._replace(opinions=(early,)))
    assert (found.certainty, found.country) == (Certainty.SINGLE, "US")  # of the very day
    undated = seen._replace(opinions=(opinion(COPY, "US"),))
    assert Ladder(NAMES, {}, "2015-05-01").judge(undated).certainty is Certainty.UNKNOWN


def test_a_region_nobody_knows_is_said_and_not_guessed() -> None:
    unknown = LISTED._replace(listing=Listing("aws", "us-east-1-xyz-1", "EC2", edge=False))
    found = LADDER.judge(Evidence(AMAZON, (opinion(DBIP, "US"),), None, unknown, None))
    assert (found.certainty, found.country) == (Certainty.SINGLE, "US")
    note = "region us-east-1-xyz-1, whose place is not known here"
    assert found.statements[0].note == note
    noted = LADDER.judge(Evidence(AMAZON, (), None, unknown._replace(note="9 days before"), None))
    assert noted.statements[0].note == f"{note}; 9 days before"


@pytest.mark.parametrize(
    "seen",
    [
        Evidence(AMAZON, anycast=Anycast("aws", "ROUTE53", "table")),
        Evidence(
            AMAZON,
            listed=LISTED._replace(listing=Listing("aws", "eu-west-1", "CLOUDFRONT", edge=True)),
        ),
        Evidence(network("edge")),
    ],
)
def test_edges_have_no_country_whatever_databases_say(seen: Evidence) -> None:
    found = LADDER.judge(seen._replace(opinions=(opinion(DBIP, "US"), opinion(MAXMIND, "US"))))
    assert (found.certainty, found.country, found.city) == (Certainty.EDGE, None, None)
    assert [s.country for s in found.statements] == [None, "US", "US"]


@pytest.mark.parametrize(
    ("seen", "at", "note"),
    [
        (Evidence(None, anycast=Anycast("aws", "ROUTE53", "table")),
         "Amazon (ROUTE53)", "anycast: ROUTE53"),
        (Evidence(None, listed=LISTED._replace(listing=Listing("aws", "x", "CLOUDFRONT", True))),
         "Amazon (CLOUDFRONT)", "listed as CLOUDFRONT, which gives no place"),
        (Evidence(None, listed=LISTED._replace(listing=Listing("aws", "x", None, True),
                                               note="9 days before")),
         "Amazon", "listed as global, which gives no place; 9 days before"),
        (Evidence(network("edge")),
         "net", "the whole network is of a content delivery or front-end service"),
    ],
)  # fmt: skip
def test_an_edge_says_whose_it_is_and_who_says_so(seen: Evidence, at: str, note: str) -> None:
    found = LADDER.judge(seen)
    assert found.sentence.startswith(f"was answered at a network edge of {at}, the nearest of many")
    assert [s.note for s in found.statements] == [note]


def test_a_list_of_regions_outranks_an_edge_network() -> None:
    seen = Evidence(network("edge"), (), None, LISTED, SINGAPORE)
    assert LADDER.judge(seen).certainty is Certainty.STATED


def test_a_worldwide_network_is_never_agreed_by_databases_alone() -> None:
    seen = Evidence(network("worldwide"), (opinion(DBIP, "US"), opinion(MAXMIND, "US")))
    assert LADDER.judge(seen).certainty is Certainty.SINGLE
    assert LADDER.judge(seen._replace(owner=network("cloud"))).certainty is Certainty.AGREED
    listed = seen._replace(listed=LISTED._replace(firm=False), region=SINGAPORE)
    same = listed._replace(opinions=(opinion(DBIP, "SG"),))
    assert LADDER.judge(same).certainty is Certainty.AGREED


@pytest.mark.parametrize(
    ("owner", "note"),
    [
        (None, ""),
        (network("hoster"), ""),
        (network("cloud"), "no list of the operator's regions is at hand"),
        (network("worldwide"), "the network stands in several countries; databases tend to repeat"
                               " its registration"),
        (Provider("net", "Net", "isp", "IN"), "announced by Net, which serves India"),
        (Provider("net", "Net", "isp", "FR"), "announced by Net, which serves FR"),
    ],
)  # fmt: skip
def test_a_database_alone_is_shown_with_what_the_network_is(
    owner: Provider | None, note: str
) -> None:
    seen = Evidence(owner, (opinion(DBIP, "SG"),))
    assert LADDER.judge(seen).statements[0].note == note
    listed = LADDER.judge(seen._replace(listed=LISTED._replace(firm=False), region=SINGAPORE))
    assert [s.note for s in listed.statements] == ["", ""]


def test_sources_without_a_date_are_not_far_from_any_day() -> None:
    some, others = Source("some", "Some", None), Source("others", "Others", None)
    seen = Evidence(network("hoster"), (opinion(some, "SG"), opinion(others, "SG")))
    assert Ladder(NAMES, {}, "2015-05-01").judge(seen).certainty is Certainty.AGREED


def test_who_announces_a_network_is_said_where_no_place_is() -> None:
    net = Source("networks", "nobody", "2026-06-01")
    seen = Evidence(None, (Opinion(net, None, None, 64500, "Net"), Opinion(net, None, None, 64501)))
    found = LADDER.judge(seen)
    assert (found.certainty, found.sentence) == (
        Certainty.UNKNOWN, "stands at a place that no source knows",
    )  # fmt: skip
    assert [(s.source, s.country, s.date, s.note) for s in found.statements] == [
        ("networks", None, "2026-06-01", "announced by AS64500 Net"),
        ("networks", None, "2026-06-01", "announced by AS64501"),
    ]
    placed = Opinion(net, "SG", None, 64500, "Net")
    assert [s.note for s in LADDER.judge(Evidence(None, (placed,))).statements] == [""]
    assert LADDER.judge(Evidence(None, (Opinion(net, None),))).statements == []


def test_registration_is_never_a_location() -> None:
    registered = Opinion(Source("plevin network", "plevin", None), None, None, 64500, "Net", "SG")
    found = LADDER.judge(Evidence(network("hoster"), (registered,)))
    assert (found.certainty, found.country) == (Certainty.UNKNOWN, None)
    assert found.statements[0].note == "registered in SG; a registration is no location"


def test_no_sentence_claims_too_much() -> None:
    for seen in (Evidence(AMAZON, (), None, LISTED, SINGAPORE), Evidence(network("edge"))):
        words = set(LADDER.judge(seen).sentence.lower().split())
        assert not words & {"true", "proved", "verified", "spying", "secretly"}
