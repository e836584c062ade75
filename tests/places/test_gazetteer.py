"""The gazetteer: every row plausible, every spelling found, no guessing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.errors import UsageError
from analyzer.places import gazetteer
from analyzer.places.gazetteer import cities, distance_km, hosting_cities, locate


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Mumbai", "Mumbai, IN"),
        ("bombay", "Mumbai, IN"),
        ("Bangalore", "Bengaluru, IN"),
        ("BENGALURU, in", "Bengaluru, IN"),
        (" Sao  Paulo ", "Sao Paulo, BR"),
        ("São Paulo", "Sao Paulo, BR"),
        ("Zürich", "Zurich, CH"),
        ("Duesseldorf", "Dusseldorf, DE"),
        ("København", "Copenhagen, DK"),
        ("Lome", "Lome, TG"),
        ("xian", "Xi'an, CN"),
        ("St Petersburg", "Saint Petersburg, RU"),
        ("Washington, D.C.", "Washington, US"),
        ("Port-au-Prince", "Port-au-Prince, HT"),
        ("port au prince", "Port-au-Prince, HT"),
        ("San José, CR", "San Jose, CR"),
        ("Delhi", "New Delhi, IN"),
        ("Tiranë", "Tirana, AL"),
    ],
)
def test_a_city_is_found_however_it_is_spelled(text: str, label: str) -> None:
    vantage = locate(text)
    assert (vantage.name, vantage.uncertainty_km) == (label, 25.0)


def test_coordinates_are_taken_as_they_are() -> None:
    vantage = locate("19.07,72.88")
    assert (vantage.latitude, vantage.longitude, vantage.uncertainty_km) == (19.07, 72.88, 1.0)
    assert vantage.name == "19.07, 72.88 (near Mumbai, IN)"
    assert locate(" -37.5 , +10 ").name == "-37.5, 10"


@pytest.mark.parametrize("text", ["91,0", "0,181", "-90.1,0", "nan,0", "0,nan", "inf,0", "1e9,1"])
def test_coordinates_out_of_range_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="latitude goes from -90 to 90"):
        locate(text)


def test_an_unknown_city_names_the_nearest_known_ones() -> None:
    with pytest.raises(UsageError, match=r"'Mumbay' is not a city.*Nearest known: Mumbai, IN"):
        locate("Mumbay")


@pytest.mark.parametrize("text", ["", ",", "  ", ", IN", "Mumbai, CN", "1,2,3", "x" * 100_000])
def test_what_is_no_place_is_one_short_sentence(text: str) -> None:
    with pytest.raises(UsageError, match="is not a city in the gazetteer") as error:
        locate(text)
    assert len(str(error.value)) < 500


def test_two_cities_of_one_name_are_asked_about() -> None:
    with pytest.raises(UsageError, match=r"San Jose, CR.*or.*San Jose, US"):
        locate("san jose")


@given(st.text(max_size=40))
def test_any_text_is_a_vantage_or_a_usage_error(text: str) -> None:
    try:
        vantage = locate(text)
    except UsageError:
        return
    assert abs(vantage.latitude) <= 90
    assert abs(vantage.longitude) <= 180


def test_every_row_is_whole_and_unique() -> None:
    labels = [city.label for city in cities()]
    assert len(labels) == len(set(labels)) >= 350
    for city in cities():
        assert city.kind in ("hosting", "capital", "both")
        assert len(city.country) == 2
        assert city.country.isupper()
        assert abs(city.latitude) <= 90
        assert abs(city.longitude) <= 180
        assert all(alias == alias.strip() and alias for alias in city.aliases)


def test_no_alias_is_another_citys_name() -> None:
    owners: dict[tuple[str, str], set[str]] = {}
    for city in cities():
        for name in (city.name, *city.aliases):
            owners.setdefault((gazetteer.fold(name), city.country), set()).add(city.label)
    assert {key: found for key, found in owners.items() if len(found) > 1} == {}


def test_every_un_member_has_a_capital() -> None:
    members = (  # noqa: SIM905 (a list of 193 quoted codes reads worse)
        "AF AL DZ AD AO AG AR AM AU AT AZ BS BH BD BB BY BE BZ BJ BT BO BA BW BR BN BG BF BI CV KH "
        "CM CA CF TD CL CN CO KM CG CD CR CI HR CU CY CZ DK DJ DM DO EC EG SV GQ ER EE SZ ET FJ FI "
        "FR GA GM GE DE GH GR GD GT GN GW GY HT HN HU IS IN ID IR IQ IE IL IT JM JP JO KZ KE KI KP "
        "KR KW KG LA LV LB LS LR LY LI LT LU MG MW MY MV ML MT MH MR MU MX FM MD MC MN ME MA MZ MM "
        "NA NR NP NL NZ NI NE NG MK NO OM PK PW PA PG PY PE PH PL PT QA RO RU RW KN LC VC WS SM ST "
        "SA SN RS SC SL SG SK SI SB SO ZA SS ES LK SD SR SE CH SY TJ TZ TH TL TG TO TT TN TR TM TV "
        "UG UA AE GB US UY UZ VU VE VN YE ZM ZW"
    ).split()
    assert len(members) == 193
    capitals = {city.country for city in cities() if city.kind != "hosting"}
    assert sorted(set(members) - capitals) == []


def test_hosting_cities_of_a_country() -> None:
    names = [city.name for city in hosting_cities("IN")]
    assert {"Mumbai", "Pune", "Chennai", "Hyderabad", "New Delhi"} <= set(names)
    assert [c.name for c in hosting_cities("TD")] == ["N'Djamena"]  # capital: none is known
    assert hosting_cities("ZZ") == []


@pytest.mark.parametrize(
    ("a", "b", "km"),
    [
        ("Chennai", "Singapore", 2906),
        ("London", "New York", 5570),
        ("Auckland", "Madrid", 19_590),
        ("Suva", "Apia", 1150),  # across the date line
    ],
)
def test_distances(a: str, b: str, km: float) -> None:
    one, other = locate(a), locate(b)
    there = distance_km((one.latitude, one.longitude), (other.latitude, other.longitude))
    back = distance_km((other.latitude, other.longitude), (one.latitude, one.longitude))
    assert there == pytest.approx(km, rel=0.01)
    assert there == back


def test_distance_of_antipodes_and_of_nothing() -> None:
    assert distance_km((0, 0), (0, 180)) == pytest.approx(20_015, rel=0.001)
    assert distance_km((12.5, 99), (12.5, 99)) == 0
