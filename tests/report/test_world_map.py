import math
import re
from typing import Any

import pytest

from analyzer.model import Certainty, Endpoint, Result
from analyzer.projection import HEIGHT, WIDTH, project
from analyzer.record import replace
from analyzer.report.answer import facts
from analyzer.report.map_labels import Label, labels
from analyzer.report.map_places import Mark, Origin, origin, places, window
from analyzer.report.world_map import MOST, world_map
from analyzer.report.world_table import data_sets, shapes, standpoint
from tests.report.conftest import HOSTILE, forged
from tests.report.test_to_html import Reader, page

MUMBAI = (19.08, 72.88)


def drawn(result: Result) -> str:
    return world_map(result, facts(result))


def told(figure: str) -> str:
    [said] = re.findall('<desc id="map-said">(.*?)</desc>', figure)
    return str(said)


def moved(endpoint: Endpoint, **changes: Any) -> Endpoint:
    location = replace(endpoint.place.location, **changes)
    return replace(endpoint, place=replace(endpoint.place, location=location))


def test_the_picture_and_its_words(result: Result) -> None:
    figure = drawn(result)
    assert told(figure) == (
        "Lines lead from India to Singapore, 1.2 MB, stated; China, 412 kB, agreed;"
        " United States, 96 kB, single. Dots without a line mark India, 88 kB, stated."
        " Beside the map, without a country: network edge, no country, 61 kB; sources differ,"
        " 44 kB; listed place ruled out, 23 kB; not known, 1.4 kB."
    )
    sheet = shapes()
    home, singapore = sheet["IN"], sheet["SG"]
    lines = re.findall('class="line (\\w+)" stroke-width="([\\d.]+)" d="M(\\d+) (\\d+)Q', figure)
    assert [(kind, float(width)) for kind, width, *_ in lines] == [
        ("stated", 8.0), ("agreed", 5.3), ("single", 3.3)]  # fmt: skip
    assert {(int(x), int(y)) for *_, x, y in lines} == {(home.x, home.y)}
    assert f" {singapore.x} {singapore.y}" in figure
    assert f'<path class="home" d="{home.path}"/>' in figure
    assert "The outlined country is India" in figure
    assert "no position is taken on disputed territory" in figure


def test_what_has_no_country_is_beside_the_map(result: Result) -> None:
    picture, _, beside = drawn(result).partition('<ul class="samples">')
    for certainty in ("edge", "disputed", "excluded", "unknown"):
        assert f'class="line {certainty}"' not in picture
        assert f'class="line {certainty}"' in beside
    assert "network edge, no country <b>61 kB</b> (3%)" in beside
    names = re.findall("<text[^>]*>(.*?)</text>", picture)
    assert set(names) == {"India", "Singapore", "China", "United States"}


def test_every_certainty_alone(result: Result) -> None:
    whole = result.endpoints
    for endpoint in whole:
        result.endpoints = [endpoint]
        certainty = str(endpoint.place.location.certainty)
        on_the_map = certainty in ("stated", "agreed", "single")
        assert bool(drawn(result)) == on_the_map, certainty
        if on_the_map:
            assert f'class="dot {certainty}' in drawn(result)
        assert ("Natural Earth" in page(result)) == on_the_map


def test_no_map_without_a_place(result: Result) -> None:
    result.endpoints = [e for e in result.endpoints if not e.place.location.country]
    assert drawn(result) == ""
    result.endpoints = []
    assert drawn(result) == ""


def test_the_recording_place_comes_before_home(result: Result) -> None:
    result.run.vantage = "Mumbai, IN"
    start = origin(result.run, shapes())
    assert start is not None
    assert math.dist((start.x, start.y), project(*MUMBAI)) < 3
    assert told(drawn(result)).startswith("Lines lead from Mumbai, IN to Singapore")
    assert "India, 88 kB, stated" in told(drawn(result)).split(". ")[0]


def test_standpoints() -> None:
    assert standpoint("19.08, 72.88 (near Mumbai, IN)") == project(*MUMBAI)
    assert standpoint("-33.9, 151.2") == project(-33.9, 151.2)
    for odd in ("", ",", "Atlantis, XX", "91, 0", "nan, nan", "1e999, 0", "1, 2, 3"):
        assert standpoint(odd) is None, odd


def test_a_city_only_where_the_operator_says_so(result: Result) -> None:
    at = {"city": "Ashburn, Virginia", "latitude": 39.04, "longitude": -77.49}
    stated = moved(result.endpoints[0], country="US", **at)
    single = moved(result.endpoints[2], **at)
    sheet = shapes()
    city, country = places([stated, single], sheet)
    assert (city.x, city.y) == project(39.04, -77.49)
    assert city.said == "Ashburn, Virginia, United States, 1.2 MB, stated"
    assert (country.x, country.y, country.city) == (sheet["US"].x, sheet["US"].y, "")


@pytest.mark.parametrize("latitude", [math.nan, math.inf, 91.0, None])
def test_an_impossible_point_is_the_country(result: Result, latitude: float | None) -> None:
    odd = moved(result.endpoints[0], latitude=latitude, longitude=103.8)
    [mark] = places([odd], shapes())
    assert (mark.x, mark.y) == (shapes()["SG"].x, shapes()["SG"].y)


def test_many_places_are_summed(result: Result) -> None:
    model = result.endpoints[2]
    codes = [code for code in shapes() if code not in ("-", "IN")][: MOST + 5]
    result.endpoints = [moved(replace(model, bytes_up=1_000 - i), country=code)
                        for i, code in enumerate(codes)]  # fmt: skip
    figure = drawn(result)
    assert figure.count('class="dot single"') == MOST + 1  # and the sample
    assert "5 places with fewer bytes, 4.8 kB together, are not drawn." in figure


def test_a_country_that_is_not_on_the_map_is_said(result: Result) -> None:
    result.endpoints[2] = moved(result.endpoints[2], country="AQ")
    assert "96 kB went to countries that have no point on this map." in drawn(result)
    result.endpoints = [moved(result.endpoints[2], country="-")]
    result.run.home = "-"
    assert drawn(result) == ""


def test_nothing_sent(result: Result) -> None:
    result.endpoints = [replace(e, bytes_up=0) for e in result.endpoints]
    assert "Singapore, 0 bytes, stated" in told(drawn(result))


def test_over_the_pacific(result: Result) -> None:
    result.run.home = "JP"
    figure = drawn(result)
    [line] = re.findall('class="line single" [^>]*d="([^"]*)"', figure)[:1]
    assert line.count("M") == 2
    assert f'viewBox="0 0 {WIDTH} {HEIGHT}"' in figure


def test_the_window_holds_all_and_half_the_world_at_least() -> None:
    sheet = shapes()
    marks = [Mark("SG", "", Certainty.STATED, sheet["SG"].x, sheet["SG"].y)]
    start = Origin(sheet["IN"].x, sheet["IN"].y, "India", "India", "IN")
    left, top, wide, high = window(marks, start, sheet["IN"])
    assert wide == WIDTH / 2
    assert abs(wide / high - WIDTH / HEIGHT) < 1e-9
    for point in (*marks, start):
        assert left < point.x < left + wide
        assert top < point.y < top + high
    far = Mark("US", "", Certainty.STATED, sheet["US"].x, sheet["US"].y)
    assert window([*marks, far], None, None)[2] > 2_900


def test_names_do_not_overlap() -> None:
    view = (0.0, 0.0, 1_000.0, 1_000.0)
    crowd = [Label(f"Country {i}", 500.0 + i, 500.0, 4.0) for i in range(30)]
    texts = labels(crowd, [(c.x, c.y) for c in crowd], view, 54, 30)
    spots = [(c, int(x), int(y)) for c, x, y in
             re.findall('class="(\\w+)" x="(\\d+)" y="(\\d+)"', texts)]  # fmt: skip
    assert 1 < len(spots) < 10
    assert texts.count("Country 0<") == 1
    assert len(set(spots)) == len(spots)
    assert labels([Label("a" * 60, 500.0, 500.0, 4.0)], [], view, 54, 9) == ""


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_places_are_harmless(text: str) -> None:
    def told_of(city: str, country: str | None = None) -> Result:
        result = forged()
        result.run.vantage = city
        where = {"city": city, "latitude": 39.0, "longitude": -77.5}
        result.endpoints = [moved(e, **where, **({"country": country} if country else {}))
                            for e in result.endpoints]  # fmt: skip
        return result

    harmless, hostile = page(told_of("harmless")), page(told_of(text))
    if text:
        assert sorted(Reader(hostile).tags) == sorted(Reader(harmless).tags)
    assert all(c.isprintable() for c in drawn(told_of(text)))
    assert drawn(told_of("x", text or "?")) == ""


def test_one_way_to_write_it(result: Result) -> None:
    figure = drawn(result)
    result.endpoints.reverse()
    assert drawn(result) == figure
    assert len(figure) < 160_000
    assert " style=" not in figure


def test_the_data_set_is_named(result: Result) -> None:
    [atlas] = data_sets()
    assert (atlas.built, atlas.licence) == ("2018-05", "public domain; package ISC")
    text = page(result)
    assert text.count(atlas.name) == 2
    assert atlas.sha256 in text
