import hashlib
import json
import re

from hypothesis import given
from hypothesis import strategies as st

from analyzer.data import build_map, topology
from analyzer.data.build_licences import licences
from analyzer.data.tsv import read
from analyzer.projection import HEIGHT, WIDTH, project
from analyzer.shipped import data_folder

SQUARE = [[0, 0], [10, 0], [0, 10], [-10, 0], [0, -10]]  # TopoJSON steps


def shipped() -> dict[str, list[str]]:
    return {row[0]: row for row in read(data_folder() / "map.tsv")}


def test_every_country_is_on_the_map() -> None:
    countries = {row[0] for row in read(data_folder() / "countries.tsv")}
    assert set(shipped()) - {"-"} == countries - {"AQ"}


def test_outlines_and_points() -> None:
    rows = shipped()
    for code in ("IN", "SG", "HK", "CN", "US"):
        _, x, y, small, path = rows[code]
        assert re.fullmatch(r"(M\d+ \d+l-?\d+([ -]\d+)+z)+", path), code
        assert (small == "1") == (code in ("SG", "HK"))
        assert (0 < int(x) < WIDTH, 0 < int(y) < HEIGHT) == (True, True)
    for code, latitude, longitude in (("SG", 1.35, 103.8), ("HK", 22.4, 114.1), ("IN", 23, 79.5)):
        at_x, at_y = project(latitude, longitude)
        assert abs(int(rows[code][1]) - at_x) < 20, code
        assert abs(int(rows[code][2]) - at_y) < 20, code
    assert rows["GF"][3:] == ["1", ""]  # a point of its own, inside France's outline


def test_nothing_crosses_the_sheet() -> None:
    """Russia and Fiji are cut at the antimeridian: no step is longer than a border."""
    for code, *_, path in shipped().values():
        for steps in re.findall(r"l([^z]*)z", path):
            assert max(abs(int(n)) for n in re.findall(r"-?\d+", steps)) < 300, code


def test_size_and_manifest() -> None:
    content = (data_folder() / "map.tsv").read_bytes()
    manifest = json.loads((data_folder() / "manifest-map.json").read_text("utf-8"))
    [table], [row] = manifest["tables"], manifest["data"]
    assert table["sha256"] == hashlib.sha256(content).hexdigest()
    assert table["bytes"] == len(content) < 120_000
    assert row["rows"] == len(shipped())
    said = licences(data_folder())
    assert "Natural Earth countries 1:50m, 4.1.0, data of 2018-05" in said
    assert "taken from: npm:world-atlas 2.0.2" in said
    assert "Copyright 2013-2019 Michael Bostock" in said


def test_arcs_are_decoded_and_joined() -> None:
    # TopoJSON 1.0, section 2.1.2: steps add up, then scale and translate; ~i is backwards.
    atlas = {
        "transform": {"scale": [2, 1], "translate": [-1, 5]},
        "arcs": [[[0, 0], [1, 1]], [[0, 0], [0, 3], [1, -2]]],
    }
    lines = topology.arcs(atlas)
    assert lines == [[(-1, 5), (1, 6)], [(-1, 5), (-1, 8), (1, 6)]]
    ring = {"type": "Polygon", "arcs": [[0, ~1]]}
    assert topology.rings(ring, lines) == [[(-1, 5), (1, 6), (-1, 8), (-1, 5)]]
    many = {"type": "MultiPolygon", "arcs": [[[0, ~1]], [[1, ~0]]]}
    assert len(topology.rings(many, lines)) == 2


def test_a_ring_over_the_antimeridian_is_cut_in_two() -> None:
    ring = [(170.0, 0.0), (-170.0, 0.0), (-170.0, 10.0), (170.0, 10.0), (170.0, 0.0)]
    parts = list(topology.within(ring))
    assert sorted((min(x for x, _ in p), max(x for x, _ in p)) for p in parts) == [
        (-180, -170),
        (170, 180),
    ]
    assert [topology.area(p) for p in parts] == [100, 100]


def test_thinning_drops_what_matters_least() -> None:
    line = [(0.0, 0.0), (1.0, 0.1), (2.0, 5.0), (3.0, 0.0)]
    assert topology.thinned(line, line, 3) == [(0, 0), (2, 5), (3, 0)]
    assert topology.thinned(line, line, 100) == [(0, 0), (3, 0)]
    assert topology.thinned(line[:2], line[:2], 100) == line[:2]


points = st.tuples(st.floats(-180, 180), st.floats(-56, 83))


@given(st.lists(points, min_size=2, max_size=40), st.floats(0, 1_000))
def test_thinning_keeps_ends_and_order(line: list[tuple[float, float]], least: float) -> None:
    kept = topology.thinned(line, line, least)
    assert (kept[0], kept[-1]) == (line[0], line[-1])
    left = iter(line)
    assert all(point in left for point in kept)


def test_a_point_inside_a_crescent() -> None:
    crescent = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0), (0.0, 9.0), (9.0, 9.0),
                (9.0, 1.0), (0.0, 1.0)]  # fmt: skip
    x, y = topology.inside(crescent)
    assert 9 < x < 10
    assert 1 < y < 9


def test_the_table_of_a_small_world() -> None:
    atlas = {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [SQUARE],
        "objects": {"countries": {"geometries": [
            {"type": "Polygon", "arcs": [[0]], "id": "356", "properties": {"name": "India"}},
            {"type": "Polygon", "arcs": [[0]], "id": "010", "properties": {"name": "Antarctica"}},
            {"type": "Polygon", "arcs": [[0]], "properties": {"name": "Nobody’s"}},
        ]}},
    }  # fmt: skip
    shapes = [["IN", "356", "", ""], ["SG", "", "1.3", "103.8"]]
    rows = build_map.table(build_map.countries(atlas, shapes))
    assert [row.split("\t")[0] for row in rows] == ["-", "IN", "SG"]
    x, y = project(1.3, 103.8)
    assert rows[2] == f"SG\t{round(x)}\t{round(y)}\t1\t\n"
    assert rows[1].count("M") == 1
