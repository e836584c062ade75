"""The round-trip check excludes what light cannot do, and says nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.data.tsv import read
from analyzer.model import Certainty, Location, Place, Statement
from analyzer.places import physics
from analyzer.places.gazetteer import (
    City,
    Vantage,
    cities,
    distance_km,
    hosting_cities,
    locate,
    nearest,
)
from analyzer.places.physics import RegionPlace, check, region_place
from analyzer.record import replace
from analyzer.shipped import data_folder

MS = 1_000_000
MUMBAI, DELHI, CHENNAI = locate("Mumbai"), locate("Delhi"), locate("Chennai")
SINGAPORE: RegionPlace = (1.29, 103.85, "Singapore (ap-southeast-1)")


def at(certainty: Certainty, country: str | None, *also: str) -> Location:
    told = [Statement(f"list {i}", c, None, "2026-06") for i, c in enumerate((country, *also))]
    return Location(
        country=country, certainty=certainty, statements=told, sentence="stands somewhere"
    )


def measured(
    location: Location,
    ms: float,
    where: Vantage = MUMBAI,
    region: RegionPlace | None = None,
    others: tuple[int, ...] = (),
) -> Location:
    return check(location, round(ms * MS), (10, 12), 7, where, region, "", others)


@pytest.mark.parametrize(
    ("start", "end", "floor_ms"),
    [
        ("Chennai", "Singapore", 29),
        ("Mumbai", "Singapore", 39),
        ("Delhi", "Singapore", 41.4),
        ("Delhi", "Beijing", 37.8),
        ("Delhi", "Ashburn", 120.6),
    ],
)
def test_floors_of_the_methodology(start: str, end: str, floor_ms: float) -> None:
    a, b = locate(start), locate(end)
    km = distance_km((a.latitude, a.longitude), (b.latitude, b.longitude))
    assert km / physics.KM_PER_MS == pytest.approx(floor_ms, rel=0.02)


@pytest.mark.parametrize("certainty", [Certainty.STATED, Certainty.AGREED, Certainty.SINGLE])
def test_twelve_ms_at_mumbai_is_not_singapore(certainty: Certainty) -> None:
    found = measured(at(certainty, "SG", "SG", "SG"), 12, MUMBAI, SINGAPORE)
    assert found.certainty is Certainty.EXCLUDED
    assert (found.rtt_ms, found.max_km) == (12.0, 1200.0)
    assert len(found.excluded) == 1
    for part in ("Singapore", "flow 7", "frames 10 and 12", "12.0 ms", "1,200 km", "Mumbai, IN"):
        assert part in found.excluded[0]
    assert "3,9" in found.excluded[0]  # the kilometres to Singapore
    assert "carrier's proxy" in found.excluded[0]
    assert found.sentence.startswith("did not answer from where its sources put it: Singapore")
    assert not found.sentence.endswith(".")
    assert "nearest city" not in found.excluded[0]  # of a city state
    assert found.statements == at(certainty, "SG", "SG", "SG").statements


def test_forty_five_ms_excludes_neither_singapore_nor_from_delhi_beijing() -> None:
    for country, where in (("SG", MUMBAI), ("SG", DELHI), ("CN", DELHI), ("SG", CHENNAI)):
        for certainty in (Certainty.STATED, Certainty.AGREED, Certainty.SINGLE):
            found = measured(at(certainty, country), 45, where)
            assert (found.certainty, found.excluded) == (certainty, [])
    beijing = (39.90, 116.41, "Beijing (cn-north-1)")
    assert measured(at(Certainty.STATED, "CN"), 45, DELHI, beijing).certainty is Certainty.STATED


def test_what_is_only_unlikely_is_said_and_changes_nothing() -> None:
    found = measured(at(Certainty.STATED, "SG"), 45, MUMBAI, SINGAPORE)
    assert found.certainty is Certainty.STATED
    assert "unlikely, though possible" in found.sentence
    assert "76.5 km per ms" in found.sentence
    assert "66.6 km per ms" in measured(at(Certainty.STATED, "SG"), 55, MUMBAI, SINGAPORE).sentence
    assert (
        measured(at(Certainty.STATED, "SG"), 60, MUMBAI, SINGAPORE).sentence == "stands somewhere"
    )


def test_a_long_round_trip_says_nothing() -> None:
    found = measured(at(Certainty.STATED, "IN"), 900, MUMBAI, (19.08, 72.88, "Mumbai"))
    assert found == replace(at(Certainty.STATED, "IN"), rtt_ms=900.0, max_km=90_000.0)


def test_a_stated_region_is_measured_by_its_own_city() -> None:
    ashburn = locate("Ashburn")
    oregon = (45.84, -119.70, "Boardman (us-west-2)")
    found = measured(at(Certainty.STATED, "US"), 10, ashburn, oregon)
    assert found.certainty is Certainty.EXCLUDED
    assert "Boardman (us-west-2)" in found.excluded[0]
    assert measured(at(Certainty.AGREED, "US"), 10, ashburn, oregon).certainty is Certainty.AGREED


def test_a_country_is_excluded_only_with_all_its_cities() -> None:
    fukuoka = locate("Fukuoka")  # 1,400 km from Beijing, 870 from Shanghai
    assert measured(at(Certainty.AGREED, "CN"), 12, fukuoka).certainty is Certainty.AGREED
    beijing = (39.90, 116.41, "Beijing (cn-north-1)")
    found = measured(at(Certainty.STATED, "CN"), 12, fukuoka, beijing)
    assert found.certainty is Certainty.EXCLUDED
    found = measured(at(Certainty.AGREED, "CN"), 12, locate("Chennai"))
    assert found.certainty is Certainty.EXCLUDED
    assert "China (CN), nearest city with servers Lhasa, is ruled out" in found.excluded[0]


def test_the_vantages_uncertainty_counts_for_the_claim() -> None:
    km = distance_km((MUMBAI.latitude, MUMBAI.longitude), SINGAPORE[:2])
    just = (km - MUMBAI.uncertainty_km) / physics.KM_PER_MS
    assert measured(at(Certainty.STATED, "SG"), just + 0.01, MUMBAI, SINGAPORE).excluded == []
    assert measured(at(Certainty.STATED, "SG"), just - 0.01, MUMBAI, SINGAPORE).excluded


def test_a_dispute_stays_one_and_says_what_remains() -> None:
    found = measured(at(Certainty.DISPUTED, "SG", "IN", "HK"), 12)
    assert (found.certainty, found.country) == (Certainty.DISPUTED, None)
    assert [line.split(" (")[0] for line in found.excluded] == ["Hong Kong", "Singapore"]
    assert "time cannot rule out India (IN)," in found.sentence
    assert found.sentence.startswith("stands somewhere; Hong Kong")
    placed = replace(at(Certainty.DISPUTED, "SG", "IN"), city="X", latitude=1.0, longitude=2.0)
    assert (measured(placed, 12).city, measured(placed, 12).latitude) == (None, None)
    kept = measured(at(Certainty.DISPUTED, "IN", "SG"), 12)
    assert (kept.certainty, kept.country) == (Certainty.DISPUTED, "IN")


def test_a_dispute_with_every_side_impossible_is_excluded() -> None:
    found = measured(at(Certainty.DISPUTED, None, "SG", "HK"), 12)
    assert found.certainty is Certainty.EXCLUDED
    assert len(found.excluded) == 2


def test_a_country_without_known_cities_cannot_be_ruled_out() -> None:
    assert measured(at(Certainty.SINGLE, "AQ"), 12).certainty is Certainty.SINGLE
    found = measured(at(Certainty.DISPUTED, "SG", "AQ"), 12)
    assert found.certainty is Certainty.DISPUTED
    assert "time cannot rule out Antarctica (AQ)," in found.sentence


@pytest.mark.parametrize("certainty", [Certainty.EDGE, Certainty.PRIVATE, Certainty.UNKNOWN])
def test_without_a_claimed_place_only_the_measurement_is_kept(certainty: Certainty) -> None:
    found = measured(Location(certainty=certainty), 12)
    assert found == Location(certainty=certainty, rtt_ms=12.0, max_km=1200.0)


@pytest.mark.parametrize("rtt", [0, -1, -(10**12)])
def test_no_measurement_changes_nothing(rtt: int) -> None:
    before = at(Certainty.STATED, "SG")
    assert check(before, rtt, None, None, MUMBAI, SINGAPORE) == before


def test_an_answer_from_the_phone_itself_excludes_nothing() -> None:
    found = measured(at(Certainty.STATED, "SG"), 0.2, MUMBAI, SINGAPORE)
    assert (found.certainty, found.excluded, found.rtt_ms) == (Certainty.STATED, [], 0.2)


@pytest.mark.parametrize(("ms", "excluded"), [(0.999, 0), (1.0, 1), (1.2, 1)])
def test_what_took_a_millisecond_came_from_outside_the_room(ms: float, excluded: int) -> None:
    assert len(measured(at(Certainty.STATED, "SG"), ms, MUMBAI, SINGAPORE).excluded) == excluded


def test_times_are_kept_to_the_microsecond_and_kilometres_to_a_tenth() -> None:
    found = measured(at(Certainty.STATED, "SG"), 43.219876, MUMBAI, SINGAPORE)
    assert (found.rtt_ms, found.max_km) == (43.22, 4322.0)
    found = measured(at(Certainty.STATED, "SG"), 43.2136, MUMBAI, SINGAPORE)
    assert (found.rtt_ms, found.max_km) == (43.214, 4321.4)


def test_a_note_on_the_capture_stands_with_the_exclusion() -> None:
    found = check(at(Certainty.SINGLE, "SG"), 12 * MS, None, None, MUMBAI, None, "Clock was set.")
    assert found.excluded[0].endswith(" Clock was set.")
    assert "a flow was answered after 12.0 ms" in found.excluded[0]


def test_an_exclusion_says_on_how_many_answers_it_rests() -> None:
    alone = measured(at(Certainty.STATED, "SG"), 12, MUMBAI, SINGAPORE)
    assert "this rests on one answer, as no other could be timed" in alone.excluded[0]
    two = measured(at(Certainty.STATED, "SG"), 12, MUMBAI, SINGAPORE, (13 * MS, 90 * MS))
    assert two.certainty is Certainty.EXCLUDED
    assert "1 more answer of this address came too soon for it as well" in two.excluded[0]
    many = measured(at(Certainty.STATED, "SG"), 12, MUMBAI, SINGAPORE, (13 * MS, 14 * MS))
    assert "2 more answers of this address" in many.excluded[0]


def test_one_quick_answer_among_slower_ones_rules_nothing_out() -> None:
    """It may be to a SYN sent earlier, which the recorder missed."""
    for certainty in (Certainty.STATED, Certainty.AGREED, Certainty.SINGLE):
        found = measured(at(certainty, "SG"), 12, MUMBAI, SINGAPORE, (150 * MS,))
        assert (found.certainty, found.country, found.excluded) == (certainty, "SG", [])
        assert "too soon for Singapore" in found.sentence
        assert "took 150.0 ms" in found.sentence
        assert "unlikely" not in found.sentence


def test_an_unsettled_country_is_told_with_its_nearest_city() -> None:
    found = measured(at(Certainty.AGREED, "CN"), 12, CHENNAI, None, (150 * MS,))
    assert (
        "too soon for China (CN), nearest city with servers Lhasa, but the next" in found.sentence
    )


def test_of_a_dispute_only_that_is_ruled_out_which_several_answers_rule_out() -> None:
    disputed = at(Certainty.DISPUTED, "SG", "HK")  # 39 and 43 ms away
    found = measured(disputed, 12, MUMBAI, None, (41 * MS,))
    assert (found.certainty, found.country) == (Certainty.DISPUTED, "SG")
    assert [line.split(" (")[0] for line in found.excluded] == ["Hong Kong"]
    assert "time cannot rule out Singapore" in found.sentence


def test_the_location_given_is_not_changed() -> None:
    before = at(Certainty.STATED, "SG")
    measured(before, 12, MUMBAI, SINGAPORE)
    assert before == at(Certainty.STATED, "SG")


def test_the_city_of_a_region() -> None:
    location = Location("SG", Certainty.STATED, city="Singapore", latitude=1.29, longitude=103.85)
    place = Place("203.0.113.7", provider="aws", region="ap-southeast-1", location=location)
    assert region_place(place) == (1.29, 103.85, "Singapore (aws ap-southeast-1)")
    assert region_place(Place("203.0.113.7")) is None
    for half in (replace(place, provider=None), replace(place, region=None)):
        assert region_place(half) == (1.29, 103.85, "Singapore")
    assert region_place(Place("203.0.113.7", location=replace(location, city=None))) == (
        1.29, 103.85, "SG",
    )  # fmt: skip


def test_every_cloud_region_has_a_hosting_city_near() -> None:
    """Else a country could be excluded although one of its regions is in reach."""
    far = []
    for provider, region, _, _, country, latitude, longitude, *_ in read(
        data_folder() / "regions.tsv"
    ):
        if latitude:
            _, km = nearest(hosting_cities(country), float(latitude), float(longitude))
            far += [(provider, region, round(km))] if km > 150 else []
    assert far == []


@given(st.sampled_from(cities()), st.sampled_from(cities()), st.floats(1.0, 3.0))
def test_a_server_where_it_is_claimed_is_never_excluded(
    here: City, there: City, slowness: float
) -> None:
    """However placed: an answer that travelled at light's pace or less may stand."""
    vantage = locate(here.label)
    km = distance_km((here.latitude, here.longitude), (there.latitude, there.longitude))
    ms = max(km / physics.KM_PER_MS * slowness, 1.0)
    for certainty in (Certainty.STATED, Certainty.AGREED, Certainty.DISPUTED):
        region = (there.latitude, there.longitude, there.name)
        found = measured(at(certainty, there.country), ms, vantage, region)
        assert (found.certainty, found.country) == (certainty, there.country)
        assert found.excluded == []
