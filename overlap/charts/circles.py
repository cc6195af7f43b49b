"""Two circles whose areas, and the lens they share, are as large as asked."""

from __future__ import annotations

from dataclasses import dataclass
from math import acos, pi, sqrt
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GAP = 0.06
"""Between circles that share nobody, as a part of the larger radius."""
_STEPS = 181


def lens_area(first: float, second: float, distance: float) -> float:
    """Return the area that two circles share, by their radii and the distance of their centres."""
    if distance >= first + second:
        return 0.0
    if distance <= abs(first - second):
        return pi * min(first, second) ** 2
    alpha, beta = _half_angles(first, second, distance)
    triangles = 0.5 * sqrt(max(0.0, (
        (-distance + first + second) * (distance + first - second)
        * (distance - first + second) * (distance + first + second)
    )))  # fmt: skip
    return first**2 * alpha + second**2 * beta - triangles


def centre_distance(first: float, second: float, area: float) -> float:
    """Return how far apart the centres of two circles are that share an area, by their radii.

    Circles that share nothing touch, and one inside the other touches it from within.
    """
    near, far = abs(first - second), first + second
    if area <= 0:
        return far
    if area >= pi * min(first, second) ** 2:
        return near
    found = brentq(lambda d: lens_area(first, second, d) - area, near, far, xtol=1e-13)
    return float(found)


def _half_angles(first: float, second: float, distance: float) -> tuple[float, float]:
    """Return the angles under which each centre sees half the chord where two circles cross."""
    if not distance:
        return (pi, 0.0) if first <= second else (0.0, pi)
    chord = (distance**2 + first**2 - second**2) / (2 * distance)
    alpha = acos(min(1.0, max(-1.0, chord / first))) if first else 0.0
    beta = acos(min(1.0, max(-1.0, (distance - chord) / second))) if second else 0.0
    return alpha, beta


@dataclass(frozen=True, slots=True)
class Circles:
    """Two circles by their radii, the larger of them 1, and the distance of their centres.

    The first stands at (0, 0), the second to its right. Outlines are float64[points, 2].
    """

    first: float
    second: float
    distance: float

    @classmethod
    def of(cls, first: float, second: float, both: float) -> Circles:
        """Return circles for so many users in each and in both."""
        largest = sqrt(max(first, second))
        radii = sqrt(first) / largest, sqrt(second) / largest
        distance = centre_distance(*radii, pi * min(both, first, second) / largest**2)
        return cls(*radii, distance + (0.0 if both > 0 else _GAP))

    def circle(self, which: int) -> NDArray[np.float64]:
        """Return the outline of one circle."""
        return self._arc(which, 0, 2 * pi)

    def lens(self) -> NDArray[np.float64]:
        """Return the outline of what both share."""
        alpha, beta = _half_angles(self.first, self.second, self.distance)
        return np.vstack([self._arc(0, -alpha, alpha), self._arc(1, pi - beta, pi + beta)])

    def only_first(self) -> NDArray[np.float64]:
        """Return the outline of the first circle without the lens."""
        alpha, beta = _half_angles(self.first, self.second, self.distance)
        return np.vstack([self._arc(0, alpha, 2 * pi - alpha), self._arc(1, pi + beta, pi - beta)])

    def only_second(self) -> NDArray[np.float64]:
        """Return the outline of the second circle without the lens."""
        alpha, beta = _half_angles(self.first, self.second, self.distance)
        return np.vstack([self._arc(1, pi + beta, 3 * pi - beta), self._arc(0, alpha, -alpha)])

    @property
    def span(self) -> tuple[float, float]:
        """The left and the right end of both together."""
        return (
            min(-self.first, self.distance - self.second),
            max(self.first, self.distance + self.second),
        )

    def _arc(self, which: int, start: float, end: float) -> NDArray[np.float64]:
        angle = np.linspace(start, end, _STEPS)
        radius, x = (self.second, self.distance) if which else (self.first, 0.0)
        return np.column_stack([x + radius * np.cos(angle), radius * np.sin(angle)])
