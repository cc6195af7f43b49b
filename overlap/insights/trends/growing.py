"""Growth of a trend beyond its baseline, smoothed and out of season."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from overlap.estimates import series
from overlap.insights.trends.axis import Axis, axis, gathered
from overlap.insights.trends.bursts import latest_run
from overlap.insights.trends.following import Followed, follow
from overlap.members import ALL_PERIODS
from overlap.model import FULL_THETA, UNIVERSE_KIND, UsageError, Window
from overlap.panel import Panel, Sample

if TYPE_CHECKING:
    from overlap.estimates.intervals import Floats

GROWING, DECLINING, FLAT, UNKNOWN = "growing", "declining", "flat", "unknown"


_NORMAL = 1.959963984540054
"""Standard errors from the middle of a normal distribution to an end of its 95% interval."""


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """Change of many shares over a trend as a ratio minus 1, with interval; float64[audiences].

    `z` is the log of the change over its standard error, beyond ±1.96 where the interval does not
    hold 0. NaN where there are fewer than two whole periods or nobody was ever seen. `span` is the
    number of whole periods.
    """

    value: Floats
    low: Floats
    high: Floats
    z: Floats
    span: int

    def direction(self, row: int) -> str:
        """Return "flat" where the 95% interval holds 0, "unknown" where nothing is known."""
        if np.isnan(self.value[row]):
            return UNKNOWN
        return GROWING if self.low[row] > 0 else DECLINING if self.high[row] < 0 else FLAT


def growth(f: Followed, whole: Sequence[bool], start: int = 0) -> Growth:
    """Return the smoothed growth of the audiences followed, from the period `start` on."""
    course = series.moves(f.log_share[:, start:], f.noise[:, start:])
    known = (f.users[:, start:] > 0).any(axis=1) & np.isfinite(course.change)
    moved, low, high = (
        np.where(known, np.minimum(x, 700.0), np.nan)
        for x in (course.change, course.low, course.high)
    )
    return Growth(
        value=np.expm1(moved),
        low=np.expm1(low),
        high=np.expm1(high),
        z=_NORMAL * moved / ((high - low) / 2),
        span=sum(whole[start:]),
    )


def growth_inside(
    panel: Panel, people: Sample, kind: str, window: Window = ALL_PERIODS, floor: int = 0
) -> Growth:
    """Return the growth of every audience of a kind among some people, as `trends` finds it.

    The people are standing, the baseline those of them who were active in the period; NaN where
    no period reaches the floor, and all over in a store without periods.
    """
    try:
        ours = axis(panel)
    except UsageError:
        nothing = np.full(len(panel.names(kind)), np.nan)
        return Growth(nothing, nothing, nothing, nothing, span=0)
    start, stop = ours.since(window.start), ours.until(window.end)
    whole = ours.whole[:stop]
    f = follow(
        gathered(panel.by_period(people, kind), panel, ours)[:, :stop],
        np.minimum(panel.kept(kind).theta, np.uint64(people.theta)) / FULL_THETA,
        gathered(panel.by_period(people, UNIVERSE_KIND), panel, ours)[0, :stop],
        min(panel.universe().theta, people.theta) / FULL_THETA,
        whole,
        unit=ours.unit,
        floor=floor,
    )
    found = growth(f, whole, start)
    reaches = (f.users >= max(floor, 1)).any(axis=1)
    for column in (found.value, found.low, found.high, found.z):
        column[~reaches] = np.nan
    return found


def summary(f: Followed, ours: Axis, start: int) -> Mapping[str, Any]:
    """Return what TRENDS_TABLE says about a whole trend: growth, season and latest burst."""
    grown, run = growth(f, ours.whole[: f.users.shape[1]], start), latest_run(f, 0)
    if run is not None and run.last < start:
        run = None
    return {
        "cycle": int(f.cycle[0]) or None,
        "growth": grown.value[0],
        "growth_low": grown.low[0],
        "growth_high": grown.high[0],
        "direction": grown.direction(0),
        "first_seen": ours.first[run.first] if run else None,
        "running": run.running if run else None,
        "doubling": run.doubling if run else None,
        "doubling_low": run.low if run else None,
        "doubling_high": run.high if run else None,
    }
