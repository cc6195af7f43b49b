"""Is an audience growing inside an anchor faster than the anchor itself?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from overlap.members import ALL_PERIODS
from overlap.model import UNIVERSE_KIND, Window
from overlap.panel import Panel, Sample

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST_SPAN = 4
"""At most so many periods are compared with as many before them."""


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """Change of the latest periods against those before, beyond the anchor's own change.

    `change` is a ratio minus 1 and `z` its log over its standard error; float64[audiences], NaN
    where there are fewer than two whole periods or nobody to compare. `span` is the number of
    periods on each side.
    """

    change: NDArray[np.float64]
    z: NDArray[np.float64]
    span: int


def growth(panel: Panel, anchor: Sample, kind: str, window: Window = ALL_PERIODS) -> Growth:
    """Compare the anchor's users active in each audience over the last whole periods.

    A period that the data cover only partly is left out, so that a short week is never a fall.
    The variance of a mean of counts over periods is taken as that of one period's count, since
    much the same people come every week.
    """
    counts = panel.by_period(anchor, kind).astype(float)
    active = panel.by_period(anchor, UNIVERSE_KIND).astype(float)
    use = [i for i, p in enumerate(panel.periods) if panel.is_whole(p) and _inside(p, window)]
    span = min(LONGEST_SPAN, len(use) // 2)
    nothing = np.full(len(counts), np.nan)
    if span == 0:
        return Growth(nothing, nothing, 0)
    now, before = use[-span:], use[-2 * span : -span]
    c1, c0 = counts[:, now].mean(axis=1), counts[:, before].mean(axis=1)
    u1, u0 = active[:, now].mean(), active[:, before].mean()
    # Half a user on each side keeps an audience that was not there before finite.
    change = ((c1 + 0.5) / (c0 + 0.5)) / (u1 / u0) if u0 and u1 else nothing
    spread = np.sqrt(1 / (c1 + 0.5) + 1 / (c0 + 0.5))
    seen = (c1 + c0) > 0
    return Growth(
        np.where(seen, change - 1, np.nan), np.where(seen, np.log(change) / spread, np.nan), span
    )


def _inside(period: date, window: Window) -> bool:
    after = window.start is None or period >= window.start
    return after and (window.end is None or period <= window.end)
