"""The world on paper: the Equal Earth projection, cut to where people live.

B. Šavrič, T. Patterson, B. Jenny, "The Equal Earth map projection",
International Journal of Geographical Information Science 33(3), 2019, 454-465:
areas keep their proportions, so no country looks larger than it is.
"""

from __future__ import annotations

import math

WIDTH = 4_000
HEIGHT = 1_734
_NORTH, _SOUTH = 84.0, -56.5  # degrees; nothing but ice lies beyond
_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796  # equation (9) of the paper


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Where a point (degrees) lies on a sheet of WIDTH by HEIGHT, y downwards.

    Points beyond the sheet's north and south lie outside it.
    """
    x, y = _equal_earth(latitude, longitude)
    return WIDTH / 2 + x * _SCALE, (_TOP - y) * _SCALE


def _equal_earth(latitude: float, longitude: float) -> tuple[float, float]:
    """Equations (9) and (10) of the paper on a sphere of radius 1."""
    angle = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    square = angle * angle
    sixth = square**3
    y = angle * (_A1 + _A2 * square + sixth * (_A3 + _A4 * square))
    slope = _A1 + 3 * _A2 * square + sixth * (7 * _A3 + 9 * _A4 * square)
    x = 2 * math.sqrt(3) / 3 * math.radians(longitude) * math.cos(angle) / slope
    return x, y


_SCALE = WIDTH / 2 / _equal_earth(0, 180)[0]
_TOP = _equal_earth(_NORTH, 0)[1]
