from analyzer.projection import HEIGHT, WIDTH, _equal_earth, project


def test_the_published_extent() -> None:
    # Šavrič, Patterson and Jenny 2019: the equator is 2.05458 times as long as
    # the central meridian, the poles are 0.59247 as long as the equator.
    x, _ = _equal_earth(0, 180)
    pole_x, pole_y = _equal_earth(90, 180)
    assert abs(x / pole_y - 2.05458) < 1e-4
    assert abs(pole_x / x - 0.59247) < 1e-4
    assert _equal_earth(0, 0) == (0, 0)


def test_areas_keep_their_proportions() -> None:
    """A degree by a degree at 60° north covers what the sphere says, not more."""

    def covered(latitude: float) -> float:
        (ax, ay), (bx, by) = _equal_earth(latitude, 0), _equal_earth(latitude + 0.01, 0.01)
        return (bx - ax) * (by - ay)

    import math

    assert abs(covered(60) / covered(0) - math.cos(math.radians(60.005))) < 1e-3


def test_the_sheet() -> None:
    assert project(0, -180)[0] == 0
    assert abs(project(0, 180)[0] - WIDTH) < 1e-9
    assert project(84, 0) == (WIDTH / 2, 0)
    assert abs(project(-56.5, 0)[1] - HEIGHT) < 1
    assert project(19.08, 72.88)[0] > project(51.5, 0)[0]
    assert project(19.08, 72.88)[1] > project(51.5, 0)[1]
