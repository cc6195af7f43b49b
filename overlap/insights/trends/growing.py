"""Growth of a trend beyond its baseline, smoothed and out of season."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from overlap.estimates import series
from overlap.insights.trends.axis import Axis
from overlap.insights.trends.bursts import latest_run
from overlap.insights.trends.following import Followed

GROWING, DECLINING, FLAT, UNKNOWN = "growing", "declining", "flat", "unknown"


@dataclass(frozen=True, slots=True)
class Growth:
    """Change of a share over a trend as a ratio minus 1, with its interval and its name."""

    value: float
    low: float
    high: float
    direction: str


def growth(f: Followed, start: int = 0) -> Growth:
    """Return the smoothed growth of the first audience followed, from the period `start` on.

    "flat" where the 95% interval holds 0, "unknown" with fewer than two whole periods or nobody
    ever seen.
    """
    course = series.smooth(f.log_share[0, start:], f.noise[0, start:])
    anybody = bool((f.users[0, start:] > 0).any())
    if not (anybody and np.isfinite(course.change)):
        return Growth(np.nan, np.nan, np.nan, UNKNOWN)
    direction = GROWING if course.low > 0 else DECLINING if course.high < 0 else FLAT
    value, low, high = (
        float(np.expm1(min(x, 700.0))) for x in (course.change, course.low, course.high)
    )
    return Growth(value, low, high, direction)


def summary(f: Followed, ours: Axis, start: int) -> Mapping[str, Any]:
    """Return what TRENDS_TABLE says about a whole trend: growth, season and latest burst."""
    grown, run = growth(f, start), latest_run(f, 0)
    if run is not None and run.last < start:
        run = None
    return {
        "cycle": int(f.cycle[0]) or None,
        "growth": grown.value,
        "growth_low": grown.low,
        "growth_high": grown.high,
        "direction": grown.direction,
        "first_seen": ours.first[run.first] if run else None,
        "running": run.running if run else None,
        "doubling": run.doubling if run else None,
        "doubling_low": run.low if run else None,
        "doubling_high": run.high if run else None,
    }
