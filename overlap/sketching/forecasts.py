"""What precision to expect before a build starts."""

from __future__ import annotations

import math
from dataclasses import dataclass

from overlap.estimates import smallest_overlap
from overlap.model import SketchSpec


@dataclass(frozen=True, slots=True)
class Forecast:
    """What precision to expect: at worst, were every row's every tag a membership of its own.

    `smallest_overlap` is the least number of users seen with a relative standard error of 20%.
    """

    rows: int
    floor_rate: float
    smallest_overlap: int


TERMS_A_POST = 10
"""About so many tags a row with text is worth when its words become audiences."""


def forecast(rows: int, tags: int, spec: SketchSpec) -> Forecast:
    """Return the precision to expect of so many rows with so many tag columns."""
    memberships = rows * (1 + tags)
    floor = spec.rate
    if memberships > spec.budget or spec.rate < 1:
        # What falls below a floor varies by the root of its number.
        room = 0.75 * spec.budget
        fits = max(room - 3 * math.sqrt(room), 0) / max(memberships, 1) * 2 ** (-1 / 8)
        floor = min(floor, max(fits, 2**-62))
    return Forecast(rows, floor, smallest_overlap(floor))
