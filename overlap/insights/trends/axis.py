"""The axis of a trend: every period between the first and the last, gaps and all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

import numpy as np

from overlap.model import PeriodUnit, UsageError, Window
from overlap.panel import Panel

if TYPE_CHECKING:
    from numpy.typing import NDArray

Every = Literal["day", "week", "month", "quarter", "year"]

STRAY_GAP = 26
"""Periods without any event after which a few more are taken for a wrong clock."""
STRAY_SHARE = 0.005
"""Such periods are cut when they hold less than this share of all activity, …"""
FARTHEST_DAYS = 5 * 366
"""… and whatever they hold when there is nothing for so long between them and the rest."""

_NESTS: dict[str, tuple[Every, ...]] = {
    "day": ("day", "week", "month", "quarter", "year"),
    "week": ("week",),
    "month": ("month", "quarter", "year"),
}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Axis:
    """The periods of a trend in order, none left out: first and last day of each.

    `windows` name each in the panel's own periods, `whole` says which the data cover from end to
    end, `strays` are periods of the panel that were cut from the axis because their clock is wrong.
    """

    unit: Every
    first: tuple[date, ...]
    last: tuple[date, ...]
    windows: tuple[Window, ...]
    whole: tuple[bool, ...]
    strays: tuple[date, ...]

    def __len__(self) -> int:
        return len(self.first)

    def until(self, end: date | None) -> int:
        """Return how many periods begin no later than a day."""
        return len(self) if end is None else sum(day <= end for day in self.first)

    def since(self, start: date | None) -> int:
        """Return the place of the first period that ends on a day or after it."""
        return 0 if start is None else sum(day < start for day in self.last)


def axis(panel: Panel, every: str | None = None) -> Axis:
    """Return the axis of a panel, in its own periods or in longer ones made of them.

    Days go together to weeks, months, quarters and years, months to quarters and years. Raises
    UsageError where the panel has no periods, or none that go into `every`.
    """
    own = panel.spec.period
    if own == "none" or not panel.periods:
        raise UsageError(
            "this store has no periods, so there is no trend in it",
            cure="build it with --period week (or day, month) and --time COLUMN",
        )
    unit = _unit(own, every)
    kept, strays = _without_strays(panel)
    first, last, windows, whole = [], [], [], []
    day = _begin(kept[0], unit)
    while day <= kept[-1]:
        after = _next(day, unit)
        inner = _next(after - timedelta(days=1), own, back=True)
        first.append(day)
        last.append(after - timedelta(days=1))
        windows.append(Window(day, inner))
        whole.append(panel.is_whole(day) and panel.is_whole(inner))
        day = after
    if strays:
        # The span of the data comes from the wrong clocks too: the ends cannot be vouched for.
        if any(stray < kept[0] for stray in strays):
            whole[0] = False
        if any(stray > kept[-1] for stray in strays):
            whole[-1] = False
    return Axis(unit, tuple(first), tuple(last), tuple(windows), tuple(whole), strays)


def gathered(counts: NDArray[np.int64], panel: Panel, ours: Axis) -> NDArray[np.int64]:
    """Return counts by the panel's periods as counts by the axis's, 0 in its gaps.

    Only for an axis in the panel's own periods: users of two periods do not add up.
    """
    place = {day: i for i, day in enumerate(ours.first)}
    out = np.zeros((len(counts), len(ours)), dtype=np.int64)
    for j, day in enumerate(panel.periods):
        if day in place:
            out[:, place[day]] = counts[:, j]
    return out


def _unit(own: PeriodUnit, every: str | None) -> Every:
    nests = _NESTS[own]
    if every is None:
        return nests[0]
    for unit in nests:
        if unit == every:
            return unit
    known = every in {"day", "week", "month", "quarter", "year"}
    raise UsageError(
        f"periods of a {own} do not add up to a {every}" if known else f"{every!r} is no period",
        where="--every",
        cure=f"choose {', '.join(nests)}, or build the store with --period day",
    )


def _without_strays(panel: Panel) -> tuple[Sequence[date], tuple[date, ...]]:
    """Part the panel's periods from few that lie far off, years ahead or at the clock's zero."""
    periods = panel.periods
    active = panel.activity
    gap = STRAY_GAP * {"day": 1.0, "week": 7.0, "month": 30.5}[panel.spec.period]
    runs: list[list[int]] = [[0]]
    for i in range(1, len(periods)):
        if (periods[i] - periods[i - 1]).days > gap:
            runs.append([])
        runs[-1].append(i)
    main = max(range(len(runs)), key=lambda r: active[runs[r]].sum())
    least = STRAY_SHARE * active.sum()
    first = last = main
    # From the bulk outwards: what lies beyond a stray is one too.
    while first > 0 and _belongs(periods, runs[first - 1], runs[first], active, least):
        first -= 1
    while last + 1 < len(runs) and _belongs(periods, runs[last], runs[last + 1], active, least):
        last += 1
    kept = periods[runs[first][0] : runs[last][-1] + 1]
    return kept, (*periods[: runs[first][0]], *periods[runs[last][-1] + 1 :])


def _belongs(
    periods: Sequence[date], before: list[int], after: list[int],
    active: NDArray[np.int64], least: float,
) -> bool:  # fmt: skip
    near = (periods[after[0]] - periods[before[-1]]).days <= FARTHEST_DAYS
    return near and min(active[before].sum(), active[after].sum()) >= least


def _begin(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit in _MONTHS:
        months = _MONTHS[unit]
        return date(day.year, (day.month - 1) // months * months + 1, 1)
    return day


def _next(day: date, unit: str, *, back: bool = False) -> date:
    """Return the first day of the period after that of a day, or of its own with `back`."""
    begin = _begin(day, unit)
    if back:
        return begin
    if unit in _MONTHS:
        month = begin.month - 1 + _MONTHS[unit]
        return date(begin.year + month // 12, month % 12 + 1, 1)
    return begin + timedelta(days=7 if unit == "week" else 1)
